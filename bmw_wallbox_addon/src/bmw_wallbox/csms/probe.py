"""What a strict client sees at our own listener: a real handshake from inside, and the name it would use."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address

TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What became of one handshake."""

    ok: bool
    """Whether a client that trusts public authorities, and checks the name, would go on."""
    cause: str
    """A stable name for the reason; `trusted` where there is none."""
    detail: str = ""
    """The TLS version agreed on, or OpenSSL's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Where a host name leads from here."""

    ok: bool
    cause: str
    """`found`, `address`, `no_address`, `this_machine` or `public`."""
    addresses: tuple[str, ...] = ()


_CAUSES = {
    9: "not_yet_valid",
    10: "expired",
    18: "self_signed",
    19: "unknown_authority",
    20: "unknown_authority",
    21: "unknown_authority",
    62: "wrong_host",
    64: "wrong_host",
}
"""By OpenSSL's X509_V_ERR number."""


async def look_up(host: str) -> Lookup:
    """Return where a name leads; a BMW wallbox takes names only, and has to find them inside the house."""
    if _is_address(host):
        return Lookup(ok=False, cause="address", addresses=(host,))
    try:
        async with asyncio.timeout(TIMEOUT_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return Lookup(ok=False, cause="no_address")
    addresses = tuple(dict.fromkeys(str(row[4][0]) for row in found))
    told = [ip_address(address.partition("%")[0]) for address in addresses]
    if any(address.is_loopback for address in told):
        return Lookup(ok=False, cause="this_machine", addresses=addresses)
    if all(address.is_global for address in told):
        return Lookup(ok=False, cause="public", addresses=addresses)
    return Lookup(ok=True, cause="found", addresses=addresses)


async def shake_hands(sock: socket.socket, host: str, authorities: ssl.SSLContext | None = None) -> Probe:
    """Return what a strict client makes of the server at the other end of a connected socket.

    Args:
        sock: closed in any case.
        host: the name that the client was told to go to; asked for by SNI and looked for in the certificate.
        authorities: the client's context; None for this machine's public authorities.

    """
    context = authorities or await asyncio.to_thread(ssl.create_default_context)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            _, writer = await asyncio.open_connection(sock=sock, ssl=context, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        cause = _CAUSES.get(error.verify_code, "refused")
        return Probe(ok=False, cause=cause, detail=error.verify_message)
    except ssl.SSLError as error:
        return Probe(ok=False, cause="no_tls", detail=error.reason or "")
    except (OSError, ValueError) as error:
        sock.close()
        return Probe(ok=False, cause="no_answer", detail=str(error))
    version = writer.get_extra_info("ssl_object").version()
    writer.transport.abort()
    return Probe(ok=True, cause="trusted", detail=version)


@asynccontextmanager
async def bound(host: str) -> AsyncIterator[socket.socket]:
    """Provide a socket whose own address is known before the server sees it; `host` is the listener's."""
    wide = host == "" or ip_address(host).is_unspecified
    here = "127.0.0.1" if wide else host
    family = socket.AF_INET6 if ":" in here else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.settimeout(0)
        sock.bind((here, 0))
        yield sock


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
