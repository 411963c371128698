"""The database's schema as numbered steps; `PRAGMA user_version` says how many of them a file has had."""

import sqlite3

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE document (
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            body TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            PRIMARY KEY (kind, key)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE ledger (
            key TEXT NOT NULL PRIMARY KEY,
            total_wh INTEGER,
            completed_wh INTEGER,
            session_wh INTEGER,
            body TEXT NOT NULL,
            updated_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ),
)
"""A step is never changed once it was released; the next one is appended."""

VERSION = len(MIGRATIONS)


def version_of(connection: sqlite3.Connection) -> int:
    """Return how many steps a database has had."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database up to date: all missing steps in one transaction, so that a crash repeats them all.

    Raises:
        sqlite3.Error: nothing was changed.

    """
    missing = MIGRATIONS[version_of(connection) :]
    if not missing:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in (statement for step in missing for statement in step):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION:d}")
        connection.execute("COMMIT")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
