"""The store's thread: it owns the database and writes all that somebody waits for in one transaction.

What nobody waits for is encoded and written only now and then, however often it changes.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic

from bmw_wallbox.errors import StoreError
from bmw_wallbox.storage.codec import Record, Row, encode
from bmw_wallbox.storage.database import Database

_LOGGER = logging.getLogger(__name__)

LAZY_S = 2.0
"""How long a change that nobody waits for may stay in memory."""
RETRY_S = 2.0
"""How often a database that is out of order is tried again."""
STUCK_S = 5.0
"""A disk that takes longer for one piece of work is not waited for."""
MAX_WAITING = 10_000
"""What is kept in memory while it cannot be written; beyond, the one unchanged for longest is dropped."""

type _Key = tuple[str, str]


class Writer:
    """Takes rows and jobs from any thread, and does them in its own.

    Rows that come until the thread takes them are one batch. Batches are numbered; `settled` is called, in
    the thread, with the number of each that somebody waits for and with what kept it from being durable.
    """

    def __init__(self, database: Database, settled: Callable[[int, StoreError | None], None]) -> None:
        self._database = database
        self._settled = settled
        self._lock = threading.RLock()
        self._bell: SimpleQueue[None] = SimpleQueue()
        """Rung whenever there is something new to do."""
        self._jobs: deque[Callable[[], None]] = deque()
        self._waiting: dict[_Key, Row] = {}
        self._batch = 0
        self._awaited = False
        self._due_at: float | None = None
        self._lazy: dict[_Key, Record] = {}
        self._lazy_due_at: float | None = None
        self._busy_since: float | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    @property
    def is_stuck(self) -> bool:
        """Whether one piece of work takes so long that nobody should wait for the next."""
        since = self._busy_since
        return since is not None and monotonic() - since > STUCK_S

    def put(self, records: Iterable[Record]) -> None:
        """Have records written soon; the newest of each key wins."""
        with self._lock:
            for record in records:
                key = (record.kind, record.key)
                self._lazy.pop(key, None)
                self._lazy[key] = record
            _bound(self._lazy)
            if self._lazy_due_at is None:
                self._lazy_due_at = monotonic() + (LAZY_S if self._database.durable else RETRY_S)
                self._bell.put(None)

    def write(self, rows: Iterable[Row]) -> int:
        """Have rows written as soon as somebody rings; returns the number of their batch.

        Raises:
            StoreError: they are only kept in memory, since nothing can be written at present.

        """
        with self._lock:
            self._take(rows)
            if self._stopping or not self._database.durable:
                self._due_at = self._due_at or monotonic() + RETRY_S
                self._bell.put(None)
                raise StoreError("The data folder is out of order; the change is in memory.")
            if not self._awaited:
                self._awaited, self._due_at = True, monotonic()
            return self._batch

    def ring(self) -> None:
        """Have the thread look at once whether something is due."""
        self._bell.put(None)

    def join(self, rows: Iterable[Row]) -> None:
        """Have rows written together with the next ones that somebody waits for, or soon if none come."""
        with self._lock:
            self._take(rows)
            if self._due_at is None:
                self._due_at = monotonic() + LAZY_S
                self._bell.put(None)

    def hurry(self) -> int:
        """Have all that waits written; as `write`."""
        with self._lock:
            if self._lazy:
                self._lazy_due_at = monotonic()
            return self.write(())

    def run[T](self, job: Callable[[Database], T]) -> Future[T]:
        """Have a job done with the database."""
        future: Future[T] = Future()

        def perform() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(job(self._database))
            except Exception as err:  # noqa: BLE001 - the thread goes on; whoever asked gets the error
                future.set_exception(err)

        with self._lock:
            if self._stopping:
                future.set_exception(StoreError("The store is closed."))
            else:
                self._jobs.append(perform)
                self._bell.put(None)
        return future

    def waiting(self, kind: str) -> dict[str, Row]:
        """Return the rows of a kind that are not written yet."""
        with self._lock:
            rows = [*self._waiting.values(), *_encoded(self._lazy.values())]
        return {row.key: row for row in rows if row.kind == kind}

    def stop(self, timeout_s: float) -> bool:
        """Write what waits, end the thread and close the database; tell whether it got done in time."""
        with self._lock:
            self._stopping = True
            self._bell.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _take(self, rows: Iterable[Row]) -> None:
        for row in rows:
            key = (row.kind, row.key)
            self._lazy.pop(key, None)
            self._waiting.pop(key, None)
            self._waiting[key] = row
        _bound(self._waiting)

    def _run(self) -> None:
        while self._step():
            pass
        self._database.close()

    def _step(self) -> bool:
        """Wait for work and do it; tell whether to go on."""
        with suppress(Empty):
            self._bell.get(timeout=self._due_in_s())
        with self._lock:
            jobs, self._jobs = self._jobs, deque()
            last = self._stopping
        self._busy_since = monotonic()
        for job in jobs:
            job()
        if last or self._due_in_s() == 0:
            self._flush(everything=last)
        self._busy_since = None
        return not last

    def _due_in_s(self) -> float | None:
        dues = [due_at for due_at in (self._due_at, self._lazy_due_at) if due_at is not None]
        return max(min(dues) - monotonic(), 0) if dues else None

    def _flush(self, *, everything: bool) -> None:
        with self._lock:
            rows, self._waiting = self._waiting, {}
            batch, awaited = self._batch, self._awaited
            self._batch, self._awaited, self._due_at = batch + 1, False, None
            lazy: dict[_Key, Record] = {}
            if everything or (self._lazy_due_at is not None and self._lazy_due_at <= monotonic()):
                lazy, self._lazy, self._lazy_due_at = self._lazy, {}, None
        rows |= {(row.kind, row.key): row for row in _encoded(lazy.values())}
        error: StoreError | None = None
        try:
            if rows and self._database.recover():
                self._database.write(rows.values())
            elif rows:
                error = StoreError("The data folder is out of order; the change is in memory.")
        except StoreError as err:
            error = err
        except Exception as err:
            # The thread goes on with what comes next; these rows are tried again.
            _LOGGER.exception("Writing to the database failed unexpectedly")
            error = StoreError(f"The database could not be written: {err!r}.")
        if error is not None:
            with self._lock:
                self._waiting = rows | self._waiting
                self._due_at = self._due_at or monotonic() + RETRY_S
        if awaited:
            self._settled(batch, error)


def _bound[T](waiting: dict[_Key, T]) -> None:
    while len(waiting) > MAX_WAITING:
        kind, key = next(iter(waiting))
        del waiting[kind, key]
        _LOGGER.warning("Too much waits to be stored; dropped the %s %s", kind, key)


def _encoded(records: Iterable[Record]) -> list[Row]:
    rows = []
    for record in records:
        try:
            rows.append(encode(record))
        except StoreError as err:
            _LOGGER.error("%s", err)
    return rows
