"""What happened at a wallbox, in the past tense: the only input of the reducer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bmw_wallbox.domain import device_events as dv
from bmw_wallbox.domain import quirk_events as qk
from bmw_wallbox.domain import session_figures as sf
from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.event import Event
from bmw_wallbox.domain.vocabulary import (
    ChargingState,
    ConnectorStatus,
    Metering,
    Outcome,
    TransactionEventType,
)


class Sample(NamedTuple):
    """One sampled value, in its measurand's base unit (W, Wh, A, V, Hz, Celsius, Percent, VAr, VArh).

    A message brings dozens of them, and a tuple is made in a third of a dataclass's time.
    """

    measurand: str
    """OCPP's name; an absent one reads as Energy.Active.Import.Register."""
    value: float
    at: datetime
    """The station's time of the sample, made plausible, UTC."""
    phase: str | None = None
    context: str = "Sample.Periodic"
    location: str = "Outlet"
    signed: str | None = None
    """The meter's own signature over the value (SignedMeterValueType) as JSON, untouched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected(Event):
    """A socket of this station was accepted; any earlier one is already gone."""

    remote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnected(Event):
    """The station's last socket closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Event):
    """The station sent something that carries no state of its own; it is alive (OCPP 2.0.1 G02.FR.04)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatReceived(Event):
    """OCPP 2.0.1 Heartbeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booted(Event):
    """OCPP 2.0.1 BootNotification."""

    reason: str
    model: str
    vendor: str
    serial: str | None = None
    firmware: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorStatusReported(Event):
    """OCPP 2.0.1 StatusNotification, or the AvailabilityState of a NotifyEvent."""

    status: ConnectorStatus
    evse_id: int = 1
    connector_id: int = 1
    station_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionReported(Event):
    """OCPP 2.0.1 TransactionEvent."""

    event_type: TransactionEventType
    transaction_id: str
    sequence_number: int
    trigger_reason: str
    station_at: datetime
    charging_state: ChargingState | None = None
    """None where the event does not say, which means unchanged."""
    stopped_reason: str | None = None
    remote_start_id: int | None = None
    id_token: str | None = None
    id_token_type: str | None = None
    offline: bool = False
    phases_used: int | None = None
    evse_id: int | None = None
    connector_id: int | None = None
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionVanished(Event):
    """The station says that a transaction does not run and that nothing of it waits (E14.FR.01, FR.03)."""

    transaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MetersReported(Event):
    """OCPP 2.0.1 MeterValues, outside of a transaction's own events."""

    samples: tuple[Sample, ...]
    evse_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VariablesReported(Event):
    """Variables told by NotifyReport, GetVariables, SetVariables or NotifyEvent."""

    variables: tuple[Variable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RebootRequired(Event):
    """The station took a value that takes effect at its next boot (OCPP 2.0.1 B05, SetVariableStatus)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryCompleted(Event):
    """A full inventory came to its end; `supported` is False where the station has no such report."""

    supported: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MeteringConfigured(Event):
    """The set-up of measurands and intervals came to its end."""

    metering: Metering
    note: str = ""
    """Why values do not flow by themselves; empty where they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorAlerted(Event):
    """One problem that NotifyEvent reports (`cleared` False) or takes back."""

    component: str
    variable: str
    value: str
    cleared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargingLimitNotified(Event):
    """OCPP 2.0.1 NotifyChargingLimit (K12); `limit_a` None where no schedule says how much."""

    source: str
    limit_a: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargingLimitCleared(Event):
    """OCPP 2.0.1 ClearedChargingLimit (K13)."""

    source: str
    evse_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargingNeedsNotified(Event):
    """OCPP 2.0.1 NotifyEVChargingNeeds (K15): what the car asks for."""

    energy_wh: float | None = None
    max_current_a: float | None = None
    departure_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityEventReported(Event):
    """OCPP 2.0.1 SecurityEventNotification (A04)."""

    type: str
    station_at: datetime
    tech_info: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareStatusReported(Event):
    """OCPP 2.0.1 FirmwareStatusNotification (L01)."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileAccepted(Event):
    """The station accepted a charging profile of ours."""

    purpose: str
    limit_a: float
    transaction_id: str | None = None
    valid_for_s: float | None = None
    """How long it holds unless it is sent again; None is for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilesForgotten(Event):
    """What was accepted earlier may no longer be in force, so that it has to be sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlAlerted(Event):
    """More current flows than is allowed, in words; empty once the limit is kept again."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WishChanged(Event):
    """The owner wants something else of this station; None leaves that part as it was."""

    charging_allowed: bool | None = None
    limit_a: float | None = None
    asked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandProgressed(Event):
    """A command was taken on, or its outcome became known."""

    command_id: str
    command: str
    outcome: Outcome
    message: str
    value: str | None = None
    asked_by: str = ""
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTicked(Event):
    """Time passed; periods may have turned over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesPosted(Event):
    """What is out of order on our side of the link changed."""

    notices: Mapping[str, str]
    """In words, by a stable name; all of them."""


type AnyEvent = (
    Connected
    | Disconnected
    | MessageReceived
    | HeartbeatReceived
    | Booted
    | ConnectorStatusReported
    | TransactionReported
    | MetersReported
    | VariablesReported
    | RebootRequired
    | InventoryCompleted
    | MeteringConfigured
    | MonitorAlerted
    | ChargingLimitNotified
    | ChargingLimitCleared
    | ChargingNeedsNotified
    | SecurityEventReported
    | FirmwareStatusReported
    | ProfileAccepted
    | ProfilesForgotten
    | qk.StationCapLifted
    | ControlAlerted
    | WishChanged
    | CommandProgressed
    | ClockTicked
    | NoticesPosted
    | qk.ProfileRefused
    | qk.PurposeDisproved
    | qk.QuirksChosen
    | qk.CardLimited
    | TransactionVanished
    | dv.ReportRequested
    | dv.ReportRefused
    | dv.ReportPartReceived
    | dv.DeviceEventsNotified
    | dv.Noted
    | dv.ProgressReported
    | dv.MonitorsChanged
    | dv.CertificatesListed
    | sf.AboutSessions
)
