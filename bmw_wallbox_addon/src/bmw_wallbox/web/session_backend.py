"""What the panel's server asks of the sessions."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bmw_wallbox.domain.home_facts import HomeFacts
from bmw_wallbox.domain.report_document import ReportFilter
from bmw_wallbox.domain.report_words import Language
from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.domain.sessions_csv import Dialect
from bmw_wallbox.domain.sessions_list import (
    AuditEntry,
    Imported,
    Repriced,
    SessionDetail,
    SessionFilter,
    SessionPage,
)
from bmw_wallbox.domain.sessions_sums import Span, Sums
from bmw_wallbox.domain.tariffs import Tariffs


class PriceBackend(Protocol):
    """What completes the tariffs that the owner entered."""

    @property
    def home(self) -> HomeFacts:
        """Return what Home Assistant says of the home."""

    @property
    def currency(self) -> str:
        """Return the currency in force, empty where none is known."""

    @property
    def place(self) -> tuple[str, str]:
        """Return the country and the part of it whose public holidays count."""

    @property
    def holidays_worked_out(self) -> Sequence[date]:
        """Return its public holidays, as far as they are known."""


class SessionBackend(Protocol):
    """The sessions as the panel sees them; `station` is a key, `who` goes into the audit.

    Every method that takes a session's or a correction's id raises NotFoundError for one that the station
    does not have, and those that correct raise InvalidPayloadError for what cannot be.
    """

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone that local times are in."""

    async def page(self, wanted: SessionFilter) -> SessionPage:
        """Return a page of the list, newest first."""

    async def every(self, wanted: SessionFilter) -> Sequence[ChargingSession]:
        """Return all that the filter lets through, oldest first."""

    async def sums(self, wanted: SessionFilter, span: Span) -> Sums:
        """Return the sums of all that the filter lets through, by local periods."""

    async def detail(self, station: str, session_id: str) -> SessionDetail:
        """Return one session, its curve and its neighbours."""

    async def edit(
        self, station: str, session_id: str, values: Mapping[str, object], who: str
    ) -> ChargingSession:
        """Change fields of a session."""

    async def add(self, station: str, values: Mapping[str, object], who: str) -> ChargingSession:
        """Add a session by hand."""

    async def delete(self, station: str, session_id: str, who: str) -> str:
        """Take a session out of every list and sum; return the correction, to undo it by."""

    async def split(
        self, station: str, session_id: str, moment: datetime, who: str
    ) -> Sequence[ChargingSession]:
        """Cut a session in two."""

    async def merge(self, station: str, ids: Sequence[str], who: str) -> ChargingSession:
        """Make one session of several."""

    async def undo(self, station: str, entry_id: str, who: str) -> Sequence[ChargingSession]:
        """Take a correction back; return the rows as they are again."""

    async def audit(self, station: str, session_id: str = "") -> Sequence[AuditEntry]:
        """Return the newest corrections, newest first; of one session only, where it is named."""

    @property
    def prices(self) -> PriceBackend:
        """Return what sessions are priced by."""

    @property
    def tariffs(self) -> Tariffs:
        """Return the tariffs in force."""

    async def save_tariffs(self, tariffs: Tariffs) -> None:
        """Use other tariffs for what is priced from now on."""

    async def reprice(self, wanted: SessionFilter, who: str, *, apply: bool) -> Sequence[Repriced]:
        """Price sessions by the present tariffs; return those whose cost changes, and apply that if told."""

    async def import_csv(self, station: str, text: str, who: str, *, apply: bool) -> Imported:
        """Add the sessions of a file, if told; those that are there already stay as they are."""

    def days(self, station: str, since: date, until: date) -> Mapping[date, int]:
        """Return the energy of each local day in a range, Wh."""


class ReportBackend(Protocol):
    """Reports on the sessions of any number of wallboxes."""

    @property
    def language(self) -> Language:
        """Return the language of reports where none is asked for."""

    async def pdf(self, wanted: ReportFilter) -> bytes:
        """Return a report as a PDF; raise ReportError where that fails."""

    async def csv(self, wanted: ReportFilter, dialect: Dialect | None = None) -> str:
        """Return the same sessions as a table, spelled as the language does unless told otherwise."""
