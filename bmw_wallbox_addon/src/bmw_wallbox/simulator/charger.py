"""The electric half of the box: car, contactor, meter and transaction, without any I/O."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from time import monotonic

from . import notices
from .car import MIN_CURRENT_A, Car
from .config import SimulatorConfig
from .inventory import Inventory
from .meter import Meter
from .outbox import Emit
from .profiles import ProfileStore, TransactionFacts
from .quirks import BoxProfile
from .rpc import Json
from .transaction import EVSE, Permission, Transaction, stamp, utc_now

_CONTACTOR_S = 2.0
"""Simulated time from authorisation to the closed contactor."""
_REST_TICK_S, _MAX_TICK_S, _MIN_TICK_S = 1.0, 0.25, 0.02
_CONTEXTS = {"Started": "Transaction.Begin", "Ended": "Transaction.End"}
_TRIGGER_CONTEXTS = {"MeterValuePeriodic": "Sample.Periodic", "Trigger": "Trigger"}


class Charger:
    """One EVSE with one connector; every method is instant, `tick` lets time pass."""

    def __init__(
        self,
        *,
        config: SimulatorConfig,
        quirks: BoxProfile,
        inventory: Inventory,
        profiles: ProfileStore,
        emit: Emit,
        is_online: Callable[[], bool],
        on_idle: Callable[[], None],
    ) -> None:
        self._config = config
        self._quirks = quirks
        self._inventory = inventory
        self._profiles = profiles
        self._emit = emit
        self._is_online = is_online
        self._on_idle = on_idle
        self._permission: Permission | None = None
        self._barred = False
        self._powered = True
        self._limit_a = 0.0
        self.car = Car(phases=config.phases)
        self.meter = Meter(
            register_wh=config.register_wh, supply_phases=config.phases, seed=config.seed, now_s=self._sim_s()
        )
        self.transaction: Transaction | None = None
        self.faulted = False
        self.operative = True
        self.reported_status: str | None = None

    @property
    def connector_status(self) -> str:
        """The connector's status as StatusNotification names it."""
        if self.faulted:
            return "Faulted"
        if not self.operative:
            return "Unavailable"
        return "Occupied" if self.car.plugged else "Available"

    @property
    def limit_a(self) -> float:
        """The limit now in force, A per phase."""
        now = utc_now()
        began = self.transaction.began if self.transaction is not None else now
        return self._profiles.limit_a(now, began, self.meter.supply_phases)

    @property
    def facts(self) -> TransactionFacts | None:
        """The transaction in progress, as the profile rules see it."""
        tx = self.transaction
        return None if tx is None else TransactionFacts(id=tx.id, state=tx.charging_state, began=tx.began)

    @property
    def tick_interval_s(self) -> float | None:
        """Real seconds until the next tick is worth while; None when nothing can change by itself."""
        if self.transaction is None:
            return None
        if self.meter.is_moving or self.transaction.charging_state == "EVConnected":
            return min(_MAX_TICK_S, max(_MIN_TICK_S, 0.5 / self._config.speed))
        return _MAX_TICK_S if self.transaction.charging_state == "Charging" else _REST_TICK_S

    def tick(self) -> None:
        """Let the meter count and the charging state follow limit, car and ramp."""
        self.meter.advance(self._sim_s())
        self._evaluate()

    def plug(self) -> None:
        """Connect the car; the transaction starts with it (TxStartPoint EVConnected)."""
        if self.car.plugged:
            return
        self.car = replace(self.car, plugged=True, paused=False)
        self._barred = False
        self.report_status()
        self.begin("CablePluggedIn")

    def unplug(self) -> None:
        """Pull the cable out of the car: ends the transaction (E09)."""
        if not self.car.plugged:
            return
        self.car = replace(self.car, plugged=False, paused=False)
        self._barred = False
        self.end("EVCommunicationLost", "EVDisconnected", state="Idle")
        self.report_status()

    def pause(self, *, paused: bool) -> None:
        """Let the car stop or resume on its own account."""
        self.car = replace(self.car, paused=paused)
        self.tick()

    def set_phases(self, phases: int) -> None:
        """Let the car use 1, 2 or 3 phases; an installation with fewer is extended."""
        self.meter.advance(self._sim_s())
        self.meter.supply_phases = max(self.meter.supply_phases, phases)
        self.meter.phases = phases
        self.car = replace(self.car, phases=phases)
        self.tick()

    def set_fault(self, *, present: bool) -> None:
        """Raise or clear a fault; a transaction is suspended by it, not ended."""
        if self.faulted == present:
            return
        self.faulted = present
        self.report_status()
        self._emit("NotifyEvent", notices.problem(present=present, at=utc_now()))
        self.begin("CablePluggedIn")
        self.tick()

    def set_operative(self, *, operative: bool) -> None:
        """Follow ChangeAvailability (G03); a waiting car starts when the box becomes operative."""
        self.operative = operative
        self.report_status()
        self.begin("CablePluggedIn")

    def start_refusal(self) -> str | None:
        """Return why a remote start must be rejected now, None if it may be tried (F01.FR.23, FR.24)."""
        if self._barred:
            return "TxStopped"
        if self.faulted or not self.operative:
            return "NotReady"
        if self.transaction is not None and self.transaction.authorized:
            return "TxInProgress"
        return None

    def permit(self, permission: Permission) -> None:
        """Authorise the waiting transaction, start one, or remember it until a car comes."""
        timeout = timedelta(seconds=self._inventory.number("TxCtrlr.EVConnectionTimeOut"))
        self._permission = replace(permission, until=utc_now() + timeout)
        tx = self.transaction
        if tx is None:
            self.begin("Authorized")
        elif not tx.authorized:
            self._use_permission(tx)
            self.event("Updated", permission.trigger("Authorized"))
            self.tick()

    def begin(self, trigger: str) -> None:
        """Start a transaction if a car is there and nothing forbids it."""
        able = self._powered and self.operative and not self.faulted and not self._barred
        if not able or not self.car.plugged or self.transaction is not None:
            return
        if self._config.per_session_register:
            self.meter.register_wh = 0.0
        self.transaction = tx = Transaction(authorized=not self._inventory.is_true("AuthCtrlr.Enabled"))
        tx.ready_at_s = self._sim_s() + _CONTACTOR_S
        permission = self._use_permission(tx)
        self._limit_a = self.limit_a
        self.event("Started", permission.trigger(trigger) if permission is not None else trigger)
        if self._quirks.sends_charging_needs:
            self._emit("NotifyEVChargingNeeds", notices.charging_needs(self.car))
        self.tick()

    def end(self, trigger: str, reason: str, *, state: str = "EVConnected") -> None:
        """End the transaction, if any; the current stops at once."""
        self.meter.advance(self._sim_s())
        self.meter.cut()
        if self.transaction is None:
            return
        self.transaction.charging_state = state
        self.event("Ended", trigger, stopped_reason=reason)
        self.transaction = None
        self.meter.frozen_total_a = None
        self._profiles.end_transaction()
        self._on_idle()

    def remote_stop(self) -> None:
        """End the transaction as RequestStopTransaction asks (F03.FR.03)."""
        self._barred = self._quirks.stop_bars_restart
        self.end("RemoteStop", "Remote")

    def power_down(self) -> None:
        """Go down for a reboot; nothing starts before `power_up`."""
        self._powered = False

    def power_up(self) -> None:
        """Come back after a reboot: a waiting car starts anew."""
        self._powered = True
        self._barred = False
        self.reported_status = None
        self.report_status()
        self.begin("CablePluggedIn")

    def report_status(self) -> None:
        """Send StatusNotification if the CSMS does not know the status yet."""
        if self.connector_status != self.reported_status:
            self.send_status()

    def send_status(self) -> None:
        """Send StatusNotification; offline the box only remembers to do it later."""
        self._emit("StatusNotification", notices.status(self.connector_status, utc_now()))
        for path in ("ChargingStation.AvailabilityState", "EVSE#1.AvailabilityState"):
            self._inventory.put(path, self.connector_status)
        self.reported_status = self.connector_status if self._is_online() else None

    def event(self, event_type: str, trigger: str, *, stopped_reason: str | None = None) -> None:
        """Send TransactionEvent with the measurands configured for its type."""
        tx = self.transaction
        if tx is None:
            return
        self.meter.advance(self._sim_s())
        context = _CONTEXTS.get(event_type) or _TRIGGER_CONTEXTS.get(trigger, "Other")
        measurands = self._inventory.members(f"SampledDataCtrlr.Tx{event_type}Measurands")
        payload = tx.event(
            event_type,
            trigger,
            samples=self.meter.sample(measurands, context),
            offline=not self._is_online(),
            phases=self.meter.phases,
            stopped_reason=stopped_reason,
        )
        self._emit("TransactionEvent", payload, keep=True, on_reply=lambda reply: self._judge(tx, reply))

    def meter_values(self, context: str) -> None:
        """Send MeterValues with the clock-aligned measurands (F06.FR.06)."""
        self.meter.advance(self._sim_s())
        samples = self.meter.sample(self._inventory.members("AlignedDataCtrlr.Measurands"), context)
        value = {"timestamp": stamp(utc_now()), "sampledValue": samples}
        if samples:
            self._emit("MeterValues", {"evseId": EVSE["id"], "meterValue": [value]})

    def _evaluate(self) -> None:
        limit_a, tx = self.limit_a, self.transaction
        moved, self._limit_a = limit_a != self._limit_a, limit_a
        if tx is None:
            return
        wanted = self._wanted_state(tx, limit_a)
        if moved and tx.charging_state == "Charging":
            self._freeze_total()
        self.meter.ramp_to(self.car.draw_a(limit_a) if wanted == "Charging" else 0.0)
        if wanted != tx.charging_state:
            if wanted == "Charging" or self.meter.current_a == 0:
                self._enter(tx, wanted)
        elif moved and wanted == "Charging" and self._quirks.reports_rate_changes:
            self.event("Updated", "ChargingRateChanged")

    def _wanted_state(self, tx: Transaction, limit_a: float) -> str:
        if not tx.authorized or (tx.charging_state == "EVConnected" and self._sim_s() < tx.ready_at_s):
            return "EVConnected"
        if self.faulted or limit_a < MIN_CURRENT_A:
            return "SuspendedEVSE"
        return "SuspendedEV" if self.car.paused else "Charging"

    def _enter(self, tx: Transaction, state: str) -> None:
        tx.charging_state = state
        if state == "SuspendedEVSE":
            self._profiles.orphan_tx_profiles()
        self.event("Updated", "AbnormalCondition" if self.faulted else "ChargingStateChanged")

    def _freeze_total(self) -> None:
        if self._quirks.total_current_freezes and self.meter.frozen_total_a is None:
            self.meter.frozen_total_a = round(sum(self.meter.currents_a), 2)

    def _use_permission(self, tx: Transaction) -> Permission | None:
        permission, self._permission = self._permission, None
        if permission is None or (permission.until is not None and utc_now() > permission.until):
            return None
        tx.permit(permission)
        tx.ready_at_s = self._sim_s() + _CONTACTOR_S
        if permission.charging_profile is not None:
            self._profiles.install(1, permission.charging_profile | {"transactionId": tx.id}, self.facts)
        return permission

    def _judge(self, tx: Transaction, reply: Json) -> None:
        """Act on the CSMS's word about the token (E05.FR.01, StopTxOnInvalidId)."""
        verdict = reply.get("idTokenInfo", {}).get("status", "Accepted")
        stops = self._inventory.is_true("TxCtrlr.StopTxOnInvalidId")
        if verdict != "Accepted" and self.transaction is tx and tx.authorized and stops:
            self.end("Deauthorized", "DeAuthorized")

    def _sim_s(self) -> float:
        return monotonic() * self._config.speed
