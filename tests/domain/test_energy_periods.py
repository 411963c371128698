"""Day, week, month and year of the ledger: each begins once, at its local boundary."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bmw_wallbox.domain.energy import Ledger, Reading, account, roll

BERLIN = ZoneInfo("Europe/Berlin")
ALL = ("daily", "weekly", "monthly", "yearly")


def at(text: str) -> datetime:
    """Read a local time of Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def charged(until: datetime, growth_wh: int = 700, ledger: Ledger | None = None) -> Ledger:
    """Return a ledger to which `growth_wh` was counted within the last hour."""
    ledger = ledger or account(Ledger(), reading(until - timedelta(hours=1), 10_000), BERLIN)
    register_wh = (ledger.register_wh or 0) + growth_wh
    return account(ledger, reading(until, register_wh), BERLIN)


def reading(when: datetime, register_wh: int, received_at: datetime | None = None) -> Reading:
    return Reading(transaction_id="a", register_wh=register_wh, at=when, received_at=received_at or when)


def reset_by(ledger: Ledger, now: datetime, zone: ZoneInfo = BERLIN) -> set[str]:
    rolled = roll(ledger, now, zone)
    return {name for name in ALL if getattr(rolled, name).since != getattr(ledger, name).since}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("2026-06-10T23:59:59", "2026-06-11T00:00:00", {"daily"}),
        ("2026-06-10T12:00:00", "2026-06-10T23:59:59", set()),
        ("2026-06-14T23:59:59", "2026-06-15T00:00:00", {"daily", "weekly"}),
        ("2026-06-30T23:59:59", "2026-07-01T00:00:00", {"daily", "monthly"}),
        ("2026-12-31T23:59:59", "2027-01-01T00:00:00", {"daily", "monthly", "yearly"}),
        ("2029-12-31T23:59:59", "2030-01-01T00:00:00", {"daily", "monthly", "yearly"}),
        ("2027-01-03T23:59:59", "2027-01-04T00:00:00", {"daily", "weekly"}),
        ("2028-02-28T23:59:59", "2028-02-29T00:00:00", {"daily"}),
        ("2028-02-29T23:59:59", "2028-03-01T00:00:00", {"daily", "monthly"}),
        ("2026-06-10T12:00:00", "2026-07-20T09:00:00", {"daily", "weekly", "monthly"}),
        ("2026-03-28T23:30:00", "2026-03-29T00:00:00", {"daily"}),
        ("2026-03-29T00:30:00", "2026-03-29T23:59:59", set()),
        ("2026-03-29T23:59:59", "2026-03-30T00:00:00", {"daily", "weekly"}),
        ("2026-10-25T00:30:00", "2026-10-25T23:59:59", set()),
        ("2026-10-25T23:59:59", "2026-10-26T00:00:00", {"daily", "weekly"}),
    ],
)
def test_a_boundary_that_passed_starts_its_period_anew(before: str, after: str, expected: set[str]) -> None:
    ledger = charged(at(before))
    kept = {name: getattr(ledger, name).energy_wh for name in ALL}
    rolled = roll(ledger, at(after), BERLIN)
    assert reset_by(ledger, at(after)) == expected
    for name in ALL:
        assert getattr(rolled, name).energy_wh == (0 if name in expected else kept[name])
    assert rolled.total_wh == ledger.total_wh
    assert roll(rolled, at(after), BERLIN) is rolled


def test_the_days_of_the_clock_changes_have_23_and_25_hours() -> None:
    def day_hours(day: str, following: str) -> float:
        starts = [
            roll(Ledger(), at(f"{text}T12:00:00"), BERLIN).last_reset_daily for text in (day, following)
        ]
        assert starts[0] is not None
        assert starts[1] is not None
        return (starts[1] - starts[0]) / timedelta(hours=1)

    assert day_hours("2026-03-29", "2026-03-30") == 23
    assert day_hours("2026-10-25", "2026-10-26") == 25


