"""Prices that an entity shows: which units are understood, and for how long a price holds."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.domain.tariffs_entity import HELD, SURE, PriceSample, price_micros_of, shown_at
from bmw_wallbox.errors import InvalidPayloadError

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "unit", "micros"),
    [
        ("0.325", "EUR/kWh", 325_000),
        ("0.325", "€/kWh", 325_000),
        ("32.5", "ct/kWh", 325_000),
        ("32.5", "Cent / kWh", 325_000),
        ("325", "EUR/MWh", 325_000),
        ("0.000325", "EUR/Wh", 325_000),
        ("-1.2", "c/kWh", -12_000),
        ("0", "eur/kwh", 0),
        ("0.1", "$/kWh", 100_000),
    ],
)
def test_a_price_is_read_in_its_own_unit(shown: str, unit: str, micros: int) -> None:
    assert price_micros_of("sensor.price", shown, unit, "EUR") == micros


@pytest.mark.parametrize(
    ("shown", "unit", "why"),
    [
        ("0.3", None, "a unit such as EUR/kWh"),
        ("0.3", "kWh", "a unit such as EUR/kWh"),
        ("0.3", "SEK/kWh", "the tariffs are in EUR"),
        ("0.3", "£/kWh", "the tariffs are in EUR"),
        ("cheap", "EUR/kWh", "a number"),
        ("nan", "EUR/kWh", "within reason"),
        ("1e30", "EUR/kWh", "within reason"),
        ("9" * 400, "EUR/kWh", "within reason"),
    ],
)
def test_what_is_no_price_in_the_currency_is_refused_in_words(shown: str, unit: str | None, why: str) -> None:
    with pytest.raises(InvalidPayloadError, match=why):
        price_micros_of("sensor.price", shown, unit, "EUR")


@given(st.text(max_size=30), st.text(max_size=30))
def test_nothing_that_an_entity_shows_does_harm(shown: str, unit: str) -> None:
    with suppress(InvalidPayloadError):
        assert isinstance(price_micros_of("sensor.price", shown, unit, "EUR"), int)


@pytest.mark.parametrize(
    ("age", "price", "estimated"),
    [
        (timedelta(0), 7, False),
        (SURE - timedelta(seconds=1), 7, False),
        (SURE, 7, True),
        (HELD - timedelta(seconds=1), 7, True),
        (HELD, None, False),
        (timedelta(seconds=-1), None, False),
    ],
)
def test_a_price_is_sure_then_an_estimate_then_gone(
    *, age: timedelta, price: int | None, estimated: bool
) -> None:
    assert shown_at([PriceSample(NOON, 7)], NOON + age) == (price, estimated)
