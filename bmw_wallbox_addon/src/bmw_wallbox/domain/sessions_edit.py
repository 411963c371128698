"""Corrections by hand: what of a session may be changed, and what splitting and merging leave."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy, Cost, RegisterValue, Source
from bmw_wallbox.domain.sessions_energy import Growth, share_before
from bmw_wallbox.errors import InvalidPayloadError

MAX_ENERGY_WH = 1_000_000
_MAX_COST_MICROS = 10**12
_OF_ANY = ("person", "vehicle", "note")
_OF_OUR_OWN = (*_OF_ANY, "started_at", "ended_at", "energy_wh", "cost_micros", "currency", "id_token")
"""What only a session that no wallbox told may have changed: the rest is evidence."""


def added(station: str, session_id: str, values: Mapping[str, object], currency: str) -> ChargingSession:
    """Return a session made by hand.

    Raises:
        InvalidPayloadError: a field that is needed is missing, or one cannot be used.

    """
    for name in ("started_at", "ended_at", "energy_wh"):
        if values.get(name) is None:
            raise InvalidPayloadError(name, None, "it is needed")
    started_at = _moment("started_at", values["started_at"])
    blank = ChargingSession(
        id=session_id,
        station=station,
        source=Source.MANUAL,
        started_at=started_at,
        ended_at=started_at,
        closed_by=ClosedBy.ENDED,
    )
    return replace(edited(blank, values, currency), edited=())


def edited(session: ChargingSession, values: Mapping[str, object], currency: str = "") -> ChargingSession:
    """Return a session with fields changed.

    Raises:
        InvalidPayloadError: a field that cannot be changed, or a value that it cannot have.

    """
    ours = session.source in {Source.MANUAL, Source.IMPORT}
    allowed = _OF_OUR_OWN if ours else _OF_ANY
    unknown = sorted(set(values) - set(allowed))
    if unknown:
        raise InvalidPayloadError(unknown[0], values[unknown[0]], f"only {', '.join(allowed)} can be changed")
    read = {name: _READERS[name](name, value) for name, value in values.items()}
    if "cost_micros" in read or "currency" in read:
        read["cost"] = _cost(session.cost, read, currency)
    changed = replace(
        session,
        **read,  # type: ignore[arg-type]  # each reader returns its field's type
        edited=tuple(sorted({*session.edited, *values})),
    )
    if changed.ended_at is not None and changed.ended_at < changed.started_at:
        raise InvalidPayloadError("ended_at", values.get("ended_at"), "it must not be before the start")
    return changed


def split(
    session: ChargingSession, moment: datetime, growths: Sequence[Growth], ids: tuple[str, str]
) -> tuple[ChargingSession, ChargingSession]:
    """Return the two sessions, without a cost, that one becomes when it is cut at `moment`.

    Raises:
        InvalidPayloadError: it still runs, or `moment` lies outside of it.

    """
    end = session.ended_at
    if end is None or not session.started_at < moment < end:
        raise InvalidPayloadError("at", moment.isoformat(), "a time inside a session that is over is needed")
    if sum(growth.energy_wh for growth in growths) != session.energy_wh:
        growths = (Growth(since=session.started_at, until=end, energy_wh=session.energy_wh),)
    first_wh = share_before(growths, moment)
    share = (moment - session.started_at) / (end - session.started_at)
    first_s = min(round(session.charging_s * share), session.charging_s)
    between = None
    if session.begin is not None:
        between = RegisterValue(
            register_wh=session.begin.register_wh + first_wh, at=moment, context="Inferred"
        )
    part = replace(session, cost=None, solar_wh=None, longest_pause_s=0, made_of=(session.id,))
    return (
        _mean(replace(part, id=ids[0], ended_at=moment, end=between, energy_wh=first_wh, charging_s=first_s)),
        _mean(
            replace(
                part,
                id=ids[1],
                started_at=moment,
                begin=between,
                energy_wh=session.energy_wh - first_wh,
                charging_s=session.charging_s - first_s,
            )
        ),
    )


def merged(sessions: Sequence[ChargingSession], session_id: str) -> ChargingSession:
    """Return the one session that several become.

    Raises:
        InvalidPayloadError: fewer than two, one that still runs, or of different wallboxes.

    """
    parts = sorted(sessions, key=lambda session: session.started_at)
    if len(parts) < 2 or any(part.ended_at is None for part in parts):
        raise InvalidPayloadError("ids", len(parts), "two or more sessions that are over are needed")
    if len({part.station for part in parts}) > 1:
        raise InvalidPayloadError("ids", len(parts), "sessions of one wallbox are needed")
    first, last = parts[0], parts[-1]
    pauses = [part.longest_pause_s for part in parts]
    for a, b in pairwise(parts):
        pauses.append(max(round((b.started_at - (a.ended_at or b.started_at)).total_seconds()), 0))
    return _mean(
        replace(
            first,
            id=session_id,
            ended_at=max(filter(None, (part.ended_at for part in parts))),
            closed_by=last.closed_by,
            end_reason=last.end_reason,
            end=last.end,
            energy_wh=sum(part.energy_wh for part in parts),
            charging_s=sum(part.charging_s for part in parts),
            longest_pause_s=max(pauses),
            peak_power_w=max(filter(None, (part.peak_power_w for part in parts)), default=None),
            solar_wh=_whole_sum([part.solar_wh for part in parts]),
            cost=_sum([part.cost for part in parts]),
            note=" · ".join(dict.fromkeys(part.note for part in parts if part.note)),
            doubts=tuple(dict.fromkeys(doubt for part in parts for doubt in part.doubts)),
            made_of=tuple(part.id for part in parts),
        )
    )


def by_hand(row: ChargingSession) -> tuple[object, ...]:
    """Return what only people change."""
    return row.person, row.vehicle, row.note, row.edited, row.deleted


def restored(before: ChargingSession, now: ChargingSession) -> ChargingSession:
    """Return a row as it was, with what its wallbox may have told since."""
    if before.source in {Source.MANUAL, Source.IMPORT}:
        return before
    return replace(
        now,
        person=before.person,
        vehicle=before.vehicle,
        note=before.note,
        edited=before.edited,
        deleted=before.deleted,
        cost=before.cost if before.energy_wh == now.energy_wh else now.cost,
    )


def _whole_sum(amounts: Sequence[int | None]) -> int | None:
    """Return the sum of amounts that are all known."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def _mean(session: ChargingSession) -> ChargingSession:
    seconds = session.charging_s
    return replace(session, mean_power_w=round(session.energy_wh * 3600 / seconds) if seconds else None)


