"""Which hours of energy Home Assistant's long-term statistics lack, and what belongs there.

After a gap Home Assistant counts all that flowed meanwhile to the hour in which the entity came back: its
sums are right again from then on. So the missing hours get sums between those before and after the gap, and
no later one is touched. Only where it began anew, as it does after ten days, the later sums are raised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bmw_wallbox.domain.sessions_hours import HOUR

_FLAT_WH = 50
"""An hour that stood still for Home Assistant although so much flowed is a gap: it fills some itself."""
_SLACK_KWH = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class HourRow:
    """One hour of an energy entity's statistics."""

    start: datetime
    state_kwh: float
    """At the end of the hour."""
    sum_kwh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What to import, and by how much to raise all sums from an hour on."""

    rows: tuple[HourRow, ...] = ()
    raise_from: datetime | None = None
    raise_kwh: float = 0.0


def filling(
    rows: Sequence[HourRow], hours_wh: Mapping[datetime, int], total_wh: int, until: datetime
) -> Filling:
    """Return what Home Assistant lacks; nothing before its first row, and nothing twice.

    Args:
        rows: what it has, in order of time.
        hours_wh: what flowed in each hour, by its begin.
        total_wh: the counter's present state.
        until: only hours that were over by then are looked at.

    """
    if not rows:
        return Filling()
    known = {row.start: row for row in rows}
    left_wh = total_wh - sum(energy for hour, energy in hours_wh.items() if hour >= rows[0].start + HOUR)
    run = _Run(base=rows[0], at_base_wh=left_wh, base_wh=hours_wh.get(rows[0].start, 0))
    found: list[HourRow] = []
    hour, at_wh = rows[0].start + HOUR, left_wh
    shown_kwh = rows[0].state_kwh
    while hour + HOUR <= until:
        row, energy_wh = known.get(hour), hours_wh.get(hour, 0)
        at_wh += energy_wh
        if row is None or (row.state_kwh == shown_kwh and energy_wh >= _FLAT_WH):
            run.add(hour, energy_wh, at_wh)
        else:
            if run.energy_wh and row.sum_kwh < run.base.sum_kwh - _SLACK_KWH:
                raise_kwh = run.sum_kwh + energy_wh / 1000 - row.sum_kwh
                return Filling(rows=tuple(found), raise_from=row.start, raise_kwh=raise_kwh)
            if row.sum_kwh + _SLACK_KWH >= run.sum_kwh:
                found += run.rows
            run = _Run(base=row, at_base_wh=at_wh, base_wh=energy_wh)
        shown_kwh = shown_kwh if row is None else row.state_kwh
        hour += HOUR
    return Filling(rows=(*found, *run.rows))


class _Run:
    """Hours in a row that lack, after one that does not."""

    def __init__(self, *, base: HourRow, at_base_wh: int, base_wh: int) -> None:
        self.base = base
        behind_wh = at_base_wh - round(base.state_kwh * 1000)
        self._late_wh = min(max(behind_wh, 0), base_wh)
        """What flowed in the base's hour after Home Assistant had last looked."""
        self.energy_wh = 0
        self.rows: list[HourRow] = []

    @property
    def sum_kwh(self) -> float:
        """The sum at the end of the run."""
        return self.base.sum_kwh + (self._late_wh + self.energy_wh) / 1000

    def add(self, hour: datetime, energy_wh: int, at_wh: int) -> None:
        """Take an hour in; those before anything flowed need no row."""
        self.energy_wh += energy_wh
        if self.energy_wh:
            self.rows.append(HourRow(start=hour, state_kwh=at_wh / 1000, sum_kwh=self.sum_kwh))
