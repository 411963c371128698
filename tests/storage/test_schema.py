"""Every older schema becomes the present one, in one step or not at all."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bmw_wallbox.domain.energy import Ledger
from bmw_wallbox.storage import schema
from bmw_wallbox.storage.files import LIVE
from bmw_wallbox.storage.store import Record
from tests.storage.conftest import OpenStore


@pytest.mark.parametrize("version", range(schema.VERSION + 1))
async def test_a_file_of_any_older_version_is_brought_up_to_date(
    version: int, open_store: OpenStore, made_folder: Path
) -> None:
    with closing(sqlite3.connect(made_folder / LIVE, isolation_level=None)) as connection:
        for statement in (statement for step in schema.MIGRATIONS[:version] for statement in step):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version}")
    store = await open_store()
    await store.save(Record.of("box", Ledger(total_wh=1)))
    assert await store.load(Ledger) == {"box": Ledger(total_wh=1)}
    assert store.problems == ()
    await store.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = (*schema.MIGRATIONS, ("CREATE TABLE later (key TEXT)", "CREATE TABLE later (key TEXT)"))
    monkeypatch.setattr(schema, "MIGRATIONS", steps)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            schema.migrate(connection)
        assert schema.version_of(connection) == 0
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == []
