"""The local calendar's periods: where a day, a week, a month and a year begin."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

PLAUSIBLE_YEAR = 2025
"""A clock that shows an earlier year has not been set yet."""

CALENDAR = range(1900, 3000)
"""The years that a person may enter: whatever lies outside cannot be counted on from in every time zone."""

SAME_BOUNDARY = timedelta(hours=12)
"""Two boundaries this close are one, seen before and after a change of the time zone."""

WRONG_AHEAD = timedelta(days=366)
"""A period that began so far in the future was opened by a clock that ran wild."""

FIRST_DAY: Mapping[str, Callable[[date], date]] = MappingProxyType(
    {
        "daily": lambda day: day,
        "weekly": lambda day: day - timedelta(days=day.weekday()),
        "monthly": lambda day: day.replace(day=1),
        "yearly": lambda day: day.replace(month=1, day=1),
    }
)
"""The first local day of each period that contains a given day; weeks begin on Monday (ISO 8601)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The growth since a period began."""

    energy_wh: int = 0
    since: datetime | None = None
    """The period's first instant, UTC; None until the clock was plausible for the first time."""

    def add(self, growth_wh: int, at: datetime) -> "Bucket":
        """Count a growth if its time lies in the period, or after it: the next boundary is `roll`'s."""
        if growth_wh == 0 or (self.since is not None and at < self.since):
            return self
        return Bucket(energy_wh=self.energy_wh + growth_wh, since=self.since)

    def roll(self, boundary: datetime, now: datetime) -> "Bucket":
        """Start anew if `boundary`, the start of the period that contains `now`, was not passed yet.

        A clock that goes back changes nothing, so that no period is reset twice; only a start more than
        a year ahead is taken back, without losing what was counted.
        """
        if self.since is None or self.since - now > WRONG_AHEAD:
            return replace(self, since=boundary)
        if boundary - self.since < SAME_BOUNDARY:
            return self
        return Bucket(since=boundary)


def boundaries(now: datetime, zone: ZoneInfo) -> Mapping[str, datetime]:
    """Return the first instant, UTC, of each local period that contains `now`.

    Where a day has no midnight, the day begins with its first existing minute; where it has two, with the
    first one.
    """
    return _boundaries_on(now.astimezone(zone).date(), zone)


def instant_of(entered: datetime, zone: ZoneInfo) -> datetime:
    """Return a time that a person entered as an instant, UTC; without an offset it is local.

    Raises:
        ValueError: it lies outside of the calendar.

    """
    if entered.year not in CALENDAR:
        raise ValueError(entered)
    return (entered if entered.tzinfo is not None else entered.replace(tzinfo=zone)).astimezone(UTC)


@lru_cache(maxsize=16)
def _boundaries_on(today: date, zone: ZoneInfo) -> Mapping[str, datetime]:
    return {
        name: datetime.combine(first(today), time.min, tzinfo=zone).astimezone(UTC)
        for name, first in FIRST_DAY.items()
    }
