"""The password of a station (OCPP 2.0.1 A00, HTTP Basic): reading it from the header, hashing, comparing."""

import hashlib
import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from typing import Literal

_MEMORY_BYTES = 64 * 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What is kept of a station's password: a salted scrypt hash, never the password (A01.FR.08)."""

    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    source: Literal["learned", "set"]
    """Whether the station brought it at its first login, or the owner set it."""
    cost: int = 2**14
    """scrypt's n; with blocks of 8 it takes 16 MiB and some 50 ms."""

    def matches(self, digest: bytes) -> bool:
        """Return whether a digest of `digest_of` is this one, in constant time."""
        return hmac.compare_digest(self.digest, digest)


def digest_of(password: bytes, salt: bytes, cost: int = 2**14) -> bytes:
    """Return the hash of a password; takes its time."""
    return hashlib.scrypt(password, salt=salt, n=cost, r=8, p=1, maxmem=_MEMORY_BYTES)


def read_password(authorization: str, charge_point_id: str) -> bytes | None:
    """Return the password of a Basic header, None unless it is one and its user is this station.

    The user has to be the station's identity (A00.FR.204, A00.FR.207). The password is any bytes; colons in
    it, and in the identity, are taken as they are.
    """
    scheme, _, encoded = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        login = b64decode(encoded.strip(), validate=True)
    except (Base64Error, ValueError):
        return None
    user = f"{charge_point_id}:".encode()
    if not hmac.compare_digest(login[: len(user)], user):
        return None
    return login[len(user) :]
