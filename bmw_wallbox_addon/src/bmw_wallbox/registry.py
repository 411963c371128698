"""The stations that are let in: their state, their workers, and what the owner set for them all."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from zoneinfo import ZoneInfo

from bmw_wallbox.admissions import Admissions
from bmw_wallbox.alarms import LIMIT_BROKEN
from bmw_wallbox.clock import Clock
from bmw_wallbox.control import Control
from bmw_wallbox.domain.admission import StationRecord
from bmw_wallbox.domain.events import ClockTicked, NoticesPosted
from bmw_wallbox.domain.offline import OfflineLimit
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.state import Change, DesiredState, StationState
from bmw_wallbox.domain.tokens import Token
from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.errors import NotFoundError
from bmw_wallbox.handling import ControlSettings
from bmw_wallbox.keeper import StoreKeeper, erase, recall
from bmw_wallbox.passwords import Passwords
from bmw_wallbox.signals import Signal
from bmw_wallbox.station import Station
from bmw_wallbox.storage.codec import Record
from bmw_wallbox.storage.store import Store
from bmw_wallbox.token_desk import TokenDesk

_SETTINGS_KEY = "app"
_DOOR_PROBLEMS = (
    *(f"certificate_{how}" for how in ("expire", "key", "missing", "not_yet", "un", "weak")),
    "client_ca_",
    "port_",
    "wrong_password",
)
"""How the keys of those problems begin that keep every station out, or soon will."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resident:
    """A station that is let in, and its worker."""

    record: StationRecord
    station: Station
    control: Control
    task: asyncio.Task[None]