def _sum(costs: Sequence[Cost | None]) -> Cost | None:
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs) or len({cost.currency for cost in known}) != 1:
        return None
    lists = dict.fromkeys(cost.price_list for cost in known if cost.price_list)
    return replace(known[0], micros=sum(cost.micros for cost in known), price_list=", ".join(lists))


def _cost(known: Cost | None, read: dict[str, object], currency: str) -> Cost | None:
    micros = read.pop("cost_micros", known.micros if known is not None else None)
    named = read.pop("currency", None) or (known.currency if known is not None else currency)
    if micros is None or not named:
        return None
    return Cost(micros=int(str(micros)), currency=str(named), price_list="")


def _words(limit: int) -> Callable[[str, object], str | None]:
    def read(name: str, value: object) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > limit:
            raise InvalidPayloadError(name, value, f"a text of at most {limit} characters is needed")
        return value.strip() or None

    return read


def _note(name: str, value: object) -> str:
    return _words(1000)(name, value) or ""


def _moment(name: str, value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        read = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise InvalidPayloadError(name, value, "an ISO 8601 date and time is needed") from None
    return read.astimezone(UTC) if read.tzinfo is not None else read.replace(tzinfo=UTC)


def _whole(most: int, *, optional: bool = False) -> Callable[[str, object], int | None]:
    def read(name: str, value: object) -> int | None:
        if value is None and optional:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise InvalidPayloadError(name, value, f"a whole number from 0 to {most} is needed")
        return value

    return read


_READERS: Mapping[str, Callable[[str, object], object]] = {
    "person": _words(100),
    "vehicle": _words(100),
    "note": _note,
    "started_at": _moment,
    "ended_at": _moment,
    "energy_wh": _whole(MAX_ENERGY_WH),
    "cost_micros": _whole(_MAX_COST_MICROS, optional=True),
    "currency": _words(8),
    "id_token": _words(36),
}
