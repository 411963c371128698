"""What entities show of stored sessions, and the hourly series; every function runs in the store's thread."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.domain.sessions_solar import GridSample
from bmw_wallbox.storage.session_table import instant, millis, number_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A station's sessions that nothing but a correction changes any more."""

    last: ChargingSession | None = None
    cost_micros: int | None = None
    """Those that were dropped for their age included; None where none has a cost."""


def read_settled(
    connection: sqlite3.Connection, station: str, currency: str, but: Collection[str]
) -> Settled:
    """Return the last session that is over, and the cost of all in a currency, but for those in `but`."""
    others = f"station = ? AND NOT deleted AND id NOT IN ({', '.join('?' * len(but))})"
    values = (station, *(number_of(id_) for id_ in but))
    row = connection.execute(
        f"SELECT body FROM session WHERE {others} AND ended_at IS NOT NULL ORDER BY started_at DESC LIMIT 1",  # noqa: S608 - our own words
        values,
    ).fetchone()
    costs = connection.execute(
        f"SELECT sum(cost_micros) FROM session WHERE {others} AND currency = ?"  # noqa: S608 - our own words
        " UNION ALL SELECT sum(cost_micros) FROM dropped_cost WHERE station = ? AND currency = ?",
        (*values, currency, station, currency),
    ).fetchall()
    known = [micros for (micros,) in costs if micros is not None]
    last = None
    if row is not None:
        try:
            last = msgspec.json.decode(row[0], type=ChargingSession)
        except msgspec.MsgspecError:
            last = None
    return Settled(last=last, cost_micros=sum(known) if known else None)


def keep_dropped_costs(connection: sqlite3.Connection, before_millis: int) -> None:
    """Keep the sums of what the sessions cost that are about to be dropped for their age."""
    connection.execute(
        "INSERT INTO dropped_cost SELECT station, currency, sum(cost_micros) FROM session"
        " WHERE started_at < ? AND NOT deleted AND cost_micros IS NOT NULL AND currency IS NOT NULL"
        " GROUP BY station, currency"
        " ON CONFLICT DO UPDATE SET cost_micros = cost_micros + excluded.cost_micros",
        (before_millis,),
    )


def read_hours(connection: sqlite3.Connection) -> dict[tuple[str, datetime], int]:
    """Return the energy of every station and hour, Wh."""
    found = connection.execute("SELECT station, hour, energy_wh FROM energy_hour")
    return {
        (station, datetime.fromtimestamp(hour * 3600, UTC)): energy_wh for station, hour, energy_wh in found
    }


def read_grid(connection: sqlite3.Connection, since: datetime) -> list[GridSample]:
    """Return what was drawn from the grid since a time, in order."""
    found = connection.execute(
        "SELECT at, import_w FROM grid_sample WHERE at >= ? ORDER BY at", (millis(since),)
    )
    return [GridSample(at=instant(at), import_w=import_w) for at, import_w in found]


def prune_hours(connection: sqlite3.Connection, before: datetime) -> None:
    """Drop the hours before a time."""
    connection.execute("DELETE FROM energy_hour WHERE hour < ?", (int(before.timestamp()) // 3600,))


def prune_grid(connection: sqlite3.Connection, before: datetime) -> None:
    """Drop what was drawn from the grid before a time."""
    connection.execute("DELETE FROM grid_sample WHERE at < ?", (millis(before),))
