"""Reports on charging sessions: who is in them, in which language, as a PDF or as a table."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.report_document import Letterhead, ReportedStation, ReportFilter, ReportOrder
from bmw_wallbox.domain.report_words import SPELLING, Language
from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.domain.sessions_csv import Dialect, write_csv
from bmw_wallbox.domain.sessions_list import SessionFilter
from bmw_wallbox.domain.sessions_report import compose, summary
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.report_child import pdf_of
from bmw_wallbox.session_desk import SessionDesk
from bmw_wallbox.signals import Signal

_SERIAL_COMPONENTS = ("FiscalMetering", "EnergyMeter", "Meter", "ElectricalFeed")
"""Components of a device model that stand for the meter (OCPP 2.0.1 part 2 appendix 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyReport:
    """A report that was made by itself, for one month."""

    month: date
    """Its first day."""
    count: int
    energy_kwh: str
    """As it is printed, in the report's language."""
    cost: str
    """Likewise; empty where none has a price."""
    language: Language
    files: tuple[Path, ...] = field(default=())
    """Where it lies; none if it was only to be told."""


class Reports:
    """Makes reports; one at a time, since each takes a process."""

    def __init__(
        self,
        desk: SessionDesk,
        *,
        clock: Clock,
        states: Callable[[], Sequence[StationState]],
        settings: Callable[[], Settings],
        language: Callable[[], Language],
        version: str,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._states = states
        self._settings = settings
        self._language = language
        self._version = version
        self._one_at_a_time = asyncio.Lock()
        self.ready = Signal[ReadyReport]()
        """Emits each monthly report."""

    @property
    def language(self) -> Language:
        """Return the language of reports where none is asked for."""
        return self._language()

    async def pdf(self, wanted: ReportFilter) -> bytes:
        """Return a report as a PDF.

        Raises:
            ReportError: it could not be made.
            StoreError: the sessions cannot be read.

        """
        order = self._order(wanted)
        sessions = await self._sessions(order)
        document = await asyncio.to_thread(compose, order, sessions)
        async with self._one_at_a_time:
            return await pdf_of(document)

    async def csv(self, wanted: ReportFilter, dialect: Dialect | None = None) -> str:
        """Return the same sessions as a table, spelled as the language does unless told otherwise.

        Raises:
            StoreError: the sessions cannot be read.

        """
        order = self._order(wanted)
        if dialect is None:
            spelling = SPELLING[order.language]
            dialect = Dialect(separator=spelling.separator, decimal=spelling.decimal)
        sessions = [session for session in await self._sessions(order) if not session.running]
        return await asyncio.to_thread(write_csv, sessions, order.zone, dialect)

    async def sums(self, wanted: ReportFilter) -> tuple[int, str, str]:
        """Return the number of sessions, their energy in kWh and their cost, as they are printed.

        Raises:
            StoreError: the sessions cannot be read.

        """
        order = self._order(wanted)
        return summary(order, await self._sessions(order))

    async def still_runs(self, wanted: ReportFilter) -> bool:
        """Return whether one of the sessions is not over yet, and would be missing in a report.

        Raises:
            StoreError: the sessions cannot be read.

        """
        return any(session.running for session in await self._sessions(self._order(wanted)))

    def _order(self, wanted: ReportFilter) -> ReportOrder:
        settings = self._settings()
        states = self._states()
        if wanted.station is not None:
            states = [state for state in states if wanted.station in {state.key, state.charge_point_id}]
        elif any(not state.simulated for state in states):
            states = [state for state in states if not state.simulated]
        return ReportOrder(
            language=wanted.language or self._language(),
            zone=self._desk.zone,
            created_at=self._clock.now(),
            version=self._version,
            first=wanted.first,
            last=wanted.last,
            person=wanted.person,
            vehicle=wanted.vehicle,
            stations=tuple(_station(state, settings) for state in states),
            letterhead=Letterhead(
                sender=settings.report_sender,
                receiver=settings.report_receiver,
                reference=settings.report_reference,
                licence_plate=settings.report_licence_plate,
            ),
        )

    async def _sessions(self, order: ReportOrder) -> Sequence[ChargingSession]:
        found: list[ChargingSession] = []
        for station in order.stations:
            wanted = SessionFilter(
                station=station.key,
                since=None if order.first is None else self._midnight(order.first),
                until=None if order.last is None else self._midnight(order.last + timedelta(days=1)),
                person=order.person,
                vehicle=order.vehicle,
            )
            found += await self._desk.every(wanted)
        return sorted(found, key=lambda session: session.started_at)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, tzinfo=self._desk.zone).astimezone(UTC)


def _station(state: StationState, settings: Settings) -> ReportedStation:
    told = (state.inventory.find("SerialNumber", component) for component in _SERIAL_COMPONENTS)
    meter = next((found.value for found in told if found is not None and found.value), None)
    return ReportedStation(
        key=state.key,
        name=state.charge_point_id,
        model=state.facts.model or "",
        serial=state.facts.serial or "",
        meter_serial=settings.report_meter_serial or meter or "",
    )
