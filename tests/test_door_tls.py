"""TLS at the door: ciphers, client certificates and names (OCPP 2.0.1 A00.FR.318, A00.FR.401-407)."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.exceptions import ConnectionClosed, InvalidMessage

from bmw_wallbox.csms.certificate import TlsFiles
from bmw_wallbox.csms.limits import Limits
from bmw_wallbox.errors import InvalidPayloadError
from tests.csms.certificates import IN_TWO_MONTHS, NOW, YESTERDAY, Authority, key_pem, pem, write_pair
from tests.csms.conftest import eventually
from tests.csms.messages import EXAMPLES
from tests.csms.wallbox import IDENTITY, wallbox
from tests.door_rig import House, change_settings, login, open_house, served

IN = HTTPStatus.SWITCHING_PROTOCOLS
SERIAL = "TESTSERIAL0001"


@dataclass(frozen=True, slots=True)
class Works:
    """The maker of wallboxes: it signs their certificates with an authority of its own."""

    folder: Path
    authority: Authority
    trusting: Authority
    """Who signed the server's certificate."""

    @property
    def ca(self) -> str:
        path = self.folder / "stations.pem"
        path.write_bytes(self.authority.pem())
        return str(path)

    def context(
        self,
        name: str = IDENTITY,
        *,
        organization: str | None = None,
        authority: Authority | None = None,
        not_before: datetime = YESTERDAY,
        not_after: datetime = IN_TWO_MONTHS,
    ) -> ssl.SSLContext:
        """Return the TLS of a wallbox with a certificate of its own."""
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = (authority or self.authority).leaf(
            key, name, organization=organization, not_before=not_before, not_after=not_after
        )
        file = self.folder / "client.pem"
        file.write_bytes(pem(leaf) + key_pem(key))
        context = self.plain()
        context.load_cert_chain(file)
        return context

    def plain(self) -> ssl.SSLContext:
        """Return the TLS of a wallbox without one."""
        context = ssl.create_default_context()
        context.load_verify_locations(cadata=self.trusting.pem().decode())
        return context


@pytest.fixture(scope="session")
def root() -> Authority:
    return Authority.root()


@pytest.fixture
def files(tmp_path: Path, root: Authority) -> TlsFiles:
    return write_pair(tmp_path, root)


@pytest.fixture
def works(tmp_path: Path, root: Authority) -> Works:
    return Works(tmp_path, Authority.root("Wallbox Works"), root)


@pytest.fixture
async def house(tmp_path: Path, files: TlsFiles) -> AsyncIterator[House]:
    data = tmp_path / "data"
    data.mkdir()
    async with open_house(data, tls=files, limits=Limits(failures_per_minute=1000)) as house:
        yield house


async def cut(house: House, context: ssl.SSLContext) -> dict[str, Any]:
    """Return what the diary says of a wallbox that TLS itself refuses."""
    before = house.system.diary.entries
    # With TLS 1.3 a client learns only after its own handshake that its certificate was refused.
    with pytest.raises((OSError, ConnectionClosed, InvalidMessage)):
        await house.enter(context=context)
    await eventually(lambda: house.system.diary.entries > before)
    return house.last


async def test_profile_2_takes_a_password_over_tls(house: House, works: Works) -> None:
    await house.enter(context=works.plain(), headers=login("s" * 16))
    assert await house.status(context=works.plain()) == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_profile_3_takes_the_certificate_of_this_very_station(
    house: House, works: Works, version: ssl.TLSVersion
) -> None:
    await change_settings(house, client_ca=works.ca)
    context = works.context(IDENTITY)
    context.minimum_version = context.maximum_version = version
    await house.enter(context=context)
    assert (house.last["verdict"], house.last["tls"]) == ("accepted", version.name.replace("_", "."))
    assert await house.status("DE*BMW*EOTHER", context=context) == HTTPStatus.NOT_FOUND


async def test_profile_3_refuses_who_has_no_certificate(house: House, works: Works) -> None:
    await change_settings(house, client_ca=works.ca)
    assert (await cut(house, works.plain()))["cause"] == "no_certificate"


@pytest.mark.parametrize("case", ["foreign", "expired", "early"])
async def test_profile_3_refuses_a_certificate_that_the_authority_does_not_bear_out(
    house: House, works: Works, case: str
) -> None:
    await change_settings(house, client_ca=works.ca)
    context = {
        "foreign": lambda: works.context(authority=Authority.root("Wallbox Works")),
        "expired": lambda: works.context(not_after=NOW - timedelta(hours=1)),
        "early": lambda: works.context(not_before=NOW + timedelta(days=1)),
    }[case]()
    last = await cut(house, context)
    assert (last["verdict"], last["cause"]) == ("failed", "bad_certificate")


