"""The line of the last hours."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.domain.sessions_curve import Point
from bmw_wallbox.domain.sessions_recent import Drawn, recent

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def at(minutes: float, power_w: int | None = 7000) -> Point:
    return Point(at=START + timedelta(minutes=minutes), power_w=power_w)


def powers(line: tuple[Point, ...]) -> list[int | None]:
    return [point.power_w for point in line]


def test_nothing_flows_before_between_and_after_sessions() -> None:
    curves = [
        Drawn(points=[at(0), at(10)], ended_at=START + timedelta(minutes=12)),
        Drawn(points=[at(60), at(70)], ended_at=START + timedelta(minutes=70)),
    ]
    assert powers(recent(curves, START, 100)) == [0, 7000, 7000, 0, 0, 7000, 7000, 0]


def test_a_running_session_has_no_end_yet() -> None:
    assert powers(recent([Drawn(points=[at(0), at(10)])], START, 100)) == [0, 7000, 7000]


def test_a_silence_within_a_session_is_a_gap() -> None:
    assert powers(recent([Drawn(points=[at(0), at(20)])], START, 100)) == [0, 7000, None, 7000]


def test_what_was_before_the_hours_is_left_out() -> None:
    curves = [Drawn(points=[at(-30)], ended_at=START), Drawn(points=[at(-5, 1), at(5, 2)])]
    assert powers(recent(curves, START, 100)) == [0, 2]


@given(st.lists(st.integers(1, 400), min_size=1, max_size=5), st.integers(10, 300))
def test_the_line_is_in_order_and_not_much_longer_than_asked(counts: list[int], most: int) -> None:
    curves = [
        Drawn(
            points=[at(1000 * number + minute / 10, minute) for minute in range(count)],
            ended_at=at(1000 * number + count).at,
        )
        for number, count in enumerate(counts)
    ]
    line = recent(curves, START, most)
    assert [point.at for point in line] == sorted(point.at for point in line)
    assert len(line) <= most + 8 * len(counts)
