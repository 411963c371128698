"""Samples of the grid's power: few, kept over a restart, and there when a car begins to charge."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bmw_wallbox.domain.sessions_energy import Growth
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.grid_power import GridSamples
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.storage.store import Store
from tests.fakes.clock import HandClock
from tests.reporting_rig import BERLIN


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path, HandClock())
    yield store
    await store.close()


def minute(clock: HandClock) -> list[Growth]:
    """Return a kilowatt hour of the last minute."""
    return [Growth(since=clock.now() - timedelta(minutes=1), until=clock.now(), energy_wh=1000)]


async def test_what_held_before_the_charge_holds_when_it_begins(store: Store) -> None:
    clock = HandClock()
    samples = GridSamples(store, clock)
    assert samples.solar_wh(minute(clock)) is None
    samples.note(0, charging=False)
    clock.advance(60)
    assert samples.solar_wh(minute(clock)) == 1000
    samples.note(6000, charging=True)
    clock.advance(60)
    samples.note(6000, charging=True)
    assert samples.solar_wh(minute(clock)) == 900


async def test_samples_of_a_charge_survive_a_restart(store: Store) -> None:
    clock = HandClock()
    samples = GridSamples(store, clock)
    for _ in range(7):
        samples.note(6000, charging=True)
        clock.advance(10)
    again = GridSamples(store, clock)
    await again.load()
    assert again.solar_wh(minute(clock)) == 900


async def test_a_meter_that_never_rests_is_noted_every_ten_seconds(store: Store) -> None:
    clock = HandClock()
    samples = GridSamples(store, clock)
    for power_w in range(600):
        samples.note(power_w, charging=True)
        clock.advance(0.1)
    rows = await store.query(lambda db: db.execute("SELECT count(*) FROM grid_sample").fetchone())
    assert rows == (6,)


async def test_samples_that_no_session_needs_any_more_are_dropped(store: Store) -> None:
    clock = HandClock()
    sessions = Sessions(store, clock=clock, zone=lambda: BERLIN, tokens=list, settings=Settings)
    samples = sessions.prices.grid
    samples.note(6000, charging=True)
    clock.advance(15 * 86400)
    samples.note(5000, charging=True)
    await sessions.look()
    rows = await store.query(lambda db: db.execute("SELECT import_w FROM grid_sample").fetchall())
    assert rows == [(5000,)]
