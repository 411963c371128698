"""The three servers that the benchmark compares; each runs in a process of its own until it is terminated.

`app` is the program's own path from the socket to the ledger on the disk, `bare` is the `ocpp` library on
`websockets` as its documentation shows it, `echo` is `websockets` alone.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from bmw_wallbox import garbage
from bmw_wallbox.clock import SystemClock
from bmw_wallbox.csms.frames import FrameLog
from bmw_wallbox.csms.limits import Limits
from bmw_wallbox.csms.server import CentralSystem
from bmw_wallbox.domain.admission import StationRecord, station_key
from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.edge import Door
from bmw_wallbox.handling import ControlSettings
from bmw_wallbox.registry import Registry
from bmw_wallbox.storage.codec import Record
from bmw_wallbox.storage.store import Store
from tests.bench.naive import NaiveChargePoint

_SUBPROTOCOLS = [Subprotocol("ocpp2.0.1")]
_OPEN_HOUSE = Limits(opening=10_000, opening_per_address=10_000, burst=10**9, messages_per_s=10**9)
"""Lets a thousand stations in from one address, each as fast as it can; a house has one or two."""


def station_id(number: int) -> str:
    """Return the id of a benchmark's station."""
    return f"BENCH{number:04}"


def _record(number: int) -> Record:
    name = station_id(number)
    record = StationRecord(
        key=station_key(name, ()),
        charge_point_id=name,
        admission=Admission.APPROVED,
        added_at=datetime.now(UTC),
    )
    return Record.of(record.key, record)


async def _app(stations: int, data: Path) -> None:
    logging.basicConfig(level=logging.INFO, filename=data / "log")
    clock = SystemClock()
    store = await Store.open(data, clock)
    await store.save(*map(_record, range(stations)))
    registry = Registry(
        store,
        clock=clock,
        zone=lambda: ZoneInfo("Europe/Berlin"),
        settings=ControlSettings(),
        max_current_a=32,
        configured_id=None,
        simulated_id=None,
    )
    await registry.load()
    system = CentralSystem(
        host="127.0.0.1",
        port=0,
        tls=None,
        gate=Door(registry),
        sinks=lambda charge_point_id: registry.resident(charge_point_id).station,
        clock=clock,
        frames=FrameLog(),
        limits=_OPEN_HOUSE,
    )
    listening = asyncio.create_task(system.run())
    await system.ready.wait()
    garbage.settle()
    await _until_terminated(system.port)
    listening.cancel()
    await asyncio.wait([listening])
    await registry.close()
    await store.close()


async def _bare_talk(socket: ServerConnection) -> None:
    assert socket.request is not None
    await NaiveChargePoint(socket.request.path.strip("/"), socket).start()


async def _echo_talk(socket: ServerConnection) -> None:
    async for message in socket:
        await socket.send(message)


async def _plain(talk: Callable[[ServerConnection], Awaitable[None]]) -> None:
    async with serve(talk, "127.0.0.1", 0, subprotocols=_SUBPROTOCOLS) as server:
        await _until_terminated(server.sockets[0].getsockname()[1])


async def _until_terminated(port: int) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await stop.wait()


def main(kind: str, stations: str, data: str) -> None:
    """Serve as `kind`; the first line printed is the port."""
    match kind:
        case "app":
            asyncio.run(_app(int(stations), Path(data)))
        case "bare":
            asyncio.run(_plain(_bare_talk))
        case _:
            asyncio.run(_plain(_echo_talk))


if __name__ == "__main__":
    main(*sys.argv[1:])
