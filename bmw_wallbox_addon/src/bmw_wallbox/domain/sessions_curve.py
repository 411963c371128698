"""The curve of a session: power and currents over time, thinned without losing what stands out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bmw_wallbox.domain.events import Sample
from bmw_wallbox.domain.measurands import derive, remember

MAX_POINTS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a curve; None means not reported."""

    at: datetime
    power_w: int | None = None
    current_l1_ma: int | None = None
    current_l2_ma: int | None = None
    current_l3_ma: int | None = None


def points_of(samples: Iterable[Sample]) -> tuple[Point, ...]:
    """Return the points that one message's samples make, one for each of their instants."""
    groups: dict[datetime, list[Sample]] = {}
    for sample in samples:
        if sample.measurand.startswith(("Power.Active.Import", "Current.Import", "Voltage")):
            groups.setdefault(sample.at, []).append(sample)
    points = (_point(at, groups[at]) for at in sorted(groups))
    return tuple(point for point in points if _told(point))


def thinned(points: Sequence[Point], most: int = MAX_POINTS) -> tuple[Point, ...]:
    """Return at most `most` points in order: the first, the last, and each stretch's lowest and highest.

    The highest value of each phase's current is kept too, wherever it lies.
    """
    if len(points) <= most:
        return tuple(points)
    peaks = {max(range(len(points)), key=lambda i: _value(points[i], name)) for name in _FIELDS}
    kept = {0, len(points) - 1, *peaks}
    stretches = max(1, (most - len(kept)) // 2)
    for number in range(stretches):
        first, end = (1 + (len(points) - 2) * n // stretches for n in (number, number + 1))
        kept.add(min(range(first, end), key=lambda i: _value(points[i], "power_w")))
        kept.add(max(range(first, end), key=lambda i: _value(points[i], "power_w")))
    return tuple(points[index] for index in sorted(kept))


_FIELDS = ("power_w", "current_l1_ma", "current_l2_ma", "current_l3_ma")


def _point(at: datetime, samples: list[Sample]) -> Point:
    meter = derive(remember({}, samples))
    return Point(
        at=at,
        power_w=None if meter.power_w is None else round(meter.power_w),
        current_l1_ma=_milli(meter.current_l1_a),
        current_l2_ma=_milli(meter.current_l2_a),
        current_l3_ma=_milli(meter.current_l3_a),
    )


def _told(point: Point) -> bool:
    return any(getattr(point, name) is not None for name in _FIELDS)


def _milli(value: float | None) -> int | None:
    return None if value is None else round(value * 1000)


def _value(point: Point, name: str) -> int:
    value = getattr(point, name)
    return -1 if value is None else value
