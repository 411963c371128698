"""Corrections that come at the same time, or twice, are each carried out once and lose nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bmw_wallbox.domain.sessions_list import SessionFilter
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.errors import InvalidPayloadError, StoreError
from bmw_wallbox.session_desk import SessionDesk
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.storage.store import Record, Store
from tests.fakes.clock import HandClock
from tests.reporting_rig import BERLIN, STATION, at, session

FIRST, SECOND = session(1, at("2026-10-10T10:00")), session(2, at("2026-10-11T10:00"))
NOON = FIRST.started_at + timedelta(hours=1)


@dataclass(slots=True)
class House:
    """The desk and what stands behind it."""

    desk: SessionDesk
    store: Store

    async def energy_wh(self) -> int:
        return (await self.desk.page(SessionFilter(station=STATION))).energy_wh


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = HandClock()
    store = await Store.open(tmp_path, clock)
    sessions = Sessions(store, clock=clock, zone=lambda: BERLIN, tokens=list, settings=Settings)
    await store.save(Record.of(FIRST.id, FIRST), Record.of(SECOND.id, SECOND))
    await sessions.load()
    yield House(SessionDesk(store, sessions, clock=clock, zone=lambda: BERLIN), store)
    await store.close()


async def test_two_edits_of_one_session_at_once_both_hold(house: House) -> None:
    await asyncio.gather(
        house.desk.edit(STATION, FIRST.id, {"vehicle": "iX1"}, "anna"),
        house.desk.edit(STATION, FIRST.id, {"note": "motorway"}, "bert"),
    )
    row = (await house.desk.detail(STATION, FIRST.id)).session
    assert (row.vehicle, row.note, row.edited) == ("iX1", "motorway", ("note", "vehicle"))


async def test_a_split_that_is_sent_twice_leaves_the_energy_as_it_was(house: House) -> None:
    before_wh = await house.energy_wh()
    results = await asyncio.gather(
        *(house.desk.split(STATION, FIRST.id, NOON, "anna") for _ in range(2)), return_exceptions=True
    )
    assert sum(isinstance(result, InvalidPayloadError) for result in results) == 1
    assert await house.energy_wh() == before_wh


async def test_a_merge_that_is_sent_twice_leaves_the_energy_as_it_was(house: House) -> None:
    before_wh = await house.energy_wh()
    await house.desk.merge(STATION, [FIRST.id, SECOND.id], "anna")
    with pytest.raises(InvalidPayloadError, match="deleted"):
        await house.desk.merge(STATION, [FIRST.id, SECOND.id], "anna")
    assert await house.energy_wh() == before_wh


async def test_a_deleted_session_is_neither_deleted_again_nor_edited(house: House) -> None:
    await house.desk.delete(STATION, FIRST.id, "anna")
    with pytest.raises(InvalidPayloadError, match="take that back first"):
        await house.desk.delete(STATION, FIRST.id, "anna")
    with pytest.raises(InvalidPayloadError, match="take that back first"):
        await house.desk.edit(STATION, FIRST.id, {"note": "gone"}, "anna")


async def test_an_edit_during_a_repricing_is_kept(house: House) -> None:
    await asyncio.gather(
        house.desk.reprice(SessionFilter(station=STATION), "anna", apply=True),
        house.desk.edit(STATION, SECOND.id, {"person": "Bert"}, "bert"),
    )
    assert (await house.desk.detail(STATION, SECOND.id)).session.person == "Bert"


async def test_an_undo_is_marked_and_done_together(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = await house.desk.delete(STATION, FIRST.id, "anna")
    saved: list[int] = []

    async def save(*records: Record) -> None:
        saved.append(len(records))
        raise StoreError("The disk is full.")

    with monkeypatch.context() as full:
        full.setattr(Store, "save", staticmethod(save))
        with pytest.raises(StoreError):
            await house.desk.undo(STATION, entry, "anna")
    assert saved == [3]
    rows = await house.desk.undo(STATION, entry, "anna")
    assert rows == (replace(FIRST, deleted=False),)
