"""The snapshot that a backup carries."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from bmw_wallbox.domain.energy import Ledger
from bmw_wallbox.errors import StoreError
from bmw_wallbox.storage.files import LIVE, SNAPSHOT, connect
from bmw_wallbox.storage.snapshot import write_snapshot
from bmw_wallbox.storage.store import Record
from tests.storage.conftest import OpenStore


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