async def test_the_common_name_has_to_be_the_serial_number_once_that_is_known(
    house: House, works: Works
) -> None:
    await change_settings(house, client_ca=works.ca)
    by_serial = works.context(SERIAL)
    async with wallbox(house.system.port, context=by_serial) as box:
        boot = dict(EXAMPLES["BootNotification"])
        boot["chargingStation"] = {**boot["chargingStation"], "serialNumber": SERIAL}
        await box.send([2, "boot", "BootNotification", boot])
        await served(box)
    await eventually(lambda: house.registry.serial(IDENTITY) == SERIAL)
    await house.enter(context=works.context(SERIAL.lower()))
    await house.enter(context=works.context(IDENTITY))
    assert await house.status(context=works.context("TESTSERIAL0002")) == HTTPStatus.FORBIDDEN
    assert house.last["cause"] == "wrong_certificate"


async def test_the_organization_is_compared_where_the_settings_name_one(house: House, works: Works) -> None:
    await change_settings(house, client_ca=works.ca, client_organization="My House")
    await house.enter(context=works.context(organization="My House"))
    for other in (None, "Their House"):
        assert await house.status(context=works.context(organization=other)) == HTTPStatus.FORBIDDEN


async def test_profile_3_looks_at_no_password(house: House, works: Works) -> None:
    await house.enter(context=works.plain(), headers=login("s" * 16))
    await change_settings(house, client_ca=works.ca)
    await house.enter(context=works.context())


async def test_who_is_in_is_judged_anew_when_the_profile_changes(house: House, works: Works) -> None:
    async with wallbox(house.system.port, context=works.plain()) as box:
        await served(box)
        await change_settings(house, client_ca=works.ca)
        await box.socket.wait_closed()
    assert (await cut(house, works.plain()))["cause"] == "no_certificate"
    await change_settings(house, client_ca="")
    await house.enter(context=works.plain())


@pytest.mark.parametrize("content", [None, b"", b"nonsense", b"key"])
async def test_an_authority_that_cannot_be_read_changes_nothing(
    house: House, works: Works, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "broken.pem"
    if content is not None:
        file.write_bytes(key_pem(ec.generate_private_key(ec.SECP256R1())) if content == b"key" else content)
    with pytest.raises(InvalidPayloadError, match="client_ca"):
        await change_settings(house, client_ca=str(file))
    assert not house.panel.settings().client_ca
    await house.enter(context=works.plain())


async def test_a_plain_connection_brings_no_certificate(tmp_path: Path, works: Works) -> None:
    async with open_house(tmp_path) as house:
        await change_settings(house, client_ca=works.ca)
        assert await house.status() == HTTPStatus.FORBIDDEN
        assert house.last["cause"] == "wrong_certificate"


def rsa_only(works: Works, cipher: str = "AES128-GCM-SHA256") -> ssl.SSLContext:
    context = works.plain()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(cipher)
    return context


@pytest.mark.parametrize("cipher", ["AES128-GCM-SHA256", "AES256-GCM-SHA384"])
async def test_the_specifications_rsa_ciphers_are_taken_only_on_demand(
    tmp_path: Path, root: Authority, works: Works, cipher: str
) -> None:
    files = write_pair(tmp_path, root, rsa_bits=2048)
    data = tmp_path / "rsa"
    data.mkdir()
    async with open_house(data, tls=files) as house:
        last = await cut(house, rsa_only(works, cipher))
        assert (last["cause"], last["tls"]) == ("no_cipher", "NO_SHARED_CIPHER")
        assert "rsa_ciphers" in last["reason"]
        await change_settings(house, rsa_ciphers=True)
        await house.enter(context=rsa_only(works, cipher))
        await house.enter(context=works.plain())


@pytest.mark.parametrize("cipher", ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"])
async def test_the_specifications_modern_ciphers_are_always_taken(
    house: House, works: Works, cipher: str
) -> None:
    await house.enter(context=rsa_only(works, cipher))


async def test_the_name_that_the_station_asked_for_is_compared_with_the_certificate(
    house: House, works: Works
) -> None:
    await house.enter(context=works.plain())
    (check,) = [check for check in house.system.checks if check.key == "host_name"]
    assert check.ok
    assert "localhost" in check.message

    careless = works.plain()
    careless.check_hostname = False
    async with wallbox(house.system.port, context=careless, server_name="wallbox.example.org") as box:
        await served(box)
    (check,) = [check for check in house.system.checks if check.key == "host_name"]
    assert not check.ok
    assert "wallbox.example.org" in check.message
    assert house.last["server_name"] == "wallbox.example.org"


async def test_the_checks_say_what_a_strict_client_sees(house: House) -> None:
    found = {check.key: check for check in house.system.checks}
    assert found["key"].ok
    assert found["validity"].ok
    assert found["chain"].ok
    assert not found["authority"].ok
    assert "Test Root" in found["authority"].message


async def test_a_client_that_hangs_up_at_the_certificate_is_noted_with_the_name_that_it_asked_for(
    house: House,
) -> None:
    last = await cut(house, ssl.create_default_context())
    assert (last["verdict"], last["cause"], last["server_name"]) == ("failed", "hung_up", "localhost")
