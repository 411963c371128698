"""Rows to SQL: how the rows that are written together become few statements.

Between two statements the store's thread may have to wait for the event loop's, so that one takes many rows.
"""

import sqlite3
from collections.abc import Collection, Iterable
from itertools import batched, chain

from bmw_wallbox.storage.codec import LEDGER, Row
from bmw_wallbox.storage.session_table import TABLES

_AT_ONCE = 100
_UPSERT_DOCUMENTS = """
    INSERT INTO document (kind, key, body, updated_at) VALUES {rows}
    ON CONFLICT DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at
"""
_UPSERT_LEDGERS = """
    INSERT INTO ledger (key, total_wh, completed_wh, session_wh, body, updated_at) VALUES {rows}
    ON CONFLICT DO UPDATE SET total_wh = excluded.total_wh, completed_wh = excluded.completed_wh,
    session_wh = excluded.session_wh, body = excluded.body, updated_at = excluded.updated_at
"""


def write_rows(connection: sqlite3.Connection, rows: Iterable[Row], now: str) -> None:
    """Write or delete rows, no two of which have the same kind and key."""
    ledgers: list[tuple[object, ...]] = []
    documents: list[tuple[object, ...]] = []
    for row in rows:
        if row.kind in TABLES:
            TABLES[row.kind].write(connection, row.key, row.body, row.columns)
        elif row.body is None:
            _delete(connection, row)
        elif row.kind == LEDGER:
            ledgers.append((row.key, *row.totals, row.body, now))
        else:
            documents.append((row.kind, row.key, row.body, now))
    _upsert(connection, _UPSERT_LEDGERS, ledgers)
    _upsert(connection, _UPSERT_DOCUMENTS, documents)


def are_one_statement(rows: Collection[Row]) -> bool:
    """Return whether `write_rows` makes a single statement of these rows: a transaction by itself."""
    return len(rows) <= _AT_ONCE and all(row.kind == LEDGER and row.body is not None for row in rows)


def _delete(connection: sqlite3.Connection, row: Row) -> None:
    if row.kind == LEDGER:
        connection.execute("DELETE FROM ledger WHERE key = ?", (row.key,))
    else:
        connection.execute("DELETE FROM document WHERE kind = ? AND key = ?", (row.kind, row.key))


def _upsert(connection: sqlite3.Connection, statement: str, table: list[tuple[object, ...]]) -> None:
    for batch in batched(table, _AT_ONCE, strict=False):
        marks = f"({', '.join('?' * len(batch[0]))})"
        values = tuple(chain.from_iterable(batch))
        connection.execute(statement.format(rows=", ".join([marks] * len(batch))), values)
