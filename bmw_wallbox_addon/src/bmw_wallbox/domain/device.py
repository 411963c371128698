"""What a station holds beyond its state: variables, monitors, profiles, messages and the like."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

type Json = Mapping[str, object]
"""An object of OCPP in its own camelCase, small enough to be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A component and its variable (ComponentType, VariableType)."""

    component: str
    variable: str
    component_instance: str | None = None
    variable_instance: str | None = None
    evse_id: int | None = None
    connector_id: int | None = None

    @property
    def name(self) -> str:
        """Return `Component[.instance][@evse[.connector]]/Variable[.instance]`."""
        component = ".".join(filter(None, (self.component, self.component_instance)))
        variable = ".".join(filter(None, (self.variable, self.variable_instance)))
        numbers = (str(number) for number in (self.evse_id, self.connector_id) if number)
        where = ".".join(numbers)
        return f"{component}{'@' if where else ''}{where}/{variable}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of a variable beside its Actual one (VariableAttributeType)."""

    type: str
    value: str | None = None
    mutability: str = "ReadWrite"
    persistent: bool = False
    constant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable(Place):
    """One variable of the device model as a report or an answer told it (OCPP 2.0.1 B07, B06)."""

    value: str | None = None
    """The Actual attribute; None where it is write-only, secret or was never told."""
    mutability: str = "ReadWrite"
    persistent: bool = False
    constant: bool = False
    data_type: str | None = None
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    options: tuple[str, ...] = ()
    """The members of valuesList, for enumerations and lists."""
    supports_monitoring: bool = False
    others: tuple[Attribute, ...] = ()
    """Target, MinSet and MaxSet, where the station has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor(Place):
    """A monitor that is set on a variable (VariableMonitoringType)."""

    id: int
    type: str
    value: float | None = None
    severity: int | None = None
    transaction: bool = False
    """True if it works during transactions only."""
    request_id: int | None = None
    """The report that told it last; None for one that we set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEvent(Place):
    """One thing that NotifyEvent told (EventDataType)."""

    id: int
    told_at: datetime
    """The station's time, made plausible, UTC."""
    trigger: str
    value: str
    cause: int | None = None
    tech_code: str | None = None
    tech_info: str | None = None
    cleared: bool = False
    transaction_id: str | None = None
    monitor_id: int | None = None
    kind: str = ""
    """EventNotificationEnumType."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityEvent:
    """A security event (A04)."""

    type: str
    told_at: datetime
    tech_info: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldProfile:
    """A charging profile that the station holds (ReportChargingProfiles, K09)."""

    evse_id: int
    source: str
    profile: Json
    """ChargingProfileType; its schedules are left out where they are too long to be kept."""
    request_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayMessage:
    """A message on the station's display (O03 to O06)."""

    id: int
    message: Json
    """MessageInfoType."""
    request_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalLimit:
    """A limit that the station or somebody behind it imposes (NotifyChargingLimit, K12)."""

    source: str
    evse_id: int | None = None
    grid_critical: bool | None = None
    schedules: tuple[Json, ...] = ()
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CarNeeds:
    """What the car asked for, whole (NotifyEVChargingNeeds, K15)."""

    evse_id: int | None
    needs: Json
    max_schedule_tuples: int | None = None
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CarSchedule:
    """What the car plans to take (NotifyEVChargingSchedule, K15.FR.10)."""

    evse_id: int | None
    time_base: datetime | None
    schedule: Json
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the station is with something that takes long: firmware, its publication, a log."""

    status: str
    request_id: int | None = None
    locations: tuple[str, ...] = ()
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A reservation and what became of it (H01, H02)."""

    id: int
    status: str
    """Accepted, Used, Cancelled, Expired or Removed."""
    expires: datetime | None = None
    evse_id: int | None = None
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRequest:
    """A request to sign a certificate (A02); public, its key stays in the station."""

    csr: str
    type: str | None = None
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateQuery:
    """A question that only a certificate authority could answer (M01, M06)."""

    action: str
    subject: str
    """What it was about: Install or Update, or the serial number."""
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorMessage:
    """A DataTransfer of the station (P02); its contents may be personal."""

    vendor_id: str
    message_id: str | None = None
    data: object = field(default=None, repr=False)
    whole: bool = True
    """False where the data is too long to be kept."""
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedCard:
    """A token that was shown to the station and judged by us (C01)."""

    id_token: str = field(repr=False)
    type: str
    status: str
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerInformation:
    """What the station knows of a customer (N09): personal, so it is never stored and never logged."""

    request_id: int
    parts: Mapping[int, str] = field(default_factory=dict, repr=False)
    """By sequence number."""

    @property
    def text(self) -> str:
        """Return the parts in their order; a missing one is simply not there."""
        return "".join(self.parts[number] for number in sorted(self.parts))


def merged(held: Variable | None, told: Variable) -> Variable:
    """Return a variable with what was told of it last; one told without its traits keeps those known."""
    if held is None or told.data_type is not None or told.options:
        return told
    others = {attribute.type: attribute for attribute in (*held.others, *told.others)}
    only_others = told.value is None and bool(told.others)
    value = held.value if only_others else told.value
    return replace(held, value=value, others=tuple(others.values()))
