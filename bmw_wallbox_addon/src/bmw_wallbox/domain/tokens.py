"""Who may charge: the token table and the answer it gives (OCPP 2.0.1 C01, C02, C06)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

type TokenStatus = Literal["Accepted", "Blocked", "Expired", "Invalid", "Unknown", "ConcurrentTx"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One row of the token table."""

    key: str
    """Our own name for the row, safe in a URL."""
    id_token: str
    type: str = "ISO14443"
    status: TokenStatus = "Accepted"
    group_id: str | None = None
    expires: datetime | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """What the station is told about a token (IdTokenInfoType)."""

    status: TokenStatus
    group_id: str | None = None
    expires: datetime | None = None


def judge(tokens: Iterable[Token], id_token: str, type_: str, now: datetime) -> TokenAnswer:
    """Return the table's answer on a token; one that it does not hold is accepted, as is NoAuthorization.

    Letter case does not matter (OCPP 2.0.1 IdTokenType).
    """
    if type_ == "NoAuthorization":
        return TokenAnswer(status="Accepted")
    for token in tokens:
        if token.id_token.casefold() == id_token.casefold():
            expired = token.expires is not None and token.expires <= now
            status: TokenStatus = "Expired" if expired and token.status == "Accepted" else token.status
            return TokenAnswer(status=status, group_id=token.group_id, expires=token.expires)
    return TokenAnswer(status="Accepted")


def masked(id_token: str) -> str:
    """Return a token as it may be shown: its last four characters."""
    return f"…{id_token[-4:]}" if len(id_token) > 4 else "…"
