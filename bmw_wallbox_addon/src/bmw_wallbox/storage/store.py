"""The app's memory across restarts, as the event loop sees it: durable, bounded in time, never in the way."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import Connection

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.errors import StoreError
from bmw_wallbox.storage.codec import Record, Row, decode, encode, kind_of, salvage
from bmw_wallbox.storage.database import Database
from bmw_wallbox.storage.writer import Writer

__all__ = ["Record", "Store"]

_LOGGER = logging.getLogger(__name__)

SAVE_TIMEOUT_S = 5.0
LOAD_TIMEOUT_S = 10.0
OPEN_TIMEOUT_S = 30.0
PING_TIMEOUT_S = 2.0
CLOSE_TIMEOUT_S = 5.0


class Store:
    """Records by kind and key in one SQLite file.

    A fault of the disk never stops the app: what cannot be written is kept in memory, the newest of each
    key, and written as soon as the disk is back.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._database = Database(folder, clock)
        self._writer = Writer(self._database, self._settled)
        self._unreadable: dict[str, Problem] = {}
        self._batches: dict[int, _Batch] = {}

    @classmethod
    async def open(cls, folder: Path, clock: Clock) -> "Store":
        """Open the store in a folder; whatever state that is in, `problems` tells and the app goes on."""
        store = cls(folder, clock)
        try:
            await _result(store._writer.run(Database.open), OPEN_TIMEOUT_S)
        except TimeoutError:
            _LOGGER.error("The data folder does not answer")
        return store

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the store at this moment."""
        found = [*self._database.problems.values(), *self._unreadable.values()]
        if self._writer.is_stuck:
            found.append(
                Problem(key="store_slow", message="The disk takes many seconds for each change to be stored.")
            )
        return tuple(found)

    async def save(self, *records: Record) -> None:
        """Store records together; they survive a loss of power when this returns.

        Raises:
            StoreError: they are only in memory yet, after at most 5 s, or cannot be stored at all.

        """
        rows = [encode(record) for record in records]
        if self._writer.is_stuck:
            self._writer.put(records)
            raise StoreError("The disk is too slow; the change is in memory.")
        await self._written(rows)

    def save_soon(self, *records: Record) -> None:
        """Store records within seconds, without waiting; one that cannot be stored is only logged."""
        self._writer.put(records)

    async def load[T](self, cls: type[T], kind: str | None = None) -> dict[str, T]:
        """Return all records of a class by key; one that cannot be read is kept aside and reported.

        Raises:
            StoreError: the database cannot be read.

        """
        kind = kind or kind_of(cls)
        rows = await self._done(
            lambda database: database.read(kind) | self._writer.waiting(kind), LOAD_TIMEOUT_S
        )
        values: dict[str, T] = {}
        for key, row in rows.items():
            if row.body is None:
                continue
            try:
                values[key] = decode(row, cls)
            except StoreError as err:
                self._set_aside(row, err)
                if (rescued := salvage(row, cls)) is not None:
                    values[key] = rescued
        return values

    async def delete(self, kind: str, key: str) -> None:
        """Remove a record for good.

        Raises:
            StoreError: it is gone only in memory yet.

        """
        await self._written([Row(kind=kind, key=key, body=None)])

    def save_along(self, *records: Record) -> None:
        """Store records together with what is saved next, or within seconds if nothing is.

        Raises:
            StoreError: they cannot be stored at all.

        """
        self._writer.join([encode(record) for record in records])

    async def query[T](self, job: Callable[[Connection], T]) -> T:
        """Return what `job` reads; what waits to be written is written before, where the disk allows.

        Raises:
            StoreError: the database cannot be read.

        """
        await self._hurry()
        return await self._done(lambda database: database.ask(job), LOAD_TIMEOUT_S)

    async def change[T](self, job: Callable[[Connection], T]) -> T:
        """Return what `job` did to the database, in one transaction.

        Raises:
            StoreError: nothing was changed.

        """
        await self._hurry()
        return await self._done(lambda database: database.change(job), LOAD_TIMEOUT_S)

    async def ping(self) -> bool:
        """Tell whether the store's thread answers within 2 s, even if the disk is out of order."""
        try:
            await _result(self._writer.run(lambda _: None), PING_TIMEOUT_S)
        except (TimeoutError, StoreError):
            return False
        return True

    async def close(self) -> None:
        """Write what waits and close the file, within 5 s."""
        if not await asyncio.to_thread(self._writer.stop, CLOSE_TIMEOUT_S):
            _LOGGER.error("The store could not be closed in time; the last changes may be lost")

    async def _written(self, rows: list[Row]) -> None:
        await self._wait_for(self._writer.write(rows))

    async def _hurry(self) -> None:
        with suppress(StoreError):
            await self._wait_for(self._writer.hurry())

    async def _wait_for(self, number: int) -> None:
        """Return once a batch is durable; its deadline counts from the first one who waits."""
        batch = self._batches.get(number)
        if batch is None:
            too_slow = StoreError("The disk is too slow; the change is in memory.")
            deadline = self._loop.call_later(SAVE_TIMEOUT_S, self._settle, number, too_slow)
            batch = self._batches[number] = _Batch(deadline)
            # Not at once: whatever else is saved in this turn of the loop shares the transaction.
            self._loop.call_soon(self._writer.ring)
        waiter = self._loop.create_future()
        batch.waiters.append(waiter)
        await waiter

    def _settled(self, number: int, error: StoreError | None) -> None:
        """Take the writer's word from its thread to the loop, unless that is gone."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._settle, number, error)

    def _settle(self, number: int, error: StoreError | None) -> None:
        batch = self._batches.pop(number, None)
        if batch is None:
            return
        batch.deadline.cancel()
        for waiter in batch.waiters:
            if waiter.done():
                continue
            if error is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(StoreError(str(error)))

    async def _done[T](self, job: Callable[[Database], T], timeout_s: float) -> T:
        try:
            return await _result(self._writer.run(job), timeout_s)
        except TimeoutError as err:
            raise StoreError("The disk does not answer.") from err

    def _set_aside(self, row: Row, err: StoreError) -> None:
        """Keep an unreadable row under another kind, where no newer one overwrites it."""
        _LOGGER.error("%s", err)
        self._unreadable[f"{row.kind}/{row.key}"] = Problem(key="record_unreadable", message=str(err))
        key = f"{row.key} {self._clock.now():%Y%m%d-%H%M%S}"
        with suppress(StoreError):
            self._writer.join([Row(kind=f"{row.kind}.unreadable", key=key, body=row.body)])


@dataclass(slots=True)
class _Batch:
    """Those who wait for the same transaction."""

    deadline: asyncio.TimerHandle
    waiters: list[asyncio.Future[None]] = field(default_factory=list)


async def _result[T](future: Future[T], timeout_s: float) -> T:
    return await asyncio.wait_for(asyncio.wrap_future(future), timeout_s)
