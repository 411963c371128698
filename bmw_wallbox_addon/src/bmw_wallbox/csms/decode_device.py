"""From a station's messages about itself, its car and its customers to what is kept of them."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bmw_wallbox.csms.device_model import part_received
from bmw_wallbox.csms.fields import (
    LONGEST_KEPT,
    Payload,
    exact,
    flag,
    keepable,
    mapping,
    objects,
    text,
    whole,
)
from bmw_wallbox.csms.timestamps import plausible, read_future
from bmw_wallbox.domain.device import (
    CarNeeds,
    CarSchedule,
    CertificateQuery,
    DisplayMessage,
    ExternalLimit,
    HeldProfile,
    Json,
    Progress,
    Reservation,
    SecurityEvent,
    SigningRequest,
    VendorMessage,
)
from bmw_wallbox.domain.device_events import Note, Noted, ProgressReported
from bmw_wallbox.domain.events import AnyEvent
from bmw_wallbox.domain.reports import ReportKind

_LONGEST_PROFILE = 64 * 1024
_LONGEST_DATA = 4 * 1024
_LONGEST_CSR = 5500
_MOST_LOCATIONS = 8
_SCHEDULES = frozenset({"chargingSchedule", "chargingSchedulePeriod", "salesTariff"})


def profile_events(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    """Return what one part of ReportChargingProfiles tells (K09)."""
    profiles = tuple(
        HeldProfile(
            evse_id=whole(payload, "evseId") or 0,
            source=text(payload, "chargingLimitSource") or "Other",
            profile=_kept(profile, _LONGEST_PROFILE),
            request_id=whole(payload, "requestId") or 0,
        )
        for profile in objects(payload, "chargingProfile")
    )
    return (part_received(ReportKind.CHARGING_PROFILES, payload, at, profiles),)


def message_events(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    """Return what one part of NotifyDisplayMessages tells (O03, O04)."""
    messages = tuple(
        DisplayMessage(
            id=whole(row, "id") or 0, message=_kept(row), request_id=whole(payload, "requestId") or 0
        )
        for row in objects(payload, "messageInfo")
    )
    return (part_received(ReportKind.DISPLAY_MESSAGES, payload, at, messages),)


def customer_events(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    """Return what one part of NotifyCustomerInformation tells (N09)."""
    told = (exact(payload, "data") or "")[:512]
    return (part_received(ReportKind.CUSTOMER_INFORMATION, payload, at, (told,)),)


def security_event(payload: Payload, at: datetime) -> Noted:
    """Return a security event (A04)."""
    told = SecurityEvent(
        type=text(payload, "type") or "",
        told_at=plausible(payload.get("timestamp"), at),
        tech_info=text(payload, "techInfo"),
    )
    return Noted(at=at, note=told)


def external_limit(payload: Payload, at: datetime) -> Noted:
    """Return a limit that somebody else set (K12)."""
    limit = mapping(payload, "chargingLimit")
    told = ExternalLimit(
        source=text(limit, "chargingLimitSource") or "Other",
        evse_id=whole(payload, "evseId"),
        grid_critical=flag(limit, "isGridCritical"),
        schedules=tuple(_kept(schedule) for schedule in objects(payload, "chargingSchedule")[:4]),
        told_at=at,
    )
    return Noted(at=at, note=told)


def car_needs(payload: Payload, at: datetime) -> Noted:
    """Return what the car asks for (K15)."""
    told = CarNeeds(
        evse_id=whole(payload, "evseId"),
        needs=_kept(mapping(payload, "chargingNeeds")),
        max_schedule_tuples=whole(payload, "maxScheduleTuples"),
        told_at=at,
    )
    return Noted(at=at, note=told)


def progress(of: str, payload: Payload, at: datetime) -> ProgressReported:
    """Return how far the station is with `of` (L01, L03, N01)."""
    places = payload.get("location")
    listed = places[:_MOST_LOCATIONS] if isinstance(places, list) else []
    told = Progress(
        status=text(payload, "status") or "",
        request_id=whole(payload, "requestId"),
        locations=tuple(filter(None, (text({"at": place}, "at", 512) for place in listed))),
        told_at=at,
    )
    return ProgressReported(at=at, of=of, progress=told)


def reservation_used(reservation_id: int, at: datetime) -> Noted:
    """Return the end of a reservation by the transaction that it was for (H01.FR.15)."""
    return Noted(at=at, note=Reservation(id=reservation_id, status="Used", told_at=at))


def noted(action: str, payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    """Return what is kept of a message that has no other consequence."""
    return (Noted(at=at, note=_NOTES[action](payload, at)),)


def _car_schedule(payload: Payload, at: datetime) -> Note:
    return CarSchedule(
        evse_id=whole(payload, "evseId"),
        time_base=read_future(payload.get("timeBase")),
        schedule=_kept(mapping(payload, "chargingSchedule")),
        told_at=at,
    )


def _reservation(payload: Payload, at: datetime) -> Note:
    status = text(payload, "reservationUpdateStatus") or ""
    return Reservation(id=whole(payload, "reservationId") or 0, status=status, told_at=at)


def _signing_request(payload: Payload, at: datetime) -> Note:
    csr = (exact(payload, "csr") or "")[:_LONGEST_CSR]
    return SigningRequest(csr=csr, type=text(payload, "certificateType"), told_at=at)


def _certificate_wanted(payload: Payload, at: datetime) -> Note:
    return CertificateQuery(action="Get15118EVCertificate", subject=text(payload, "action") or "", told_at=at)


def _certificate_doubted(payload: Payload, at: datetime) -> Note:
    subject = text(mapping(payload, "ocspRequestData"), "serialNumber") or ""
    return CertificateQuery(action="GetCertificateStatus", subject=subject, told_at=at)


def _vendor_message(payload: Payload, at: datetime) -> Note:
    data = payload.get("data")
    kept = keepable(data, _LONGEST_DATA)
    return VendorMessage(
        vendor_id=text(payload, "vendorId") or "",
        message_id=text(payload, "messageId"),
        data=data if kept else None,
        whole=kept,
        told_at=at,
    )


def _kept(told: Payload, longest: int = LONGEST_KEPT) -> Json:
    """Return an object as it came; one that is too long without its schedules, or else empty."""
    if keepable(told, longest):
        return told
    short = {key: value for key, value in told.items() if key not in _SCHEDULES}
    return short if keepable(short, longest) else {}


_NOTES: Mapping[str, Callable[[Payload, datetime], Note]] = {
    "DataTransfer": _vendor_message,
    "Get15118EVCertificate": _certificate_wanted,
    "GetCertificateStatus": _certificate_doubted,
    "NotifyEVChargingSchedule": _car_schedule,
    "ReservationStatusUpdate": _reservation,
    "SignCertificate": _signing_request,
}
