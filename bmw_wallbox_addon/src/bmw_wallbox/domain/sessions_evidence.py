"""What one transaction's events told, kept so that their order and their repetition do not matter.

Only what changes the result is held: of the events in unbroken sequence with the same charging state the
first and the last, of the register readings the first and the last in each quarter of an hour (prices
change at no other time), and every reading that does not simply continue the one before.
"""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bmw_wallbox.domain.copying import replace
from bmw_wallbox.domain.energy import MAX_POWER_W, SLACK_WH
from bmw_wallbox.domain.events import Sample, TransactionReported
from bmw_wallbox.domain.measurands import import_registers
from bmw_wallbox.domain.vocabulary import ChargingState, TransactionEventType

BEGIN, END = "Transaction.Begin", "Transaction.End"
_RANK = {BEGIN: 2, END: 2}
_BUCKET_S = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Events in unbroken sequence that say the same of the charging state."""

    since: datetime
    until: datetime
    first: int
    """Sequence number."""
    last: int
    state: ChargingState | None = None
    """None where no event says: as before."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class RegisterReading:
    """One reading of the import register."""

    at: datetime
    register_wh: int
    context: str = "Sample.Periodic"
    begin: bool = False
    end: bool = False
    sequence: int = -1
    """Its event's sequence number; -1 for one that came outside of a TransactionEvent."""
    signed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Presented:
    """An id token, and when it was shown."""

    at: datetime
    sequence: int
    id_token: str
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Ending:
    """What an Ended event said."""

    at: datetime
    sequence: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything kept of one transaction."""

    id: str
    transaction_id: str
    started: datetime | None = None
    """The time of its Started event; None while that is missing."""
    ending: Ending | None = None
    disowned_at: datetime | None = None
    """When the station said that it does not run."""
    token: Presented | None = None
    offline: bool = False
    peak_power_w: int | None = None
    runs: tuple[Run, ...] = ()
    readings: tuple[RegisterReading, ...] = ()

    @property
    def start(self) -> datetime:
        """When it began, as far as is known."""
        return self.started or min(run.since for run in self.runs)

    @property
    def last(self) -> datetime:
        """When it was heard of last."""
        return max(run.until for run in self.runs)

    @property
    def has_holes(self) -> bool:
        """Whether sequence numbers are missing."""
        ordered = sorted(self.runs, key=lambda run: run.first)
        return any(b.first > a.last + 1 for a, b in pairwise(ordered))


def with_event(evidence: Evidence, event: TransactionReported) -> Evidence:
    """Return the evidence with one more event of its transaction."""
    at, sequence = event.station_at, event.sequence_number
    started = event.event_type is TransactionEventType.STARTED
    ended = event.event_type is TransactionEventType.ENDED
    if started:
        evidence = replace(evidence, started=min(filter(None, (evidence.started, at))))
    if ended:
        # A reason left out means Local (OCPP 2.0.1 TransactionType.stoppedReason).
        ending = Ending(at=at, sequence=sequence, reason=event.stopped_reason or "Local")
        evidence = replace(evidence, ending=min(filter(None, (evidence.ending, ending))))
    if event.id_token:
        shown = Presented(at=at, sequence=sequence, id_token=event.id_token, type=event.id_token_type or "")
        evidence = replace(evidence, token=min(filter(None, (evidence.token, shown))))
    evidence = replace(
        evidence,
        offline=evidence.offline or event.offline,
        runs=_with_run(evidence.runs, at, sequence, event.charging_state),
    )
    return _with_readings(
        evidence,
        (
            RegisterReading(
                at=sample.at,
                register_wh=round(register_wh),
                context=sample.context,
                begin=sample.context == BEGIN or (started and sample.context != END),
                end=sample.context == END or (ended and sample.context != BEGIN),
                sequence=sequence,
                signed=sample.signed or "",
            )
            for sample, register_wh in import_registers(event.samples)
        ),
    )


def with_samples(evidence: Evidence, samples: Iterable[Sample]) -> Evidence:
    """Return the evidence with values that came outside of a TransactionEvent while it ran."""
    readings = (
        RegisterReading(
            at=sample.at,
            register_wh=round(register_wh),
            context=sample.context,
            signed=sample.signed or "",
        )
        for sample, register_wh in import_registers(samples)
    )
    return _with_readings(evidence, readings)


def with_reading(evidence: Evidence, at: datetime, register_wh: int) -> Evidence:
    """Return the evidence with a reading of which nothing else is known."""
    return _with_readings(evidence, (RegisterReading(at=at, register_wh=register_wh),))


def with_peak(evidence: Evidence, power_w: float | None) -> Evidence:
    """Return the evidence with a power that was measured."""
    if power_w is None or round(power_w) <= (evidence.peak_power_w or -1):
        return evidence
    return replace(evidence, peak_power_w=round(power_w))


def possible(growth_wh: int, since: datetime, at: datetime) -> bool:
    """Return whether a register can have grown so much: the ledger's own rule."""
    elapsed_s = max((at - since).total_seconds(), 0)
    return 0 <= growth_wh <= MAX_POWER_W * elapsed_s / 3600 + SLACK_WH


