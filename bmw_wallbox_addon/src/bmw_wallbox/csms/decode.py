"""From a station's request to what happened at it (OCPP 2.0.1 part 2, messages)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from bmw_wallbox.csms import decode_device as device
from bmw_wallbox.csms.device_model import monitoring_events, notified_events, report_events
from bmw_wallbox.csms.fields import Payload, exact, mapping, number, objects, text, whole
from bmw_wallbox.csms.samples import read_samples
from bmw_wallbox.csms.schedules import first_limit_a
from bmw_wallbox.csms.timestamps import plausible, read_future
from bmw_wallbox.domain.events import (
    AnyEvent,
    Booted,
    ChargingLimitCleared,
    ChargingLimitNotified,
    ChargingNeedsNotified,
    ConnectorStatusReported,
    FirmwareStatusReported,
    HeartbeatReceived,
    MessageReceived,
    MetersReported,
    SecurityEventReported,
    TransactionReported,
)
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus, TransactionEventType

type _Decoder = Callable[[Payload, datetime], tuple[AnyEvent, ...]]


def decode(action: str, payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    """Return what `payload` tells, at least one event; never raises, whatever the payload holds.

    Args:
        action: OCPP's name of the request; one without a state of its own is a MessageReceived.
        payload: the request in OCPP's camelCase.
        at: our time, UTC; it replaces times of the station that cannot be right.

    """
    decoder = _DECODERS.get(action)
    events = decoder(payload, at) if decoder else ()
    return events or (MessageReceived(at=at),)


def _heartbeat(_payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    return (HeartbeatReceived(at=at),)


def _boot(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    station = mapping(payload, "chargingStation")
    booted = Booted(
        at=at,
        reason=text(payload, "reason") or "Unknown",
        model=text(station, "model") or "",
        vendor=text(station, "vendorName") or "",
        serial=text(station, "serialNumber"),
        firmware=text(station, "firmwareVersion"),
    )
    return (booted,)


def _status(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    reported = ConnectorStatusReported(
        at=at,
        status=ConnectorStatus.read(exact(payload, "connectorStatus")),
        evse_id=_or_one(payload, "evseId"),
        connector_id=_or_one(payload, "connectorId"),
        station_at=plausible(payload.get("timestamp"), at),
    )
    return (reported,)


def _transaction(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    info = mapping(payload, "transactionInfo")
    token = mapping(payload, "idToken")
    evse = mapping(payload, "evse")
    phases = whole(payload, "numberOfPhasesUsed")
    reported = TransactionReported(
        at=at,
        event_type=TransactionEventType.read(exact(payload, "eventType")),
        transaction_id=exact(info, "transactionId") or "",
        sequence_number=whole(payload, "seqNo") or 0,
        trigger_reason=text(payload, "triggerReason") or "",
        station_at=plausible(payload.get("timestamp"), at),
        charging_state=ChargingState.read(exact(info, "chargingState")) if "chargingState" in info else None,
        stopped_reason=text(info, "stoppedReason"),
        remote_start_id=whole(info, "remoteStartId"),
        id_token=exact(token, "idToken"),
        id_token_type=text(token, "type"),
        offline=payload.get("offline") is True,
        phases_used=phases if phases in {1, 2, 3} else None,
        evse_id=whole(evse, "id"),
        connector_id=whole(evse, "connectorId"),
        samples=read_samples(payload, at),
    )
    reservation_id = whole(payload, "reservationId")
    return (reported,) if reservation_id is None else (reported, device.reservation_used(reservation_id, at))


def _meters(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    samples = read_samples(payload, at)
    return (MetersReported(at=at, samples=samples, evse_id=whole(payload, "evseId")),) if samples else ()


def _limit(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    limits = [first_limit_a(schedule) for schedule in objects(payload, "chargingSchedule")]
    source = text(mapping(payload, "chargingLimit"), "chargingLimitSource") or "Other"
    lowest = min((limit for limit in limits if limit is not None), default=None)
    return (
        ChargingLimitNotified(at=at, source=source, limit_a=lowest),
        device.external_limit(payload, at),
    )


def _limit_cleared(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    source = text(payload, "chargingLimitSource") or "Other"
    return (ChargingLimitCleared(at=at, source=source, evse_id=whole(payload, "evseId")),)


def _needs(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    needs = mapping(payload, "chargingNeeds")
    wanted = mapping(needs, "acChargingParameters") or mapping(needs, "dcChargingParameters")
    notified = ChargingNeedsNotified(
        at=at,
        energy_wh=number(wanted, "energyAmount"),
        max_current_a=number(wanted, "evMaxCurrent"),
        departure_at=read_future(needs.get("departureTime")),
    )
    return (notified, device.car_needs(payload, at))


def _security(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    reported = SecurityEventReported(
        at=at,
        type=text(payload, "type") or "",
        station_at=plausible(payload.get("timestamp"), at),
        tech_info=text(payload, "techInfo"),
    )
    return (reported, device.security_event(payload, at))


def _firmware(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    status = text(payload, "status") or ""
    return (
        FirmwareStatusReported(at=at, status=status),
        device.progress("firmware", payload, at),
    )


def _publication(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    return (device.progress("firmware_publication", payload, at),)


def _log(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    return (device.progress("log", payload, at),)


def _or_one(payload: Payload, key: str) -> int:
    read = whole(payload, key)
    return 1 if read is None else read


_NOTED = (
    "DataTransfer",
    "Get15118EVCertificate",
    "GetCertificateStatus",
    "NotifyEVChargingSchedule",
    "ReservationStatusUpdate",
    "SignCertificate",
)
_DECODERS: Mapping[str, _Decoder] = {
    "BootNotification": _boot,
    "ClearedChargingLimit": _limit_cleared,
    "FirmwareStatusNotification": _firmware,
    "Heartbeat": _heartbeat,
    "LogStatusNotification": _log,
    "MeterValues": _meters,
    "NotifyChargingLimit": _limit,
    "NotifyCustomerInformation": device.customer_events,
    "NotifyDisplayMessages": device.message_events,
    "NotifyEVChargingNeeds": _needs,
    "NotifyEvent": notified_events,
    "NotifyMonitoringReport": monitoring_events,
    "NotifyReport": report_events,
    "PublishFirmwareStatusNotification": _publication,
    "ReportChargingProfiles": device.profile_events,
    "SecurityEventNotification": _security,
    "StatusNotification": _status,
    "TransactionEvent": _transaction,
    **{action: partial(device.noted, action) for action in _NOTED},
}
