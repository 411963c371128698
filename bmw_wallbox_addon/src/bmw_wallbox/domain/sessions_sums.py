"""Sums of charging sessions by local day, week, month and year."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum, auto
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bmw_wallbox.domain.periods import FIRST_DAY
from bmw_wallbox.domain.sessions_list import SessionFilter

MAX_BARS = 3_700
"""Ten years of days; over more, only the periods that hold a session are told."""


class Span(StrEnum):
    """How long each of the summed periods is."""

    DAY = auto()
    WEEK = auto()
    MONTH = auto()
    YEAR = auto()


class Charged(NamedTuple):
    """What one session adds to the sums."""

    started_at: datetime
    energy_wh: int
    cost_micros: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The sessions that began in one local period."""

    first: date
    """The period's first day."""
    last: date
    count: int = 0
    energy_wh: int = 0
    cost_micros: Mapping[str, int]
    """By currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """The bars of a range, without a gap, and the names that its wallbox's sessions bear."""

    bars: tuple[Bar, ...]
    persons: tuple[str, ...]
    vehicles: tuple[str, ...]


def bars(charged: Iterable[Charged], wanted: SessionFilter, span: Span, zone: ZoneInfo) -> tuple[Bar, ...]:
    """Return the sums by the local period in which each session began, empty periods included.

    They reach over the whole range that the filter names, and where it is open, from the first to the last
    session. A session counts wholly where it began, as the list's range takes it.
    """
    found: dict[date, list[Charged]] = {}
    first_day = FIRST_DAY[_PERIODS[span]]
    for one in charged:
        found.setdefault(first_day(one.started_at.astimezone(zone).date()), []).append(one)
    ends = [*found, *_ends(wanted, first_day, zone)]
    if not ends:
        return ()
    starts = list(_starts(min(ends), max(ends), span)) if _count(ends, span) <= MAX_BARS else sorted(found)
    return tuple(_bar(first, found.get(first, ()), span) for first in starts)


def _ends(wanted: SessionFilter, first_day: Callable[[date], date], zone: ZoneInfo) -> Iterator[date]:
    if wanted.since is not None:
        yield first_day(wanted.since.astimezone(zone).date())
    if wanted.until is not None:
        yield first_day((wanted.until - timedelta(microseconds=1)).astimezone(zone).date())


def _bar(first: date, charged: Iterable[Charged], span: Span) -> Bar:
    count = energy_wh = 0
    costs: dict[str, int] = {}
    for one in charged:
        count += 1
        energy_wh += one.energy_wh
        if one.cost_micros is not None and one.currency is not None:
            costs[one.currency] = costs.get(one.currency, 0) + one.cost_micros
    last = _following(first, span) - timedelta(days=1)
    return Bar(first=first, last=last, count=count, energy_wh=energy_wh, cost_micros=costs)


def _starts(first: date, last: date, span: Span) -> Iterator[date]:
    while first <= last:
        yield first
        first = _following(first, span)


def _following(first: date, span: Span) -> date:
    """Return the first day of the period after the one that begins on `first`."""
    return FIRST_DAY[_PERIODS[span]](first + timedelta(days=_LONGEST_DAYS[span]))


def _count(ends: Iterable[date], span: Span) -> float:
    days = [day.toordinal() for day in ends]
    return (max(days) - min(days)) / _LONGEST_DAYS[span]


_PERIODS: Mapping[Span, str] = MappingProxyType(
    {Span.DAY: "daily", Span.WEEK: "weekly", Span.MONTH: "monthly", Span.YEAR: "yearly"}
)
# A step from a period's first day that always ends in the next one.
_LONGEST_DAYS: Mapping[Span, int] = MappingProxyType(
    {Span.DAY: 1, Span.WEEK: 7, Span.MONTH: 31, Span.YEAR: 366}
)
