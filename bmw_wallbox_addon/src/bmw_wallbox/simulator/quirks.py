"""How the imitated boxes differ from the specification and from each other, as rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxProfile:
    """One kind of box: its name plate and the places where it leaves the beaten track."""

    name: str
    vendor: str
    model: str
    serial: str
    firmware: str

    max_stack_level: int
    """SetChargingProfile above this stack level is rejected."""
    tx_profile_trap: bool = False
    """A TxProfile id used twice poisons the transaction; while suspended a TxProfile is thrown away."""
    clear_wipes_everything: bool = False
    """ClearChargingProfile removes all profiles, whatever its criteria."""
    stop_bars_restart: bool = False
    """After RequestStopTransaction no remote start succeeds until the car is unplugged or the box reboots."""
    total_current_freezes: bool = False
    """The phase-less Current.Import stands still after a limit change."""
    reports_rate_changes: bool = True
    """A changed limit is announced by TransactionEvent with ChargingRateChanged."""

    own_heartbeat: bool = False
    """Heartbeats follow the box's own setting, not the answer to BootNotification."""
    refused_triggers: frozenset[str] = frozenset()
    status_trigger_needs_connector: bool = False
    boot_security_event: str | None = None
    """Security event sent after each boot."""
    sends_charging_needs: bool = False
    notify_event_interval_s: float | None = None
    """Period of the monitors on the aggregated power."""
    charging_limit_interval_s: float | None = None
    """Period of NotifyChargingLimit with source SO, sent even without a car."""
    items_per_report: int = 50
    unsupported_actions: frozenset[str] = frozenset()
    """Known actions that are answered with CALLERROR NotSupported."""


_NEITHER_BOX_KNOWS = frozenset(
    {
        "ClearDisplayMessage",
        "GetDisplayMessages",
        "PublishFirmware",
        "SetDisplayMessage",
        "UnpublishFirmware",
    }
)

DELTA = BoxProfile(
    name="delta",
    vendor="BMW",
    model="EIAW-E22KTSE6B04",
    serial="KG42350000SIMWE",
    firmware="01.20.06.71",
    max_stack_level=0,
    tx_profile_trap=True,
    clear_wipes_everything=True,
    stop_bars_restart=True,
    total_current_freezes=True,
    reports_rate_changes=False,
    own_heartbeat=True,
    refused_triggers=frozenset({"BootNotification"}),
    status_trigger_needs_connector=True,
    boot_security_event="SettingSystemTime",
    sends_charging_needs=True,
    notify_event_interval_s=30.0,
    charging_limit_interval_s=600.0,
    items_per_report=20,
    unsupported_actions=_NEITHER_BOX_KNOWS | {"CancelReservation", "CostUpdated", "ReserveNow"},
)

PLAIN = BoxProfile(
    name="plain",
    vendor="Example",
    model="Plain AC 22",
    serial="PLAIN0001",
    firmware="2.0.1",
    max_stack_level=8,
    unsupported_actions=_NEITHER_BOX_KNOWS,
)

BOX_PROFILES: Mapping[str, BoxProfile] = MappingProxyType({row.name: row for row in (DELTA, PLAIN)})
