"""The store in a folder that is damaged, full, read-only or from another version."""

import asyncio
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bmw_wallbox.domain.energy import Ledger
from bmw_wallbox.errors import StoreError
from bmw_wallbox.storage import files
from bmw_wallbox.storage.database import Database
from bmw_wallbox.storage.files import LIVE, SNAPSHOT, connect
from bmw_wallbox.storage.snapshot import write_snapshot
from bmw_wallbox.storage.store import Record, Store
from tests.storage.conftest import OpenStore


def ledger(total_wh: int) -> Record:
    return Record.of("box", Ledger(total_wh=total_wh))


async def total_in(store: Store) -> int | None:
    return (await store.load(Ledger)).get("box", Ledger()).total_wh


def keys(store: Store) -> list[str]:
    return [problem.key for problem in store.problems]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the store's thread announces nothing
            await asyncio.sleep(0.005)


async def filled(open_store: OpenStore, total_wh: int) -> None:
    store = await open_store()
    await store.save(ledger(total_wh))
    await store.close()


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size: writing fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def clear(folder: Path) -> dict[str, bytes]:
    """Empty a folder and return what was in it; an index of the log that only speeds things up is lost."""
    content = {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")}
    for path in folder.iterdir():
        path.unlink()
    return content


def block(folder: Path) -> Callable[[], None]:
    """Put a file where the folder should be; the result takes it away again."""
    folder.write_text("no folder")
    return folder.unlink


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def garbage(path: Path) -> None:
    path.write_bytes(b"this is no database " * 500)


def torn(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 + 100)


def overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096 * 2)


damages = pytest.mark.parametrize("damage", [nothing, garbage, torn, overwritten])


@damages
async def test_a_damaged_file_is_set_aside_and_a_new_one_begun(
    open_store: OpenStore, folder: Path, damage: Callable[[Path], None]
) -> None:
    await filled(open_store, 5000)
    damage(folder / LIVE)
    content = (folder / LIVE).read_bytes()
    store = await open_store()
    assert keys(store) == ["store_damaged"]
    assert await total_in(store) is None
    await store.save(ledger(7000))
    await store.close()
    assert (folder / f"{LIVE}.unreadable-20260610-100000").read_bytes() == content
    store = await open_store()
    assert keys(store) == []
    assert await total_in(store) == 7000
    await store.close()


