"""Who tried to connect, and what became of it."""

import logging
from collections import OrderedDict, deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bmw_wallbox.clock import Clock
from bmw_wallbox.csms.station_id import shown

_LOGGER = logging.getLogger(__name__)
_MAX_ENTRIES = 100
_MAX_WARNINGS = 20
_WARNING_PERIOD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One kind of connection attempt from one address; repeats only count up."""

    at: datetime
    """When it happened last, UTC."""
    remote: str
    charge_point_id: str | None
    """Escaped and cut; None where the attempt got no further than TLS."""
    subprotocol: str
    """What the client offered, as it said it."""
    verdict: str
    """`accepted`, `pending`, `refused` or `failed`."""
    reason: str
    """Why, in words, and what to do about it."""
    count: int = 1


class Diary:
    """Keeps the last attempts; each kind is logged once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._attempts: OrderedDict[tuple[str, str | None, str, str], Attempt] = OrderedDict()
        self._warned: deque[datetime] = deque(maxlen=_MAX_WARNINGS)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Return the attempts, the latest last."""
        return tuple(self._attempts.values())

    def note(
        self,
        remote: str,
        verdict: str,
        reason: str,
        *,
        charge_point_id: str | None = None,
        subprotocol: str = "",
    ) -> None:
        """Enter an attempt."""
        identity = None if charge_point_id is None else shown(charge_point_id)
        key = (remote, identity, verdict, reason)
        attempt = Attempt(
            at=self._clock.now(),
            remote=remote,
            charge_point_id=identity,
            subprotocol=shown(subprotocol),
            verdict=verdict,
            reason=reason,
        )
        known = self._attempts.pop(key, None)
        if known is not None:
            attempt = replace(attempt, count=known.count + 1)
        self._attempts[key] = attempt
        if len(self._attempts) > _MAX_ENTRIES:
            self._attempts.popitem(last=False)
        worth_telling = known is None and verdict != "accepted" and self._may_warn(attempt.at)
        level = logging.WARNING if worth_telling else logging.DEBUG
        _LOGGER.log(level, "Connection from %s (%s) %s: %s", remote, identity or "no id", verdict, reason)

    def _may_warn(self, now: datetime) -> bool:
        """Return whether the log takes another line; a scanner with ever new ids fills the diary only."""
        if len(self._warned) == _MAX_WARNINGS and now - self._warned[0] < _WARNING_PERIOD:
            return False
        self._warned.append(now)
        return True
