"""What the database holds, in numbers, for a bug report."""

import sqlite3
from collections.abc import Mapping


def read_facts(connection: sqlite3.Connection) -> Mapping[str, object]:
    """Return the schema's version, the size, the rows of each table and the records of each kind."""
    tables = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
    ]
    return {
        "schema": _number(connection, "PRAGMA user_version"),
        "bytes": _number(connection, "PRAGMA page_count") * _number(connection, "PRAGMA page_size"),
        "rows": {name: _number(connection, f'SELECT count(*) FROM "{name}"') for name in tables},  # noqa: S608  # the names are the database's own
    }


def _number(connection: sqlite3.Connection, statement: str) -> int:
    return int(connection.execute(statement).fetchone()[0])
