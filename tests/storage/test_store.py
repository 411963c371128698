"""The store in a healthy folder."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bmw_wallbox.domain.energy import Ledger
from bmw_wallbox.errors import StoreError
from bmw_wallbox.storage import store as store_module
from bmw_wallbox.storage import writer
from bmw_wallbox.storage.codec import Row, kind_of
from bmw_wallbox.storage.database import Database
from bmw_wallbox.storage.files import LIVE, connect
from bmw_wallbox.storage.store import Record, Store
from tests.storage.conftest import OpenStore


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentWish:
    limit_a: int = 32
    names: tuple[str, ...] = ()


async def wishes(store: Store) -> dict[str, CurrentWish]:
    return await store.load(CurrentWish)


@contextmanager
def stuck(store: Store) -> Iterator[None]:
    """Hold the store's thread as a disk does that does not answer."""
    release = threading.Event()
    store._writer.run(lambda _: release.wait(20))
    try:
        yield
    finally:
        release.set()


def test_a_kind_is_its_class_name_in_snake_case() -> None:
    assert kind_of(CurrentWish) == "current_wish"
    assert kind_of(Ledger) == "ledger"


async def test_what_was_saved_is_there_after_a_restart(open_store: OpenStore) -> None:
    store = await open_store()
    wish = CurrentWish(limit_a=16, names=("ä", "b"))
    await store.save(Record.of("box", wish), Record.of("box", Ledger(total_wh=5, session_wh=2)))
    await store.close()
    store = await open_store()
    assert await wishes(store) == {"box": wish}
    assert await store.load(Ledger) == {"box": Ledger(total_wh=5, session_wh=2)}
    assert store.problems == ()
    await store.close()


async def test_the_ledgers_numbers_are_real_columns(open_store: OpenStore, folder: Path) -> None:
    store = await open_store()
    await store.save(Record.of("box", Ledger(total_wh=5, session_wh=2)))
    await store.close()
    connection = connect(folder / LIVE)
    columns = connection.execute("SELECT key, total_wh, completed_wh, session_wh FROM ledger").fetchall()
    connection.close()
    assert columns == [("box", 5, 3, 2)]


async def test_the_newest_of_a_key_wins_and_a_deleted_one_is_gone(open_store: OpenStore) -> None:
    store = await open_store()
    store.save_soon(Record.of("a", CurrentWish(limit_a=6)), Record.of("b", CurrentWish(limit_a=6)))
    store.save_soon(Record.of("a", CurrentWish(limit_a=7)))
    assert await wishes(store) == {"a": CurrentWish(limit_a=7), "b": CurrentWish(limit_a=6)}
    await store.delete("current_wish", "b")
    await store.delete("ledger", "none")
    assert await wishes(store) == {"a": CurrentWish(limit_a=7)}
    await store.close()


async def test_what_nobody_waited_for_is_written_at_the_end(open_store: OpenStore) -> None:
    store = await open_store()
    store.save_soon(Record.of("a", CurrentWish(limit_a=6)))
    await store.close()
    store = await open_store()
    assert await wishes(store) == {"a": CurrentWish(limit_a=6)}
    await store.close()


async def test_records_of_one_class_may_have_kinds_of_their_own(open_store: OpenStore) -> None:
    store = await open_store()
    await store.save(Record("night", "a", CurrentWish(limit_a=6)))
    assert await wishes(store) == {}
    assert await store.load(CurrentWish, "night") == {"a": CurrentWish(limit_a=6)}
    await store.close()


