"""Stations that load a server as fast as it answers, one request at a time each; a process of its own.

The client is a bare protocol whose frames are masked with zeros, so that it costs far less than what it
measures.
"""

import asyncio
import json
import statistics
import struct
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import cast

import psutil

from tests.bench.ocpp_messages import heartbeat, live_event, offline_event
from tests.bench.ocpp_servers import station_id

_DEADLINE_S = 30.0
_SETTLE_S = 1.0
_AT_ONCE = 20
_BEAT_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """What so many connections got out of a server."""

    messages_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    """The server's processor time per message, all of its threads."""
    kib_per_connection: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """How long a station's offline events took, and its neighbour's Heartbeats meanwhile."""

    seconds: float
    own_heartbeat_ms: float
    worst_heartbeat_ms: float


class Station(asyncio.Protocol):
    """One socket; `ask` sends a request and returns after its answer."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._buffer = self._asked = b""
        self._answered: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(
            f"GET /{self._path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ocpp2.0.1\r\n\r\n".encode()
        )
        self.open = self._answered = asyncio.get_running_loop().create_future()
        self._upgraded = False

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            assert b" 101 " in head.split(b"\r\n", 1)[0], head
            self._buffer, self._upgraded = rest, True
            self._done()
        while (frame := self._take()) is not None:
            self._heard(*frame)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exc or ConnectionError("the server closed"))

    def ask(self, message: str) -> asyncio.Future[None]:
        self._answered = asyncio.get_running_loop().create_future()
        self._asked = message.encode()
        self._send(1, self._asked)
        return self._answered

    def close(self) -> None:
        self._answered = None
        self._send(8, struct.pack("!H", 1000))
        self._transport.close()

    def _take(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1], 2
        if size == 126:
            if len(buffer) < 4:
                return None
            size, start = int.from_bytes(buffer[2:4]), 4
        if len(buffer) < start + size:
            return None
        self._buffer = buffer[start + size :]
        return buffer[0] & 15, buffer[start : start + size]

    def _heard(self, opcode: int, body: bytes) -> None:
        if opcode == 9:
            self._send(10, body)
        elif opcode == 1 and body.startswith(b"[2,") and body != self._asked:
            self._refuse(body)
        elif opcode == 1:
            assert not body.startswith(b"[4"), body
            self._done()

    def _refuse(self, call: bytes) -> None:
        """Answer a call of the server's: a limit is taken, all else is not supported."""
        _, message_id, action, _ = json.loads(call)
        taken = [3, message_id, {"status": "Accepted"}]
        refused = [4, message_id, "NotSupported", "", {}]
        self._send(1, json.dumps(taken if action == "SetChargingProfile" else refused).encode())

    def _done(self) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(None)

    def _send(self, opcode: int, body: bytes) -> None:
        size = len(body)
        head = (
            struct.pack("!BBH", 128 | opcode, 254, size) if size > 125 else bytes((128 | opcode, 128 | size))
        )
        self._transport.write(head + b"\0\0\0\0" + body)


async def _connected(port: int, number: int) -> Station:
    _, station = await asyncio.get_running_loop().create_connection(
        lambda: Station(station_id(number)), "127.0.0.1", port
    )
    await station.open
    return station


async def _connect(port: int, count: int) -> list[Station]:
    stations: list[Station] = []
    for first in range(0, count, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, count))
        stations += await asyncio.gather(*(_connected(port, number) for number in numbers))
    return stations


async def _timed(station: Station, message: str) -> float:
    began = perf_counter()
    async with asyncio.timeout(_DEADLINE_S):
        await station.ask(message)
    return perf_counter() - began


async def _keep_asking(station: Station, ends: float, first: int, taken: list[float]) -> None:
    number = first
    while perf_counter() < ends:
        taken.append(await _timed(station, live_event(number)))
        number += 1


async def throughput(port: int, server: psutil.Process, connections: int, seconds: float) -> Throughput:
    """Ask on every connection without pause for so long, after a second to warm up."""
    resident = server.memory_info().rss
    stations = await _connect(port, connections)
    await asyncio.sleep(_SETTLE_S)
    idle = server.memory_info().rss
    await asyncio.gather(*(_timed(station, live_event(0)) for station in stations))

    async def run(first: int, for_s: float) -> list[float]:
        taken: list[float] = []
        ends = perf_counter() + for_s
        await asyncio.gather(*(_keep_asking(station, ends, first, taken) for station in stations))
        return taken

    await run(1, _SETTLE_S)
    before, began = _cpu_s(server), perf_counter()
    taken = await run(1_000_000, seconds)
    elapsed, cpu_s = perf_counter() - began, _cpu_s(server) - before
    for station in stations:
        station.close()
    return Throughput(
        messages_per_s=len(taken) / elapsed,
        p50_ms=1e3 * statistics.median(taken),
        p99_ms=1e3 * _percentile(taken, 0.99),
        cpu_us=1e6 * cpu_s / len(taken),
        kib_per_connection=(idle - resident) / 1024 / connections,
    )


async def replay(port: int, count: int) -> Replay:
    """Send a day's offline events after each other, while another station's Heartbeats are timed."""
    station, neighbour = await _connect(port, 2)
    await asyncio.sleep(_SETTLE_S)
    await _timed(station, live_event(0))
    beating = asyncio.create_task(_beat(neighbour))
    first_at = datetime.now(UTC) - timedelta(days=2)
    began, own_s = perf_counter(), 0.0
    for number in range(count):
        await _timed(station, offline_event(number, first_at))
        if number == count // 2:
            own_s = await _timed(station, heartbeat(number))
    seconds = perf_counter() - began
    beating.cancel()
    beats = await beating
    return Replay(seconds=seconds, own_heartbeat_ms=1e3 * own_s, worst_heartbeat_ms=1e3 * max(beats))


async def _beat(station: Station) -> list[float]:
    beats: list[float] = []
    with suppress(asyncio.CancelledError):
        while True:
            beats.append(await _timed(station, heartbeat(len(beats))))
            await asyncio.sleep(_BEAT_S)
    return beats


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def main(kind: str, port: str, pid: str, first: str, second: str = "0") -> None:
    """Load the server and print what came out, as JSON."""
    result: Throughput | Replay
    if kind == "throughput":
        result = asyncio.run(throughput(int(port), psutil.Process(int(pid)), int(first), float(second)))
    else:
        result = asyncio.run(replay(int(port), int(first)))
    sys.stdout.write(json.dumps(asdict(result)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
