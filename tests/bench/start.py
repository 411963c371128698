"""What the app's start and an hour of charging cost, beside a bare server measured in the same run."""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.bench.core import home_assistant
from tests.bench.process import Command, Server, Start, app_command, measure_start, naive_command
from tests.bench.table import Row, Rows
from tests.bench.wallbox import Wallbox
from tests.support.certificate import CertificateFiles, self_signed

_STARTS = 7
_SETTLE_S = 10.0
_INTERVAL_S = 10.0
_CURRENTS_A = (10.0, 16.0)
_SLOWEST = 10
_COMMANDS: dict[str, Command] = {"app": app_command, "yardstick": naive_command}


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a while of charging took."""

    idle_mib: float
    connected_mib: float
    charging_mib: float
    cpu_s_per_hour: float


async def measure(folder: Path, minutes: int) -> tuple[Rows, tuple[str, ...]]:
    """Return every figure and what to know of them; charges for so many minutes."""
    certificate = self_signed(folder / "certificate")
    starts = [await _measure_starts(folder / f"start{number}", certificate) for number in range(_STARTS)]
    async with home_assistant(folder) as core:
        link = {"HA_URL": core.url, "HA_TOKEN": core.token}
        app = Server("app", app_command, folder / "app", certificate, link)
        bare = Server("yardstick", naive_command, folder / "yardstick", certificate)
        charges = await asyncio.gather(_measure_charge(app, minutes), _measure_charge(bare, minutes))
    notes = (
        "yardstick: a bare ocpp + websockets + aiohttp server that stores nothing; same TLS, same run",
        f"charging: {minutes} minutes of a Heartbeat and a TransactionEvent of 20 samples every 10 s, one",
        "     station over TLS, a panel open, the app publishing to a real Home Assistant Core",
        f"the {_SLOWEST} slowest imports, ms: " + await _slowest_imports(),
    )
    return _rows(starts, charges), notes


async def _measure_starts(folder: Path, certificate: CertificateFiles) -> list[Start]:
    return [
        await measure_start(Server(name, command, folder / name, certificate))
        for name, command in _COMMANDS.items()
    ]


async def _measure_charge(server: Server, minutes: int) -> Charge:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(server)
        await server.until_listening()
        await server.until_panel_answers()
        await asyncio.sleep(_SETTLE_S)
        idle_mib = server.rss_mib()
        await stack.enter_async_context(_open_panel(server))
        box = await stack.enter_async_context(await server.wallbox())
        await asyncio.sleep(_SETTLE_S)
        connected_mib = server.rss_mib()
        await box.plug()
        cpu_s, began_s = server.cpu_s(), time.perf_counter()
        await _charge(box, began_s + minutes * 60)
        cpu_s = (server.cpu_s() - cpu_s) / (time.perf_counter() - began_s) * 3600
        return Charge(
            idle_mib=idle_mib,
            connected_mib=connected_mib,
            charging_mib=server.rss_mib(),
            cpu_s_per_hour=cpu_s,
        )


@asynccontextmanager
async def _open_panel(server: Server) -> AsyncIterator[None]:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"http://127.0.0.1:{server.panel_port}/ws") as socket,
        asyncio.TaskGroup() as tasks,
    ):
        reading = tasks.create_task(_read(socket))
        yield
        reading.cancel()


async def _read(socket: aiohttp.ClientWebSocketResponse) -> None:
    async for _message in socket:
        pass


async def _charge(box: Wallbox, end_s: float) -> None:
    number = 0
    while time.perf_counter() < end_s:
        await box.call("Heartbeat", {})
        await box.charge(_CURRENTS_A[number % 2])
        number += 1
        await asyncio.sleep(_INTERVAL_S)


async def _slowest_imports() -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-X", "importtime", "-c", "import bmw_wallbox.app"), stderr=asyncio.subprocess.PIPE
    )
    _, report = await process.communicate()
    took_us = {}
    for line in report.decode().splitlines()[1:]:
        own_us, _, name = line.removeprefix("import time:").split("|")
        took_us[name.strip()] = int(own_us)
    slowest = sorted(took_us, key=took_us.__getitem__, reverse=True)[:_SLOWEST]
    return ", ".join(f"{name} {took_us[name] / 1000:.0f}" for name in slowest)


def _rows(starts: list[list[Start]], charges: Sequence[Charge]) -> Rows:
    listening, booted = (
        [statistics.median(getattr(one, name) for one in side) for side in zip(*starts, strict=True)]
        for name in ("listening_s", "booted_s")
    )
    figures = [
        (
            "exec to both listeners answering",
            "s",
            listening,
            "",
        ),
        (
            "exec to BootNotification answered",
            "s",
            booted,
            "at most twice",
        ),
        ("RSS idle", "MiB", [one.idle_mib for one in charges], "at most 1.25 times"),
        ("RSS connected, panel open", "MiB", [one.connected_mib for one in charges], "at most 1.25 times"),
        ("RSS after charging", "MiB", [one.charging_mib for one in charges], "at most 1.25 times, ≤ 50 MiB"),
        ("CPU per hour of charging", "s", [one.cpu_s_per_hour for one in charges], "≤ 4 s"),
    ]
    return [
        Row(name=name, unit=unit, app=values[0], yardstick=values[1], bar=bar)
        for name, unit, values, bar in figures
    ]
