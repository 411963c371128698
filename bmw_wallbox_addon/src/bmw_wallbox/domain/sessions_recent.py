"""What a wallbox drew in the last hours: its sessions' curves on one line, with nothing between them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bmw_wallbox.domain.sessions_curve import Point, thinned

SILENCE = timedelta(minutes=15)
"""Two points of a session that lie further apart are not joined: nobody knows what was between them."""
_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A session's curve and when the session ended; None while it runs."""

    points: Sequence[Point]
    ended_at: datetime | None = None


def recent(curves: Iterable[Drawn], since: datetime, most: int) -> tuple[Point, ...]:
    """Return one line from `since` on, of about `most` points, from curves in the order of time.

    Nothing flows between sessions; a point without values marks a gap within one.
    """
    known = [replaced for curve in curves if (replaced := _after(curve, since)).points]
    told = max(1, sum(len(curve.points) for curve in known))
    line: list[Point] = []
    for curve in known:
        share = max(4, most * len(curve.points) // told)
        line += _bounded(_with_gaps(thinned(curve.points, share)), curve.ended_at)
    return tuple(line)


def _after(curve: Drawn, since: datetime) -> Drawn:
    points = [point for point in curve.points if point.at >= since]
    return Drawn(points=points, ended_at=curve.ended_at)


def _with_gaps(points: Sequence[Point]) -> list[Point]:
    line: list[Point] = []
    for point in points:
        if line and point.at - line[-1].at > SILENCE:
            line.append(Point(at=line[-1].at + _MOMENT))
        line.append(point)
    return line


def _bounded(points: list[Point], ended_at: datetime | None) -> list[Point]:
    """Return a session's line with nothing before it and, once it is over, nothing after it."""
    before = _nothing(points[0].at - _MOMENT)
    if ended_at is None:
        return [before, *points]
    return [before, *points, _nothing(max(ended_at, points[-1].at) + _MOMENT)]


def _nothing(at: datetime) -> Point:
    return Point(at=at, power_w=0, current_l1_ma=0, current_l2_ma=0, current_l3_ma=0)
