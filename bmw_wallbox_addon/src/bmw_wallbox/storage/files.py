"""The files of the data folder: the live database, the backup's snapshot, and what was set aside."""

import logging
import os
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path

from bmw_wallbox.clock import SystemClock
from bmw_wallbox.storage.schema import migrate

_LOGGER = logging.getLogger(__name__)

LIVE = "wallbox.db"
SNAPSHOT = "snapshot.db"
CHECK_S = 10.0
"""How long the check of a database may hold up the start."""
_STEPS_A_LOOK = 1000
"""So many steps of SQLite's virtual machine pass between two looks at the clock."""
BUSY_S = 2.0
"""How long another process may keep the file locked."""
_NEW = "wallbox.db.new"
_COMPANIONS = ("", "-wal", "-shm")


def connect(path: Path, mode: str = "mode=rw") -> sqlite3.Connection:
    """Open an existing database file in autocommit mode; `mode` is SQLite's URI query."""
    uri = f"{path.absolute().as_uri()}?{mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_S)


def is_sound(connection: sqlite3.Connection) -> bool:
    """Tell whether SQLite finds a database's structure intact, as far as it gets in `CHECK_S`."""
    clock = SystemClock()
    deadline_s = clock.monotonic_s() + CHECK_S
    connection.set_progress_handler(lambda: clock.monotonic_s() > deadline_s, _STEPS_A_LOOK)
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError as err:
        if err.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        _LOGGER.warning("The database is too large to be checked within %g s; it is used as it is", CHECK_S)
        return True
    finally:
        connection.set_progress_handler(None, 0)


def set_aside(folder: Path, now: datetime) -> str:
    """Rename the live database and its companions, and return the dated name."""
    name = f"{LIVE}.unreadable-{now:%Y%m%d-%H%M%S}"
    for suffix in _COMPANIONS:
        if (folder / (LIVE + suffix)).exists():
            (folder / (LIVE + suffix)).rename(folder / (name + suffix))
    return name


def drop_companions(folder: Path, now: datetime) -> None:
    """Put away the companions of a live file that is gone: they must never meet another one."""
    if any((folder / (LIVE + suffix)).exists() for suffix in _COMPANIONS[1:]):
        set_aside(folder, now)


def restore_snapshot(folder: Path) -> bool:
    """Make a copy of the backup's snapshot the live database; tell whether there was a sound one."""
    new = _clean_new(folder)
    try:
        shutil.copyfile(folder / SNAPSHOT, new)
        connection = connect(new)
    except (FileNotFoundError, sqlite3.Error):
        return False
    try:
        sound = is_sound(connection)
    except sqlite3.DatabaseError:
        sound = False
    finally:
        connection.close()
    if sound:
        publish(new, folder / LIVE)
    return sound


def create(folder: Path) -> None:
    """Make an empty live database; it appears complete or not at all."""
    new = _clean_new(folder)
    connection = connect(new, "mode=rwc")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection)
    finally:
        connection.close()
    publish(new, folder / LIVE)


def publish(new: Path, path: Path) -> None:
    """Rename a finished file over `path`, so that a loss of power leaves the old one or the new one."""
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _clean_new(folder: Path) -> Path:
    for suffix in (*_COMPANIONS, "-journal"):
        (folder / (_NEW + suffix)).unlink(missing_ok=True)
    return folder / _NEW
