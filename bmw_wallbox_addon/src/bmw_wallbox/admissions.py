"""Who may connect: the stations that were approved or blocked, those that wait, and the pairing."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.admission import Knock, StationRecord, admit, station_key
from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.errors import NotFoundError
from bmw_wallbox.signals import Signal
from bmw_wallbox.storage.codec import Record, kind_of
from bmw_wallbox.storage.store import Store

_LOGGER = logging.getLogger(__name__)
_KNOCKS = 10


class Admissions:
    """Keeps the owner's decisions over restarts, and the knocks of the others until they are decided.

    The ids in the options and of the simulated wallbox are approved by themselves; a simulated station
    counts only while it is simulated.
    """

    def __init__(
        self, store: Store, clock: Clock, *, configured_id: str | None, simulated_id: str | None
    ) -> None:
        self._store = store
        self._clock = clock
        self._configured_id = configured_id
        self._simulated_id = simulated_id
        self._records: dict[str, StationRecord] = {}
        self._knocks: dict[str, Knock] = {}
        self._pairing_until: datetime | None = None
        self._changes = Signal[()]()

    async def load(self) -> None:
        """Bring back what is stored."""
        records = await self._store.load(StationRecord)
        self._records = {record.charge_point_id: record for record in records.values()}
        for charge_point_id in filter(None, (self._configured_id, self._simulated_id)):
            if charge_point_id not in self._records:
                self._write(charge_point_id, Admission.APPROVED)

    @property
    def records(self) -> Sequence[StationRecord]:
        """Return the stations that were approved or blocked."""
        return tuple(
            record
            for record in self._records.values()
            if not record.simulated or record.charge_point_id == self._simulated_id
        )

    @property
    def knocks(self) -> Sequence[Knock]:
        """Return the stations that wait for approval."""
        return tuple(self._knocks.values())

    @property
    def pairing_until(self) -> datetime | None:
        """Return until when unknown stations may wait, None where they get a 404."""
        until = self._pairing_until
        return until if until is not None and until > self._clock.now() else None

    def set_pairing(self, minutes: float) -> None:
        """Let unknown stations wait for `minutes`; 0 ends it."""
        self._pairing_until = self._clock.now() + timedelta(minutes=minutes)
        self._changes.emit()

    def record(self, charge_point_id: str) -> StationRecord:
        """Return the record of an approved station; one that the options name gets it now."""
        return self._records.get(charge_point_id) or self._write(charge_point_id, Admission.APPROVED)

    def is_blocked(self, charge_point_id: str) -> bool:
        """Return whether the owner keeps this station out."""
        record = self._records.get(charge_point_id)
        return record is not None and record.admission is Admission.BLOCKED

    def judge(self, charge_point_id: str, remote: str) -> Admission | None:
        """Return how a station that connects is let in; one that must wait is put on the list."""
        verdict = admit(
            {record.charge_point_id: record for record in self.records},
            charge_point_id,
            configured=self._configured_id,
            pairing=self.pairing_until is not None,
        )
        if verdict is Admission.PENDING:
            self._note_knock(charge_point_id, remote)
        return verdict

    def decide(self, charge_point_id: str, admission: Admission) -> StationRecord:
        """Approve or block a station and return its record.

        Raises:
            NotFoundError: it is neither known nor waiting.

        """
        if charge_point_id not in self._knocks and charge_point_id not in self._records:
            raise NotFoundError("wallbox", charge_point_id)
        self._knocks.pop(charge_point_id, None)
        return self._write(charge_point_id, admission)

    async def forget(self, charge_point_id: str) -> StationRecord | None:
        """Remove a station and return its record, None for one that only knocked.

        Raises:
            NotFoundError: it is neither known nor waiting.

        """
        waiting = self._knocks.pop(charge_point_id, None)
        record = self._records.pop(charge_point_id, None)
        if record is None and waiting is None:
            raise NotFoundError("wallbox", charge_point_id)
        if record is not None:
            await self._store.delete(kind_of(StationRecord), record.key)
        return record

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever somebody knocked or the pairing changed; returns what ends that."""
        return self._changes.subscribe(listener)

    def _note_knock(self, charge_point_id: str, remote: str) -> None:
        now = self._clock.now()
        known = self._knocks.get(charge_point_id)
        if known is None:
            if len(self._knocks) >= _KNOCKS:
                self._knocks.pop(next(iter(self._knocks)))
            _LOGGER.info("A wallbox called %r at %s waits for approval in the panel", charge_point_id, remote)
        first_at = now if known is None else known.first_at
        self._knocks[charge_point_id] = Knock(
            charge_point_id=charge_point_id, remote=remote, first_at=first_at, last_at=now
        )
        self._changes.emit()

    def _write(self, charge_point_id: str, admission: Admission) -> StationRecord:
        known = self._records.get(charge_point_id)
        if known is not None:
            record = replace(known, admission=admission)
        else:
            record = StationRecord(
                key=station_key(charge_point_id, {known.key for known in self._records.values()}),
                charge_point_id=charge_point_id,
                admission=admission,
                simulated=charge_point_id == self._simulated_id,
                added_at=self._clock.now(),
            )
        self._records[charge_point_id] = record
        self._store.save_soon(Record.of(record.key, record))
        return record