async def test_a_check_that_takes_too_long_does_not_hold_up_the_start(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = await open_store()
    await store.save(*(Record.of(f"box{number}", Ledger(total_wh=number)) for number in range(2000)))
    await store.close()
    monkeypatch.setattr(files, "CHECK_S", -1.0)
    store = await open_store()
    assert (keys(store), len(await store.load(Ledger))) == ([], 2000)
    assert "too large to be checked" in caplog.text
    await store.close()


@damages
async def test_a_damaged_file_is_replaced_by_the_last_backup(
    open_store: OpenStore, folder: Path, damage: Callable[[Path], None]
) -> None:
    await filled(open_store, 5000)
    write_snapshot(folder)
    damage(folder / LIVE)
    store = await open_store()
    assert keys(store) == ["store_damaged"]
    assert "backup" in store.problems[0].message
    assert await total_in(store) == 5000
    await store.close()


async def test_a_start_without_a_live_file_restores_the_snapshot_and_keeps_it(
    open_store: OpenStore, folder: Path
) -> None:
    await filled(open_store, 5000)
    write_snapshot(folder)
    snapshot = clear(folder)[SNAPSHOT]
    (folder / SNAPSHOT).write_bytes(snapshot)
    store = await open_store()
    assert keys(store) == []
    assert await total_in(store) == 5000
    await store.close()
    assert (folder / SNAPSHOT).exists()


async def test_a_damaged_snapshot_does_not_stop_the_start(open_store: OpenStore, made_folder: Path) -> None:
    garbage(made_folder / SNAPSHOT)
    store = await open_store()
    await store.save(ledger(1))
    assert keys(store) == []
    await store.close()


async def test_companions_without_their_file_never_meet_another_one(
    open_store: OpenStore, made_folder: Path
) -> None:
    garbage(made_folder / f"{LIVE}-wal")
    store = await open_store()
    await store.save(ledger(1))
    assert await total_in(store) == 1
    await store.close()
    assert (made_folder / f"{LIVE}.unreadable-20260610-100000-wal").exists()


async def test_a_file_of_a_later_version_is_read_but_not_touched(open_store: OpenStore, folder: Path) -> None:
    await filled(open_store, 5000)
    with closing(connect(folder / LIVE)) as connection:
        connection.execute("PRAGMA user_version = 99")
    content = (folder / LIVE).read_bytes()
    store = await open_store()
    assert keys(store) == ["store_newer"]
    assert await total_in(store) == 5000
    with pytest.raises(StoreError):
        await store.save(ledger(6000))
    assert await total_in(store) == 6000
    assert await store.ping()
    await store.close()
    assert (folder / LIVE).read_bytes() == content


async def test_without_a_folder_the_app_goes_on_from_memory_and_recovers_by_itself(
    open_store: OpenStore, folder: Path
) -> None:
    unblock = block(folder)
    store = await open_store()
    assert keys(store) == ["store_unwritable"]
    assert await total_in(store) is None
    with pytest.raises(StoreError):
        await store.save(ledger(1000))
    store.save_soon(ledger(1100))
    assert await total_in(store) == 1100
    assert await store.ping()
    unblock()
    await until(lambda: not keys(store))
    await store.save(Record.of("other", Ledger(total_wh=1)))
    await store.close()
    store = await open_store()
    assert await total_in(store) == 1100
    await store.close()


async def test_a_disk_that_fills_up_costs_nothing_but_durability(open_store: OpenStore, folder: Path) -> None:
    store = await open_store()
    await store.save(ledger(1000))
    with file_size_limit((folder / f"{LIVE}-wal").stat().st_size):
        for total_wh in (1100, 1200):
            with pytest.raises(StoreError):
                await store.save(ledger(total_wh))
        assert keys(store) == ["store_unwritable"]
        assert await total_in(store) == 1200
        assert await store.ping()
    await until(lambda: not keys(store))
    await store.save(Record.of("other", Ledger(total_wh=1)))
    await store.close()
    store = await open_store()
    assert await total_in(store) == 1200
    await store.close()


async def test_a_database_that_may_not_grow_recovers_when_it_may(open_store: OpenStore) -> None:
    def limit(pages: int) -> Callable[[Database], object]:
        return lambda database: (
            database._connection and database._connection.execute(f"PRAGMA max_page_count = {pages}")
        )

    store = await open_store()
    await store.save(ledger(1000))
    await asyncio.wrap_future(store._writer.run(limit(1)))
    big = Record("note", "big", "x" * 100_000)
    with pytest.raises(StoreError):
        await store.save(big, ledger(1100))
    assert keys(store) == ["store_unwritable"]
    await asyncio.wrap_future(store._writer.run(limit(1_000_000)))
    await until(lambda: not keys(store))
    await store.close()
    store = await open_store()
    assert await total_in(store) == 1100
    assert await store.load(str, "note") == {"big": "x" * 100_000}
    await store.close()


async def test_a_start_on_a_full_disk_reads_what_is_there_and_recovers(
    open_store: OpenStore, folder: Path
) -> None:
    await filled(open_store, 5000)
    with file_size_limit(0):
        store = await open_store()
        assert keys(store) == ["store_unwritable"]
        assert await total_in(store) == 5000
        with pytest.raises(StoreError):
            await store.save(ledger(5100))
    await until(lambda: not keys(store))
    await store.close()
    store = await open_store()
    assert await total_in(store) == 5100
    await store.close()


async def test_a_start_on_a_full_disk_after_a_crash_reads_the_wal_too(
    open_store: OpenStore, folder: Path, tmp_path: Path
) -> None:
    store = await open_store()
    await store.save(ledger(5000))
    left = {name: (folder / name).read_bytes() for name in (LIVE, f"{LIVE}-wal")}
    await store.close()
    clear(folder)
    for name, content in left.items():
        (folder / name).write_bytes(content)
    with file_size_limit(0):
        store = await open_store()
        assert await total_in(store) == 5000
        assert keys(store) == ["store_unwritable"]
    await store.close()


async def test_what_could_not_be_read_at_the_start_is_never_overwritten(
    open_store: OpenStore, folder: Path, tmp_path: Path
) -> None:
    await filled(open_store, 5000)
    (folder / LIVE).rename(tmp_path / "elsewhere")
    (folder / LIVE).mkdir()
    store = await open_store()
    assert keys(store) == ["store_unwritable"]
    store.save_soon(ledger(10))
    (folder / LIVE).rmdir()
    (tmp_path / "elsewhere").rename(folder / LIVE)
    await until(lambda: keys(store) == ["store_unread"])
    await store.close()
    store = await open_store()
    assert await total_in(store) == 5000
    await store.close()


async def test_a_file_locked_by_somebody_else_for_long_is_waited_for(
    open_store: OpenStore, folder: Path
) -> None:
    await filled(open_store, 5000)
    with closing(sqlite3.connect(folder / LIVE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store = await open_store()
        assert keys(store) == ["store_unwritable"]
        assert await total_in(store) == 5000
        store.save_soon(ledger(5100))
        other.execute("ROLLBACK")
    await until(lambda: not keys(store))
    await store.close()
    store = await open_store()
    assert await total_in(store) == 5100
    await store.close()
