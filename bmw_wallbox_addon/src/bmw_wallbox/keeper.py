"""What of a wallbox survives a restart, and how soon it must be safe."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter

from bmw_wallbox.domain.device_records import Device, DeviceRecords
from bmw_wallbox.domain.energy import Ledger
from bmw_wallbox.domain.learning import Learned
from bmw_wallbox.domain.reports import ReportKind
from bmw_wallbox.domain.state import (
    Change,
    Connector,
    DesiredState,
    Facts,
    Inventory,
    LastEvent,
    StationState,
    Transaction,
)
from bmw_wallbox.domain.vocabulary import Metering
from bmw_wallbox.storage.codec import Record, kind_of
from bmw_wallbox.storage.store import Store

_LEDGER, _WISH = kind_of(Ledger), kind_of(DesiredState)
_KEPT = (Ledger, DesiredState, Inventory, DeviceRecords)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is good to know again after a restart, and no harm to have lost."""

    facts: Facts = field(default_factory=Facts)
    connector: Connector = field(default_factory=Connector)
    transaction: Transaction | None = None
    last_event: LastEvent = field(default_factory=LastEvent)
    metering: Metering = Metering.UNKNOWN
    metering_note: str = ""
    station_cap: bool = False
    learned: Learned = field(default_factory=Learned)
    quirk_row: str | None = None
    profile_calls: int = 0


_MEMORY = kind_of(Memory)
_REMEMBERED = tuple(kept.name for kept in fields(Memory))
_remembered = attrgetter(*_REMEMBERED)


class StoreKeeper:
    """Writes one station's changes: ledger, wish and the transaction's course at once, the rest soon."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def keep(self, change: Change) -> None:
        """Return once ledger, wish and the transaction's beginning, end and charging state are durable.

        Raises:
            StoreError: they could not be written; the store keeps them in memory and writes them later.

        """
        before, after = change.before, change.after
        key = after.key
        for old, new in _settled(before, after):
            if new is not old:
                self._store.save_soon(Record.of(key, new))
        urgent = []
        memory = _remembered(after)
        if memory != _remembered(before):
            kept = Record(_MEMORY, key, Memory(**dict(zip(_REMEMBERED, memory, strict=True))))
            if after.transaction != before.transaction:
                urgent.append(kept)
            else:
                self._store.save_soon(kept)
        if after.ledger is not before.ledger:
            urgent.append(Record(_LEDGER, key, after.ledger))
        if after.desired is not before.desired:
            urgent.append(Record(_WISH, key, after.desired))
        if urgent:
            await self._store.save(*urgent)


def _settled(before: StationState, after: StationState) -> Iterable[tuple[object, object]]:
    """Return what is large, as it was and is; not while a report comes in, whose every part changes it."""
    same_reports = after.device.reports is before.device.reports
    for kind, old, new in (
        (ReportKind.VARIABLES, before.inventory, after.inventory),
        (ReportKind.MONITORS, before.device.records, after.device.records),
    ):
        if new is old and same_reports:
            continue
        if not after.device.is_collecting(kind):
            yield (None if before.device.is_collecting(kind) else old), new


async def recall(store: Store, fresh: StationState) -> StationState:
    """Return `fresh` with everything that was kept of the station; a limit above the maximum is cut."""
    key = fresh.key
    memory = (await store.load(Memory)).get(key, Memory())
    desired = (await store.load(DesiredState)).get(key, fresh.desired)
    return replace(
        fresh,
        facts=memory.facts,
        connector=memory.connector,
        transaction=memory.transaction,
        last_event=memory.last_event,
        metering=memory.metering,
        metering_note=memory.metering_note,
        station_cap=memory.station_cap,
        learned=memory.learned,
        quirk_row=memory.quirk_row,
        profile_calls=memory.profile_calls,
        inventory=(await store.load(Inventory)).get(key, fresh.inventory),
        device=Device(records=(await store.load(DeviceRecords)).get(key, DeviceRecords())),
        ledger=(await store.load(Ledger)).get(key, fresh.ledger),
        desired=replace(desired, limit_a=min(desired.limit_a, fresh.max_current_a)),
    )


async def erase(store: Store, key: str) -> None:
    """Forget everything that was kept of a station."""
    for kept in (*_KEPT, Memory):
        await store.delete(kind_of(kept), key)
