"""What a report is ordered by, and what it consists of: texts in columns, ready to be set."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bmw_wallbox.domain.report_words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who reports to whom; each may be empty."""

    sender: str = ""
    """Name and address, line by line."""
    receiver: str = ""
    reference: str = ""
    """Such as an employee number."""
    licence_plate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedStation:
    """A wallbox and its meter, as the report names them."""

    key: str
    name: str
    model: str = ""
    serial: str = ""
    meter_serial: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilter:
    """Which sessions a report is wanted on; None means all."""

    first: date | None = None
    """The first local day; a session belongs to the day on which it began."""
    last: date | None = None
    """The last local day."""
    station: str | None = None
    """A key or a charge point id; None: every wallbox that is no simulation."""
    person: str | None = None
    vehicle: str | None = None
    language: Language | None = None
    """None: the one that is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOrder:
    """What is to be reported, and how."""

    language: Language = Language.EN
    zone: ZoneInfo
    created_at: datetime
    version: str
    """The app's."""
    first: date | None = None
    """The first local day; None: since the beginning."""
    last: date | None = None
    """The last local day."""
    person: str | None = None
    vehicle: str | None = None
    stations: tuple[ReportedStation, ...] = ()
    letterhead: Letterhead = Letterhead()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Texts in columns, with a row of sums at the end."""

    heads: tuple[str, ...]
    flush_right: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    sum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One wallbox's sessions."""

    facts: tuple[tuple[str, str], ...]
    """Label and value."""
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDocument:
    """All that is printed, ready to be set."""

    language: Language
    title: str
    created_at: datetime
    sender: tuple[str, ...]
    receiver: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    sums_title: str
    sums: Table
    notes: tuple[str, ...]
    made_by: str
    page: str
    """With `{page}` and `{pages}`."""
    missing_letters: str
    """The note for letters that the font lacks."""
    empty: str = ""
    """What is printed in place of the tables where there is no session."""
