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
    (
        """
        CREATE TABLE session (
            id INTEGER NOT NULL PRIMARY KEY,
            station TEXT NOT NULL,
            transaction_id TEXT,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            deleted INTEGER NOT NULL,
            person TEXT,
            vehicle TEXT,
            energy_wh INTEGER NOT NULL,
            cost_micros INTEGER,
            currency TEXT,
            search TEXT NOT NULL,
            body TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX session_by_time ON session (station, started_at)",
        """
        CREATE TABLE session_evidence (
            id INTEGER NOT NULL PRIMARY KEY,
            station TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            body TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX session_evidence_by_time ON session_evidence (station, started_at)",
        """
        CREATE TABLE session_curve (
            session INTEGER NOT NULL,
            at INTEGER NOT NULL,
            power_w INTEGER,
            current_l1_ma INTEGER,
            current_l2_ma INTEGER,
            current_l3_ma INTEGER,
            PRIMARY KEY (session, at)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE energy_day (
            station TEXT NOT NULL,
            day TEXT NOT NULL,
            energy_wh INTEGER NOT NULL,
            PRIMARY KEY (station, day)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE audit (
            id INTEGER NOT NULL PRIMARY KEY,
            at INTEGER NOT NULL,
            station TEXT NOT NULL,
            session INTEGER,
            undone INTEGER NOT NULL,
            body TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX audit_by_session ON audit (session)",
        """
        CREATE TABLE price_sample (
            entity_id TEXT NOT NULL,
            at INTEGER NOT NULL,
            price_micros INTEGER NOT NULL,
            PRIMARY KEY (entity_id, at)
        ) STRICT, WITHOUT ROWID
        """,
    ),
    (
        """
        CREATE TABLE energy_hour (
            station TEXT NOT NULL,
            hour INTEGER NOT NULL,
            energy_wh INTEGER NOT NULL,
            PRIMARY KEY (station, hour)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE dropped_cost (
            station TEXT NOT NULL,
            currency TEXT NOT NULL,
            cost_micros INTEGER NOT NULL,
            PRIMARY KEY (station, currency)
        ) STRICT, WITHOUT ROWID
        """,
    ),
    (
        """
        CREATE TABLE grid_sample (
            at INTEGER NOT NULL PRIMARY KEY,
            import_w INTEGER NOT NULL
        ) STRICT
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