def test_resets_are_the_instants_of_the_local_boundaries() -> None:
    ledger = roll(Ledger(), at("2026-06-10T12:00:00"), BERLIN)
    assert ledger.last_reset_daily == datetime(2026, 6, 9, 22, tzinfo=UTC)
    assert ledger.last_reset_weekly == datetime(2026, 6, 7, 22, tzinfo=UTC)
    assert ledger.last_reset_monthly == datetime(2026, 5, 31, 22, tzinfo=UTC)
    assert ledger.last_reset_yearly == datetime(2025, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1), timedelta(days=40)])
def test_a_clock_that_goes_back_over_a_boundary_resets_nothing_twice(back: timedelta) -> None:
    midnight = at("2027-01-01T00:00:00")
    ledger = charged(midnight + timedelta(minutes=10), ledger=charged(midnight - timedelta(minutes=10)))
    assert ledger.daily_wh == 700
    for now in (midnight - back, midnight - back / 2, midnight, midnight + timedelta(minutes=20)):
        assert roll(ledger, now, BERLIN) is ledger


def test_a_clock_that_was_years_ahead_does_not_stop_the_days() -> None:
    ledger = roll(charged(at("2026-06-10T12:00:00")), at("2035-06-10T12:00:00"), BERLIN)
    ledger = charged(at("2026-06-10T13:00:00"), ledger=ledger)
    assert ledger.daily_wh == 700
    assert reset_by(ledger, at("2026-06-11T00:00:00")) == {"daily"}


def test_a_clock_that_was_not_set_yet_resets_nothing() -> None:
    ledger = charged(at("2026-06-10T12:00:00"))
    for year in (1970, 2020, 2024):
        assert roll(ledger, datetime(year, 6, 11, tzinfo=UTC), BERLIN) is ledger


def test_what_was_counted_before_the_clock_was_set_is_kept() -> None:
    unset = datetime(1970, 1, 1, 1, tzinfo=UTC)
    ledger = charged(unset)
    assert ledger.last_reset_daily is None
    ledger = roll(ledger, at("2026-06-10T12:00:00"), BERLIN)
    assert ledger.daily_wh == 700
    assert ledger.last_reset_daily == at("2026-06-10T00:00:00")


def test_another_time_zone_on_the_same_day_resets_nothing() -> None:
    ledger = charged(at("2026-06-10T12:00:00"))
    for name in ("UTC", "America/New_York", "Asia/Tokyo"):
        assert not reset_by(ledger, at("2026-06-10T14:00:00"), ZoneInfo(name))


def test_yesterdays_energy_that_arrives_today_counts_to_the_periods_that_contain_it() -> None:
    now = at("2026-06-10T09:00:00")
    ledger = roll(charged(at("2026-06-09T18:00:00")), now, BERLIN)
    ledger = account(ledger, reading(at("2026-06-09T19:00:00"), 11_000, received_at=now), BERLIN)
    assert (ledger.daily_wh, ledger.weekly_wh, ledger.monthly_wh, ledger.yearly_wh) == (0, 1000, 1000, 1000)
    assert ledger.total_wh == 11_000


def test_energy_of_last_year_that_arrives_this_year_counts_to_the_total_only() -> None:
    now = at("2027-01-01T09:00:00")
    ledger = roll(charged(at("2026-12-31T18:00:00")), now, BERLIN)
    ledger = account(ledger, reading(at("2026-12-31T19:00:00"), 11_000, received_at=now), BERLIN)
    assert (ledger.daily_wh, ledger.monthly_wh, ledger.yearly_wh) == (0, 0, 0)
    assert ledger.weekly_wh == 1000
    assert ledger.total_wh == 11_000


def test_a_value_that_spans_midnight_is_booked_at_its_own_time() -> None:
    ledger = charged(at("2026-06-10T23:30:00"))
    ledger = account(ledger, reading(at("2026-06-11T00:30:00"), 17_700), BERLIN)
    assert ledger.daily_wh == 7000
    assert ledger.weekly_wh == 7700
