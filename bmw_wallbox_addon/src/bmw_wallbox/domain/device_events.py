"""What a station told of itself beyond charging, in the past tense."""

from dataclasses import dataclass, field

from bmw_wallbox.domain.device import (
    CarNeeds,
    CarSchedule,
    CertificateQuery,
    DeviceEvent,
    DisplayMessage,
    ExternalLimit,
    HeldProfile,
    Json,
    Monitor,
    PresentedCard,
    Progress,
    Reservation,
    SecurityEvent,
    SigningRequest,
    Variable,
    VendorMessage,
)
from bmw_wallbox.domain.event import Event
from bmw_wallbox.domain.reports import ReportKind

type ReportItem = Variable | Monitor | HeldProfile | DisplayMessage | str
"""What one part of a report tells; a text is customer information."""

type Note = (
    CarNeeds
    | CarSchedule
    | CertificateQuery
    | PresentedCard
    | Reservation
    | SigningRequest
    | VendorMessage
    | SecurityEvent
    | ExternalLimit
)
"""What is kept as it was told, without any other consequence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequested(Event):
    """We are about to ask for a report; its parts may come before the answer."""

    kind: ReportKind
    request_id: int
    scope: Json = field(default_factory=dict)
    """The request, without customers' names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRefused(Event):
    """The station will not send the report that we asked for; `status` is its word."""

    kind: ReportKind
    request_id: int
    status: str
    empty: bool = False
    """True if it said that there is nothing to report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPartReceived(Event):
    """One part of a report (B07, K09, N02, N09, O03)."""

    kind: ReportKind
    request_id: int
    number: int | None = None
    """seqNo; None where the kind has none."""
    more: bool = False
    """tbc."""
    items: tuple[ReportItem, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEventsNotified(Event):
    """OCPP 2.0.1 NotifyEvent (N07)."""

    events: tuple[DeviceEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Event):
    """Something that is kept for the owner or a later feature."""

    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressReported(Event):
    """A status of firmware, of its publication or of a log (L01, L03, N01)."""

    of: str
    """`firmware`, `firmware_publication` or `log`."""
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorsChanged(Event):
    """The station set or removed monitors as we asked (N04, N06)."""

    placed: tuple[Monitor, ...] = ()
    removed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatesListed(Event):
    """The answer to GetInstalledCertificateIds (M03): hashes, no certificate."""

    certificates: tuple[Json, ...]


type AboutDevice = (
    ReportRequested
    | ReportRefused
    | ReportPartReceived
    | DeviceEventsNotified
    | Noted
    | ProgressReported
    | MonitorsChanged
    | CertificatesListed
)
