"""Reports over a real store, with a clock that a test moves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bmw_wallbox.domain.report_words import Language
from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy, Cost
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.state import DesiredState, StationState
from bmw_wallbox.monthly_reports import MonthlyReports
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.session_desk import SessionDesk
from bmw_wallbox.session_reports import ReadyReport, Reports
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.storage.store import Record, Store
from tests.fakes.clock import HandClock

BERLIN = ZoneInfo("Europe/Berlin")
STATION = "debox"
STATE = StationState(key=STATION, charge_point_id="DE*BOX", desired=DesiredState(limit_a=16))


def session(number: int, start: datetime, **fields: object) -> ChargingSession:
    row = ChargingSession(
        id=f"{number:012x}",
        station=STATION,
        started_at=start,
        ended_at=start + timedelta(hours=2),
        closed_by=ClosedBy.ENDED,
        person="Anna",
        energy_wh=10_000,
        cost=Cost(micros=3_000_000, currency="EUR", price_list="Home"),
    )
    return replace(row, **fields)  # type: ignore[arg-type]  # a test's own fields


@dataclass(slots=True)
class Office:
    """What makes monthly reports, and what came of it."""

    monthly: MonthlyReports
    board: ProblemBoard
    store: Store
    ready: list[ReadyReport]

    @property
    def months(self) -> list[str]:
        return [f"{report.month:%Y-%m}" for report in self.ready]


@asynccontextmanager
async def open_office(
    data: Path, folder: Path, clock: HandClock, settings: Settings
) -> AsyncIterator[Office]:
    """Start what a restart of the app starts."""
    store = await Store.open(data, clock)
    sessions = Sessions(store, clock=clock, zone=lambda: BERLIN, tokens=list, settings=Settings)
    await sessions.load()
    reports = Reports(
        SessionDesk(store, sessions, clock=clock, zone=lambda: BERLIN),
        clock=clock,
        states=lambda: [STATE],
        settings=lambda: settings,
        language=lambda: Language.DE,
        version="1.2.3",
    )
    board = ProblemBoard()
    monthly = MonthlyReports(
        reports,
        store,
        board,
        clock=clock,
        zone=lambda: BERLIN,
        settings=lambda: settings,
        folder=folder,
    )
    ready: list[ReadyReport] = []
    reports.ready.subscribe(ready.append)
    try:
        yield Office(monthly, board, store, ready)
    finally:
        await store.close()


async def put(office: Office, *rows: ChargingSession) -> None:
    await office.store.save(*(Record.of(row.id, row) for row in rows))


def at(text: str) -> datetime:
    """Return a local time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)