def _with_run(
    runs: tuple[Run, ...], at: datetime, sequence: int, state: ChargingState | None
) -> tuple[Run, ...]:
    if any(run.first <= sequence <= run.last and run.since <= at <= run.until for run in runs):
        return runs
    one = Run(since=at, until=at, first=sequence, last=sequence, state=state)
    merged: list[Run] = []
    for run in sorted((*runs, one), key=lambda run: (run.since, run.first)):
        if merged and _continues(merged[-1], run):
            merged[-1] = replace(merged[-1], until=run.until, last=run.last)
        else:
            merged.append(run)
    return tuple(merged)


def _continues(run: Run, following: Run) -> bool:
    follows = run.last + 1 == following.first and run.until <= following.since
    return follows and following.state in {None, run.state}


def _with_readings(evidence: Evidence, found: Iterable[RegisterReading]) -> Evidence:
    readings = list(evidence.readings)
    for reading in found:
        twin = next((r for r in readings if (r.at, r.register_wh) == (reading.at, reading.register_wh)), None)
        if twin is not None:
            if _weight(twin) >= _weight(reading):
                continue
            readings.remove(twin)
        insort(readings, reading)
        _spare(readings, readings.index(reading), evidence.runs)
    if tuple(readings) == evidence.readings:
        return evidence
    return replace(evidence, readings=tuple(readings))


def _weight(reading: RegisterReading) -> tuple[object, ...]:
    return (
        bool(reading.signed),
        _RANK.get(reading.context, 0),
        reading.begin,
        reading.end,
        reading.context,
        -reading.sequence,
        reading.signed,
    )


def _spare(readings: list[RegisterReading], index: int, runs: tuple[Run, ...]) -> None:
    """Drop the readings around `index` that tell nothing which their neighbours do not."""
    for middle in (index + 1, index, index - 1):
        if not 0 < middle < len(readings) - 1:
            continue
        before, reading, after = readings[middle - 1 : middle + 2]
        if _is_plain(before, reading, after, runs):
            del readings[middle]


def _is_plain(
    before: RegisterReading, reading: RegisterReading, after: RegisterReading, runs: tuple[Run, ...]
) -> bool:
    if reading.begin or reading.end or reading.signed:
        return False
    if -1 not in {before.sequence, after.sequence} and not any(
        run.first <= before.sequence and after.sequence <= run.last for run in runs
    ):
        return False
    if before.register_wh == reading.register_wh == after.register_wh:
        return after.at - before.at < timedelta(hours=6)
    return before.at.timestamp() // _BUCKET_S == after.at.timestamp() // _BUCKET_S and all(
        possible(b.register_wh - a.register_wh, a.at, b.at)
        for a, b in ((before, reading), (reading, after), (before, after))
    )
