"""Sessions as CSV (RFC 4180), out for spreadsheets and in from other systems."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bmw_wallbox.domain.periods import instant_of
from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy, Cost, Source
from bmw_wallbox.domain.sessions_book import session_id
from bmw_wallbox.domain.sessions_edit import MAX_ENERGY_WH
from bmw_wallbox.domain.tokens import masked

MAX_ROWS = 20_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a file is written."""

    separator: str = ","
    decimal: str = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A line that could not be imported."""

    line: int
    message: str


def write_csv(sessions: Iterable[ChargingSession], zone: ZoneInfo, dialect: Dialect) -> str:
    """Return a table of sessions with local times; a text that a spreadsheet would run is disarmed."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=dialect.separator, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for session in sessions:
        writer.writerow([_cell(read(session, zone), dialect) for read in _COLUMNS.values()])
    return file.getvalue()


def read_csv(text: str, station: str, zone: ZoneInfo) -> tuple[list[ChargingSession], list[Fault]]:
    """Return the sessions of a table, and the lines that are none.

    Columns go by their names, in any order: those of our own export; `started_at`, `ended_at` and
    `energy_kwh` or `energy_wh` are needed. Separator and decimal mark are found out; times without an
    offset are local. The same line gives the same session id, so that a file can be read twice.
    """
    text = text.removeprefix("\ufeff")
    separator = max(";,\t", key=text.partition("\n")[0].count)
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    sessions: dict[str, ChargingSession] = {}
    faults: list[Fault] = []
    while len(sessions) < MAX_ROWS:
        try:
            row = next(table, None)
            if row is None:
                return list(sessions.values()), faults
            session = _read(_named(row), station, zone)
        except (ValueError, OverflowError, csv.Error) as err:
            faults.append(Fault(line=table.line_num, message=str(err)[:200]))
        else:
            sessions[session.id] = session
    faults.append(Fault(line=table.line_num, message=f"only the first {MAX_ROWS} lines are read"))
    return list(sessions.values()), faults


def _named(row: Mapping[str | None, object]) -> Mapping[str, str]:
    return {(name or "").strip().lower(): value for name, value in row.items() if isinstance(value, str)}


def _read(fields: Mapping[str, str], station: str, zone: ZoneInfo) -> ChargingSession:
    started_at = _moment(fields, "started_at", zone)
    ended_at = _moment(fields, "ended_at", zone)
    if ended_at < started_at:
        raise ValueError("ended_at lies before started_at")
    kilo = fields.get("energy_kwh")
    energy_wh = round(_number(kilo) * 1000) if kilo else round(_number(fields.get("energy_wh") or ""))
    if not 0 <= energy_wh <= MAX_ENERGY_WH:
        raise ValueError(f"{energy_wh} Wh is no session's energy")
    cost, currency = fields.get("cost"), (fields.get("currency") or "").strip()[:8]
    name = f"import/{station}/{started_at.isoformat()}/{energy_wh}"
    session = ChargingSession(
        id=session_id(name),
        station=station,
        transaction_id=_text(fields, "transaction_id"),
        source=Source.IMPORT,
        started_at=started_at,
        ended_at=ended_at,
        closed_by=ClosedBy.ENDED,
        energy_wh=energy_wh,
        person=_text(fields, "person"),
        vehicle=_text(fields, "vehicle"),
        note=_text(fields, "note") or "",
        end_reason=_text(fields, "end_reason"),
    )
    if cost and currency:
        price = Cost(micros=round(_number(cost) * 1_000_000), currency=currency, price_list="")
        session = replace(session, cost=price)
    return session


def _moment(fields: Mapping[str, str], name: str, zone: ZoneInfo) -> datetime:
    text = (fields.get(name) or "").strip()
    try:
        return instant_of(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):
        raise ValueError(f"{name} {text!r:.40} is no ISO 8601 date and time") from None


def _number(text: str) -> float:
    """Read a number with either decimal mark; a mark that comes before the other one groups thousands."""
    plain = text.strip().lstrip("'").replace(" ", "").replace("\u00a0", "")
    if plain.rfind(",") > plain.rfind("."):
        plain = plain.replace(".", "").replace(",", ".")
    else:
        plain = plain.replace(",", "")
    try:
        return float(plain)
    except ValueError:
        raise ValueError(f"{text!r:.40} is no number") from None


def _text(fields: Mapping[str, str], name: str) -> str | None:
    return (fields.get(name) or "").strip().removeprefix("'")[:1000] or None


def _cell(value: object, dialect: Dialect) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}".replace(".", dialect.decimal)
    if isinstance(value, _Money):
        return value.written(dialect.decimal)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


@dataclass(frozen=True, slots=True)
class _Money:
    micros: int

    def written(self, decimal: str) -> str:
        """Return all digits that count, at least two."""
        whole, part = divmod(abs(self.micros), 1_000_000)
        digits = f"{part:06d}".rstrip("0").ljust(2, "0")
        return f"{'-' if self.micros < 0 else ''}{whole}{decimal}{digits}"


def _local(at: datetime | None, zone: ZoneInfo) -> str | None:
    return None if at is None else at.astimezone(zone).isoformat(sep=" ", timespec="seconds")


def _kilo(value_wh: int | None) -> float | None:
    return None if value_wh is None else value_wh / 1000


def _who(session: ChargingSession) -> str | None:
    return None if session.id_token is None else masked(session.id_token)


def _signed(session: ChargingSession) -> str:
    """Return at which ends the meter signed its reading."""
    ends = {"begin": session.begin, "end": session.end}
    return " ".join(name for name, value in ends.items() if value is not None and value.signed)


_COLUMNS: Mapping[str, Callable[[ChargingSession, ZoneInfo], object]] = {
    "started_at": lambda s, zone: _local(s.started_at, zone),
    "ended_at": lambda s, zone: _local(s.ended_at, zone),
    "energy_kwh": lambda s, _: _kilo(s.energy_wh),
    "solar_kwh": lambda s, _: _kilo(s.solar_wh),
    "cost": lambda s, _: None if s.cost is None else _Money(s.cost.micros),
    "currency": lambda s, _: None if s.cost is None else s.cost.currency,
    "person": lambda s, _: s.person,
    "vehicle": lambda s, _: s.vehicle,
    "id_token": lambda s, _: _who(s),
    "begin_register_kwh": lambda s, _: _kilo(s.begin.register_wh if s.begin else None),
    "end_register_kwh": lambda s, _: _kilo(s.end.register_wh if s.end else None),
    "charging_s": lambda s, _: s.charging_s,
    "longest_pause_s": lambda s, _: s.longest_pause_s,
    "peak_power_w": lambda s, _: s.peak_power_w,
    "mean_power_w": lambda s, _: s.mean_power_w,
    "end_reason": lambda s, _: s.end_reason,
    "closed_by": lambda s, _: s.closed_by,
    "source": lambda s, _: s.source,
    "transaction_id": lambda s, _: s.transaction_id,
    "note": lambda s, _: s.note,
    "doubts": lambda s, _: " ".join(s.doubts),
    "edited": lambda s, _: " ".join(s.edited),
    "signed": lambda s, _: _signed(s),
    "station": lambda s, _: s.station,
    "id": lambda s, _: s.id,
}
