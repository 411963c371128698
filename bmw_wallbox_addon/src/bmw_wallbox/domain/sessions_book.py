"""A station's latest transactions as evidence, and the session rows that follow from it.

A pure fold: the same events in any order, any number of times, give the same rows.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bmw_wallbox.domain.copying import replace
from bmw_wallbox.domain.energy import Ledger, Register
from bmw_wallbox.domain.events import (
    AnyEvent,
    ConnectorStatusReported,
    MetersReported,
    TransactionReported,
    TransactionVanished,
)
from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy, Doubt, RegisterValue, Source
from bmw_wallbox.domain.sessions_curve import Point, points_of
from bmw_wallbox.domain.sessions_energy import Proof, prove
from bmw_wallbox.domain.sessions_evidence import (
    Evidence,
    RegisterReading,
    with_event,
    with_peak,
    with_reading,
    with_samples,
)
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus, TransactionEventType

MAX_EVIDENCE = 40
"""Transactions whose late events are still understood; twice as many as the ledger's accounts."""
MAX_AVAILABLE = 100
FORGOTTEN_AFTER = timedelta(days=7)
_SAME_ID_AGAIN = timedelta(hours=1)
"""A transaction that starts so long after one with its id ended is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What is kept of one station."""

    station: str
    evidence: tuple[Evidence, ...] = ()
    """In order of their start."""
    available: tuple[datetime, ...] = ()
    """When the connector was reported Available, in order."""

    def of(self, transaction_id: str) -> Evidence | None:
        """Return the newest evidence of a transaction."""
        return next((e for e in reversed(self.evidence) if e.transaction_id == transaction_id), None)


def noted(
    book: Book, event: AnyEvent, running_id: str | None = None, points: Sequence[Point] | None = None
) -> Book:
    """Return the book with what `event` says.

    Args:
        book: the book so far.
        event: what happened.
        running_id: the transaction that runs by then.
        points: what `points_of` makes of the event's samples, if the caller knows already.

    """
    match event:
        case TransactionReported() if event.transaction_id:
            known = book.of(event.transaction_id)
            if known is None and _is_too_old(book, event):
                return book
            if known is None or _is_another(known, event):
                known = _opened(book.station, event, again=known is not None)
            return _with(book, _with_peak_of(with_event(known, event), event, points))
        case MetersReported() if running_id is not None and (known := book.of(running_id)) is not None:
            samples = [sample for sample in event.samples if sample.at >= known.start]
            return _with(book, _with_peak_of(with_samples(known, samples), event, points))
        case TransactionVanished() if (known := book.of(event.transaction_id)) is not None:
            return _with(book, replace(known, disowned_at=event.at))
        case ConnectorStatusReported(status=ConnectorStatus.AVAILABLE):
            times = sorted({*book.available, event.station_at})[-MAX_AVAILABLE:]
            return replace(book, available=tuple(times))
        case _:
            return book


def rows(
    book: Book,
    register: Register | None,
    now: datetime,
    *,
    running_id: str | None = None,
    only: Collection[str] | None = None,
) -> dict[str, tuple[ChargingSession, Proof]]:
    """Return the rows of the book by id, each with its proof; `only` names those that are wanted."""
    found: dict[str, tuple[ChargingSession, Proof]] = {}
    for index, evidence in enumerate(book.evidence):
        if only is not None and evidence.id not in only:
            continue
        proof = prove(evidence, _reading_before(book, index), register)
        closed_by, ended_at = _closing(book, evidence, now, running_id)
        found[evidence.id] = (_row(book.station, evidence, proof, closed_by, ended_at), proof)
    return found


def caught_up(book: Book, ledger: Ledger, freed_at: datetime | None) -> Book:
    """Return the book with what is stored more often than it: the ledger's newest readings.

    Args:
        book: the book as it was stored.
        ledger: the station's, of the same moment or later.
        freed_at: when the connector became Available, if it is.

    """
    for account in ledger.accounts:
        known = book.of(account.transaction_id)
        if known is None or (known.readings and known.readings[-1].at >= account.at):
            continue
        book = _with(book, with_reading(known, account.at, account.register_wh))
    if freed_at is not None:
        book = replace(book, available=tuple(sorted({*book.available, freed_at})))
    return book


def affected(before: Book, after: Book) -> set[str]:
    """Return the ids of the rows that a step of the book may have changed."""
    old = {evidence.id: evidence for evidence in before.evidence}
    changed = {e.id for e in after.evidence if old.get(e.id) is not e}
    following = {b.id for a, b in pairwise(after.evidence) if a.id in changed}
    return changed | following | {e.id for e in after.evidence if e.ending is None}


def _opened(station: str, event: TransactionReported, *, again: bool) -> Evidence:
    name = f"{station}/{event.transaction_id}"
    if again:
        name = f"{name}/{event.station_at.isoformat()}"
    return Evidence(id=session_id(name), transaction_id=event.transaction_id)


def session_id(name: str) -> str:
    """Return the id that goes with a name: the same one at any time."""
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:12]


