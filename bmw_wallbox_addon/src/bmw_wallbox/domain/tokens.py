"""Who may charge: the token table and the answer it gives (OCPP 2.0.1 C01, C02, C09, C16)."""

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
    type: str | None = None
    """None where the row counts for every type."""
    status: TokenStatus = "Accepted"
    group_id: str | None = None
    expires: datetime | None = None
    name: str | None = None
    vehicle: str | None = None
    """The car that charges with it, as the sessions show it."""
    limit_a: float | None = None
    """The most that flows per phase while it pays for a charge; None: as the owner wishes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedToken:
    """A token that the station asks about."""

    id_token: str
    type: str = ""
    """Empty where the station did not say."""
    transaction_id: str | None = None
    """The transaction that it is to pay for; None in Authorize."""
    starts: bool = False
    """True if it starts that transaction now, by somebody at the station."""
    certified: bool = False
    """True if it comes with a contract certificate, which only a certificate authority could check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """What the station is told about a token (IdTokenInfoType)."""

    status: TokenStatus
    group_id: str | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPolicy:
    """What decides beside the table."""

    accept_unknown: bool = True
    """Whether a token that the table does not hold may charge."""
    own_token: str | None = None
    """The one that this app presents in RequestStartTransaction; it is always accepted."""
    master_pass_group_id: str | None = None
    """The group whose tokens end every transaction and start none (C16)."""


_ACCEPTED = TokenAnswer(status="Accepted")
_NO_CERTIFICATE_AUTHORITY = TokenAnswer(status="Invalid")


def judge(
    tokens: Iterable[Token],
    presented: PresentedToken,
    now: datetime,
    *,
    policy: TokenPolicy,
    running: Iterable[tuple[str, str]] = (),
) -> TokenAnswer:
    """Return what the station is told about a token.

    Args:
        tokens: the table; of two rows that fit, the one that names the type counts.
        presented: letter case does not matter (IdTokenType); NoAuthorization is accepted (C02.FR.02).
        now: tokens that expired by then are refused.
        policy: decides where the table is silent.
        running: every transaction that runs anywhere, with the token that started it.

    """
    if presented.type == "NoAuthorization":
        return _ACCEPTED
    if presented.certified:
        # C07.FR.17: what cannot be verified is invalid.
        return _NO_CERTIFICATE_AUTHORITY
    row = _row_of(tokens, presented)
    if row is None:
        own = _is_same(policy.own_token or "", presented.id_token)
        return _ACCEPTED if own or policy.accept_unknown else TokenAnswer(status="Unknown")
    status = row.status
    if status == "Accepted":
        status = _status_now(row, presented, now, policy, running)
    return TokenAnswer(status=status, group_id=row.group_id, expires=row.expires)


def masked(id_token: str) -> str:
    """Return a token as it may be shown: its last four characters."""
    return f"…{id_token[-4:]}" if len(id_token) > 4 else "…"


def limit_of(tokens: Iterable[Token], id_token: str | None, type_: str | None) -> float | None:
    """Return the limit of the token that pays for a charge, A; None where it has none of its own."""
    row = _row_of(tokens, PresentedToken(id_token=id_token or "", type=type_ or ""))
    return None if row is None else row.limit_a


def _row_of(tokens: Iterable[Token], presented: PresentedToken) -> Token | None:
    fitting = [
        token
        for token in tokens
        if _is_same(token.id_token, presented.id_token)
        and (token.type is None or presented.type in {"", token.type})
    ]
    return max(fitting, key=lambda token: token.type is not None, default=None)


def _status_now(
    row: Token,
    presented: PresentedToken,
    now: datetime,
    policy: TokenPolicy,
    running: Iterable[tuple[str, str]],
) -> TokenStatus:
    """Return the status of an accepted row in this situation."""
    if row.expires is not None and row.expires <= now:
        return "Expired"
    if not presented.starts:
        return "Accepted"
    master = policy.master_pass_group_id
    if master and _is_same(row.group_id or "", master):
        return "Invalid"
    used = (
        transaction_id != presented.transaction_id and _is_same(id_token, presented.id_token)
        for transaction_id, id_token in running
    )
    return "ConcurrentTx" if any(used) else "Accepted"


def _is_same(one: str, other: str) -> bool:
    return bool(one) and one.casefold() == other.casefold()
