"""The store's thread: it owns the database and writes all that waits in one transaction."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from time import monotonic

from bmw_wallbox.errors import StoreError
from bmw_wallbox.storage.codec import Row
from bmw_wallbox.storage.database import Database

_LOGGER = logging.getLogger(__name__)

LAZY_S = 2.0
"""How long a change that nobody waits for may stay in memory."""
RETRY_S = 2.0
"""How often a database that is out of order is tried again."""
STUCK_S = 5.0
"""A disk that takes longer for one piece of work is not waited for."""
MAX_WAITING = 10_000
"""Rows kept in memory while they cannot be written; beyond, the one unchanged for longest is dropped."""


class Writer:
    """Takes rows and jobs from any thread, and does them in its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wake = threading.Condition()
        self._jobs: deque[Callable[[], None]] = deque()
        self._waiting: dict[tuple[str, str], Row] = {}
        self._futures: list[Future[None]] = []
        self._due_at: float | None = None
        self._busy_since: float | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    @property
    def is_stuck(self) -> bool:
        """Whether one piece of work takes so long that nobody should wait for the next."""
        since = self._busy_since
        return since is not None and monotonic() - since > STUCK_S

    def put(self, rows: Iterable[Row]) -> None:
        """Have rows written soon; the newest of each key wins."""
        with self._wake:
            self._take(rows)
            if self._due_at is None:
                self._due_at = monotonic() + (LAZY_S if self._database.durable else RETRY_S)
            self._wake.notify()

    def write(self, rows: Iterable[Row]) -> Future[None]:
        """Have rows written now; the future is done when they are durable, or failed if they only wait."""
        future: Future[None] = Future()
        with self._wake:
            self._take(rows)
            if self._stopping or not self._database.durable:
                self._due_at = self._due_at or monotonic() + RETRY_S
                future.set_exception(StoreError("The data folder is out of order; the change is in memory."))
            else:
                self._futures.append(future)
                self._due_at = monotonic()
            self._wake.notify()
        return future

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

        with self._wake:
            if self._stopping:
                future.set_exception(StoreError("The store is closed."))
            else:
                self._jobs.append(perform)
                self._wake.notify()
        return future

    def waiting(self, kind: str) -> dict[str, Row]:
        """Return the rows of a kind that are not written yet."""
        with self._wake:
            return {row.key: row for row in self._waiting.values() if row.kind == kind}

    def stop(self, timeout_s: float) -> bool:
        """Write what waits, end the thread and close the database; tell whether it got done in time."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _take(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._waiting.pop((row.kind, row.key), None)
            self._waiting[row.kind, row.key] = row
        while len(self._waiting) > MAX_WAITING:
            dropped = self._waiting.pop(next(iter(self._waiting)))
            _LOGGER.warning("Too much waits to be stored; dropped the %s %s", dropped.kind, dropped.key)

    def _run(self) -> None:
        while self._step():
            pass
        self._database.close()

    def _step(self) -> bool:
        """Wait for work and do it; tell whether to go on."""
        with self._wake:
            while not (self._jobs or self._stopping or self._is_due()):
                self._wake.wait(None if self._due_at is None else max(self._due_at - monotonic(), 0))
            jobs, self._jobs = self._jobs, deque()
            last, due = self._stopping, self._is_due()
        self._busy_since = monotonic()
        for job in jobs:
            job()
        if due or last:
            self._flush()
        self._busy_since = None
        return not last

    def _is_due(self) -> bool:
        return self._due_at is not None and self._due_at <= monotonic()

    def _flush(self) -> None:
        with self._wake:
            rows, self._waiting = self._waiting, {}
            futures, self._futures = self._futures, []
            self._due_at = None
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
            with self._wake:
                self._waiting = rows | self._waiting
                self._due_at = self._due_at or monotonic() + RETRY_S
        for future in futures:
            if future.set_running_or_notify_cancel():
                future.set_exception(error) if error else future.set_result(None)
