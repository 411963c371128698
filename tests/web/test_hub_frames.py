"""OCPP messages over the panel's WebSocket: to those who look, and never in the way."""

import asyncio
from typing import Any

from aiohttp import ClientWebSocketResponse

from bmw_wallbox.web.hub import _Client
from tests.csms.conftest import eventually
from tests.web.memory import ID, KEY, NOW, MemoryBackend
from tests.web.panel import WAIT_S, Panel

HEARTBEAT = '[2,"1","Heartbeat",{}]'


def record(backend: MemoryBackend, text: str = HEARTBEAT, station: str = ID) -> None:
    backend.expert.frames.record(station, text, at=NOW, direction="in")


async def follow(socket: ClientWebSocketResponse, backend: MemoryBackend, station: str | None) -> None:
    await socket.send_json({"type": "follow", "station": station})
    await eventually(lambda: bool(backend.expert.frames._listeners) == bool(station))


async def next_of(socket: ClientWebSocketResponse) -> dict[str, Any]:
    message: dict[str, Any] = await socket.receive_json(timeout=WAIT_S)
    return message


async def test_who_follows_a_wallbox_sees_its_messages_redacted(panel: Panel, backend: MemoryBackend) -> None:
    async with await panel.socket() as looking, await panel.socket() as other:
        await next_of(looking)
        await next_of(other)
        await follow(looking, backend, KEY)
        record(backend, '[2,"1","Authorize",{"idToken":{"idToken":"04A1B2C3D4","type":"Local"}}]')
        record(backend, station="SOMEBODY-ELSE")
        told = await next_of(looking)
        backend.inform()
        assert (await next_of(looking))["type"] == "info"
        assert (await next_of(other))["type"] == "info"
    assert (told["type"], told["missed"]) == ("frame", 0)
    assert told["frame"]["action"] == "Authorize"
    assert told["frame"]["payload"]["idToken"]["idToken"] == "…C3D4"


async def test_nothing_is_read_once_nobody_looks(panel: Panel, backend: MemoryBackend) -> None:
    async with await panel.socket() as socket:
        await next_of(socket)
        await follow(socket, backend, KEY)
        await follow(socket, backend, None)
        record(backend)
        backend.inform()
        assert (await next_of(socket))["type"] == "info"


async def test_a_page_that_leaves_stops_following(panel: Panel, backend: MemoryBackend) -> None:
    async with await panel.socket() as socket:
        await next_of(socket)
        await follow(socket, backend, KEY)
    await eventually(lambda: not backend.expert.frames._listeners)


async def test_nonsense_from_a_page_ends_nothing(panel: Panel, backend: MemoryBackend) -> None:
    async with await panel.socket() as socket:
        await next_of(socket)
        for text in ("", "[", "5", '{"type":"follow","station":{"a":1}}'):
            await socket.send_str(text)
        await socket.send_bytes(b"\xff")
        await follow(socket, backend, KEY)
        record(backend)
        assert (await next_of(socket))["type"] == "frame"


def test_a_slow_page_is_spared_messages_and_told_how_many() -> None:
    client = _Client(asyncio.Queue(4))
    for _ in range(5):
        client.show({"id": "1"})
    assert client.missed == 2
    assert not client.too_slow.is_set()
    while not client.queue.empty():
        client.queue.get_nowait()
    client.show({"id": "2"})
    assert '"missed":2' in client.queue.get_nowait()