async def test_saves_that_come_together_share_a_transaction(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    write = Database.write

    def counting(database: Database, rows: list[Row]) -> None:
        batches.append(len(rows))
        write(database, rows)

    monkeypatch.setattr(Database, "write", counting)
    store = await open_store()
    await asyncio.gather(*(store.save(Record.of(f"{n}", CurrentWish(limit_a=n))) for n in range(200)))
    assert sum(batches) == 200
    assert len(batches) < 20
    await store.close()


async def test_what_cannot_be_json_is_refused_and_hurts_nothing_else(open_store: OpenStore) -> None:
    store = await open_store()
    for value in (object(), CurrentWish(names=("\ud800",))):
        with pytest.raises(StoreError):
            await store.save(Record("current_wish", "a", value))
    await store.save(Record.of("b", CurrentWish()))
    assert await wishes(store) == {"b": CurrentWish()}
    await store.close()


async def test_a_change_that_fails_half_way_leaves_nothing_behind(
    open_store: OpenStore, folder: Path
) -> None:
    store = await open_store()

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO document (kind, key, body, updated_at) VALUES ('k', 'half', '1', '')")
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        await store.change(fail)
    await store.save(Record.of("box", CurrentWish(limit_a=6)))
    assert store.problems == ()
    with closing(connect(folder / LIVE)) as seen:
        assert seen.execute("SELECT key FROM document").fetchall() == [("box",)]
    await store.close()


async def test_a_record_that_cannot_be_read_is_kept_aside_and_reported(
    open_store: OpenStore, folder: Path
) -> None:
    store = await open_store()
    await store.save(Record.of("a", CurrentWish()), Record("current_wish", "b", {"limit_a": "much"}))
    assert await wishes(store) == {"a": CurrentWish()}
    assert [problem.key for problem in store.problems] == ["record_unreadable"]
    await store.close()
    connection = connect(folder / LIVE)
    kept = connection.execute(
        "SELECT key, body FROM document WHERE kind = 'current_wish.unreadable'"
    ).fetchall()
    connection.close()
    assert kept == [("b 20260610-100000", '{"limit_a":"much"}')]


async def test_an_unreadable_ledger_keeps_its_energy(open_store: OpenStore, folder: Path) -> None:
    store = await open_store()
    await store.save(Record.of("box", Ledger(total_wh=5000, session_wh=2000)))
    await store.close()
    connection = connect(folder / LIVE)
    connection.execute("UPDATE ledger SET body = '{'")
    connection.close()
    store = await open_store()
    (rescued,) = (await store.load(Ledger)).values()
    assert (rescued.total_wh, rescued.completed_wh, rescued.session_wh) == (5000, 3000, 2000)
    assert [problem.key for problem in store.problems] == ["record_unreadable"]
    await store.close()


async def test_a_record_with_fields_of_other_versions_is_read(open_store: OpenStore) -> None:
    store = await open_store()
    await store.save(Record("current_wish", "a", {"names": ["x"], "colour": "blue"}))
    assert await wishes(store) == {"a": CurrentWish(names=("x",))}
    await store.close()


async def test_a_disk_that_does_not_answer_delays_a_save_once_only(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "SAVE_TIMEOUT_S", 0.05)
    monkeypatch.setattr(store_module, "PING_TIMEOUT_S", 0.05)
    monkeypatch.setattr(writer, "STUCK_S", 0.0)
    store = await open_store()
    assert await store.ping()
    with stuck(store):
        assert not await store.ping()
        assert [problem.key for problem in store.problems] == ["store_slow"]
        monkeypatch.setattr(store_module, "SAVE_TIMEOUT_S", 60)
        with pytest.raises(StoreError):
            await store.save(Record.of("a", CurrentWish(limit_a=6)))
    monkeypatch.setattr(writer, "STUCK_S", 5.0)
    assert await wishes(store) == {"a": CurrentWish(limit_a=6)}
    assert store.problems == ()
    await store.close()


async def test_a_save_waits_for_its_deadline_at_most(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "SAVE_TIMEOUT_S", 0.05)
    store = await open_store()
    with stuck(store), pytest.raises(StoreError):
        await store.save(Record.of("a", CurrentWish(limit_a=6)))
    assert await wishes(store) == {"a": CurrentWish(limit_a=6)}
    await store.close()


async def test_a_closed_store_says_so_and_closes_twice(open_store: OpenStore) -> None:
    store = await open_store()
    await store.close()
    await store.close()
    assert not await store.ping()
    with pytest.raises(StoreError):
        await store.save(Record.of("a", CurrentWish()))
    with pytest.raises(StoreError):
        await store.load(CurrentWish)


async def test_memory_is_bounded_while_nothing_can_be_written(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MAX_WAITING", 10)
    store = await open_store()
    store.save_soon(*(Record.of(f"{n}", CurrentWish(limit_a=n)) for n in range(12)))
    assert sorted(await wishes(store)) == ["10", "11", *"23456789"]
    await store.close()
