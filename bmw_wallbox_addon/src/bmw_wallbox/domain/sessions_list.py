"""How the list of sessions is asked for and answered, and the corrections made in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.domain.sessions_csv import Fault
from bmw_wallbox.domain.sessions_curve import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFilter:
    """Which sessions are wanted; None means all."""

    station: str
    since: datetime | None = None
    """The earliest start."""
    until: datetime | None = None
    """Starts before this."""
    person: str | None = None
    vehicle: str | None = None
    text: str | None = None
    """To be found in person, vehicle, note, transaction id or reason, letter case ignored."""
    deleted: bool = False
    """Whether the deleted ones are wanted instead."""
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """Some sessions, newest first, and the sums over all that the filter lets through."""

    sessions: tuple[ChargingSession, ...]
    count: int
    energy_wh: int
    cost_micros: Mapping[str, int]
    """By currency."""
    priced_wh: Mapping[str, int]
    """The energy of the sessions that have a cost, by its currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDetail:
    """One session with what its page shows beside it."""

    session: ChargingSession
    curve: tuple[Point, ...]
    before: ChargingSession | None
    """The same wallbox's session before it, of those that are not deleted."""
    after: ChargingSession | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One correction by hand: the rows as they were, and as they became."""

    id: str
    at: datetime
    station: str
    who: str
    action: str
    before: tuple[ChargingSession, ...] = ()
    after: tuple[ChargingSession, ...] = ()
    undone: bool = False

    def about(self, session_id: str) -> "AuditEntry":
        """Return the entry with those rows only that are a session, or were made of it."""
        return replace(
            self,
            before=tuple(row for row in self.before if row.id == session_id or session_id in row.made_of),
            after=tuple(row for row in self.after if row.id == session_id or session_id in row.made_of),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file."""

    added: int
    known: int
    """Sessions that were there already."""
    faults: tuple[Fault, ...]
    sessions: tuple[ChargingSession, ...] = ()
    """The first of those that are added, to look at."""
    audit: str | None = None
    """The correction to take back, once they were added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repriced:
    """A session before and after it was priced anew."""

    before: ChargingSession
    after: ChargingSession
