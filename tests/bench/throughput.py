"""What a message costs the app beside a bare `ocpp` and `websockets` server, measured in the same run."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.process import Command, Server, app_command, naive_command
from tests.bench.table import Row, Rows, percentile
from tests.support.certificate import self_signed

_NOTES = (
    "yardstick: a bare ocpp + websockets server that stores nothing; same TLS, same client, same run",
    "one connection, one message at a time, the app's ledger durable",
)
_ROUNDS = 3
_WARM_UP = 200
_ROUND_S = 4.0
_ROUND_MESSAGES = 1_500
"""With the warm-up fewer than the burst after which the app paces a station."""
_CURRENTS_A = (10.0, 16.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What many messages in a row took."""

    per_second: float
    cpu_us: float
    took_s: Sequence[float]


async def measure(folder: Path, _minutes: int) -> tuple[Rows, Sequence[str]]:
    """Return every figure, and what to know of them; takes half a minute."""
    certificate = self_signed(folder / "certificate")
    commands: dict[str, Command] = {"app": app_command, "yardstick": naive_command}

    def servers(part: str) -> list[Server]:
        return [
            Server(name, command, folder / part / name, certificate) for name, command in commands.items()
        ]

    rounds: list[list[Round]] = [[], []]
    for number in range(_ROUNDS):
        for results, server in zip(rounds, servers(f"round{number}"), strict=True):
            results.append(await _measure_round(server))
    return _rows(rounds), _NOTES


async def _measure_round(server: Server) -> Round:
    async with server:
        await server.until_listening()
        async with await server.wallbox() as box:
            await box.plug()
            for number in range(_WARM_UP):
                await box.charge(_CURRENTS_A[number % 2])
            took_s: list[float] = []
            cpu_s = server.cpu_s()
            while sum(took_s) < _ROUND_S and len(took_s) < _ROUND_MESSAGES:
                await box.charge(_CURRENTS_A[len(took_s) % 2])
                took_s.append(box.took_s)
            cpu_us = (server.cpu_s() - cpu_s) / len(took_s) * 1e6
            return Round(per_second=len(took_s) / sum(took_s), cpu_us=cpu_us, took_s=took_s)


def _rows(rounds: Sequence[Sequence[Round]]) -> list[Row]:
    speed = [statistics.median(one.per_second for one in side) for side in rounds]
    cpu_us = [statistics.median(one.cpu_us for one in side) for side in rounds]
    took_ms = [[took_s * 1000 for one in side for took_s in one.took_s] for side in rounds]
    figures = [
        ("messages per second", "1/s", speed, ""),
        ("CPU per message", "µs", cpu_us, "≤ 1/9 of the yardstick"),
        ("answer time p50", "ms", [percentile(side, 50) for side in took_ms], ""),
        ("answer time p99", "ms", [percentile(side, 99) for side in took_ms], "≤ 2 ms"),
    ]
    return [
        Row(name=name, unit=unit, app=values[0], yardstick=values[1], bar=bar)
        for name, unit, values, bar in figures
    ]
