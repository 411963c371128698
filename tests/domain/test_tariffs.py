"""What a charge costs: by list, by hour, over the nights when the clock changes, to the last millionth."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.domain.sessions import Doubt
from bmw_wallbox.domain.sessions_days import by_day
from bmw_wallbox.domain.sessions_energy import Growth
from bmw_wallbox.domain.tariffs import Band, PriceList, Tariffs, cost_of, price_at
from bmw_wallbox.domain.tariffs_entity import PriceSample

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YEAR = date(2026, 1, 1)
CENT = 10_000


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


def growth(since: datetime, until: datetime, energy_wh: int) -> Growth:
    return Growth(since=since, until=until, energy_wh=energy_wh)


def tariffs(*bands: Band, price_micros: int | None = 30 * CENT, **fields: object) -> Tariffs:
    prices = PriceList(name="Home", valid_from=NEW_YEAR, price_micros=price_micros, bands=bands)
    return Tariffs(currency="EUR", lists=(prices,), **fields)  # type: ignore[arg-type]  # named by the test


def micros(prices: Tariffs, *growths: Growth, samples: tuple[PriceSample, ...] = ()) -> int:
    cost, missing = cost_of(prices, growths, BERLIN, {"sensor.price": samples})
    assert cost is not None
    assert not missing
    return cost.micros


NIGHT = Band(price_micros=20 * CENT, from_minute=22 * 60, to_minute=6 * 60)


def test_a_flat_price_is_exact_to_the_millionth() -> None:
    hour = growth(local("2026-06-01 12:00"), local("2026-06-01 13:00"), 7_123)
    assert micros(tariffs(price_micros=324_567), hour) == round(Fraction(7_123 * 324_567, 1000))


def test_a_fee_is_charged_once_for_a_session_with_energy_and_never_for_one_without() -> None:
    prices = Tariffs(
        currency="EUR",
        lists=(PriceList(name="a", valid_from=NEW_YEAR, price_micros=0, fee_micros=35 * CENT),),
    )
    noon = local("2026-06-01 12:00")
    parts = [growth(noon + timedelta(hours=n), noon + timedelta(hours=n + 1), 1000) for n in range(3)]
    assert micros(prices, *parts) == 35 * CENT
    assert micros(prices) == 0


def test_energy_is_split_where_the_band_begins() -> None:
    evening = growth(local("2026-06-01 21:00"), local("2026-06-01 23:00"), 2_000)
    assert micros(tariffs(NIGHT), evening) == 30 * CENT + 20 * CENT


def test_a_band_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    saturday_night = Band(price_micros=0, weekdays=(5,), from_minute=22 * 60, to_minute=6 * 60)
    moments = {
        "2026-06-06 21:59": 30 * CENT,
        "2026-06-06 22:00": 0,
        "2026-06-07 05:59": 0,
        "2026-06-07 06:00": 30 * CENT,
        "2026-06-07 22:00": 30 * CENT,
        "2026-06-06 05:00": 30 * CENT,
    }
    for text, price in moments.items():
        assert price_at(tariffs(saturday_night), local(text), BERLIN)[1] == price, text


def test_a_holiday_counts_as_a_sunday() -> None:
    sunday = Band(price_micros=10 * CENT, weekdays=(6,))
    prices = tariffs(sunday, holidays=(date(2026, 12, 25),))
    assert price_at(prices, local("2026-12-25 12:00"), BERLIN)[1] == 10 * CENT
    assert price_at(prices, local("2026-12-24 12:00"), BERLIN)[1] == 30 * CENT


@pytest.mark.parametrize(
    ("since", "until", "night_hours"),
    [
        ("2026-03-28 22:00", "2026-03-29 06:00", 7),
        ("2026-10-24 22:00", "2026-10-25 06:00", 9),
        ("2026-06-01 22:00", "2026-06-02 06:00", 8),
    ],
)
def test_a_night_of_the_clocks_change_has_its_true_hours(since: str, until: str, night_hours: int) -> None:
    night = growth(local(since), local(until), night_hours * 1000)
    assert night.until - night.since == timedelta(hours=night_hours)
    assert micros(tariffs(NIGHT), night) == night_hours * 20 * CENT


def test_an_hour_that_comes_twice_has_its_price_twice() -> None:
    cheap = Band(price_micros=0, from_minute=150, to_minute=180)
    night = growth(local("2026-10-25 02:00"), local("2026-10-25 03:00"), 2_000)
    assert night.until - night.since == timedelta(hours=2)
    assert micros(tariffs(cheap), night) == 30 * CENT


def test_an_hour_that_never_comes_has_no_price() -> None:
    cheap = Band(price_micros=0, from_minute=120, to_minute=180)
    night = growth(local("2026-03-29 01:00"), local("2026-03-29 04:00"), 2_000)
    assert night.until - night.since == timedelta(hours=2)
    assert micros(tariffs(cheap), night) == 2 * 30 * CENT


def test_a_new_list_holds_from_its_day_on() -> None:
    prices = Tariffs(
        currency="EUR",
        lists=(
            PriceList(name="old", valid_from=NEW_YEAR, price_micros=30 * CENT),
            PriceList(name="new", valid_from=date(2026, 7, 1), price_micros=40 * CENT),
        ),
    )
    cost, _ = cost_of(prices, [growth(local("2026-06-30 23:00"), local("2026-07-01 01:00"), 2000)], BERLIN)
    assert cost is not None
    assert (cost.micros, cost.price_list) == (70 * CENT, "old, new")


def test_before_the_first_list_a_price_is_missing() -> None:
    day = growth(local("2025-12-31 12:00"), local("2025-12-31 13:00"), 1000)
    assert cost_of(tariffs(), [day], BERLIN) == (None, frozenset({Doubt.PRICE_MISSING}))


def test_an_entitys_samples_hold_until_the_next_one() -> None:
    dynamic = PriceList(name="dynamic", valid_from=NEW_YEAR, entity_id="sensor.price")
    noon = local("2026-06-01 12:00")
    samples = (PriceSample(noon, 10 * CENT), PriceSample(noon + timedelta(minutes=30), -2 * CENT))
    charge = growth(noon, noon + timedelta(hours=1), 1000)
    prices = Tariffs(currency="EUR", lists=(dynamic,))
    assert micros(prices, charge, samples=samples) == 4 * CENT
    early = growth(noon - timedelta(hours=1), noon + timedelta(hours=1), 2000)
    cost, missing = cost_of(prices, [early], BERLIN, {"sensor.price": samples})
    assert missing
    assert cost is not None
    assert cost.micros == 4 * CENT


def test_without_a_currency_nothing_has_a_cost() -> None:
    assert cost_of(Tariffs(), [growth(local("2026-06-01 12:00"), local("2026-06-01 13:00"), 1)], BERLIN) == (
        None,
        frozenset(),
    )


instants = st.datetimes(datetime(2026, 1, 2), datetime(2026, 12, 30)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001  # hypothesis wants them naive
bands = st.builds(
    Band,
    price_micros=st.integers(0, 10**6),
    weekdays=st.lists(st.integers(0, 6), min_size=1, max_size=7).map(tuple),
    from_minute=st.integers(0, 1439),
    to_minute=st.integers(1, 1440),
)


@given(instants, st.integers(1, 72 * 3600), st.integers(1, 10**6), st.lists(bands, max_size=4))
def test_cost_is_what_every_minute_by_itself_would_cost(
    since: datetime, seconds: int, energy_wh: int, some: list[Band]
) -> None:
    seconds -= seconds % 60
    since = since.replace(second=0, microsecond=0)
    prices = tariffs(*some)
    until = since + timedelta(seconds=seconds)
    expected = Fraction(0)
    for minute in range(seconds // 60):
        price = price_at(prices, since + timedelta(minutes=minute), BERLIN)[1]
        expected += Fraction(energy_wh * 60, seconds) * (price or 0) / 1000
    assert micros(prices, growth(since, until, energy_wh)) == round(expected or 0) or not seconds


@given(instants, st.lists(st.integers(1, 4000), min_size=1, max_size=8), st.lists(bands, max_size=3))
def test_a_charge_in_pieces_costs_what_the_pieces_cost(
    since: datetime, lengths: list[int], some: list[Band]
) -> None:
    prices, parts, at = tariffs(*some), [], since
    for length in lengths:
        parts.append(growth(at, at + timedelta(seconds=length), length))
        at += timedelta(seconds=length)
    whole = micros(prices, *parts)
    pieces = sum(micros(prices, part) for part in parts)
    assert abs(whole - pieces) <= len(parts)
    assert micros(prices, growth(since, at, sum(lengths))) == whole


@given(instants, st.integers(0, 3 * 3600), st.integers(0, 10**6))
def test_days_add_up_to_what_flowed(since: datetime, seconds: int, energy_wh: int) -> None:
    days = by_day(energy_wh, since, since + timedelta(seconds=seconds), BERLIN)
    assert sum(days.values()) == energy_wh
    assert all(value >= 0 for value in days.values())


def test_a_charge_over_midnight_counts_to_both_days() -> None:
    days = by_day(4_000, local("2026-06-01 23:00"), local("2026-06-02 03:00"), BERLIN)
    assert days == {date(2026, 6, 1): 1_000, date(2026, 6, 2): 3_000}
