"""Passwords at the door: learned, then locked (OCPP 2.0.1 A00.FR.207, A00.FR.324; fault T12)."""

import asyncio
import logging
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from bmw_wallbox.csms.limits import Limits
from bmw_wallbox.domain.credentials import digest_of
from bmw_wallbox.errors import NotFoundError
from tests.csms.wallbox import IDENTITY, wallbox
from tests.door_rig import KEY, OTHER, House, login, open_house, served

IN = HTTPStatus.SWITCHING_PROTOCOLS
OUT = HTTPStatus.UNAUTHORIZED
SECRET = "correct-horse-battery"
PATIENT = Limits(failures_per_minute=1000)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, limits=PATIENT) as house:
        yield house


def row(house: House) -> dict[str, Any]:
    return next(dict(row) for row in house.panel.stations() if row["id"] == IDENTITY)


async def test_a_box_that_never_sent_a_password_needs_none(house: House) -> None:
    for _ in range(2):
        await house.enter()
    assert row(house)["password"] == "none"


async def test_the_first_password_is_learned_and_then_locked(house: House) -> None:
    await house.enter(headers=login(SECRET))
    assert row(house)["password"] == "learned"
    assert await house.status(headers=login("something-else")) == OUT
    assert house.last["cause"] == "wrong_password"
    await house.enter(headers=login(SECRET))


async def test_once_learned_it_may_not_be_left_out(house: House) -> None:
    await house.enter()
    await house.enter(headers=login(SECRET))
    assert await house.status() == OUT
    assert house.last["cause"] == "no_password"


async def test_a_wrong_password_is_a_problem_that_one_click_solves(house: House) -> None:
    await house.enter(headers=login(SECRET))
    assert await house.status(headers=login("new-password-1")) == OUT
    assert await house.status(headers=login("new-password-2")) == OUT
    (problem,) = house.problems
    assert (problem.key, problem.action, problem.station) == ("wrong_password", "trust_password", KEY)
    assert "127.0.0.1" in problem.message
    assert row(house)["refused_from"] == "127.0.0.1"

    await house.panel.trust_password(IDENTITY)
    assert not house.problems
    assert await house.status(headers=login("new-password-1")) == OUT
    assert await house.status(headers=login(SECRET)) == OUT
    await house.enter(headers=login("new-password-2"))
    assert row(house)["refused_from"] is None


async def test_a_box_that_lost_its_password_can_be_trusted_too(house: House) -> None:
    await house.enter(headers=login(SECRET))
    assert await house.status() == OUT
    assert "without its password" in house.problems[0].message
    await house.panel.trust_password(IDENTITY)
    await house.enter()
    assert row(house)["password"] == "none"


async def test_the_problem_ends_when_the_box_comes_with_the_right_one(house: House) -> None:
    await house.enter(headers=login(SECRET))
    assert await house.status(headers=login("x")) == OUT
    await house.enter(headers=login(SECRET))
    assert not house.problems
    with pytest.raises(NotFoundError):
        await house.panel.trust_password(IDENTITY)


@pytest.mark.parametrize(
    "header",
    [
        login(SECRET, user=OTHER)["Authorization"],
        login(SECRET, user=IDENTITY.lower())["Authorization"],
        login(SECRET, user=IDENTITY + "x")["Authorization"],
        "Basic REUqQk1XKkVURVNUMTIzNDU2Nzg5MEFC",
        "Basic ???",
        "Basic",
        "Bearer " + SECRET,
        "",
    ],
)
@pytest.mark.parametrize("known", [True, False])
async def test_a_login_that_is_not_this_stations_is_refused(
    house: House, header: str, *, known: bool
) -> None:
    if known:
        await house.enter(headers=login(SECRET))
    assert await house.status(headers={"Authorization": header}) == OUT
    assert house.last["cause"] == "wrong_user"
    assert not house.problems


