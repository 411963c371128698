"""When the clock on the wall passes a minute of the day: twice, once or never on a night of the change."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_QUARTER = timedelta(minutes=15)


def boundaries(
    since: datetime, until: datetime, minutes: Collection[int], zone: ZoneInfo
) -> Iterator[datetime]:
    """Return every instant between, UTC, at which the local clock shows one of `minutes` or jumps.

    `minutes` count from local midnight, which is always among them. Not sorted; an instant may repeat.
    """
    day = since.astimezone(zone).date() - timedelta(days=1)
    last = until.astimezone(zone).date() + timedelta(days=1)
    while day <= last:
        for moment in _of_day(day, {0, *minutes}, zone):
            if since < moment < until:
                yield moment
        day += timedelta(days=1)


def _of_day(day: date, minutes: Collection[int], zone: ZoneInfo) -> Iterator[datetime]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    for minute in minutes:
        wall = midnight + timedelta(minutes=minute)
        for fold in (0, 1):
            yield wall.replace(fold=fold).astimezone(UTC)
    yield from _jumps(midnight.astimezone(UTC), zone)


def _jumps(begin: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Return the instants in the 26 hours from `begin` at which the offset changes: quarters of an hour."""
    end = begin + timedelta(hours=26)
    if begin.astimezone(zone).utcoffset() == end.astimezone(zone).utcoffset():
        return
    moment = begin
    while moment < end:
        following = moment + _QUARTER
        if moment.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            yield following
        moment = following
