"""The server's certificate: loading it for TLS, and reading the facts that its clients see."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bmw_wallbox.domain.problems import Problem

_NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME, which the ssl module does not name."""
_CIPHERS = "@SECLEVEL=2:ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:DHE+AESGCM:!aNULL:!SHA1:!AESCCM"
_RSA_CIPHERS = "AES256-GCM-SHA384:AES128-GCM-SHA256"
"""TLS_RSA_WITH_AES_*_GCM (A00.FR.318): without forward secrecy, so only on demand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """Where the certificate chain and its private key lie, PEM, and what is asked of clients."""

    certificate: Path
    key: Path
    client_ca: Path | None = None
    """The authorities that signed the stations' own certificates; None asks for none (A00.FR.403)."""
    rsa_ciphers: bool = False
    """Whether the specification's ciphers with RSA key exchange are taken as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The facts of a served certificate."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    """Subject alternative names: host names and IP addresses."""
    not_before: datetime
    not_after: datetime
    chain_length: int
    """How many certificates the server sends."""
    self_signed: bool
    publicly_trusted: bool
    """Whether the authorities that this machine knows vouch for the chain, dates aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPair:
    """A certificate that can be served."""

    context: ssl.SSLContext
    certificate: Certificate | None
    """None where it is not fit for a server: no client could verify it."""


class CertificateError(Exception):
    """The two files cannot be served; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _EncryptedKeyError(Exception):
    """OpenSSL asked for the key's password."""


def load_pair(files: TlsFiles) -> LoadedPair:
    """Return a server context for the two files, and the facts of the certificate; blocks.

    An expired certificate is served as well: the station may not look at the date.

    Raises:
        CertificateError: a file is missing or unreadable, or the pair cannot be used.

    """
    for path in (files.certificate, files.key):
        _check_readable(path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.set_ciphers(f"{_CIPHERS}:{_RSA_CIPHERS}" if files.rsa_ciphers else _CIPHERS)
    try:
        context.load_cert_chain(files.certificate, files.key, password=_refuse_password)
    except _EncryptedKeyError:
        message = f"The private key {files.key} is encrypted. Store it without a password."
        raise CertificateError(Problem(key="certificate_key_encrypted", message=message)) from None
    except (ssl.SSLError, OSError) as error:
        raise CertificateError(_refused(files, error)) from error
    certificate = _facts(context, files.certificate)
    if files.client_ca is not None:
        demand_client_certificates(context, files.client_ca)
    return LoadedPair(context=context, certificate=certificate)


def demand_client_certificates(context: ssl.SSLContext, authorities: Path) -> None:
    """Let in only clients whose certificate one of `authorities`, a PEM file, signed (A00.FR.403); blocks.

    Raises:
        CertificateError: the file holds no authority that can be used.

    """
    try:
        context.load_verify_locations(authorities)
    except (ssl.SSLError, OSError) as error:
        message = (
            f"{authorities} cannot be read as the authority of the wallboxes' certificates, so no wallbox "
            "is let in. Put a PEM file there."
        )
        raise CertificateError(Problem(key="client_ca_unusable", message=message)) from error
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN


def _check_readable(path: Path) -> None:
    try:
        with path.open("rb"):
            return
    except FileNotFoundError:
        message = f"{path} does not exist. The wallbox cannot connect without a certificate."
        problem = Problem(key="certificate_missing", message=message)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        problem = Problem(key="certificate_unreadable", message=message)
    raise CertificateError(problem)


def _refuse_password() -> str:
    raise _EncryptedKeyError


_NOT_A_PAIR = frozenset({"KEY_VALUES_MISMATCH", "NO_CERTIFICATE_ASSIGNED"})
"""OpenSSL's words for a key of another certificate; the second one where even their algorithms differ."""


def _refused(files: TlsFiles, error: OSError) -> Problem:
    reason = getattr(error, "reason", None) or "it is no PEM file"
    if reason in _NOT_A_PAIR:
        message = (
            f"{files.key} is not the private key of {files.certificate}. Choose files that belong together."
        )
        return Problem(key="certificate_key_mismatch", message=message)
    if reason in {"EE_KEY_TOO_SMALL", "CA_MD_TOO_WEAK"}:
        message = (
            f"{files.certificate} is too weak: use RSA of 2048 bits or more, or elliptic curves, and SHA-256."
        )
        return Problem(key="certificate_weak", message=message)
    message = f"{files.certificate} and {files.key} cannot be used as a certificate and its key ({reason})."
    return Problem(key="certificate_unusable", message=message)


def _facts(server: ssl.SSLContext, certificate: Path) -> Certificate | None:
    """Read the certificate as a client sees it: a handshake in memory, since `ssl` parses only peers."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    client.verify_flags |= _NO_CHECK_TIME
    try:
        client.load_verify_locations(certificate)
        peer, chain = _handshake(server, client)
    except (ssl.SSLError, OSError):
        return None
    subject, issuer = _common_name(peer.get("subject")), _common_name(peer.get("issuer"))
    return Certificate(
        subject=subject,
        issuer=issuer,
        names=tuple(str(name[1]) for name in peer.get("subjectAltName", ())),
        not_before=_moment(peer["notBefore"]),
        not_after=_moment(peer["notAfter"]),
        chain_length=chain,
        self_signed=peer.get("subject") == peer.get("issuer"),
        publicly_trusted=_is_publicly_trusted(server),
    )


def _is_publicly_trusted(server: ssl.SSLContext) -> bool:
    """Return what a strict client makes of the chain that is sent."""
    client = ssl.create_default_context()
    client.check_hostname = False
    client.verify_flags |= _NO_CHECK_TIME
    try:
        _handshake(server, client)
    except ssl.SSLError:
        return False
    return True


def _handshake(server: ssl.SSLContext, client: ssl.SSLContext) -> tuple[dict[str, Any], int]:
    """Return the certificate that `server` shows to `client`, and how many it sends."""
    upward, downward = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(downward, upward)
    far = server.wrap_bio(upward, downward, server_side=True)
    for _ in range(8):
        for side in (near, far):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
        peer = near.getpeercert() if near.version() else None
        if peer:
            return peer, len(near.get_unverified_chain())
    raise ssl.SSLError("no handshake")


def _moment(text: object) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(text)), UTC)


def _common_name(name: object) -> str:
    """Return the common name of a distinguished name, or all of it where it has none."""
    pairs = [pair for part in name for pair in part] if isinstance(name, tuple) else []
    common = [value for key, value in pairs if key == "commonName"]
    return str(common[0]) if common else ", ".join(f"{key}={value}" for key, value in pairs)
