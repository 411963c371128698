"""What a loss of power must not take: it is on the disk before its event is answered."""

import shutil
from pathlib import Path

from bmw_wallbox.domain.state import Change
from bmw_wallbox.domain.vocabulary import ChargingState
from bmw_wallbox.keeper import StoreKeeper, recall
from bmw_wallbox.storage.store import Store
from tests.domain.story import CHARGING, charging, connected, fresh, play, started, updated
from tests.fakes.clock import HandClock


async def after_a_loss_of_power(folder: Path) -> ChargingState:
    """Return the charging state that a store holds whose files were taken while it still ran."""
    torn = folder.with_name("torn")
    shutil.copytree(folder, torn)
    store = await Store.open(torn, HandClock())
    try:
        return (await recall(store, fresh())).charging_state
    finally:
        await store.close()


async def test_a_change_of_the_charging_state_is_durable_when_its_event_is_answered(tmp_path: Path) -> None:
    waiting = play(fresh(), connected(), started(1))
    store = await Store.open(tmp_path / "data", HandClock())
    try:
        await StoreKeeper(store).keep(Change(fresh(), waiting, started(1)))
        await StoreKeeper(store).keep(Change(waiting, play(waiting, CHARGING), CHARGING))
        assert await after_a_loss_of_power(tmp_path / "data") is ChargingState.CHARGING
    finally:
        await store.close()


async def test_what_every_event_changes_waits_for_others(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "data", HandClock())
    try:
        before = charging()
        await StoreKeeper(store).keep(Change(before, play(before, updated(3, 2)), updated(3, 2)))
        assert await after_a_loss_of_power(tmp_path / "data") is ChargingState.UNKNOWN
    finally:
        await store.close()
