"""How much of a session's energy was not drawn from the grid, as far as the grid's meter tells."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bmw_wallbox.domain.sessions_energy import Growth
from bmw_wallbox.errors import InvalidPayloadError

HOLDS = timedelta(minutes=5)
"""For how long a sample speaks."""
_PER_WATT = {"W": 1.0, "kW": 1000.0, "MW": 1_000_000.0}
_MOST_W = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GridSample:
    """The power drawn from the grid from an instant on; negative while it takes power."""

    at: datetime
    import_w: int


def import_w_of(entity_id: str, shown: object, unit: object, *, inverted: bool) -> int:
    """Return the power drawn from the grid that an entity shows.

    Raises:
        InvalidPayloadError: it is no power, in words.

    """
    per_watt = _PER_WATT.get(str(unit))
    if per_watt is None:
        raise InvalidPayloadError(entity_id, unit, "W or kW is needed")
    try:
        power_w = float(str(shown)) * per_watt
    except ValueError:
        raise InvalidPayloadError(entity_id, shown, "a number is needed") from None
    if not abs(power_w) <= _MOST_W:
        raise InvalidPayloadError(entity_id, shown, "a power within reason is needed")
    return round(-power_w if inverted else power_w)


def solar_wh(growths: Iterable[Growth], samples: Sequence[GridSample]) -> int | None:
    """Return the energy that cannot have come from the grid; None where its meter was silent meanwhile.

    What the grid gave while the car charged is all counted to the car: a house that takes some of it makes
    the share smaller than it was, never larger.
    """
    if not samples:
        return None
    total_wh = 0.0
    for growth in growths:
        from_grid_wh = _imported_wh(growth.since, growth.until, samples)
        if from_grid_wh is None:
            return None
        total_wh += max(growth.energy_wh - from_grid_wh, 0)
    return round(total_wh)


def _imported_wh(since: datetime, until: datetime, samples: Sequence[GridSample]) -> float | None:
    """Return what was drawn from the grid in a time; None if a part of it is not covered by samples."""
    index = bisect_right(samples, since, key=lambda sample: sample.at) - 1
    if index < 0:
        return None
    energy_wh, at = 0.0, since
    while True:
        sample = samples[index]
        following = samples[index + 1].at if index + 1 < len(samples) else None
        end = until if following is None else min(following, until)
        if end - sample.at > HOLDS:
            return None
        energy_wh += max(sample.import_w, 0) * (end - at).total_seconds() / 3600
        if end >= until:
            return energy_wh
        index, at = index + 1, end
