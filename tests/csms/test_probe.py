"""What a strict client is told to meet at our own listener, and where a host name leads."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bmw_wallbox.csms import probe
from tests.csms.certificates import NOW, YESTERDAY, Authority, write_pair
from tests.csms.conftest import Serving


@pytest.fixture
def house_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Let this machine trust one authority of the test's own, and no other."""
    authority = Authority.root()
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(authority.pem())
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    return authority


async def test_a_sound_certificate_is_trusted_and_leaves_no_trace_in_the_diary(
    serving: Serving, house_authority: Authority, tmp_path: Path
) -> None:
    async with serving(tls=write_pair(tmp_path, house_authority)) as system:
        found = await system.probe("localhost")
        assert (found.ok, found.cause, found.detail) == (True, "trusted", "TLSv1.3")
        assert system.diary.attempts == ()


@pytest.mark.parametrize(
    ("cause", "host", "not_before", "days"),
    [
        ("wrong_host", "wallbox.example.org", YESTERDAY, 60),
        ("expired", "localhost", NOW - timedelta(days=90), -1),
        ("not_yet_valid", "localhost", NOW + timedelta(days=1), 60),
    ],
)
async def test_it_says_why_a_strict_client_goes_away(
    serving: Serving,
    house_authority: Authority,
    tmp_path: Path,
    cause: str,
    host: str,
    not_before: object,
    days: int,
) -> None:
    files = write_pair(
        tmp_path,
        house_authority,
        not_before=not_before,  # type: ignore[arg-type]  # the table's values are of several types
        not_after=NOW + timedelta(days=days),
    )
    async with serving(tls=files) as system:
        found = await system.probe(host)
        assert (found.ok, found.cause) == (False, cause)


async def test_what_it_tries_is_held_against_nobody(serving: Serving, tmp_path: Path) -> None:
    async with serving(tls=write_pair(tmp_path, Authority.root())) as system:
        for _ in range(30):
            assert (await system.probe("localhost")).cause == "unknown_authority"
        assert system.diary.attempts == ()


async def test_a_listener_that_is_not_open_yet_is_told_so(serving: Serving, tmp_path: Path) -> None:
    async with serving(tls=None, wait=False) as system:
        assert (await system.probe("localhost")).cause == "not_listening"


@pytest.mark.parametrize(
    ("addresses", "cause"),
    [
        (["192.168.1.2"], "found"),
        (["127.0.0.1"], "this_machine"),
        (["1.1.1.1"], "public"),
        (["1.1.1.1", "fd00::2"], "found"),
        ([], "no_address"),
    ],
)
async def test_where_a_name_leads_is_told(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str], cause: str
) -> None:
    async def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
        if not addresses:
            raise OSError("nobody knows it")
        return [(2, 1, 6, "", (address, 0)) for address in addresses]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    found = await probe.look_up("wallbox.example.org")
    assert (found.cause, list(found.addresses)) == (cause, addresses)


async def test_an_address_in_place_of_a_name_is_refused_without_asking() -> None:
    assert (await probe.look_up("192.168.1.2")).cause == "address"
