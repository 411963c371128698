"""Certificates: what is wrong is said in words, and what is renewed is used (faults T33-T35)."""

import shutil
import ssl
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from bmw_wallbox.csms.certificate import (
    CertificateError,
    TlsFiles,
    load_pair,
)
from bmw_wallbox.csms.certificate_checks import check_certificate, covers, problems_of
from bmw_wallbox.csms.server import CentralSystem
from tests.csms.certificates import NOW, Authority, key_pem, pem, write_pair
from tests.csms.conftest import Serving, eventually
from tests.csms.wallbox import wallbox


def judged(files: TlsFiles) -> set[str]:
    certificate = load_pair(files).certificate
    assert certificate is not None
    return {problem.key for problem in problems_of(check_certificate(certificate, NOW, {}))}


def refused(files: TlsFiles) -> tuple[str, str]:
    with pytest.raises(CertificateError) as caught:
        load_pair(files)
    return caught.value.problem.key, caught.value.problem.message


def test_the_facts_are_those_of_the_leaf(pair: TlsFiles) -> None:
    certificate = load_pair(pair).certificate
    assert certificate is not None
    assert (certificate.subject, certificate.issuer) == ("localhost", "Test Root")
    assert certificate.names == ("localhost", "127.0.0.1")
    assert certificate.chain_length == 2
    assert not certificate.self_signed
    assert abs(certificate.not_after - NOW - timedelta(days=60)) < timedelta(seconds=2)
    assert not problems_of(check_certificate(certificate, NOW, {}))


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        (-90, -1, {"certificate_expired"}),
        (-90, 3, {"certificate_expires_soon"}),
        (-90, 14, {"certificate_expires"}),
        (-90, 30, set()),
        (1, 90, {"certificate_not_yet_valid"}),
    ],
)
def test_dates_are_judged_and_the_certificate_is_served_all_the_same(
    tmp_path: Path, authority: Authority, starts: int, ends: int, expected: set[str]
) -> None:
    files = write_pair(
        tmp_path,
        authority,
        not_before=NOW + timedelta(days=starts),
        not_after=NOW + timedelta(days=ends),
    )
    assert judged(files) == expected


def test_a_leaf_without_its_chain_is_told(tmp_path: Path, authority: Authority) -> None:
    assert judged(write_pair(tmp_path, authority, chain=False)) == {"certificate_chain_incomplete"}


def test_a_self_signed_certificate_is_told(tmp_path: Path) -> None:
    own = Authority.root("localhost")
    files = TlsFiles(certificate=tmp_path / "c.pem", key=tmp_path / "k.pem")
    files.certificate.write_bytes(pem(own.leaf(own.key)))
    files.key.write_bytes(key_pem(own.key))
    assert judged(files) == {"certificate_self_signed"}


async def test_a_certificate_for_signing_only_is_told(
    serving: Serving, tmp_path: Path, authority: Authority
) -> None:
    files = TlsFiles(certificate=tmp_path / "c.pem", key=tmp_path / "k.pem")
    files.certificate.write_bytes(authority.pem())
    files.key.write_bytes(key_pem(authority.key))
    async with serving(tls=files) as system:
        assert [problem.key for problem in system.problems] == ["certificate_unfit"]


def test_a_missing_file_is_named(tmp_path: Path, pair: TlsFiles) -> None:
    pair.key.unlink()
    key, message = refused(pair)
    assert key == "certificate_missing"
    assert str(pair.key) in message


def test_a_folder_in_place_of_a_file_is_unreadable(tmp_path: Path, pair: TlsFiles) -> None:
    pair.key.unlink()
    pair.key.mkdir()
    assert refused(pair)[0] == "certificate_unreadable"


@pytest.mark.parametrize("content", [b"", b"no pem at all", b"\x00\xff" * 100])
def test_a_file_that_is_no_certificate_is_told(pair: TlsFiles, content: bytes) -> None:
    pair.certificate.write_bytes(content)
    assert refused(pair)[0] == "certificate_unusable"


def test_a_key_of_another_certificate_is_told(pair: TlsFiles) -> None:
    pair.key.write_bytes(key_pem(ec.generate_private_key(ec.SECP256R1())))
    assert refused(pair)[0] == "certificate_key_mismatch"


def test_a_key_of_another_kind_than_the_certificates_is_told(pair: TlsFiles) -> None:
    pair.key.write_bytes(key_pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)))
    assert refused(pair)[0] == "certificate_key_mismatch"


def test_an_encrypted_key_is_told(pair: TlsFiles) -> None:
    pair.key.write_bytes(key_pem(ec.generate_private_key(ec.SECP256R1()), b"password"))
    assert refused(pair)[0] == "certificate_key_encrypted"


