"""How much energy a session's register readings prove, and when it flowed.

The rules are the ledger's (see `domain.energy`), applied to one transaction's readings in order of time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bmw_wallbox.domain.booking import LONGEST_SESSION
from bmw_wallbox.domain.energy import JITTER_WH, Register
from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.domain.sessions_evidence import Evidence, RegisterReading, possible

INFERRED = "Inferred"
_USUAL_POWER_W = 11_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Energy that flowed between two instants."""

    since: datetime
    until: datetime
    energy_wh: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a session's readings come to."""

    growths: tuple[Growth, ...] = ()
    begin: RegisterReading | None = None
    end: RegisterReading | None = None
    begin_missing: bool = True
    restarted: bool = False

    @property
    def energy_wh(self) -> int:
        """Return the energy of the session."""
        return sum(growth.energy_wh for growth in self.growths)


def prove(evidence: Evidence, before: RegisterReading | None, register: Register | None) -> Proof:
    """Return what the readings of `evidence` come to.

    Args:
        evidence: the transaction's.
        before: the newest reading of the transaction before it.
        register: how the station's register runs, as far as the ledger knows.

    """
    readings = evidence.readings
    if not readings:
        return Proof()
    begin = _begin(evidence, before, register)
    growths, end, restarted = growths_since(begin, readings)
    return Proof(
        growths=tuple(growths),
        begin=begin,
        end=end,
        begin_missing=not begin.begin,
        restarted=restarted,
    )


def growths_of(session: ChargingSession, evidence: Evidence | None) -> tuple[Growth, ...]:
    """Return when a session's energy flowed: as the evidence tells, the rest of it evenly."""
    growths: list[Growth] = []
    if evidence is not None and session.begin is not None:
        begin = RegisterReading(at=session.begin.at, register_wh=session.begin.register_wh)
        growths, _, _ = growths_since(begin, evidence.readings)
    rest_wh = session.energy_wh - sum(growth.energy_wh for growth in growths)
    if rest_wh < 0:
        growths, rest_wh = [], session.energy_wh
    if rest_wh:
        until = session.ended_at or (growths[-1].until if growths else session.started_at)
        growths.append(Growth(since=session.started_at, until=until, energy_wh=rest_wh))
    return tuple(growths)


def share_before(growths: Iterable[Growth], moment: datetime) -> int:
    """Return the energy that had flowed by `moment`, the growth around it split by time."""
    total_wh = 0.0
    for growth in growths:
        if growth.until <= moment:
            total_wh += growth.energy_wh
        elif growth.since < moment:
            total_wh += growth.energy_wh * ((moment - growth.since) / (growth.until - growth.since))
    return round(total_wh)


def _begin(evidence: Evidence, before: RegisterReading | None, register: Register | None) -> RegisterReading:
    """Return the register at the begin: as read, or as it must have been, or the first that is known."""
    first = evidence.readings[0]
    if first.begin:
        return first
    if register is Register.PER_TRANSACTION:
        return _zero(evidence, before) or first
    if before is None or evidence.started is None:
        return first
    at = min(evidence.started, first.at)
    rise_wh = first.register_wh - before.register_wh
    if rise_wh < -JITTER_WH and register is None:
        return _zero(evidence, before) or first
    if possible(rise_wh, at, first.at):
        return RegisterReading(at=at, register_wh=before.register_wh, context=INFERRED)
    return first


def _zero(evidence: Evidence, before: RegisterReading | None) -> RegisterReading | None:
    """Return the zero from which a register that restarts with each transaction ran; None if it cannot."""
    first = evidence.readings[0]
    earliest = before.at if before is not None else first.at - LONGEST_SESSION
    at = evidence.started
    if at is None:
        at = max(earliest, first.at - timedelta(hours=first.register_wh / _USUAL_POWER_W))
    at = min(at, first.at)
    if not possible(first.register_wh, at, first.at):
        return None
    return RegisterReading(at=at, register_wh=0, context=INFERRED)


def growths_since(
    begin: RegisterReading, readings: Sequence[RegisterReading]
) -> tuple[list[Growth], RegisterReading, bool]:
    """Return the growths that count, the last reading believed, and whether the register fell."""
    growths: list[Growth] = []
    base, moved, held = begin, begin, None
    restarted = False
    for reading in readings:
        rise_wh = reading.register_wh - base.register_wh
        if reading is base or -JITTER_WH <= rise_wh < 0 or (rise_wh < 0 and reading.at == base.at):
            continue
        since = base
        if rise_wh < 0 and reading.begin:
            rise_wh = reading.register_wh if possible(reading.register_wh, base.at, reading.at) else 0
            restarted = True
        elif not possible(rise_wh, base.at, reading.at):
            believed = _believed(reading, held, moved)
            if believed is None:
                held = reading if held is None or reading.at > held.at else held
                continue
            since, restarted = believed, restarted or rise_wh < 0
            rise_wh = reading.register_wh - since.register_wh
        if rise_wh:
            growths.append(Growth(since=since.at, until=reading.at, energy_wh=rise_wh))
        if reading.register_wh != base.register_wh:
            moved = reading
        base = reading
        if held is not None and reading.at >= held.at:
            held = None
    return growths, base, restarted


def _believed(
    reading: RegisterReading, held: RegisterReading | None, moved: RegisterReading
) -> RegisterReading | None:
    """Return the reading that one after a jump counts from; None where it has to wait for a second one."""
    if held is None or reading.at <= held.at:
        return None
    if not possible(reading.register_wh - held.register_wh, held.at, reading.at):
        return None
    stepped = possible(reading.register_wh - moved.register_wh, moved.at, reading.at)
    return moved if stepped else held
