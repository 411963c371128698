"""Questions to the tables of the sessions, and their upkeep; every function runs in the store's thread."""

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

import msgspec

from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.domain.sessions_curve import MAX_POINTS, Point, thinned
from bmw_wallbox.domain.sessions_evidence import Evidence
from bmw_wallbox.domain.sessions_list import AuditEntry, SessionFilter, SessionPage
from bmw_wallbox.domain.sessions_sums import Charged
from bmw_wallbox.domain.tariffs_entity import PriceSample
from bmw_wallbox.storage.figures_query import keep_dropped_costs, prune_hours
from bmw_wallbox.storage.session_table import StoredEvidence, instant, millis, number_of

_LOGGER = logging.getLogger(__name__)
_BESIDE = tuple(
    f"SELECT body FROM session WHERE station = ? AND NOT deleted AND id != ? AND started_at {side} LIMIT 1"  # noqa: S608 - our own words
    for side in ("<= ? ORDER BY started_at DESC", "> ? ORDER BY started_at")
)


def list_sessions(connection: sqlite3.Connection, wanted: SessionFilter) -> SessionPage:
    """Return a page of the list."""
    where, values = _condition(wanted)
    sums = connection.execute(
        f"SELECT currency, count(*), sum(energy_wh), sum(cost_micros) FROM session {where} GROUP BY currency",  # noqa: S608 - the condition is made of our own words
        values,
    ).fetchall()
    found = connection.execute(
        f"SELECT body FROM session {where} ORDER BY started_at DESC, id LIMIT ? OFFSET ?",  # noqa: S608 - as above
        (*values, wanted.limit, wanted.offset),
    ).fetchall()
    return SessionPage(
        sessions=tuple(_decoded((body for (body,) in found), ChargingSession)),
        count=sum(count for _, count, _, _ in sums),
        energy_wh=sum(energy for _, _, energy, _ in sums),
        cost_micros={currency: cost for currency, _, _, cost in sums if currency is not None},
        priced_wh={currency: energy for currency, _, energy, _ in sums if currency is not None},
    )


def list_charged(
    connection: sqlite3.Connection, wanted: SessionFilter
) -> tuple[Sequence[Charged], tuple[str, ...], tuple[str, ...]]:
    """Return what every session that the filter lets through adds to sums, all persons and all vehicles."""
    where, values = _condition(wanted)
    found = connection.execute(
        f"SELECT started_at, energy_wh, cost_micros, currency FROM session {where}",  # noqa: S608 - as above
        values,
    )
    charged = [Charged(instant(at), *rest) for at, *rest in found]
    station = wanted.station
    return charged, _names(connection, station, "person"), _names(connection, station, "vehicle")


def _names(connection: sqlite3.Connection, station: str, column: str) -> tuple[str, ...]:
    found = connection.execute(
        f"SELECT DISTINCT {column} FROM session WHERE station = ? AND NOT deleted AND {column} IS NOT NULL",  # noqa: S608 - our own names
        (station,),
    )
    return tuple(sorted((name for (name,) in found), key=str.casefold))


def beside(
    connection: sqlite3.Connection, session: ChargingSession
) -> tuple[ChargingSession | None, ChargingSession | None]:
    """Return the sessions of the same wallbox that began before and after one."""
    start = (session.station, number_of(session.id), millis(session.started_at))
    found = [connection.execute(statement, start).fetchone() for statement in _BESIDE]
    before, after = (None if row is None else next(_decoded(row, ChargingSession), None) for row in found)
    return before, after


def read_sessions(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, ChargingSession]:
    """Return the sessions with these ids, deleted ones too."""
    statement = "SELECT body FROM session WHERE id = ?"
    found = [connection.execute(statement, (number_of(id_),)).fetchone() for id_ in ids]
    bodies = (row[0] for row in found if row is not None)
    return {session.id: session for session in _decoded(bodies, ChargingSession)}


