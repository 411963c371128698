"""What we can ask of a wallbox, one frozen type per OCPP 2.0.1 request that the app sends by itself."""

from dataclasses import dataclass
from typing import Literal

from bmw_wallbox.domain.vocabulary import ProfilePurpose


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChargingProfile:
    """Limit the current per phase (K01); 0 A pauses."""

    limit_a: float
    purpose: ProfilePurpose
    profile_id: int
    stack_level: int
    evse_id: int = 1
    transaction_id: str | None = None
    """Present for a TxProfile only (K01.FR.03)."""
    valid_for_s: float | None = None
    """How long it holds unless it is sent again; None is for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearChargingProfile:
    """Remove exactly one profile, by its id (K10.FR.02); one that is not there is removed already."""

    profile_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStartTransaction:
    """Start a transaction or authorise the waiting one (F01, F02)."""

    remote_start_id: int
    id_token: str
    """Empty means NoAuthorization, else the token is of type Local."""
    evse_id: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStopTransaction:
    """End a transaction (F03)."""

    transaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVariables:
    """Write variables of the device model (B05)."""

    items: tuple["VariableValue", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetVariables:
    """Read variables of the device model (B06)."""

    items: tuple["VariableName", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableName:
    """One variable of a component."""

    component: str
    variable: str
    component_instance: str | None = None
    variable_instance: str | None = None
    evse_id: int | None = None
    connector_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableValue(VariableName):
    """One variable and the value wanted for it."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GetBaseReport:
    """Ask for the full inventory (B07)."""

    request_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerMessage:
    """Ask for a message now (F06)."""

    message: Literal["MeterValues", "TransactionEvent", "StatusNotification", "BootNotification", "Heartbeat"]
    evse_id: int | None = None
    connector_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """Reboot (B11, B12)."""

    type: Literal["Immediate", "OnIdle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetTransactionStatus:
    """Ask whether a transaction still runs and whether messages wait (E14)."""

    transaction_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCompositeSchedule:
    """Ask which limit is in force (K08), the station's own proof."""

    duration_s: int = 60
    evse_id: int = 1


type Call = (
    SetChargingProfile
    | ClearChargingProfile
    | RequestStartTransaction
    | RequestStopTransaction
    | SetVariables
    | GetVariables
    | GetBaseReport
    | TriggerMessage
    | Reset
    | GetTransactionStatus
    | GetCompositeSchedule
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the station answered: `accepted` as the action's own status means it."""

    accepted: bool
    status: str
    reason: str = ""
    """statusInfo in words, where the station gave one."""
    transaction_id: str | None = None
    items: tuple["ItemAnswer", ...] = ()
    """SetVariables and GetVariables: one each, in order."""
    limit_a: float | None = None
    """GetCompositeSchedule: the limit of the first period, A per phase."""
    ongoing: bool | None = None
    messages_waiting: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAnswer:
    """The station's word on one variable."""

    component: str
    variable: str
    status: str
    value: str | None = None
    """GetVariables: the value, where the station tells it."""
