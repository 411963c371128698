"""The database behind the store, as its one thread sees it: opened whatever its state, written in batches."""

import logging
import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from pathlib import Path

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.errors import StoreError
from bmw_wallbox.storage import files
from bmw_wallbox.storage.codec import LEDGER, Row
from bmw_wallbox.storage.schema import VERSION, migrate, version_of
from bmw_wallbox.storage.statements import are_one_statement, write_rows

_LOGGER = logging.getLogger(__name__)

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PASSING = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "journal_size_limit = 4194304")
_READ_ANYHOW = (("mode=ro", "NORMAL"), ("mode=rw", "EXCLUSIVE"), ("mode=ro&immutable=1", "NORMAL"))
"""Ways to read a file that cannot be written: EXCLUSIVE needs no -shm file, immutable not even the -wal."""
_OUT_OF_ORDER = ("store_unwritable", "store_newer", "store_unread")

_UNREAD = (
    "The data folder can be used again, but what it holds could not be read when the app started."
    " It is left untouched, and nothing is stored: restart the app to use it."
)


class _NewerSchemaError(Exception):
    """The file was written by a later version of the app."""


class _DamagedError(Exception):
    """The file is no sound database."""


class Database:
    """The connection and the condition it is in; every method belongs to one thread."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._connection: sqlite3.Connection | None = None
        self._live = False
        """Whether the connection is one to the file, not to its copy in memory."""
        self._known = True
        """Whether all that the file holds could be read."""
        self.problems: dict[str, Problem] = {}

    @property
    def durable(self) -> bool:
        """Whether what is written reaches the file, as far as is known."""
        return not any(key in self.problems for key in _OUT_OF_ORDER)

    def open(self) -> None:
        """Open the live file, or make one, or go on from memory; never raises for the state of the folder."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._connection = self._open_live(set_aside=True)
            self._live = True
        except _NewerSchemaError as err:
            self._report("store_newer", str(err))
            self._connection = self._in_memory()
        except (sqlite3.Error, OSError, _DamagedError) as err:
            self._report_unwritable(err)
            self._connection = self._in_memory()

    def recover(self) -> bool:
        """Try to reach the file again after a fault; tell whether writing may be tried."""
        if self.durable or self._live:
            return True
        if "store_unwritable" not in self.problems:
            return False
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not self._known and (self._folder / files.LIVE).exists():
                self._report("store_unread", _UNREAD)
                self.problems.pop("store_unwritable")
                return False
            connection = self._open_live(set_aside=False)
        except (sqlite3.Error, OSError, _DamagedError, _NewerSchemaError) as err:
            self._report_unwritable(err)
            return False
        self.close()
        self._connection, self._live = connection, True
        self._regained()
        return True

    def write(self, rows: Collection[Row]) -> None:
        """Write rows in one transaction that is on the disk when this returns.

        Raises:
            StoreError: nothing was written.

        """
        now = self._clock.now().isoformat()
        self.change(
            lambda connection: write_rows(connection, rows, now), is_one_statement=are_one_statement(rows)
        )

    def change[T](self, job: Callable[[sqlite3.Connection], T], *, is_one_statement: bool = False) -> T:
        """Return what `job` does in one transaction that is on the disk when this returns.

        Args:
            job: what is done.
            is_one_statement: whether it is a transaction by itself, so that none has to be begun for it.

        Raises:
            StoreError: nothing was written.

        """
        if self._connection is None or not self._live:
            raise StoreError("The database is out of order; nothing can be stored.")
        try:
            if not is_one_statement:
                self._connection.execute("BEGIN IMMEDIATE")
            done = job(self._connection)
            if not is_one_statement:
                self._connection.execute("COMMIT")
        except sqlite3.Error as err:
            with suppress(sqlite3.Error):
                self._connection.rollback()
            self._live = _primary(err) in _PASSING
            self._report_unwritable(err)
            raise StoreError(f"The database could not be written: {err}.") from err
        except BaseException:
            # Left open, the transaction would swallow what is written next.
            self._connection.rollback()
            raise
        self._regained()
        return done

    def ask[T](self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Return what `job` reads.

        Raises:
            StoreError: the database could not be read.

        """
        if self._connection is None:
            raise StoreError("The database is not open.")
        try:
            return job(self._connection)
        except sqlite3.Error as err:
            raise StoreError(f"The database could not be read: {err}.") from err

    def read(self, kind: str) -> dict[str, Row]:
        """Return all rows of a kind, by key.

        Raises:
            StoreError: the database could not be read.

        """
        if self._connection is None:
            return {}
        try:
            if kind == LEDGER:
                found = self._connection.execute(
                    "SELECT key, body, total_wh, completed_wh, session_wh FROM ledger"
                ).fetchall()
            else:
                found = self._connection.execute(
                    "SELECT key, body, NULL, NULL, NULL FROM document WHERE kind = ?", (kind,)
                ).fetchall()
        except sqlite3.Error as err:
            raise StoreError(f"The database could not be read: {err}.") from err
        return {
            key: Row(kind=kind, key=key, body=body, totals=(total_wh, completed_wh, session_wh))
            for key, body, total_wh, completed_wh, session_wh in found
        }

    def close(self) -> None:
        """Close the connection; what was written is in the file."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._live = None, False

    def _open_live(self, *, set_aside: bool) -> sqlite3.Connection:
        path = self._folder / files.LIVE
        if not path.exists():
            files.drop_companions(self._folder, self._clock.now())
            if files.restore_snapshot(self._folder):
                _LOGGER.info("The database was restored from the backup's snapshot")
            else:
                files.create(self._folder)
        try:
            return _opened(path)
        except _DamagedError as err:
            if not set_aside:
                raise
            name = files.set_aside(self._folder, self._clock.now())
            restored = files.restore_snapshot(self._folder)
            if not restored:
                files.create(self._folder)
            then = "the state of the last backup was restored" if restored else "a new one was begun"
            self._report(
                "store_damaged",
                f"The database could not be read ({err}). It was set aside as {name}, and {then}.",
            )
            return _opened(path)

    def _in_memory(self) -> sqlite3.Connection:
        """Return a copy in memory of what can be read: the live file, or the snapshot, or nothing."""
        memory = sqlite3.connect(":memory:", isolation_level=None)
        paths = [self._folder / name for name in (files.LIVE, files.SNAPSHOT)]
        self._known = False
        with suppress(OSError):
            path = next((path for path in paths if path.exists()), None)
            self._known = path is None or _copied(path, memory)
        migrate(memory)
        return memory

    def _report_unwritable(self, err: Exception) -> None:
        self._report(
            "store_unwritable",
            f"The data folder cannot be written ({err}). Everything goes on from memory and will be stored"
            " as soon as that works again; a restart before then would lose what is new.",
        )

    def _report(self, key: str, message: str) -> None:
        if key not in self.problems:
            _LOGGER.error("%s", message)
        self.problems[key] = Problem(key=key, message=message)

    def _regained(self) -> None:
        if self.problems.pop("store_unwritable", None) is not None:
            _LOGGER.info("The data folder can be written again")


def _opened(path: Path) -> sqlite3.Connection:
    """Return a connection to a sound, writable database of our schema."""
    if path.stat().st_size == 0:
        raise _DamagedError("it is empty")
    try:
        with suppress(sqlite3.OperationalError), closing(files.connect(path, "mode=ro")) as peek:
            _refuse_newer(peek)
        return _prepared(files.connect(path))
    except sqlite3.DatabaseError as err:
        if _primary(err) in _DAMAGED:
            raise _DamagedError(str(err)) from err
        raise


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Check a fresh connection, bring its database up to date and prove that it can be written."""
    try:
        _refuse_newer(connection)
        _refuse_broken(connection)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        migrate(connection)
        connection.execute(f"PRAGMA user_version = {VERSION:d}")
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_newer(connection: sqlite3.Connection) -> None:
    version = version_of(connection)
    if version > VERSION:
        raise _NewerSchemaError(
            f"The database was written by a later version of this app (schema {version}, known here up to"
            f" {VERSION}). It is left untouched, and nothing is stored: update the app again."
        )


def _refuse_broken(connection: sqlite3.Connection) -> None:
    if not files.is_sound(connection):
        raise _DamagedError("its structure is broken")


def _copied(path: Path, memory: sqlite3.Connection) -> bool:
    """Copy a file into memory in the first way that works; tell whether all of it is there."""
    wal = path.with_name(path.name + "-wal")
    for mode, locking in _READ_ANYHOW:
        with suppress(sqlite3.Error), closing(files.connect(path, mode)) as source:
            source.execute(f"PRAGMA locking_mode = {locking}")
            if files.is_sound(source):
                source.backup(memory)
                return "immutable" not in mode or not (wal.exists() and wal.stat().st_size)
    return False


def _primary(err: sqlite3.Error) -> int:
    """Return the primary result code; 0 for an error that is not SQLite's own."""
    return getattr(err, "sqlite_errorcode", 0) & 0xFF