async def test_two_logins_at_once_are_none(house: House) -> None:
    several = [*login(SECRET).items(), *login("other").items()]
    assert await house.status(headers=several) == OUT


@pytest.mark.parametrize("password", ["a:b::c", "", bytes(range(256)), "ü€🔌", "x" * 4000])
async def test_any_bytes_can_be_a_password(house: House, password: str | bytes) -> None:
    await house.enter(headers=login(password))
    secret = password.encode() if isinstance(password, str) else password
    assert await house.status(headers=login(secret + b"!")) == OUT
    await house.enter(headers=login(password))


async def test_of_many_first_logins_one_is_learned(house: House) -> None:
    attempts = [house.status(headers=login(f"password-{number}")) for number in range(6)]
    outcomes = await asyncio.gather(*attempts)
    assert sorted(outcomes) == [IN] + [OUT] * 5


async def test_a_restart_keeps_the_hash_and_only_that(tmp_path: Path, house: House) -> None:
    other = tmp_path / "other"
    other.mkdir()
    async with open_house(other) as first:
        await first.enter(headers=login(SECRET))
    async with open_house(other) as second:
        assert row(second)["password"] == "learned"
        assert await second.status(headers=login("wrong")) == OUT
        await second.enter(headers=login(SECRET))
    assert all(SECRET.encode() not in file.read_bytes() for file in other.iterdir() if file.is_file())


async def test_the_password_is_forgotten_with_the_station(house: House) -> None:
    await house.enter(headers=login(SECRET))
    await house.panel.forget(IDENTITY)
    await house.enter(headers=login("a-new-life"))
    assert row(house)["password"] == "learned"


async def test_a_password_that_the_owner_set_has_to_be_shown_at_once(house: House) -> None:
    async with wallbox(house.system.port) as box:
        await served(box)
        await house.panel.set_password(IDENTITY, SECRET)
        await box.socket.wait_closed()
    assert row(house)["password"] == "set"
    assert await house.status() == OUT
    await house.enter(headers=login(SECRET))
    await house.panel.set_password(IDENTITY, None)
    await house.enter(headers=login("another"))
    assert row(house)["password"] == "learned"


async def test_no_password_is_ever_written_down(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bmw_wallbox")
    await house.enter(headers=login(SECRET))
    await house.status(headers=login("guess-work"))
    await house.panel.set_password(IDENTITY, "chosen-by-owner")
    shown = f"{house.panel.diary()} {house.panel.stations()} {house.problems} {house.registry.passwords!r}"
    ours = " ".join(record.getMessage() for record in caplog.records)
    for secret in (SECRET, "guess-work", "chosen-by-owner", login(SECRET)["Authorization"][6:]):
        assert secret not in shown + ours


async def test_only_the_first_of_equal_logins_is_hashed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[bytes] = []

    def spy(password: bytes, salt: bytes, cost: int = 2**14) -> bytes:
        hashed.append(password)
        return digest_of(password, salt, cost)

    monkeypatch.setattr("bmw_wallbox.passwords.digest_of", spy)
    for _ in range(3):
        await house.enter(headers=login(SECRET))
    for _ in range(3):
        assert await house.status(headers=login("wrong")) == OUT
    assert hashed == [SECRET.encode(), b"wrong"]


async def test_hashing_does_not_hold_up_a_station_that_is_in(house: House) -> None:
    await house.panel.set_password(IDENTITY, SECRET)
    async with wallbox(house.system.port, headers=login(SECRET)) as box:
        guesses = [asyncio.create_task(house.status(headers=login(f"guess {n}"))) for n in range(6)]
        slowest_s = 0.0
        loop = asyncio.get_running_loop()
        while not all(guess.done() for guess in guesses):
            began_s = loop.time()
            await served(box)
            slowest_s = max(slowest_s, loop.time() - began_s)
        assert await asyncio.gather(*guesses) == [OUT] * 6
    assert slowest_s < 0.5