def known_transactions(connection: sqlite3.Connection, station: str) -> set[str]:
    """Return the transaction ids of a station's sessions that are not deleted."""
    found = connection.execute(
        "SELECT transaction_id FROM session WHERE station = ? AND NOT deleted AND transaction_id IS NOT NULL",
        (station,),
    )
    return {transaction_id for (transaction_id,) in found}


def read_evidence(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Evidence]:
    """Return the evidence of sessions, as far as it is kept."""
    statement = "SELECT body FROM session_evidence WHERE id = ?"
    found = [connection.execute(statement, (number_of(id_),)).fetchone() for id_ in ids]
    bodies = (row[0] for row in found if row is not None)
    return {stored.evidence.id: stored.evidence for stored in _decoded(bodies, StoredEvidence)}


def latest_evidence(connection: sqlite3.Connection, each: int) -> dict[str, tuple[Evidence, ...]]:
    """Return the newest evidence of every station, in order of start."""
    stations = connection.execute("SELECT DISTINCT station FROM session_evidence").fetchall()
    found: dict[str, tuple[Evidence, ...]] = {}
    for (station,) in stations:
        bodies = connection.execute(
            "SELECT body FROM session_evidence WHERE station = ? ORDER BY started_at DESC LIMIT ?",
            (station, each),
        ).fetchall()
        stored = _decoded((body for (body,) in reversed(bodies)), StoredEvidence)
        found[station] = tuple(one.evidence for one in stored)
    return found


def read_curve(connection: sqlite3.Connection, session: str) -> tuple[Point, ...]:
    """Return a session's curve."""
    found = connection.execute(
        "SELECT at, power_w, current_l1_ma, current_l2_ma, current_l3_ma"
        " FROM session_curve WHERE session = ? ORDER BY at",
        (number_of(session),),
    )
    return tuple(
        Point(at=instant(at * 1000), power_w=power, current_l1_ma=l1, current_l2_ma=l2, current_l3_ma=l3)
        for at, power, l1, l2, l3 in found
    )


