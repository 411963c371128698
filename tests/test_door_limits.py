"""Who may knock, how often, and how fast who is in may talk (faults T4, T8, T13, T22, T23)."""

import asyncio
import json
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.exceptions import InvalidMessage

from bmw_wallbox.csms import caller
from bmw_wallbox.csms.backoff import Backoff
from bmw_wallbox.csms.limits import HOUSE, Limits
from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.edge import MAX_WAITING
from bmw_wallbox.errors import CallError
from tests.csms.conftest import eventually
from tests.csms.wallbox import DEADLINE_S, IDENTITY, wallbox
from tests.door_rig import OTHER, House, admissions, login, open_house, served
from tests.fakes.clock import HandClock

IN = HTTPStatus.SWITCHING_PROTOCOLS
SCANNER = "127.0.0.2"


async def test_on_the_first_evening_everybody_waits_and_later_nobody(tmp_path: Path) -> None:
    async with open_house(tmp_path, configured=None) as house:
        assert await house.status() == IN
        assert await house.status(OTHER) == IN
        assert set(admissions(house).values()) == {Admission.PENDING}
        await house.panel.approve(IDENTITY)
        await house.enter()
        assert await house.status("DE*THIRD") == HTTPStatus.NOT_FOUND
        assert house.last["cause"] == "unknown"


async def test_while_pairing_is_on_unknown_stations_wait(tmp_path: Path) -> None:
    clock = HandClock()
    async with open_house(tmp_path, clock=clock) as house:
        assert await house.status(OTHER) == HTTPStatus.NOT_FOUND
        await house.panel.set_pairing(5)
        assert await house.status(OTHER) == IN
        assert house.last["verdict"] == "pending"
        clock.advance(301)
        assert await house.status("DE*THIRD") == HTTPStatus.NOT_FOUND