def _is_another(known: Evidence, event: TransactionReported) -> bool:
    return (
        event.event_type is TransactionEventType.STARTED
        and known.ending is not None
        and event.station_at - known.ending.at > _SAME_ID_AGAIN
    )


def _is_too_old(book: Book, event: TransactionReported) -> bool:
    return len(book.evidence) >= MAX_EVIDENCE and event.station_at < book.evidence[0].start


def _with_peak_of(
    evidence: Evidence, event: TransactionReported | MetersReported, points: Sequence[Point] | None
) -> Evidence:
    points = points_of(event.samples) if points is None else points
    powers = (point.power_w for point in points if point.power_w is not None)
    return with_peak(evidence, max(powers, default=None))


def _with(book: Book, changed: Evidence) -> Book:
    held = next((evidence for evidence in book.evidence if evidence.id == changed.id), None)
    if changed == held:
        return book
    others = [evidence for evidence in book.evidence if evidence.id != changed.id]
    ordered = sorted((*others, changed), key=lambda evidence: (evidence.start, evidence.id))
    return replace(book, evidence=tuple(ordered[-MAX_EVIDENCE:]))


def _reading_before(book: Book, index: int) -> RegisterReading | None:
    """Return the newest reading of the transactions before, taken before this one's first."""
    own = book.evidence[index].readings
    if not own:
        return None
    for evidence in reversed(book.evidence[:index]):
        if evidence.readings and evidence.readings[-1].at <= own[0].at:
            return evidence.readings[-1]
    return None


def _closing(
    book: Book, evidence: Evidence, now: datetime, running_id: str | None
) -> tuple[ClosedBy | None, datetime | None]:
    if evidence.ending is not None:
        return ClosedBy.ENDED, max(evidence.ending.at, evidence.start)
    last = evidence.last
    # A connector that was Available at the very instant of the start was so before it.
    freed = next((at for at in book.available if at >= last and at > evidence.start), None)
    taken = min((other.start for other in book.evidence if other.start > last), default=None)
    disowned = evidence.disowned_at
    if disowned is not None and disowned >= last and (freed is None or disowned < freed):
        return ClosedBy.DISOWNED, last
    if freed is not None and (taken is None or freed <= taken):
        return ClosedBy.STATUS_AVAILABLE, freed
    if taken is not None:
        return ClosedBy.NEXT_STARTED, last
    if now - last > FORGOTTEN_AFTER and evidence.transaction_id != running_id:
        return ClosedBy.FORGOTTEN, last
    return None, None


def _row(
    station: str, evidence: Evidence, proof: Proof, closed_by: ClosedBy | None, ended_at: datetime | None
) -> ChargingSession:
    charging_s, pause_s = _spells(evidence)
    token, ending = evidence.token, evidence.ending
    return ChargingSession(
        id=evidence.id,
        station=station,
        transaction_id=evidence.transaction_id,
        source=Source.OFFLINE if evidence.offline else Source.LIVE,
        started_at=evidence.start,
        ended_at=ended_at,
        closed_by=closed_by,
        end_reason=ending.reason if ending is not None else None,
        id_token=token.id_token if token is not None else None,
        id_token_type=(token.type or None) if token is not None else None,
        energy_wh=proof.energy_wh,
        begin=_shown(proof.begin),
        end=_shown(proof.end),
        charging_s=charging_s,
        longest_pause_s=pause_s,
        peak_power_w=evidence.peak_power_w,
        mean_power_w=round(proof.energy_wh * 3600 / charging_s) if charging_s else None,
        doubts=tuple(doubt for doubt, found in _doubts(evidence, proof, closed_by).items() if found),
    )


def _doubts(evidence: Evidence, proof: Proof, closed_by: ClosedBy | None) -> dict[Doubt, bool]:
    return {
        Doubt.BEGIN_MISSING: proof.begin_missing,
        Doubt.END_MISSING: closed_by not in {None, ClosedBy.ENDED},
        Doubt.EVENTS_MISSING: evidence.started is None or evidence.has_holes,
        Doubt.REGISTER_RESTARTED: proof.restarted,
    }


def _spells(evidence: Evidence) -> tuple[int, int]:
    """Return for how long it charged, and the longest pause between two spells of that, seconds."""
    runs = evidence.runs
    charging_s = longest_s = 0.0
    state: ChargingState | None = None
    stopped: datetime | None = None
    ends = [*(run.since for run in runs[1:]), evidence.ending.at if evidence.ending else evidence.last]
    for run, until in zip(runs, ends, strict=True):
        state = run.state or state
        if state is not ChargingState.CHARGING:
            continue
        if stopped is not None and run.since > stopped:
            longest_s = max(longest_s, (run.since - stopped).total_seconds())
        charging_s += max((until - run.since).total_seconds(), 0)
        stopped = until
    return round(charging_s), round(longest_s)


def _shown(reading: RegisterReading | None) -> RegisterValue | None:
    if reading is None:
        return None
    return RegisterValue(
        register_wh=reading.register_wh,
        at=reading.at,
        context=reading.context,
        signed=reading.signed or None,
    )
