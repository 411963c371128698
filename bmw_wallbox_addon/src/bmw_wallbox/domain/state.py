"""Everything the app knows of one wallbox at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.device_records import Device
from bmw_wallbox.domain.energy import Ledger
from bmw_wallbox.domain.events import Sample
from bmw_wallbox.domain.learning import Learned
from bmw_wallbox.domain.session_figures import SessionFigures
from bmw_wallbox.domain.vocabulary import (
    ChargingState,
    ConnectorStatus,
    Metering,
    Outcome,
    TransactionEventType,
)

DEFAULT_VENDOR = "BMW"
DEFAULT_MODEL = "EIAW-E22KTSE6B04"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the station says of itself (BootNotification); kept over restarts."""

    vendor: str | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    boot_reason: str | None = None
    booted_at: datetime | None = None
    reboot_required: bool = False
    """True from a write that takes effect at the next boot until that boot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """The connector as StatusNotification last told it."""

    status: ConnectorStatus = ConnectorStatus.UNKNOWN
    evse_id: int = 1
    connector_id: int = 1
    reported_at: datetime | None = None
    confirmed: bool = True
    """False on a new connection, until the station tells again: it may have changed meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """The transaction that runs now."""

    id: str
    started_at: datetime
    charging_state: ChargingState = ChargingState.UNKNOWN
    authorized: bool = False
    remote_start_id: int | None = None
    seen_from_start: bool = False
    """True when its Started event came to us live."""
    phases_used: int | None = None
    """The station's own word, None where it gave none."""
    confirmed: bool = True
    """As the connector's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastEvent:
    """The newest live TransactionEvent, as the seed's keys want it; kept over the end of a transaction."""

    transaction_id: str | None = None
    event_type: TransactionEventType | None = None
    trigger_reason: str | None = None
    stopped_reason: str | None = None
    sequence_number: int | None = None
    station_at: datetime | None = None
    id_token: str | None = None
    id_token_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """The values to show, derived from the samples held; None means never reported."""

    power_w: float | None = None
    power_active_export_w: float | None = None
    power_reactive_import_var: float | None = None
    power_reactive_export_var: float | None = None
    power_offered_w: float | None = None
    power_factor: float | None = None
    energy_active_export_wh: float | None = None
    energy_reactive_import_varh: float | None = None
    energy_reactive_export_varh: float | None = None
    current_a: float | None = None
    """The highest phase's current; the limit counts per phase (K01.FR.51)."""
    current_l1_a: float | None = None
    current_l2_a: float | None = None
    current_l3_a: float | None = None
    voltage_v: float | None = None
    voltage_l1_v: float | None = None
    voltage_l2_v: float | None = None
    voltage_l3_v: float | None = None
    frequency_hz: float | None = None
    temperature_c: float | None = None
    soc_percent: float | None = None
    phases_used: int | None = None
    context: str | None = None
    location: str | None = None
    sampled_at: datetime | None = None
    """The station's time of the newest live sample."""
    received_at: datetime | None = None
    """Our time of the newest live sample."""
    current_received_at: datetime | None = None
    """Our time of the newest live current: the one to measure a limit by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredState:
    """What the owner wants; stored before it is acted on."""

    charging_allowed: bool = True
    limit_a: float
    asked_by: str = "default"
    asked_at: datetime | None = None
    card_limit_a: float | None = None
    """The most that the card of the running charge may take; None: as much as the owner wants."""

    @property
    def target_a(self) -> float:
        """Return the limit to put in force, 0 while charging is not allowed."""
        allowed_a = self.limit_a if self.card_limit_a is None else min(self.limit_a, self.card_limit_a)
        return allowed_a if self.charging_allowed else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledProfile:
    """A charging profile that the station accepted on this connection."""

    limit_a: float
    transaction_id: str | None = None
    accepted_at: datetime
    valid_for_s: float | None = None
    """How long it holds unless it is sent again; None is for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The station's device model as far as it told it; kept over restarts."""

    variables: Mapping[str, Variable] = field(default_factory=dict)
    complete_for_firmware: str | None = None
    """The firmware at the time of the last full report; None means that none came yet."""
    supported: bool = True

    def find(self, variable: str, component: str | None = None) -> Variable | None:
        """Return the first variable of that name, letter case ignored, in `component` if given."""
        for known in self.variables.values():
            if known.variable.lower() == variable.lower() and (
                component is None or known.component.lower() == component.lower()
            ):
                return known
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class StationLimit:
    """A limit that the station or somebody behind it imposes (NotifyChargingLimit)."""

    source: str
    limit_a: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargingNeeds:
    """What the car asked for (NotifyEVChargingNeeds)."""

    energy_wh: float | None = None
    max_current_a: float | None = None
    departure_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandReport:
    """One command and what became of it."""

    id: str
    command: str
    outcome: Outcome
    message: str
    value: str | None = None
    asked_by: str = ""
    asked_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StationState:
    """One wallbox; replaced, never changed."""

    key: str
    """Letters and digits of the charge point id in lower case; given at adoption, never changes."""
    charge_point_id: str
    simulated: bool = False
    desired: DesiredState
    max_current_a: float = 32.0

    connected: bool = False
    connection_changed_at: datetime | None = None
    remote: str | None = None
    last_heartbeat_at: datetime | None = None
    last_message_at: datetime | None = None

    facts: Facts = Facts()
    connector: Connector = Connector()
    transaction: Transaction | None = None
    last_event: LastEvent = LastEvent()
    samples: Mapping[str, Sample] = field(default_factory=dict)
    """The newest live sample by `measurand[/phase]`."""
    meter: Meter = Meter()
    ledger: Ledger = field(default_factory=Ledger)
    session: SessionFigures = field(default_factory=SessionFigures)
    """What the sessions come to."""
    inventory: Inventory = Inventory()
    metering: Metering = Metering.UNKNOWN
    metering_note: str = ""
    profiles: Mapping[str, InstalledProfile] = MappingProxyType({})
    """By purpose; forgotten at every connect, since only an answer on this connection is known."""
    station_cap: bool = False
    """Whether a ChargingStationMaxProfile of ours holds the station at 0 A; kept over restarts."""
    control_alert: str = ""
    """What is wrong while more current flows than is allowed, in words; else empty."""
    profile_calls: int = 0
    """SetChargingProfile calls of the app, whatever was answered; kept over restarts."""
    learned: Learned = field(default_factory=Learned)
    """What it taught beyond its row of the quirks' table; kept over restarts."""
    quirk_row: str | None = None
    """The row that the owner chose; None lets vendor, model and firmware decide."""
    station_limit: StationLimit | None = None
    needs: ChargingNeeds | None = None
    alerts: Mapping[str, str] = MappingProxyType({})
    """Open problems that NotifyEvent reported, by component and variable."""
    notices: Mapping[str, str] = MappingProxyType({})
    """What is out of order on our side of the link, such as the certificate, in words by a stable name."""
    last_security_event: str | None = None
    firmware_status: str | None = None
    last_command: CommandReport | None = None
    device: Device = field(default_factory=Device)
    """What is kept of it beyond charging."""

    @property
    def charging_state(self) -> ChargingState:
        """Return OCPP's charging state: the transaction's, Idle without one, Unknown before any word."""
        if self.transaction is not None:
            return self.transaction.charging_state
        return ChargingState.UNKNOWN if self.connector.reported_at is None else ChargingState.IDLE

    @property
    def vehicle_connected(self) -> bool | None:
        """Return whether a car is plugged in; None while nothing is known."""
        if self.transaction is not None:
            return self.transaction.charging_state is not ChargingState.IDLE
        if self.connector.status is ConnectorStatus.UNKNOWN:
            return None
        return self.connector.status is ConnectorStatus.OCCUPIED


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a station: what it was, what it is, and the event between."""

    before: StationState
    after: StationState
    cause: object
