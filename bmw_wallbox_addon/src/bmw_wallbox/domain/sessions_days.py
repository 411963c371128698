"""Energy by local day."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_SPLIT = timedelta(hours=6)
"""Growth over a longer time says nothing of when it flowed: it is booked at its reading's time."""


def by_day(energy_wh: int, since: datetime, until: datetime, zone: ZoneInfo) -> Mapping[date, int]:
    """Return energy that flowed evenly from `since` to `until` by local day; the sum stays what it was."""
    last = until.astimezone(zone).date()
    first = since.astimezone(zone).date()
    if first >= last or until - since > LONGEST_SPLIT:
        return {last: energy_wh}
    days: dict[date, int] = {}
    told_wh, day = 0, first
    while day < last:
        day_end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
        by_then_wh = round(energy_wh * ((day_end - since) / (until - since)))
        days[day] = by_then_wh - told_wh
        told_wh, day = by_then_wh, day + timedelta(days=1)
    days[last] = energy_wh - told_wh
    return days