async def test_a_blocked_station_gets_404_with_the_right_password_too(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.enter(headers=login("secret"))
        await house.panel.block(IDENTITY)
        assert await house.status(headers=login("secret")) == HTTPStatus.NOT_FOUND
        assert house.last["cause"] == "blocked"


async def test_a_forgotten_station_of_the_options_starts_afresh(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.enter()
        await house.panel.forget(IDENTITY)
        assert admissions(house) == {}
        await house.enter()
        assert admissions(house) == {IDENTITY: Admission.APPROVED}


async def test_only_so_many_wait_for_approval_at_once(tmp_path: Path) -> None:
    async with (
        open_house(tmp_path, configured=None, limits=Limits(waiting=2)) as house,
        AsyncExitStack() as stack,
    ):
        boxes = [
            await stack.enter_async_context(wallbox(house.system.port, path=f"/BOX{number}"))
            for number in range(3)
        ]
        async with asyncio.timeout(DEADLINE_S):
            await boxes[0].socket.wait_closed()
        for box in boxes[1:]:
            assert (await box.request("Heartbeat", {}))[2] == "SecurityError"


async def cut(house: House, source: str) -> bool:
    """Return whether an address is cut off before anything is said."""
    try:
        await house.status(OTHER, source=source)
    except (ConnectionError, InvalidMessage):
        return True
    return False


async def test_an_address_that_keeps_failing_is_refused_early_and_others_are_not(tmp_path: Path) -> None:
    clock = HandClock()
    async with open_house(tmp_path, clock=clock) as house:
        for _ in range(HOUSE.failures_per_minute):
            assert await house.status(OTHER, source=SCANNER) == HTTPStatus.NOT_FOUND
        for _ in range(20):
            assert await cut(house, SCANNER)
        assert (house.last["cause"], house.last["count"]) == ("too_many_failures", 20)
        await house.enter()

        clock.advance(HOUSE.shortest_ban_s + 1)
        assert await house.status(OTHER, source=SCANNER) == HTTPStatus.NOT_FOUND
        clock.advance(HOUSE.shortest_ban_s + 1)
        assert await cut(house, SCANNER), "the second ban is longer than the first"
        clock.advance(HOUSE.shortest_ban_s)
        assert await house.status(OTHER, source=SCANNER) == HTTPStatus.NOT_FOUND


async def test_what_the_owner_changes_ends_every_ban(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.enter(headers=login("old"))
        for _ in range(HOUSE.failures_per_minute):
            assert await house.status(headers=login("new")) == HTTPStatus.UNAUTHORIZED
        assert await cut(house, "127.0.0.1")
        await house.panel.trust_password(IDENTITY)
        await house.enter(headers=login("new"))


async def test_a_browser_or_a_probe_of_the_port_is_not_banned(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        for _ in range(3 * HOUSE.failures_per_minute):
            reader, writer = await asyncio.open_connection("127.0.0.1", house.system.port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await reader.read()).startswith(b"HTTP/1.1 426")
            writer.close()
            _, silent = await asyncio.open_connection("127.0.0.1", house.system.port)
            silent.close()
            await eventually(lambda: not house.system._doorway._opening)
        await house.enter()


def test_bans_double_up_to_a_bound_and_calm_ends_them() -> None:
    clock = HandClock()
    backoff = Backoff(clock, HOUSE)
    lengths = []
    for _ in range(12):
        while not backoff.refuses("a"):
            backoff.failed("a")
        began_s = clock.monotonic_s()
        while backoff.refuses("a"):
            clock.advance(1)
        lengths.append(clock.monotonic_s() - began_s)
    assert lengths[:4] == [10, 20, 40, 80]
    assert lengths[-1] == HOUSE.longest_ban_s
    clock.advance(HOUSE.longest_ban_s + 1)
    backoff.failed("a")
    assert not backoff.refuses("a")


def test_a_flood_of_addresses_takes_no_more_memory() -> None:
    backoff = Backoff(HandClock(), HOUSE)
    for number in range(5000):
        backoff.failed(f"2001:db8::{number:x}")
    assert len(backoff._records) == 1024


async def test_a_replay_of_a_thousand_events_is_not_slowed_down(tmp_path: Path) -> None:
    clock = HandClock()
    async with open_house(tmp_path, clock=clock) as house, wallbox(house.system.port) as box:
        async with asyncio.timeout(DEADLINE_S * 2):
            for _ in range(1000):
                await served(box)


async def test_who_sends_too_much_is_read_more_slowly_and_loses_nothing(tmp_path: Path) -> None:
    async with (
        open_house(tmp_path, limits=Limits(burst=10, messages_per_s=50)) as house,
        wallbox(house.system.port) as box,
    ):
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        for number in range(40):
            await box.send([2, f"flood {number}", "Heartbeat", {}])
        answered = 0
        while answered < 40:
            frame = await box.receive()
            answered += frame[0] == 3
        assert loop.time() - began_s > 0.5


async def test_a_new_socket_brings_no_new_allowance(tmp_path: Path) -> None:
    clock = HandClock()
    async with open_house(tmp_path, clock=clock, limits=Limits(burst=4, messages_per_s=50)) as house:
        for _ in range(2):
            await house.enter()
        pace = house.system._paces[IDENTITY]
        assert pace._left == 2


async def test_a_box_that_vanished_without_a_word_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller, "SILENCE_S", 0.05)
    monkeypatch.setattr(caller, "PONG_TIMEOUT_S", 0.05)
    async with open_house(tmp_path) as house, wallbox(house.system.port) as box:
        await served(box)
        box.socket.transport.pause_reading()
        await eventually(lambda: house.system.session(IDENTITY) is None)
        box.socket.transport.abort()


async def test_a_box_that_talks_but_answers_no_ping_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller, "SILENCE_S", 0.05)
    monkeypatch.setattr(caller, "PONG_TIMEOUT_S", 0.05)
    async with open_house(tmp_path) as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.system.port)
        writer.write(
            f"GET /{IDENTITY} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: ocpp2.0.1\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        heartbeat = json.dumps([2, "h", "Heartbeat", {}]).encode()
        frame = b"\x81" + bytes([0x80 | len(heartbeat)]) + bytes(4) + heartbeat
        for _ in range(15):
            writer.write(frame)
            await asyncio.sleep(0.02)
        assert house.system.session(IDENTITY) is not None
        writer.close()


async def test_a_scanner_does_not_hold_up_who_is_in(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, wallbox(house.system.port) as box:
        loop = asyncio.get_running_loop()
        slowest_s = 0.0
        for _ in range(20):
            attempts = [cut(house, SCANNER) for _ in range(15)]
            storm = asyncio.gather(*attempts)
            began_s = loop.time()
            await served(box)
            slowest_s = max(slowest_s, loop.time() - began_s)
            await storm
        assert slowest_s < 0.5
        assert len(house.panel.diary()) <= 4
        assert not house.system._doorway._opening


async def test_the_console_queues_only_so_many_requests(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, wallbox(house.system.port) as box:
        await served(box)
        waiting = [
            asyncio.create_task(house.panel.send_ocpp(IDENTITY, "ClearCache", {})) for _ in range(MAX_WAITING)
        ]
        await asyncio.sleep(0)
        with pytest.raises(CallError, match="Too many requests"):
            await house.panel.send_ocpp(IDENTITY, "ClearCache", {})
        await box.socket.close()
        assert all(
            isinstance(end, CallError) for end in await asyncio.gather(*waiting, return_exceptions=True)
        )
