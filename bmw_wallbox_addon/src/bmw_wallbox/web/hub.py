"""The panel's WebSocket: a snapshot first, then what changed."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import WSCloseCode, WSMessage, web

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.state import Change
from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.web.access import check_origin, is_admin
from bmw_wallbox.web.backend import Backend, Unsubscribe
from bmw_wallbox.web.document import document_of
from bmw_wallbox.web.wire import to_json

HEARTBEAT_S = 30
ALIVE_S = 25
"""After this long without news a message says so, since a page cannot see the pings."""
MAX_CLIENTS = 64
SEND_TIMEOUT_S = 20
CLOSE_TIMEOUT_S = 1

_ALIVE = '{"type":"alive"}'


@dataclass(slots=True, eq=False)
class _Client:
    """One open panel and what it has yet to be told."""

    queue: asyncio.Queue[str]
    too_slow: asyncio.Event = field(default_factory=asyncio.Event)
    follows: str | None = None
    """The charge point id of the wallbox whose OCPP messages it wants to see."""
    missed: int = 0
    """How many of those it was spared, since it is slow."""

    def tell(self, message: str) -> None:
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            self.too_slow.set()

    def show(self, row: Mapping[str, object]) -> None:
        """Tell an OCPP message, unless that would crowd out what every page needs."""
        if self.queue.qsize() > self.queue.maxsize // 2:
            self.missed += 1
            return
        self.tell(to_json({"type": "frame", "frame": row, "missed": self.missed}))
        self.missed = 0


class Hub:
    """All open panels; each gets every change, or is closed to start again from a snapshot."""

    def __init__(self, backend: Backend, clock: Clock, *, queue_length: int = 256) -> None:
        self._backend = backend
        self._document = document_of(backend)
        self._clock = clock
        self._queue_length = queue_length
        self._clients: set[_Client] = set()
        self._closing = asyncio.Event()
        self._info_due: asyncio.Handle | None = None
        self._end_frames: Unsubscribe | None = None

    async def attached(self, _app: web.Application) -> AsyncIterator[None]:
        """Listen to the app for as long as the server runs (an aiohttp cleanup context)."""
        ends = [self._backend.subscribe(self._on_change), self._backend.subscribe_info(self._on_info)]
        try:
            yield
        finally:
            for end in ends:
                end()
            if self._info_due is not None:
                self._info_due.cancel()
            if self._end_frames is not None:
                self._end_frames()

    async def close(self, _app: web.Application) -> None:
        """Say goodbye to every open panel (an aiohttp shutdown signal)."""
        self._closing.set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one panel until either side ends it."""
        check_origin(request)
        if len(self._clients) >= MAX_CLIENTS:
            raise web.HTTPServiceUnavailable(text="Too many panels are open.")
        admin = await is_admin(request, self._backend)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=4096, compress=False)
        await socket.prepare(request)
        client = _Client(asyncio.Queue(self._queue_length))
        self._clients.add(client)
        try:
            client.tell(to_json(self._snapshot(admin=admin)))
            code = await self._converse(socket, client)
        finally:
            self._clients.discard(client)
            self._follow_frames()
        await _close(socket, code, request.transport)
        return socket

    async def _converse(self, socket: web.WebSocketResponse, client: _Client) -> int:
        """Send what comes until the panel leaves, falls behind or the server stops; return the close code."""
        ends = {
            asyncio.create_task(self._read(socket, client)): WSCloseCode.OK,
            asyncio.create_task(_send(socket, client.queue)): WSCloseCode.TRY_AGAIN_LATER,
            asyncio.create_task(client.too_slow.wait()): WSCloseCode.TRY_AGAIN_LATER,
            asyncio.create_task(self._closing.wait()): WSCloseCode.GOING_AWAY,
        }
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in ends:
                task.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
        return max(ends[task] for task in done)

    async def _read(self, socket: web.WebSocketResponse, client: _Client) -> None:
        """Read until the panel leaves; all it may say is `{"type": "follow", "station": key or null}`."""
        async for message in socket:
            station = _followed(message)
            rows = self._backend.stations()
            client.follows = next((str(row["id"]) for row in rows if row["key"] == station), None)
            self._follow_frames()

    def _follow_frames(self) -> None:
        """Have messages read and redacted only as long as somebody looks."""
        wanted = any(client.follows for client in self._clients)
        if wanted and self._end_frames is None:
            self._end_frames = self._backend.expert.follow(self._on_frame)
        elif not wanted and self._end_frames is not None:
            self._end_frames()
            self._end_frames = None

    def _on_frame(self, charge_point_id: str, row: Mapping[str, object]) -> None:
        for client in self._clients:
            if client.follows == charge_point_id:
                client.show(row)

    def _snapshot(self, *, admin: bool) -> Mapping[str, Any]:
        return {
            "type": "snapshot",
            "at": self._clock.now(),
            "admin": admin,
            "info": self._backend.info(),
            **self._stations(),
        }

    def _stations(self) -> Mapping[str, Any]:
        """Return every station and the whole state of those that are in."""
        stations = self._backend.stations()
        approved = (str(each["key"]) for each in stations if each["admission"] == Admission.APPROVED)
        return {
            "stations": stations,
            "states": {key: self._document(self._backend.state(key)) for key in approved},
        }

    def _on_change(self, change: Change) -> None:
        if not self._clients:
            return
        before, after = self._document(change.before), self._document(change.after)
        changed = {key: value for key, value in after.items() if key not in before or before[key] != value}
        if changed:
            self._tell_all({"type": "change", "station": change.after.key, "state": changed})

    def _on_info(self) -> None:
        """Tell it once for all the notices of one turn of the loop."""
        if self._clients and self._info_due is None:
            self._info_due = asyncio.get_running_loop().call_soon(self._tell_info)

    def _tell_info(self) -> None:
        self._info_due = None
        self._tell_all({"type": "info", "info": self._backend.info()})
        self._tell_all({"type": "stations", **self._stations()})

    def _tell_all(self, message: Mapping[str, Any]) -> None:
        text = to_json(message)
        for client in self._clients:
            client.tell(text)


def _followed(message: WSMessage) -> str | None:
    """Return the station whose messages a panel asks for; what cannot be read asks for none."""
    try:
        told = msgspec.json.decode(message.data)
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError):
        return None
    return told.get("station") if isinstance(told, dict) and told.get("type") == "follow" else None


async def _send(socket: web.WebSocketResponse, queue: asyncio.Queue[str]) -> None:
    while True:
        try:
            async with asyncio.timeout(ALIVE_S):
                text = await queue.get()
        except TimeoutError:
            text = _ALIVE
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await socket.send_str(text)


async def _close(socket: web.WebSocketResponse, code: int, transport: asyncio.Transport | None) -> None:
    """Close politely, or cut the line of a panel that takes nothing any more."""
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await socket.close(code=code)
    except (TimeoutError, ConnectionError):
        if transport is not None:
            transport.abort()
