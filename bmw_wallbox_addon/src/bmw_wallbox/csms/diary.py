"""Who tried to connect, and what became of it."""

import logging
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime

from bmw_wallbox.clock import Clock
from bmw_wallbox.csms.station_id import shown

_LOGGER = logging.getLogger(__name__)
_MAX_ENTRIES = 100
_ENTERED = frozenset({"accepted", "pending"})
_NOISE = frozenset({"no_http", "no_tls", "slow"})
"""Causes that name no station and no remedy: for the diary, not for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who came, as far as it got; texts are as the client sent them."""

    remote: str
    charge_point_id: str | None = None
    """None where the attempt got no further than TLS."""
    subprotocol: str = ""
    """What was offered."""
    tls: str = ""
    """The version agreed on, or OpenSSL's word for why there is none."""
    server_name: str = ""
    """The host name that the client asked for by SNI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One kind of connection attempt from one address; repeats only count up."""

    at: datetime
    """When it happened last, UTC."""
    remote: str
    charge_point_id: str | None
    """Escaped and cut, as are all texts of the client."""
    subprotocol: str
    tls: str
    server_name: str
    verdict: str
    """`accepted`, `pending`, `refused` or `failed`."""
    cause: str
    """A stable name for the reason, such as `wrong_password`; empty for who came in."""
    reason: str
    """Why, in words, and what to do about it."""
    count: int = 1


class Diary:
    """Keeps the last attempts; each kind is logged once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._attempts: OrderedDict[tuple[str, str | None, str, str], Attempt] = OrderedDict()
        self.entries = 0
        """How many attempts were ever entered; tells whether there is news."""

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Return the attempts, the latest last."""
        return tuple(self._attempts.values())

    def note(self, visitor: Visitor, verdict: str, cause: str = "", reason: str = "") -> None:
        """Enter an attempt."""
        identity = None if visitor.charge_point_id is None else shown(visitor.charge_point_id)
        key = (visitor.remote, identity, verdict, cause)
        attempt = Attempt(
            at=self._clock.now(),
            remote=visitor.remote,
            charge_point_id=identity,
            subprotocol=shown(visitor.subprotocol),
            tls=visitor.tls,
            server_name=shown(visitor.server_name),
            verdict=verdict,
            cause=cause,
            reason=reason,
        )
        known = self._attempts.pop(key, None)
        if known is not None:
            attempt = replace(attempt, count=known.count + 1)
        self._attempts[key] = attempt
        self.entries += 1
        if len(self._attempts) > _MAX_ENTRIES:
            self._attempts.popitem(last=False)
        worth_telling = known is None and verdict not in _ENTERED and cause not in _NOISE
        level = logging.WARNING if worth_telling else logging.DEBUG
        _LOGGER.log(
            level,
            "Connection from %s (%s) %s: %s",
            visitor.remote,
            identity or "no id",
            verdict,
            reason,
            extra={"cause": cause},
        )
