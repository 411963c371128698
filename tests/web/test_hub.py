"""The panel's WebSocket."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.state import DesiredState, Facts
from bmw_wallbox.domain.tokens import Token
from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.web.hub import Hub
from bmw_wallbox.web.server import PanelServer
from tests.web.memory import ID, KEY, MemoryBackend, charging_state
from tests.web.panel import WAIT_S, Panel, make_server, running


async def next_of(socket: ClientWebSocketResponse) -> dict[str, Any]:
    message: dict[str, Any] = await socket.receive_json(timeout=WAIT_S)
    return message


async def test_the_first_message_is_everything(panel: Panel) -> None:
    async with await panel.socket() as socket:
        snapshot = await next_of(socket)
    assert snapshot["type"] == "snapshot"
    assert snapshot["admin"] is True
    assert snapshot["at"] == "2026-11-20T18:00:00Z"
    assert snapshot["info"]["versions"] == {"app": "0.1.0"}
    assert [station["key"] for station in snapshot["stations"]] == [KEY]
    assert snapshot["states"][KEY]["power"] == 7360


async def test_then_only_the_keys_that_changed(panel: Panel, backend: MemoryBackend) -> None:
    async with await panel.socket() as socket:
        await next_of(socket)
        state = backend.state(KEY)
        backend.become(replace(state, meter=replace(state.meter, power_w=3680.0)))
        assert await next_of(socket) == {"type": "change", "station": KEY, "state": {"power": 3680}}


async def test_a_change_that_shows_nowhere_is_not_told(panel: Panel, backend: MemoryBackend) -> None:
    async with await panel.socket() as socket:
        await next_of(socket)
        backend.become(backend.state(KEY))
        backend.become(replace(backend.state(KEY), desired=DesiredState(limit_a=8)))
        change = await next_of(socket)
    assert change["state"]["current_limit"] == 8


async def test_every_open_panel_is_told(panel: Panel, guest: Panel, backend: MemoryBackend) -> None:
    async with await panel.socket() as mine, await guest.socket() as theirs:
        assert (await next_of(mine))["admin"] is True
        assert (await next_of(theirs))["admin"] is False
        backend.become(replace(backend.state(KEY), connected=False))
        assert (await next_of(mine))["state"]["connected"] is False
        assert (await next_of(theirs))["state"]["connected"] is False


async def test_news_of_the_app_brings_info_and_stations_once(panel: Panel, backend: MemoryBackend) -> None:
    async with await panel.socket() as socket:
        await next_of(socket)
        backend.problems = [Problem(key="k", message="m")]
        backend.inform()
        backend.inform()
        info, stations = await next_of(socket), await next_of(socket)
        backend.become(replace(backend.state(KEY), connected=False))
        after = await next_of(socket)
    assert (info["type"], info["info"]["problems"][0]["key"]) == ("info", "k")
    assert (stations["type"], stations["stations"][0]["id"]) == ("stations", ID)
    assert after["type"] == "change"


async def test_a_station_let_in_comes_with_its_whole_state(panel: Panel, backend: MemoryBackend) -> None:
    backend.admissions["NEW-1"] = Admission.PENDING
    async with await panel.socket() as socket:
        assert list((await next_of(socket))["states"]) == [KEY]
        await panel.post("/api/stations/NEW-1/approve")
        await next_of(socket)
        stations = await next_of(socket)
    assert stations["states"]["new1"]["charge_point_id"] == "NEW-1"


async def test_tokens_are_shown_by_their_name(panel: Panel, backend: MemoryBackend) -> None:
    backend.table["k"] = Token(key="k", id_token="04A1B2C3D4", name="Anna")
    state = backend.state(KEY)
    backend.become(replace(state, last_event=replace(state.last_event, id_token="04A1B2C3D4")))
    async with await panel.socket() as socket:
        text = (await socket.receive(timeout=WAIT_S)).data
    assert "04A1B2C3D4" not in text
    assert '"id_token":"Anna"' in text


async def test_broken_text_from_a_wallbox_does_not_silence_the_panel(
    panel: Panel, backend: MemoryBackend
) -> None:
    backend.admissions["bad\udcff"] = Admission.PENDING
    backend.become(charging_state(facts=Facts(vendor="\ud800", model="<img src=x onerror=alert(1)>")))
    async with await panel.socket() as socket:
        snapshot = await next_of(socket)
    assert snapshot["states"][KEY]["device"]["model"] == "<img src=x onerror=alert(1)>"


async def test_what_a_client_says_changes_nothing(panel: Panel, backend: MemoryBackend) -> None:
    async with await panel.socket() as socket:
        await next_of(socket)
        await socket.send_str('{"command": "stop_charging"}')
        backend.become(replace(backend.state(KEY), connected=False))
        assert (await next_of(socket))["type"] == "change"
    assert backend.calls == []


async def test_an_endless_message_of_a_client_closes_its_socket(panel: Panel) -> None:
    async with await panel.socket() as socket:
        await next_of(socket)
        await socket.send_str("x" * 100_000)
        message = await socket.receive(timeout=WAIT_S)
        assert message.type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR}


async def test_a_client_that_falls_behind_is_closed_to_start_afresh(
    panel: Panel, backend: MemoryBackend
) -> None:
    async with await panel.socket() as socket:
        await next_of(socket)
        state = backend.state(KEY)
        for power_w in range(1000):  # more than the queue holds, before the loop can send any
            backend.become(replace(state, meter=replace(state.meter, power_w=float(power_w))))
        async with asyncio.timeout(WAIT_S):
            while (message := await socket.receive()).type is WSMsgType.TEXT:
                pass
        assert message.type is WSMsgType.CLOSE
        assert socket.close_code == 1013
    async with await panel.socket() as again:
        assert (await next_of(again))["states"][KEY]["power"] == 999


async def test_a_frozen_tab_holds_up_neither_the_others_nor_the_end(backend: MemoryBackend) -> None:
    async with running(make_server(backend)) as server, Panel.at(server) as panel:
        frozen = await _socket_that_never_reads(server)
        async with await panel.socket() as socket:
            await next_of(socket)
            state = backend.state(KEY)
            for number in range(600):
                backend.become(replace(state, facts=Facts(serial=str(number), model="x" * 900)))
                assert (await next_of(socket))["type"] == "change"
        frozen.close()


async def test_a_silent_hour_still_brings_a_sign_of_life(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bmw_wallbox.web.hub.ALIVE_S", 0.01)
    async with await panel.socket() as socket:
        await next_of(socket)
        assert await next_of(socket) == {"type": "alive"}


async def test_without_open_panels_a_change_costs_nothing(backend: MemoryBackend) -> None:
    hub = Hub(backend, clock=None)  # type: ignore[arg-type]  # no snapshot is taken
    hub._on_change(None)  # type: ignore[arg-type]  # it is not even looked at


async def _socket_that_never_reads(server: PanelServer) -> asyncio.StreamWriter:
    _reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
    writer.write(
        b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    )
    await writer.drain()
    return writer
