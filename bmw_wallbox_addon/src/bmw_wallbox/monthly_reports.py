"""Last month's report, made by itself once all of it is over: into a folder, as a notification, or both."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.report_document import ReportFilter
from bmw_wallbox.domain.settings import MonthlyReport, Settings
from bmw_wallbox.errors import ReportError, StoreError
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.session_reports import ReadyReport, Reports
from bmw_wallbox.storage.codec import Record
from bmw_wallbox.storage.store import Store

_LOGGER = logging.getLogger(__name__)
_LOOK_S = 60.0
_RETRY_S = 900.0
_MOST_MONTHS = 12
"""So many months are caught up on."""
_LONGEST_WAIT = timedelta(days=7)
"""So long a charge that does not end holds up the report of the month that it began in."""
_KEY = "app"
_SOURCE = "monthly_report"
_WRITES = frozenset({MonthlyReport.SHARE, MonthlyReport.BOTH})


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthReported:
    """The newest month that is done with; kept over restarts, so that none is told twice."""

    month: date


class MonthlyReports:
    """Looks every minute whether a month is due; `run` is its task."""

    def __init__(
        self,
        reports: Reports,
        store: Store,
        board: ProblemBoard,
        *,
        clock: Clock,
        zone: Callable[[], ZoneInfo],
        settings: Callable[[], Settings],
        folder: Path,
    ) -> None:
        self._reports = reports
        self._store = store
        self._board = board
        self._clock = clock
        self._zone = zone
        self._settings = settings
        self._folder = folder
        self._done: date | None = None
        self._loaded = False
        self._not_before_s = float("-inf")

    async def run(self) -> None:
        """Make what is due, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(_LOOK_S)

    async def look(self) -> None:
        """Make the reports of the months that are over and not done with; a failure is tried again later."""
        if self._settings().monthly_report is MonthlyReport.OFF:
            self._board.post(_SOURCE)
            self._not_before_s = float("-inf")
            return
        if self._clock.monotonic_s() < self._not_before_s:
            return
        try:
            await self._load()
            for month in self._due():
                if await self._is_too_early(month):
                    break
                await self._make(month)
        except (ReportError, StoreError, OSError) as err:
            self._not_before_s = self._clock.monotonic_s() + _RETRY_S
            self._board.post(_SOURCE, _problem(err, self._folder))
        else:
            self._board.post(_SOURCE)

    async def _load(self) -> None:
        if not self._loaded:
            held = (await self._store.load(MonthReported)).get(_KEY)
            self._done = None if held is None else held.month
            self._loaded = True

    def _due(self) -> Iterator[date]:
        """Yield the first days of the months to report; where none was yet, of last month."""
        today = self._clock.now().astimezone(self._zone()).date()
        latest = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        months = [latest]
        while self._done is not None and len(months) < _MOST_MONTHS and months[0] > self._done:
            months.insert(0, (months[0] - timedelta(days=1)).replace(day=1))
        yield from (month for month in months if self._done is None or month > self._done)

    async def _is_too_early(self, month: date) -> bool:
        """Return whether a charge that began in the month still runs: no later report would tell of it."""
        wanted = _filter(month)
        over = self._clock.now().astimezone(self._zone()).date() - (wanted.last or month)
        return over <= _LONGEST_WAIT and await self._reports.still_runs(wanted)

    async def _make(self, month: date) -> None:
        language = self._reports.language
        wanted = replace(_filter(month), language=language)
        count, energy_kwh, cost = await self._reports.sums(wanted)
        if count or self._done is not None:
            files: tuple[Path, ...] = ()
            if self._settings().monthly_report in _WRITES:
                pdf, table = await self._reports.pdf(wanted), await self._reports.csv(wanted)
                # Spreadsheets take a file for UTF-8 only if it begins with the mark.
                contents = {"pdf": pdf, "csv": table.encode("utf-8-sig", "replace")}
                files = await asyncio.to_thread(_write, self._folder, f"wallbox-{month:%Y-%m}", contents)
            _LOGGER.info("The report for %s is ready", f"{month:%Y-%m}")
            ready = ReadyReport(
                month=month, count=count, energy_kwh=energy_kwh, cost=cost, language=language, files=files
            )
            self._reports.ready.emit(ready)
        self._done = month
        await self._store.save(Record.of(_KEY, MonthReported(month=month)))


def _filter(month: date) -> ReportFilter:
    return ReportFilter(first=month, last=(month + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def _write(folder: Path, name: str, contents: dict[str, bytes]) -> tuple[Path, ...]:
    """Write files that appear complete or not at all; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for suffix, content in contents.items():
        path = folder / f"{name}.{suffix}"
        new = folder / f".{path.name}.new"
        try:
            with new.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        except OSError:
            new.unlink(missing_ok=True)
            raise
        written.append(path)
    return tuple(written)


def _problem(err: Exception, folder: Path) -> Problem:
    if isinstance(err, OSError):
        message = (
            f"The monthly report cannot be written to {folder}: {err.strerror or err}. It is tried again"
            " every quarter of an hour."
        )
        return Problem(key="report_unwritable", message=message)
    return Problem(key="report_failed", message=f"{err} The monthly report is tried again by itself.")
