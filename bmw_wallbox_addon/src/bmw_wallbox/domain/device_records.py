"""What is kept of a station beyond its state, and how each message changes it; all of it is bounded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bmw_wallbox.domain import reports as rp
from bmw_wallbox.domain.device import (
    CarNeeds,
    CarSchedule,
    CertificateQuery,
    CustomerInformation,
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
    VendorMessage,
)
from bmw_wallbox.domain.device_events import (
    AboutDevice,
    CertificatesListed,
    DeviceEventsNotified,
    MonitorsChanged,
    Note,
    Noted,
    ProgressReported,
    ReportPartReceived,
    ReportRefused,
    ReportRequested,
)
from bmw_wallbox.domain.reports import ReportKind, ReportStatus
from bmw_wallbox.domain.sequence import Sequence

_MOST: Mapping[str, int] = {
    "monitors": 1000,
    "charging_profiles": 32,
    "display_messages": 64,
    "limits": 16,
    "reservations": 32,
    "progress": 3,
    "certificates": 64,
    "events": 100,
    "security_events": 100,
    "signing_requests": 5,
    "certificate_queries": 10,
    "vendor_messages": 20,
    "presented_cards": 10,
}
"""How many of each are kept; the oldest go first."""
_MOST_CUSTOMER_PARTS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRecords:
    """What is worth keeping over a restart."""

    monitors: Mapping[str, Monitor] = field(default_factory=dict)
    """By id."""
    charging_profiles: Mapping[str, HeldProfile] = field(default_factory=dict)
    """By limit source, EVSE and profile id."""
    display_messages: Mapping[str, DisplayMessage] = field(default_factory=dict)
    """By id."""
    limits: Mapping[str, ExternalLimit] = field(default_factory=dict)
    """By source and EVSE."""
    reservations: Mapping[str, Reservation] = field(default_factory=dict)
    """By id."""
    progress: Mapping[str, Progress] = field(default_factory=dict)
    """Of `firmware`, `firmware_publication` and `log`."""
    certificates: tuple[Json, ...] = ()
    """The hashes of what is installed (CertificateHashDataChainType)."""
    events: tuple[DeviceEvent, ...] = ()
    security_events: tuple[SecurityEvent, ...] = ()
    signing_requests: tuple[SigningRequest, ...] = ()
    certificate_queries: tuple[CertificateQuery, ...] = ()
    car_needs: CarNeeds | None = None
    car_schedule: CarSchedule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The records, and what lives in memory only: it is passing or personal."""

    records: DeviceRecords = field(default_factory=DeviceRecords)
    reports: rp.Reports = ()
    sequence: Sequence = field(default_factory=Sequence)
    vendor_messages: tuple[VendorMessage, ...] = ()
    presented_cards: tuple[PresentedCard, ...] = ()
    customer_information: CustomerInformation | None = None

    def is_collecting(self, kind: ReportKind) -> bool:
        """Return whether parts of such a report are still awaited."""
        return any(report.kind is kind and report.is_open for report in self.reports)


def device_told(device: Device, event: AboutDevice) -> Device:
    """Return what is kept after `event`."""
    match event:
        case ReportRequested():
            report = rp.Report(
                kind=event.kind,
                request_id=event.request_id,
                status=ReportStatus.EXPECTED,
                asked=True,
                scope=event.scope,
                began_at=event.at,
                changed_at=event.at,
            )
            return replace(device, reports=rp.put(device.reports, report))
        case ReportRefused():
            return _refused(device, event)
        case ReportPartReceived():
            return _part_received(device, event)
        case Noted():
            return _noted(device, event.note)
        case _:
            records = _recorded(device.records, event)
            return device if records == device.records else replace(device, records=records)


def limit_cleared(device: Device, source: str, evse_id: int | None) -> Device:
    """Return what is kept after an external limit ended (K13); no EVSE means all of that source."""
    records = device.records
    kept = {
        key: limit
        for key, limit in records.limits.items()
        if limit.source != source or evse_id not in {None, limit.evse_id}
    }
    return replace(device, records=replace(records, limits=kept))


def patience_ended(device: Device, now: datetime | None = None) -> Device:
    """Return the device with reports closed that waited too long; all of them where `now` is None."""
    reports = rp.given_up(device.reports, now)
    return device if reports is device.reports else replace(device, reports=reports)


def _refused(device: Device, event: ReportRefused) -> Device:
    asked = rp.find(device.reports, event.kind, event.request_id)
    if asked is None:
        return device
    status = ReportStatus.COMPLETE if event.empty else ReportStatus.REFUSED
    report = replace(asked, status=status, note=event.status, changed_at=event.at)
    return _closed(replace(device, reports=rp.put(device.reports, report)), report)


