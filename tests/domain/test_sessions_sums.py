"""Sums by local periods, over the nights on which the clocks change."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.domain.sessions_list import SessionFilter
from bmw_wallbox.domain.sessions_sums import MAX_BARS, Bar, Charged, Span, bars

BERLIN = ZoneInfo("Europe/Berlin")
ALL = SessionFilter(station="x")


def charged(*starts: str) -> list[Charged]:
    """Return sessions of 1 kWh for 0.30 € that began at these local times."""
    moments = (datetime.fromisoformat(start).replace(tzinfo=BERLIN).astimezone(UTC) for start in starts)
    return [Charged(started_at=at, energy_wh=1000, cost_micros=300_000, currency="EUR") for at in moments]


def counts(found: tuple[Bar, ...]) -> list[tuple[str, str, int]]:
    return [(bar.first.isoformat(), bar.last.isoformat(), bar.count) for bar in found]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_the_day_on_which_the_clocks_change_holds_all_of_its_hours(day: str) -> None:
    begin = date.fromisoformat(day)
    after = (begin + timedelta(days=1)).isoformat()
    found = bars(charged(f"{day}T00:00", f"{day}T23:59", f"{after}T00:00"), ALL, Span.DAY, BERLIN)
    assert counts(found) == [(day, day, 2), (after, after, 1)]


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (Span.WEEK, [("2025-12-29", "2026-01-04", 2), ("2026-01-05", "2026-01-11", 1)]),
        (Span.MONTH, [("2025-12-01", "2025-12-31", 1), ("2026-01-01", "2026-01-31", 2)]),
        (Span.YEAR, [("2025-01-01", "2025-12-31", 1), ("2026-01-01", "2026-12-31", 2)]),
    ],
)
def test_a_session_counts_in_the_local_period_of_its_begin(
    span: Span, expected: list[tuple[str, str, int]]
) -> None:
    found = bars(charged("2025-12-31T23:59", "2026-01-01T00:00", "2026-01-05T00:00"), ALL, span, BERLIN)
    assert counts(found) == expected


def test_a_range_is_shown_whole_although_nothing_was_charged_at_its_ends() -> None:
    wanted = SessionFilter(
        station="x",
        since=datetime(2026, 10, 24, 22, tzinfo=UTC),
        until=datetime(2026, 10, 27, 23, tzinfo=UTC),
    )
    found = bars(charged("2026-10-26T10:00"), wanted, Span.DAY, BERLIN)
    assert [bar.count for bar in found] == [0, 1, 0]
    assert (found[0].first, found[-1].last) == (date(2026, 10, 25), date(2026, 10, 27))


def test_nothing_charged_and_no_range_is_no_bar() -> None:
    assert bars([], ALL, Span.DAY, BERLIN) == ()


def test_over_a_very_long_time_only_days_with_a_session_are_told() -> None:
    found = bars(charged("1990-01-01T12:00", "2026-01-01T12:00"), ALL, Span.DAY, BERLIN)
    assert [bar.count for bar in found] == [1, 1]


def test_costs_in_two_currencies_are_not_added() -> None:
    krona = Charged(
        started_at=datetime(2026, 1, 1, 12, tzinfo=UTC), energy_wh=1, cost_micros=5, currency="SEK"
    )
    free = Charged(started_at=krona.started_at, energy_wh=1)
    (bar,) = bars([*charged("2026-01-01T00:00"), krona, free], ALL, Span.DAY, BERLIN)
    assert (bar.count, dict(bar.cost_micros)) == (3, {"EUR": 300_000, "SEK": 5})


@given(
    hours=st.lists(st.integers(min_value=0, max_value=4 * 366 * 24), min_size=1, max_size=20),
    span=st.sampled_from(Span),
)
def test_periods_follow_each_other_without_a_gap_and_lose_nothing(hours: list[int], span: Span) -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    sessions = [Charged(started_at=start + timedelta(hours=n), energy_wh=7) for n in hours]
    found = bars(sessions, ALL, span, BERLIN)
    assert len(found) <= MAX_BARS
    assert sum(bar.energy_wh for bar in found) == 7 * len(hours)
    assert all(a.last + timedelta(days=1) == b.first for a, b in pairwise(found))
