"""Energy by hour of the world's clock, as Home Assistant keeps its statistics."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bmw_wallbox.domain.sessions_days import LONGEST_SPLIT

HOUR = timedelta(hours=1)


def hour_of(moment: datetime) -> datetime:
    """Return the begin of the hour that contains `moment`, UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def by_hour(energy_wh: int, since: datetime, until: datetime) -> Mapping[datetime, int]:
    """Return energy that flowed evenly from `since` to `until` by hour; the sum stays what it was."""
    last, hour = hour_of(until), hour_of(since)
    if hour >= last or until - since > LONGEST_SPLIT:
        return {last: energy_wh}
    hours: dict[datetime, int] = {}
    told_wh = 0
    while hour < last:
        by_then_wh = round(energy_wh * ((hour + HOUR - since) / (until - since)))
        hours[hour] = by_then_wh - told_wh
        told_wh, hour = by_then_wh, hour + HOUR
    hours[last] = energy_wh - told_wh
    return hours