def compact_curve(connection: sqlite3.Connection, session: str, most: int = MAX_POINTS) -> int:
    """Thin a session's curve; return how many points are left."""
    points = read_curve(connection, session)
    kept = thinned(points, most)
    if len(kept) < len(points):
        gone = {point.at for point in points} - {point.at for point in kept}
        connection.executemany(
            "DELETE FROM session_curve WHERE session = ? AND at = ?",
            [(number_of(session), millis(at) // 1000) for at in gone],
        )
    return len(kept)


def compact_curves(connection: sqlite3.Connection, most: int = MAX_POINTS) -> None:
    """Thin every curve that is too long: those whose session ended just before the app did."""
    found = connection.execute(
        "SELECT session FROM session_curve GROUP BY session HAVING count(*) > ?", (most,)
    ).fetchall()
    for (session,) in found:
        compact_curve(connection, f"{session:012x}", most)


def copy_curve(
    connection: sqlite3.Connection, source: str, target: str, since: datetime, until: datetime
) -> None:
    """Give a session the part of another one's curve that lies in its time."""
    connection.execute(
        "INSERT OR REPLACE INTO session_curve SELECT ?, at, power_w, current_l1_ma, current_l2_ma,"
        " current_l3_ma FROM session_curve WHERE session = ? AND at BETWEEN ? AND ?",
        (number_of(target), number_of(source), millis(since) // 1000, millis(until) // 1000),
    )


def read_days(connection: sqlite3.Connection) -> dict[tuple[str, date], int]:
    """Return the energy of every station and local day."""
    found = connection.execute("SELECT station, day, energy_wh FROM energy_day")
    return {(station, date.fromisoformat(day)): energy_wh for station, day, energy_wh in found}


def read_prices(
    connection: sqlite3.Connection, since: datetime, until: datetime
) -> dict[str, tuple[PriceSample, ...]]:
    """Return what price entities showed in a range, the value before it included."""
    series: dict[str, tuple[PriceSample, ...]] = {}
    entities = connection.execute("SELECT DISTINCT entity_id FROM price_sample").fetchall()
    for (entity_id,) in entities:
        found = connection.execute(
            "SELECT at, price_micros FROM price_sample WHERE entity_id = ? AND at <= ? AND at >= coalesce("
            "(SELECT max(at) FROM price_sample WHERE entity_id = ? AND at <= ?), 0) ORDER BY at",
            (entity_id, millis(until), entity_id, millis(since)),
        )
        series[entity_id] = tuple(PriceSample(instant(at), price) for at, price in found)
    return series


def read_audit(
    connection: sqlite3.Connection, station: str, limit: int, session: str = ""
) -> tuple[AuditEntry, ...]:
    """Return a station's newest corrections, newest first; of one session only, where it is named."""
    found = connection.execute(
        "SELECT body, undone FROM audit WHERE station = ? AND instr(body, ?) ORDER BY at DESC LIMIT ?",
        (station, f'"{session}"' if session else "", limit),
    )
    return tuple(entry for row in found if (entry := _entry(*row)) is not None)


def find_audit(connection: sqlite3.Connection, entry_id: str) -> AuditEntry | None:
    """Return one correction."""
    row = connection.execute("SELECT body, undone FROM audit WHERE id = ?", (number_of(entry_id),)).fetchone()
    return None if row is None else _entry(*row)


def prune(connection: sqlite3.Connection, curves_before: datetime, sessions_before: datetime | None) -> None:
    """Drop curves and evidence of sessions that started before a time, and whole sessions likewise."""
    compact_curves(connection)
    if sessions_before is not None:
        # A curve without its session could never be found again.
        curves_before = max(curves_before, sessions_before)
    old = (millis(curves_before),)
    connection.execute(
        "DELETE FROM session_curve WHERE session IN (SELECT id FROM session WHERE started_at < ?)", old
    )
    connection.execute("DELETE FROM session_evidence WHERE started_at < ?", old)
    connection.execute("DELETE FROM price_sample WHERE at < ?", old)
    prune_hours(connection, curves_before)
    if sessions_before is not None:
        keep_dropped_costs(connection, millis(sessions_before))
        connection.execute("DELETE FROM session WHERE started_at < ?", (millis(sessions_before),))
        connection.execute("DELETE FROM audit WHERE at < ?", (millis(sessions_before),))


def forget_station(connection: sqlite3.Connection, station: str) -> None:
    """Remove everything that the tables of the sessions hold of a station."""
    connection.execute(
        "DELETE FROM session_curve WHERE session IN (SELECT id FROM session WHERE station = ?)", (station,)
    )
    for table in ("session", "session_evidence", "energy_day", "energy_hour", "dropped_cost", "audit"):
        connection.execute(f"DELETE FROM {table} WHERE station = ?", (station,))  # noqa: S608 - our own names


def _condition(wanted: SessionFilter) -> tuple[str, tuple[object, ...]]:
    parts: list[tuple[str, object]] = [("station = ?", wanted.station), ("deleted = ?", int(wanted.deleted))]
    if wanted.since is not None:
        parts.append(("started_at >= ?", millis(wanted.since)))
    if wanted.until is not None:
        parts.append(("started_at < ?", millis(wanted.until)))
    if wanted.person is not None:
        parts.append(("person = ?", wanted.person))
    if wanted.vehicle is not None:
        parts.append(("vehicle = ?", wanted.vehicle))
    if wanted.text:
        parts.append(("instr(search, ?) > 0", wanted.text.casefold()))
    return "WHERE " + " AND ".join(part for part, _ in parts), tuple(value for _, value in parts)


def _decoded[T](bodies: Iterable[str], cls: type[T]) -> Iterator[T]:
    """Decode bodies; one that cannot be read is left out, and stays in the file."""
    for body in bodies:
        try:
            yield msgspec.json.decode(body, type=cls)
        except msgspec.MsgspecError as err:
            _LOGGER.error("A stored %s cannot be read: %s", cls.__name__, err)


def _entry(body: str, undone: int) -> AuditEntry | None:
    entry = next(_decoded((body,), AuditEntry), None)
    return None if entry is None else replace(entry, undone=bool(undone))
