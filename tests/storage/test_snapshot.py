"""The snapshot that a backup carries."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bmw_wallbox.domain.energy import Ledger
from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy
from bmw_wallbox.errors import StoreError
from bmw_wallbox.storage.files import LIVE, SNAPSHOT, connect
from bmw_wallbox.storage.snapshot import write_snapshot
from bmw_wallbox.storage.store import Record, Store
from tests.storage.conftest import NOW, OpenStore, StandingClock


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_without_a_database_there_is_nothing_to_copy(tmp_path: Path) -> None:
    assert write_snapshot(tmp_path) is None
    assert names(tmp_path) == []


async def test_a_snapshot_of_a_running_store_is_one_file_with_all_that_was_saved(
    open_store: OpenStore, folder: Path
) -> None:
    store = await open_store()
    await store.save(Record.of("box", Ledger(total_wh=1)))
    snapshot = await asyncio.to_thread(write_snapshot, folder)
    await store.save(Record.of("box", Ledger(total_wh=2)))
    assert snapshot == folder / SNAPSHOT
    with closing(connect(snapshot, "mode=ro&immutable=1")) as connection:
        assert connection.execute("SELECT total_wh FROM ledger").fetchall() == [(1,)]
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert names(folder) == [SNAPSHOT, LIVE, f"{LIVE}-shm", f"{LIVE}-wal"]
    await store.close()


def test_a_snapshot_that_fails_leaves_the_earlier_one(tmp_path: Path) -> None:
    (tmp_path / LIVE).write_bytes(b"this is no database " * 500)
    (tmp_path / SNAPSHOT).write_bytes(b"the earlier one")
    with pytest.raises(StoreError):
        write_snapshot(tmp_path)
    assert (tmp_path / SNAPSHOT).read_bytes() == b"the earlier one"
    assert names(tmp_path) == [SNAPSHOT, LIVE]


@dataclass(slots=True)
class Load:
    """Somebody who writes without a pause: a session and the sum of all, always together."""

    store: Store
    begun: int = 0
    done: int = 0

    async def write(self) -> None:
        while True:
            self.begun += 1
            await self.store.save(
                Record.of("box", Ledger(total_wh=self.begun)),
                Record.of(_id(self.begun), _session(self.begun)),
            )
            self.done = self.begun


def _id(number: int) -> str:
    return f"{number:012x}"


def _copy(snapshot: Path, empty: Path) -> None:
    empty.mkdir()
    shutil.copyfile(snapshot, empty / SNAPSHOT)


def _session(number: int) -> ChargingSession:
    start = NOW + timedelta(hours=number)
    return ChargingSession(
        id=_id(number),
        station="box",
        started_at=start,
        ended_at=start,
        closed_by=ClosedBy.ENDED,
        energy_wh=number,
        note="x" * 1000,
    )


@asynccontextmanager
async def busy(store: Store) -> AsyncIterator[Load]:
    load = Load(store)
    async with asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(load.write())
        yield load
        writing.cancel()


async def restored_sum(snapshot: Path, empty: Path) -> int:
    """Restore a snapshot as Home Assistant does and return how many sessions it has, all of them sound."""
    _copy(snapshot, empty)
    store = await Store.open(empty, StandingClock())
    try:
        assert store.problems == ()
        ledger = (await store.load(Ledger)).get("box", Ledger())
        found = await store.query(
            lambda db: db.execute("SELECT count(*), coalesce(max(energy_wh), 0) FROM session").fetchone()
        )
        broken = await store.query(lambda db: db.execute("PRAGMA integrity_check").fetchall())
    finally:
        await store.close()
    total_wh = ledger.total_wh or 0
    assert (found, broken) == ((total_wh, total_wh), [("ok",)])
    return total_wh


@pytest.mark.parametrize("times", [20, pytest.param(100, marks=[pytest.mark.long, pytest.mark.timeout(300)])])
async def test_every_snapshot_under_load_is_one_moment_of_the_store(
    open_store: OpenStore, folder: Path, tmp_path: Path, times: int
) -> None:
    store = await open_store()
    async with busy(store) as load:
        for number in range(times):
            before = load.done
            snapshot = await asyncio.to_thread(write_snapshot, folder)
            assert snapshot is not None
            after = load.begun
            assert before <= await restored_sum(snapshot, tmp_path / f"restored{number}") <= after
        assert load.done > times
    await store.close()
