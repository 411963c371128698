"""The snapshot that a backup carries in place of the live database files."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bmw_wallbox.errors import StoreError
from bmw_wallbox.storage.files import LIVE, SNAPSHOT, connect, publish


def write_snapshot(folder: Path) -> Path | None:
    """Copy the live database, as it is at this moment, into the snapshot; another process may be writing.

    Returns:
        The snapshot's path; None if there is no live database yet.

    Raises:
        StoreError: it could not be written; an earlier snapshot is left as it was.

    """
    live, snapshot = folder / LIVE, folder / SNAPSHOT
    if not live.exists():
        return None
    new = folder / f"{SNAPSHOT}.{os.getpid()}"
    try:
        with closing(connect(live, "mode=ro")) as source, closing(connect(new, "mode=rwc")) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        publish(new, snapshot)
    except (sqlite3.Error, OSError) as err:
        raise StoreError(f"The backup snapshot could not be written: {err}.") from err
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            (folder / (new.name + suffix)).unlink(missing_ok=True)
    return snapshot
