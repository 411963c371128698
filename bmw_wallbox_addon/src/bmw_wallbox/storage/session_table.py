"""The tables of the sessions: which values go into them, and how each is written."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.domain.sessions_curve import Point
from bmw_wallbox.domain.sessions_evidence import Evidence
from bmw_wallbox.domain.sessions_list import AuditEntry

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvidence:
    """A transaction's evidence and the station that told it."""

    station: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePart:
    """A stretch of a session's curve; points that are stored already are replaced."""

    session: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyDay:
    """The energy that a station delivered on a local day."""

    station: str
    day: date
    energy_wh: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyHour:
    """The energy that a station delivered in an hour."""

    station: str
    hour: datetime
    """Its begin."""
    energy_wh: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceShown:
    """The price that an entity showed from an instant on."""

    entity_id: str
    at: datetime
    price_micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GridShown:
    """The power drawn from the grid from an instant on."""

    at: datetime
    import_w: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """How the values of one kind are kept."""

    columns: Callable[..., tuple[object, ...]]
    upsert: str
    delete: tuple[str, ...]
    """Statements that take the row's key."""
    with_body: bool = True
    many: bool = False
    """Whether `columns` returns many rows."""
    numbered: bool = True
    """Whether the key is a number written in hexadecimal."""

    def write(
        self, connection: sqlite3.Connection, key: str, body: str | None, columns: tuple[Any, ...]
    ) -> None:
        """Insert or replace a row, or delete it where there is no body."""
        if body is None:
            for statement in self.delete:
                connection.execute(statement, (number_of(key) if self.numbered else key,))
        elif self.many:
            connection.executemany(self.upsert, columns)
        else:
            connection.execute(self.upsert, (*columns, body) if self.with_body else columns)


def number_of(session_id: str) -> int:
    """Return a session's id as the tables keep it."""
    return int(session_id, 16)


def millis(at: datetime) -> int:
    """Return an instant as the tables keep it: milliseconds since 1970, UTC."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def instant(stored: int) -> datetime:
    """Return a stored instant."""
    return _EPOCH + timedelta(milliseconds=stored)


def columns_of(value: object) -> tuple[object, ...] | None:
    """Return what a value's table keeps beside its body; None for a value without a table of its own."""
    kind = _KINDS.get(type(value))
    return None if kind is None else TABLES[kind].columns(value)


def _session(session: ChargingSession) -> tuple[object, ...]:
    ended, cost = session.ended_at, session.cost
    words = (session.person, session.vehicle, session.note, session.transaction_id, session.end_reason)
    return (
        number_of(session.id),
        session.station,
        session.transaction_id,
        millis(session.started_at),
        None if ended is None else millis(ended),
        int(session.deleted),
        session.person,
        session.vehicle,
        session.energy_wh,
        None if cost is None else cost.micros,
        None if cost is None else cost.currency,
        "\n".join(filter(None, words)).casefold(),
    )


def _evidence(stored: StoredEvidence) -> tuple[object, ...]:
    return number_of(stored.evidence.id), stored.station, millis(stored.evidence.start)


def _curve(part: CurvePart) -> tuple[object, ...]:
    session = number_of(part.session)
    return tuple(
        (
            session,
            millis(point.at) // 1000,
            point.power_w,
            point.current_l1_ma,
            point.current_l2_ma,
            point.current_l3_ma,
        )
        for point in part.points
    )


def _day(day: EnergyDay) -> tuple[object, ...]:
    return day.station, day.day.isoformat(), day.energy_wh


def _hour(hour: EnergyHour) -> tuple[object, ...]:
    return hour.station, millis(hour.hour) // 3_600_000, hour.energy_wh


def _price(price: PriceShown) -> tuple[object, ...]:
    return price.entity_id, millis(price.at), price.price_micros


def _grid(grid: GridShown) -> tuple[object, ...]:
    return millis(grid.at), grid.import_w


def _audit(entry: AuditEntry) -> tuple[object, ...]:
    touched = next(iter((*entry.before, *entry.after)), None)
    session = None if touched is None else number_of(touched.id)
    return number_of(entry.id), millis(entry.at), entry.station, session, int(entry.undone)


def _upsert(table: str, count: int) -> str:
    return f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * count)})"  # noqa: S608 - our own names


TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "charging_session": Table(
            columns=_session,
            upsert=_upsert("session", 13),
            delete=(
                "DELETE FROM session WHERE id = ?",
                "DELETE FROM session_evidence WHERE id = ?",
                "DELETE FROM session_curve WHERE session = ?",
            ),
        ),
        "stored_evidence": Table(
            columns=_evidence,
            upsert=_upsert("session_evidence", 4),
            delete=("DELETE FROM session_evidence WHERE id = ?",),
        ),
        "curve_part": Table(
            columns=_curve,
            upsert=_upsert("session_curve", 6),
            delete=(),
            many=True,
        ),
        "energy_day": Table(
            columns=_day,
            upsert=_upsert("energy_day", 3),
            delete=(),
            with_body=False,
        ),
        "energy_hour": Table(
            columns=_hour,
            upsert=_upsert("energy_hour", 3),
            delete=(),
            with_body=False,
        ),
        "price_shown": Table(
            columns=_price,
            upsert=_upsert("price_sample", 3),
            delete=(),
            with_body=False,
        ),
        "grid_shown": Table(
            columns=_grid,
            upsert=_upsert("grid_sample", 2),
            delete=(),
            with_body=False,
        ),
        "audit_entry": Table(
            columns=_audit,
            upsert=_upsert("audit", 6),
            delete=("DELETE FROM audit WHERE id = ?",),
        ),
    }
)
"""By kind of record."""

_KINDS: Mapping[type, str] = {
    ChargingSession: "charging_session",
    StoredEvidence: "stored_evidence",
    CurvePart: "curve_part",
    EnergyDay: "energy_day",
    EnergyHour: "energy_hour",
    PriceShown: "price_shown",
    GridShown: "grid_shown",
    AuditEntry: "audit_entry",
}