def _part_received(device: Device, event: ReportPartReceived) -> Device:
    known = rp.find(device.reports, event.kind, event.request_id)
    report = rp.with_part(
        known
        or rp.Report(
            kind=event.kind,
            request_id=event.request_id,
            status=ReportStatus.COLLECTING,
            began_at=event.at,
            changed_at=event.at,
        ),
        event.number,
        more=event.more,
        at=event.at,
    )
    records = device.records
    for item in event.items:
        match item:
            case Monitor():
                records = replace(records, monitors=_put(records.monitors, "monitors", item.id, item))
            case HeldProfile():
                key = f"{item.source}/{item.evse_id}/{item.profile.get('id')}"
                profiles = _put(records.charging_profiles, "charging_profiles", key, item)
                records = replace(records, charging_profiles=profiles)
            case DisplayMessage():
                messages = _put(records.display_messages, "display_messages", item.id, item)
                records = replace(records, display_messages=messages)
            case str():
                device = _customer_told(device, event, item)
            case _:
                pass
    device = replace(device, records=records, reports=rp.put(device.reports, report))
    return _closed(device, report)


def _closed(device: Device, report: rp.Report) -> Device:
    """Return the device after a report; a complete one tells as well what is no longer there."""
    if report.status is not ReportStatus.COMPLETE or not report.asked:
        return device
    records, scope, id_ = device.records, report.scope, report.request_id
    match report.kind:
        case ReportKind.MONITORS if rp.covers_all(scope, ("monitoringCriteria", "componentVariable")):
            left = rp.told_only(records.monitors, id_, lambda _: True, lambda held: held.request_id)
            records = replace(records, monitors=left)
        case ReportKind.CHARGING_PROFILES:
            profiles = rp.told_only(
                records.charging_profiles,
                id_,
                lambda held: rp.covers_profile(scope, held.evse_id, held.source, held.profile),
                lambda held: held.request_id,
            )
            records = replace(records, charging_profiles=profiles)
        case ReportKind.DISPLAY_MESSAGES:
            messages = rp.told_only(
                records.display_messages,
                id_,
                lambda held: rp.covers_message(scope, held.message),
                lambda held: held.request_id,
            )
            records = replace(records, display_messages=messages)
        case _:
            return device
    return replace(device, records=records)


def _customer_told(device: Device, event: ReportPartReceived, text: str) -> Device:
    held = device.customer_information
    parts = dict(held.parts) if held is not None and held.request_id == event.request_id else {}
    if len(parts) < _MOST_CUSTOMER_PARTS:
        parts[event.number or 0] = text
    told = CustomerInformation(request_id=event.request_id, parts=parts)
    return replace(device, customer_information=told)


def _noted(device: Device, note: Note) -> Device:
    records = device.records
    match note:
        case VendorMessage():
            told = _appended(device.vendor_messages, "vendor_messages", note)
            return replace(device, vendor_messages=told)
        case PresentedCard():
            cards = _appended(device.presented_cards, "presented_cards", note)
            return replace(device, presented_cards=cards)
        case SecurityEvent():
            records = replace(
                records, security_events=_appended(records.security_events, "security_events", note)
            )
        case SigningRequest():
            requests = _appended(records.signing_requests, "signing_requests", note)
            records = replace(records, signing_requests=requests)
        case CertificateQuery():
            queries = _appended(records.certificate_queries, "certificate_queries", note)
            records = replace(records, certificate_queries=queries)
        case ExternalLimit():
            limits = _put(records.limits, "limits", f"{note.source}/{note.evse_id}", note)
            records = replace(records, limits=limits)
        case Reservation():
            held = records.reservations.get(str(note.id))
            known = note if held is None or note.expires else replace(note, expires=held.expires)
            reservations = _put(records.reservations, "reservations", note.id, known)
            records = replace(records, reservations=reservations)
        case CarNeeds():
            records = replace(records, car_needs=note)
        case CarSchedule():
            records = replace(records, car_schedule=note)
    return replace(device, records=records)


def _recorded(
    records: DeviceRecords,
    event: DeviceEventsNotified | ProgressReported | MonitorsChanged | CertificatesListed,
) -> DeviceRecords:
    match event:
        case DeviceEventsNotified():
            events = records.events
            for told in event.events:
                events = _appended(events, "events", told)
            return replace(records, events=events)
        case ProgressReported():
            return replace(records, progress=_put(records.progress, "progress", event.of, event.progress))
        case MonitorsChanged():
            gone = {str(number) for number in event.removed}
            monitors: Mapping[str, Monitor] = {
                key: held for key, held in records.monitors.items() if key not in gone
            }
            for placed in event.placed:
                monitors = _put(monitors, "monitors", placed.id, placed)
            return replace(records, monitors=monitors)
        case CertificatesListed():
            return replace(records, certificates=event.certificates[: _MOST["certificates"]])


def _appended[T](kept: tuple[T, ...], name: str, item: T) -> tuple[T, ...]:
    """Return the list with one more, unless it is there already; the oldest goes."""
    return kept if item in kept else (*kept, item)[-_MOST[name] :]


def _put[T](kept: Mapping[str, T], name: str, key: object, item: T) -> Mapping[str, T]:
    """Return the table with one row put in; beyond the bound the row that was put in first goes."""
    rows = dict(kept)
    rows.pop(str(key), None)
    rows[str(key)] = item
    while len(rows) > _MOST[name]:
        del rows[next(iter(rows))]
    return rows