async def test_a_missing_certificate_keeps_the_port_shut_until_it_is_there(
    serving: Serving, tmp_path: Path, authority: Authority, trusting: ssl.SSLContext
) -> None:
    files = TlsFiles(certificate=tmp_path / "fullchain.pem", key=tmp_path / "privkey.pem")
    async with serving(wait=False, tls=files) as system:
        await eventually(lambda: system.problems)
        assert system.problems[0].key == "certificate_missing"
        assert not system.listening
        write_pair(tmp_path, authority)
        await eventually(lambda: system.listening)
        assert not system.problems
        async with wallbox(system.port, context=trusting) as box:
            await box.alive()


def issued_by(box_socket: object) -> str:
    peer = box_socket.transport.get_extra_info("ssl_object").getpeercert()  # type: ignore[attr-defined]  # asyncio's
    return str(dict(pair[0] for pair in peer["issuer"])["commonName"])


async def test_a_renewed_certificate_serves_new_sockets_and_the_old_one_lives_on(
    serving: Serving, tmp_path: Path, authority: Authority, trusting: ssl.SSLContext
) -> None:
    renewed = authority.intermediate("Second Issuer")
    async with (
        serving(tls=write_pair(tmp_path, authority)) as system,
        wallbox(system.port, context=trusting) as before,
    ):
        await before.alive()
        write_pair(tmp_path, renewed)
        await eventually(lambda: issuer(system) == "Second Issuer")
        await before.alive()
        async with wallbox(system.port, context=trusting) as after:
            await after.alive()
            assert issued_by(after.socket) == "Second Issuer"
        assert issued_by(before.socket) == "Test Root"


async def test_half_written_files_leave_the_old_certificate_in_use(
    serving: Serving, tmp_path: Path, authority: Authority, trusting: ssl.SSLContext
) -> None:
    staged = tmp_path / "staged"
    staged.mkdir()
    async with serving(tls=write_pair(tmp_path, authority)) as system:
        next_pair = write_pair(staged, authority.intermediate("Second Issuer"))
        shutil.copy(next_pair.certificate, tmp_path)
        await eventually(lambda: system.problems)
        assert system.problems[0].key == "certificate_key_mismatch"
        async with wallbox(system.port, context=trusting) as box:
            await box.alive()
            assert issued_by(box.socket) == "Test Root"
        next_pair.key.replace(tmp_path / "privkey.pem")
        await eventually(lambda: issuer(system) == "Second Issuer")
        assert not system.problems


def issuer(system: CentralSystem) -> str | None:
    return system.certificate.issuer if system.certificate else None


def test_a_whole_chain_is_counted(tmp_path: Path, authority: Authority) -> None:
    between = authority.intermediate()
    files = write_pair(tmp_path, between)
    files.certificate.write_bytes(files.certificate.read_bytes() + pem(authority.certificate))
    certificate = load_pair(files).certificate
    assert certificate is not None
    assert (certificate.issuer, certificate.chain_length) == ("Test Intermediate", 3)


async def test_without_the_authority_of_client_certificates_the_door_stays_shut(
    serving: Serving, pair: TlsFiles, authority: Authority
) -> None:
    stations = pair.key.with_name("stations.pem")
    asking = replace(pair, client_ca=stations)
    async with serving(tls=asking, wait=False) as system:
        await eventually(lambda: system.problems)
        assert [problem.key for problem in system.problems] == ["client_ca_unusable"]
        assert not system.listening
        stations.write_bytes(authority.pem())
        await eventually(lambda: system.listening)


def test_weak_keys_are_refused_in_words(tmp_path: Path, authority: Authority) -> None:
    files = write_pair(tmp_path, authority, rsa_bits=1024)
    key, message = refused(files)
    assert key == "certificate_weak"
    assert "2048" in message


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("127.0.0.1", True),
        ("box.example.org", True),
        ("a.box.example.org", False),
        ("example.org", False),
        ("127.0.0.2", False),
    ],
)
def test_names_are_compared_as_clients_do(pair: TlsFiles, host: str, *, covered: bool) -> None:
    certificate = load_pair(pair).certificate
    assert certificate is not None
    several = replace(certificate, names=(*certificate.names, "*.example.org"))
    assert covers(several, host) is covered


def test_every_check_is_told_in_words(pair: TlsFiles) -> None:
    certificate = load_pair(pair).certificate
    assert certificate is not None
    checks = check_certificate(certificate, NOW, {"BOX": "elsewhere.example.org", "OLD": ""})
    assert {check.key: check.ok for check in checks[:4]} == {
        "key": True,
        "validity": True,
        "authority": False,
        "chain": True,
    }
    assert [(check.key, check.ok) for check in checks[4:]] == [("host_name", False), ("host_name", True)]
    assert "BOX uses elsewhere.example.org, but the certificate is for localhost" in checks[4].message
