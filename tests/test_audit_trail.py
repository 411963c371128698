"""The audit of dangerous actions outlives the app."""

from pathlib import Path

import pytest

from bmw_wallbox.audit_trail import AuditTrail
from bmw_wallbox.errors import StoreError
from bmw_wallbox.storage.store import Store
from tests.fakes.clock import HandClock


async def test_a_row_outlives_a_restart(tmp_path: Path) -> None:
    clock = HandClock()
    store = await Store.open(tmp_path, clock)
    trail = AuditTrail(store, clock)
    await trail.begin("Anna", "Reset", "DE*1", "{}")
    deed = await trail.begin("Anna", "block", "DE*1", "")
    await trail.end(deed, "failed", "It is away.")
    await store.close()

    store = await Store.open(tmp_path, clock)
    rows = await AuditTrail(store, clock).deeds()
    await store.close()
    assert {(row.action, row.outcome, row.note) for row in rows} == {
        ("Reset", "begun", ""),
        ("block", "failed", "It is away."),
    }


async def test_only_the_newest_rows_are_kept(tmp_path: Path) -> None:
    clock = HandClock()
    store = await Store.open(tmp_path, clock)
    trail = AuditTrail(store, clock, most=3)
    for number in range(5):
        clock.advance(1)
        await trail.begin("Anna", f"a{number}", "DE*1", "")
    await store.close()
    store = await Store.open(tmp_path, clock)
    rows = await AuditTrail(store, clock, most=3).deeds()
    await store.close()
    assert [row.action for row in rows] == ["a4", "a3", "a2"]


async def test_a_disk_that_is_out_of_order_keeps_nobody_from_acting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = HandClock()
    store = await Store.open(tmp_path, clock)

    async def broken(*_: object) -> None:
        raise StoreError("The disk is gone.")

    trail = AuditTrail(store, clock)
    await trail.deeds()
    monkeypatch.setattr(store, "save", broken)
    await trail.begin("Anna", "Reset", "DE*1", "")
    assert [row.action for row in await trail.deeds()] == ["Reset"]
    await store.close()
