"""What the entities show of the sessions: running, last and total, over restarts, corrections and pruning."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bmw_wallbox.domain.session_figures import SessionFigures
from bmw_wallbox.session_desk import SessionDesk
from bmw_wallbox.session_feed import SessionFeed
from bmw_wallbox.storage import session_query as query
from tests.domain.story import at, ended, energy, started
from tests.fakes.clock import HandClock
from tests.test_sessions import BEGIN, BERLIN, END, FLAT, KEY, MIDDLE, House

NEXT = {"transaction_id": "tx-2"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = await House.open(tmp_path, HandClock(), [])
    await house.sessions.prices.save(FLAT)
    yield house
    await house.store.close()


def feed_of(house: House) -> SessionFeed:
    return SessionFeed(house.store, house.sessions, clock=house.clock, stations=lambda: [house.station])


async def shown(house: House, feed: SessionFeed | None = None) -> SessionFigures:
    await (feed or feed_of(house)).tell(house.station)
    return house.station.state.session


async def test_before_any_session_nothing_is_known_but_the_currency(house: House) -> None:
    assert await shown(house) == SessionFigures(currency="EUR")


async def test_a_running_session_is_told_in_whole_minutes(house: House) -> None:
    await house.hear(*BEGIN)
    house.clock.advance(95)
    figures = await shown(house)
    assert (figures.duration_s, figures.last_energy_wh) == (120, None)


async def test_the_last_session_and_the_total_survive_a_restart_and_go_on(house: House) -> None:
    await house.hear(*BEGIN, *MIDDLE, *END)
    before = await shown(house)
    assert (before.last_energy_wh, before.last_cost_micros, before.total_cost_micros) == (
        7_000,
        2_100_000,
        2_100_000,
    )
    assert (before.cost_micros, before.duration_s) == (2_100_000, 3599)
    house = await house.again()
    assert await shown(house) == before
    second = energy(7200, 57_000, context="Transaction.Begin")
    await house.hear(started(7200, 0, samples=(second,), **NEXT))
    running = await shown(house)
    assert (running.cost_micros, running.last_cost_micros) == (0, 2_100_000)
    last = energy(9000, 58_000, context="Transaction.End")
    await house.hear(ended(9000, 1, samples=(last,), **NEXT))
    after = await shown(house)
    assert (after.last_energy_wh, after.total_cost_micros) == (1_000, 2_400_000)
    await house.store.close()


async def test_a_correction_by_hand_changes_the_total_at_once(house: House) -> None:
    feed = feed_of(house)
    desk = SessionDesk(house.store, house.sessions, clock=house.clock, zone=lambda: BERLIN)
    await house.hear(*BEGIN, *MIDDLE, *END)
    await shown(house, feed)
    times = {"started_at": at(-9000), "ended_at": at(-6000)}
    added = await desk.add(KEY, {**times, "energy_wh": 10_000}, "Anna")
    assert (await shown(house, feed)).total_cost_micros == 5_100_000
    await desk.delete(KEY, added.id, "Anna")
    assert (await shown(house, feed)).total_cost_micros == 2_100_000


async def test_a_correction_while_the_figures_are_read_is_in_them(house: House) -> None:
    feed = feed_of(house)
    desk = SessionDesk(house.store, house.sessions, clock=house.clock, zone=lambda: BERLIN)
    await house.hear(*BEGIN, *MIDDLE, *END)
    times = {"started_at": at(-9000), "ended_at": at(-6000)}
    added = await desk.add(KEY, {**times, "energy_wh": 10_000}, "Anna")
    await asyncio.gather(desk.delete(KEY, added.id, "Anna"), feed.tell(house.station))
    assert (await shown(house, feed)).total_cost_micros == 2_100_000


async def test_sessions_dropped_for_their_age_stay_in_the_total(house: House) -> None:
    desk = SessionDesk(house.store, house.sessions, clock=house.clock, zone=lambda: BERLIN)
    for days in (900, 800):
        start = at(0) - timedelta(days=days)
        times = {"started_at": start, "ended_at": start + timedelta(hours=1)}
        await desk.add(KEY, {**times, "energy_wh": 1_000, "cost_micros": 300_000, "currency": "EUR"}, "Anna")
    assert (await shown(house)).total_cost_micros == 600_000
    for months in (28, 26):
        before = at(0) - timedelta(days=30 * months)
        await house.store.change(lambda db, before=before: query.prune(db, before, before))  # type: ignore[misc] # mypy cannot infer a lambda with defaults
    assert await house.listed() == []
    assert (await shown(house)).total_cost_micros == 600_000


async def test_another_currency_begins_another_total(house: House) -> None:
    await house.hear(*BEGIN, *MIDDLE, *END)
    await house.sessions.prices.save(replace(FLAT, currency="SEK"))
    figures = await shown(house)
    assert (figures.currency, figures.total_cost_micros, figures.last_cost_micros) == ("SEK", None, None)
