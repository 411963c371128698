"""Public holidays: worked out in a process of their own, kept, and never in the way of what was entered."""

import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bmw_wallbox import public_holidays
from bmw_wallbox.domain.home_facts import HomeFacts
from bmw_wallbox.domain.sessions_energy import Growth
from bmw_wallbox.domain.tariffs import Band, PriceList, Tariffs
from bmw_wallbox.errors import InvalidPayloadError
from bmw_wallbox.holiday_calendar import HolidayCalendar
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.session_prices import Prices
from bmw_wallbox.storage.store import Store
from tests.fakes.clock import HandClock

BERLIN = ZoneInfo("Europe/Berlin")
CORPUS_CHRISTI = date(2026, 6, 4)
BY_SUNDAY = (
    PriceList(
        name="Home",
        valid_from=date(2026, 1, 1),
        price_micros=300_000,
        bands=(Band(price_micros=100_000, weekdays=(6,)),),
    ),
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path, HandClock())
    yield store
    await store.close()


async def loaded(store: Store) -> Prices:
    prices = Prices(store, clock=HandClock(), zone=lambda: BERLIN)
    await prices.load()
    return prices


def calendar(prices: Prices, board: ProblemBoard | None = None) -> HolidayCalendar:
    return HolidayCalendar(prices, board or ProblemBoard(), clock=HandClock(), zone=lambda: BERLIN)


def noon_price(prices: Prices, day: date) -> int:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN).astimezone(UTC)
    cost, doubts = prices.cost([Growth(since=at, until=at, energy_wh=1000)])
    assert cost is not None
    assert not doubts
    return cost.micros


async def test_the_holidays_of_a_part_of_a_country_are_worked_out_apart() -> None:
    assert CORPUS_CHRISTI in await public_holidays.holidays_of("DE", "BY", [2026])
    assert CORPUS_CHRISTI not in await public_holidays.holidays_of("DE", "", [2026])
    assert "holidays" not in sys.modules


async def test_the_places_are_known() -> None:
    places = await public_holidays.supported_places()
    assert "BY" in places["DE"]
    assert len(places) > 100


async def test_a_place_that_nobody_knows_is_refused_in_words() -> None:
    with pytest.raises(InvalidPayloadError, match="ZZ"):
        await public_holidays.holidays_of("ZZ", "", [2026])


async def test_a_holiday_of_home_assistant_s_country_counts_as_a_sunday_and_is_kept(store: Store) -> None:
    prices = await loaded(store)
    await prices.save(Tariffs(currency="EUR", lists=BY_SUNDAY))
    prices.learn(HomeFacts(currency="EUR", country="DE"))
    assert noon_price(prices, date(2026, 10, 3)) == 300_000
    await calendar(prices).look()
    assert noon_price(prices, date(2026, 10, 3)) == 100_000
    again = await loaded(store)
    assert noon_price(again, date(2026, 10, 3)) == 100_000
    assert noon_price(again, date(2026, 10, 2)) == 300_000


async def test_an_owner_who_wants_no_country_s_holidays_gets_none(store: Store) -> None:
    prices = await loaded(store)
    prices.learn(HomeFacts(currency="EUR", country="DE"))
    await prices.save(Tariffs(currency="EUR", lists=BY_SUNDAY, country=""))
    await calendar(prices).look()
    assert prices.holidays_worked_out == ()


async def test_where_the_calendar_fails_the_days_entered_by_hand_still_count(store: Store) -> None:
    prices, board = await loaded(store), ProblemBoard()
    entered = Tariffs(currency="EUR", lists=BY_SUNDAY, country="ZZ", holidays=(date(2026, 10, 2),))
    await prices.save(entered)
    await calendar(prices, board).look()
    (problem,) = board.problems
    assert problem.key == "holidays_unknown"
    assert "ZZ" in problem.message
    assert noon_price(prices, date(2026, 10, 2)) == 100_000


async def test_tariffs_that_treat_every_day_alike_ask_for_no_calendar(store: Store) -> None:
    prices = await loaded(store)
    flat = (PriceList(name="Home", valid_from=date(2026, 1, 1), price_micros=300_000),)
    await prices.save(Tariffs(currency="EUR", lists=flat, country="DE"))
    await calendar(prices).look()
    assert prices.holidays_worked_out == ()


async def test_home_assistant_s_currency_prices_only_where_there_is_a_list(store: Store) -> None:
    prices = await loaded(store)
    prices.learn(HomeFacts(currency="SEK"))
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    growth = Growth(since=at, until=at, energy_wh=1000)
    assert prices.cost([growth]) == (None, frozenset())
    await prices.save(Tariffs(lists=BY_SUNDAY))
    cost, _ = prices.cost([growth])
    assert cost is not None
    assert (cost.currency, cost.micros) == ("SEK", 300_000)
