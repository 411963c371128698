"""What the app costs beside a bare `ocpp` and `websockets` server, both measured in the same run."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.process import Command, Server, Start, app_command, measure_start, naive_command
from tests.bench.table import Row, percentile
from tests.bench.wallbox import Wallbox
from tests.support.certificate import self_signed

NOTES = (
    "yardstick: a bare ocpp + websockets server that stores nothing; same TLS, same client, same run",
    "CPU: one minute at the real rate (Heartbeat and TransactionEvent of 20 samples every 10 s) times 60,",
    "     without Home Assistant; messages: one connection, one at a time, the app's ledger durable",
)
_STARTS = 5
_SETTLE_S = 5.0
_MINUTE_S = 60.0
_INTERVAL_S = 10.0
_ROUNDS = 3
_WARM_UP = 200
_ROUND_S = 4.0
_ROUND_MESSAGES = 1_500
"""With the warm-up fewer than the burst after which the app paces a station."""
_CURRENTS_A = (10.0, 16.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """What one minute of charging took."""

    idle_mib: float
    charging_mib: float
    cpu_s_per_hour: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What many messages in a row took."""

    per_second: float
    cpu_us: float
    took_s: Sequence[float]


async def measure(folder: Path) -> list[Row]:
    """Return every figure; takes about two minutes."""
    certificate = self_signed(folder / "certificate")
    commands: dict[str, Command] = {"app": app_command, "yardstick": naive_command}

    def servers(part: str) -> list[Server]:
        return [
            Server(name, command, folder / part / name, certificate) for name, command in commands.items()
        ]

    starts: list[tuple[Start, Start]] = []
    for number in range(_STARTS):
        app, yardstick = servers(f"start{number}")
        starts.append((await measure_start(app), await measure_start(yardstick)))
    minutes = await asyncio.gather(*(_measure_minute(server) for server in servers("minute")))
    rounds: list[list[Round]] = [[], []]
    for number in range(_ROUNDS):
        for results, server in zip(rounds, servers(f"round{number}"), strict=True):
            results.append(await _measure_round(server))
    return _rows(starts, minutes, rounds)


async def _measure_minute(server: Server) -> Minute:
    async with server:
        await server.until_listening()
        await asyncio.sleep(_SETTLE_S)
        idle_mib = server.rss_mib()
        async with await server.wallbox() as box:
            await box.plug()
            await asyncio.sleep(_SETTLE_S)
            cpu_s, began_s = server.cpu_s(), time.perf_counter()
            await _charge_slowly(box)
            cpu_s = (server.cpu_s() - cpu_s) / (time.perf_counter() - began_s) * 3600
            return Minute(idle_mib=idle_mib, charging_mib=server.rss_mib(), cpu_s_per_hour=cpu_s)


async def _charge_slowly(box: Wallbox) -> None:
    end_s = time.perf_counter() + _MINUTE_S
    number = 0
    while time.perf_counter() < end_s:
        await box.call("Heartbeat", {})
        await box.charge(_CURRENTS_A[number % 2])
        number += 1
        await asyncio.sleep(_INTERVAL_S)


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


def _rows(
    starts: Sequence[tuple[Start, Start]], minutes: Sequence[Minute], rounds: Sequence[Sequence[Round]]
) -> list[Row]:
    listening = [statistics.median(start.listening_s for start in side) for side in zip(*starts, strict=True)]
    booted = [statistics.median(start.booted_s for start in side) for side in zip(*starts, strict=True)]
    speed = [statistics.median(one.per_second for one in side) for side in rounds]
    cpu_us = [statistics.median(one.cpu_us for one in side) for side in rounds]
    took_ms = [[took_s * 1000 for one in side for took_s in one.took_s] for side in rounds]
    figures = [
        ("exec to listening", "s", listening, ""),
        ("exec to BootNotification answered", "s", booted, "≤ 0.6 s"),
        ("RSS idle", "MiB", [minute.idle_mib for minute in minutes], ""),
        ("RSS charging over TLS", "MiB", [minute.charging_mib for minute in minutes], "≤ 50 MiB"),
        ("CPU per hour of charging", "s", [minute.cpu_s_per_hour for minute in minutes], "≤ 2.5 s"),
        ("messages per second", "1/s", speed, ""),
        ("CPU per message", "µs", cpu_us, "≤ 1/9 of the yardstick"),
        ("answer time p50", "ms", [percentile(side, 50) for side in took_ms], ""),
        ("answer time p99", "ms", [percentile(side, 99) for side in took_ms], "≤ 2 ms"),
    ]
    return [
        Row(name=name, unit=unit, app=values[0], yardstick=values[1], bar=bar)
        for name, unit, values, bar in figures
    ]