class Registry:
    """Owns the stations, their workers and the token table."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        zone: Callable[[], ZoneInfo],
        settings: ControlSettings,
        max_current_a: float,
        configured_id: str | None,
        simulated_id: str | None,
        total_cost: Callable[[str, str], float | None] = lambda _station, _transaction: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone
        self._control_settings = settings
        self._settings = Settings()
        self._max_current_a = max_current_a
        self._total_cost = total_cost
        self.admissions = Admissions(store, clock, configured_id=configured_id, simulated_id=simulated_id)
        """Who may connect."""
        self.passwords = Passwords(store)
        """By which password."""
        self._residents: dict[str, Resident] = {}
        self._employing = asyncio.Lock()
        self._desk = TokenDesk(
            store,
            clock,
            own_token=settings.id_token or None,
            settings=lambda: self._settings,
            stations=lambda: (resident.station.state for resident in self),
        )
        self._changes = Signal[Change]()
        self._list_changes = Signal[()]()
        self.admissions.subscribe(self._list_changes.emit)
        self.passwords.changes.subscribe(self._list_changes.emit)

    async def load(self) -> None:
        """Bring back what is stored, and start the workers."""
        await self._desk.load()
        self._settings = (await self._store.load(Settings)).get(_SETTINGS_KEY, Settings())
        await self.admissions.load()
        await self.passwords.load()
        for record in self.admissions.records:
            if record.admission is Admission.APPROVED:
                await self._take_in(record)

    async def close(self) -> None:
        """Stop the workers."""
        for resident in self._residents.values():
            resident.task.cancel()
        for resident in self._residents.values():
            with suppress(asyncio.CancelledError):
                await resident.task

    def __iter__(self) -> Iterator[Resident]:
        """Iterate over the stations at work."""
        return iter(tuple(self._residents.values()))

    def resident(self, station: str) -> Resident:
        """Return the station at work with this key or charge point id.

        Raises:
            NotFoundError: none is.

        """
        for resident in self._residents.values():
            if station in (resident.record.key, resident.record.charge_point_id):
                return resident
        raise NotFoundError("wallbox", station)

    def serial(self, charge_point_id: str) -> str | None:
        """Return the serial number that a station told, None where it told none yet or is not at work."""
        for resident in self._residents.values():
            if resident.record.charge_point_id == charge_point_id:
                return resident.station.state.facts.serial
        return None

    async def admit(self, charge_point_id: str, remote: str) -> Admission | None:
        """Return how a station that connects is let in; one that is approved has its worker then."""
        verdict = self.admissions.judge(charge_point_id, remote)
        if verdict is Admission.APPROVED:
            await self._employ(self.admissions.record(charge_point_id))
        return verdict

    async def approve(self, charge_point_id: str) -> None:
        """Let a station in from now on.

        Raises:
            NotFoundError: it is neither known nor waiting.

        """
        await self._employ(self.admissions.decide(charge_point_id, Admission.APPROVED))
        self._list_changes.emit()

    async def block(self, charge_point_id: str) -> None:
        """Keep a station out from now on.

        Raises:
            NotFoundError: it is neither known nor waiting.

        """
        await self._dismiss(self.admissions.decide(charge_point_id, Admission.BLOCKED).key)
        self._list_changes.emit()

    async def forget(self, charge_point_id: str) -> None:
        """Remove a station and all that is known of it, its energy included.

        Raises:
            NotFoundError: it is neither known nor waiting.

        """
        record = await self.admissions.forget(charge_point_id)
        if record is not None:
            await self._dismiss(record.key)
            await self.passwords.forget(record.key)
            await erase(self._store, record.key)
        self._list_changes.emit()

    @property
    def tokens(self) -> Sequence[Token]:
        """Return the token table."""
        return self._desk.tokens

    async def save_token(self, token: Token) -> None:
        """Add a token, or replace the one with its key."""
        await self._desk.save(token)
        await self._reconfigure()

    async def delete_token(self, key: str) -> None:
        """Remove a token.

        Raises:
            NotFoundError: there is none with that key.

        """
        await self._desk.delete(key)
        await self._reconfigure()

    @property
    def settings(self) -> Settings:
        """Return what the owner set."""
        return self._settings

    async def save_settings(self, settings: Settings) -> None:
        """Put changed settings in force and keep them."""
        self._settings = settings
        await self._reconfigure()
        await self._store.save(Record.of(_SETTINGS_KEY, settings))

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` at every change of every station, those to come included."""
        return self._changes.subscribe(listener)

    def subscribe_list(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever a station was added, approved, blocked, forgotten or knocked."""
        return self._list_changes.subscribe(listener)

    async def tick(self) -> None:
        """Let the periods of every ledger turn over."""
        for resident in self:
            await resident.station.apply(ClockTicked(at=self._clock.now()))

    async def _employ(self, record: StationRecord) -> None:
        async with self._employing:
            if record.key not in self._residents:
                await self._take_in(record)

    async def _take_in(self, record: StationRecord) -> None:
        fresh = StationState(
            key=record.key,
            charge_point_id=record.charge_point_id,
            simulated=record.simulated,
            max_current_a=self._max_current_a,
            desired=DesiredState(limit_a=self._max_current_a),
        )
        station = Station(
            await recall(self._store, fresh),
            zone=self._zone,
            keeper=StoreKeeper(self._store),
            clock=self._clock,
            judge_token=self._desk.judge,
            total_cost=partial(self._total_cost, record.key),
        )
        station.subscribe(self._changes.emit)
        control = Control(station, self._handling(), self._clock)
        task = asyncio.create_task(control.run(), name=f"control {record.key}")
        self._residents[record.key] = Resident(record=record, station=station, control=control, task=task)

    @property
    def alarms(self) -> Sequence[Problem]:
        """Return the wallboxes that let more current flow than is allowed, in words."""
        states = (resident.station.state for resident in self)
        return tuple(
            Problem(key=LIMIT_BROKEN, message=state.control_alert, station=state.key)
            for state in states
            if state.control_alert and not state.simulated
        )

    async def post_notices(self, problems: Iterable[Problem]) -> None:
        """Show every station those problems that keep it out, or soon will."""
        found = [problem for problem in problems if problem.key.startswith(_DOOR_PROBLEMS)]
        for resident in self:
            state = resident.station.state
            notices = {p.key: p.message for p in found if p.station in {None, state.key}}
            if notices != state.notices and not state.simulated:
                await resident.station.apply(NoticesPosted(at=self._clock.now(), notices=notices))

    async def _reconfigure(self) -> None:
        for resident in self:
            await resident.control.reconfigure(self._handling())

    def _handling(self) -> ControlSettings:
        chosen = self._settings
        return replace(
            self._control_settings,
            strategy=chosen.profile_strategy,
            meter_interval_s=chosen.meter_interval_s,
            master_pass_group_id=chosen.master_pass_group_id or "",
            settle_s=float(chosen.settle_s),
            tolerance_a=chosen.tolerance_a,
            raise_interval_s=float(chosen.min_interval_s),
            dead_band_a=chosen.dead_band_a,
            wake_up_tries=chosen.wake_up_tries,
            tokens=tuple(self._desk.tokens),
            offline=OfflineLimit(limit_a=float(chosen.offline_limit_a)),
            allow_stop_transaction=chosen.allow_stop_transaction,
            allow_reset=chosen.allow_reset,
        )

    async def _dismiss(self, key: str) -> None:
        resident = self._residents.pop(key, None)
        if resident is not None:
            resident.station.retire()
            resident.task.cancel()
            with suppress(asyncio.CancelledError):
                await resident.task
