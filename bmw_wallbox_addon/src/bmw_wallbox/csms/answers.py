"""From our own requests and the station's answers to what they tell of it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bmw_wallbox.csms.device_model import monitor, told_attribute
from bmw_wallbox.csms.fields import Payload, keepable, objects, text, whole
from bmw_wallbox.csms.timestamps import read_future
from bmw_wallbox.domain.device import Reservation, Variable
from bmw_wallbox.domain.device_events import (
    CertificatesListed,
    MonitorsChanged,
    Noted,
    ReportRefused,
    ReportRequested,
)
from bmw_wallbox.domain.events import AnyEvent, RebootRequired, VariablesReported
from bmw_wallbox.domain.reports import ReportKind
from bmw_wallbox.domain.variables import is_secret

_LONGEST = 2500
"""The longest value that an answer may carry (GetVariableResultType)."""
_NOT_SCOPE = frozenset({"requestId", "customData"})
_NOTHING_THERE = frozenset({"EmptyResultSet", "NoProfiles", "Unknown"})
_REPORTS: Mapping[str, ReportKind] = {
    "CustomerInformation": ReportKind.CUSTOMER_INFORMATION,
    "GetBaseReport": ReportKind.VARIABLES,
    "GetChargingProfiles": ReportKind.CHARGING_PROFILES,
    "GetDisplayMessages": ReportKind.DISPLAY_MESSAGES,
    "GetMonitoringReport": ReportKind.MONITORS,
    "GetReport": ReportKind.VARIABLES,
}

type _Reader = Callable[[Payload, Payload, datetime], tuple[AnyEvent, ...]]


def request_events(action: str, payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    """Return what is to be known before a request goes out: that its report is awaited."""
    kind = _REPORTS.get(action)
    if kind is None or (action == "CustomerInformation" and payload.get("report") is not True):
        return ()
    # Whose information was asked for is nothing to keep.
    named = kind is ReportKind.CUSTOMER_INFORMATION
    scope = {} if named else {key: value for key, value in payload.items() if key not in _NOT_SCOPE}
    return (ReportRequested(at=at, kind=kind, request_id=whole(payload, "requestId") or 0, scope=scope),)


def refusal_events(action: str, payload: Payload, status: str, at: datetime) -> tuple[AnyEvent, ...]:
    """Return what it means that the station answered a request with this status or error code."""
    kind = _REPORTS.get(action)
    if kind is None or status == "Accepted":
        return ()
    refused = ReportRefused(
        at=at,
        kind=kind,
        request_id=whole(payload, "requestId") or 0,
        status=status,
        empty=status in _NOTHING_THERE,
    )
    return (refused,)


def answer_events(action: str, request: Payload, answer: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    """Return what the answer to a request tells of the station."""
    reader = _READERS.get(action)
    told = reader(request, answer, at) if reader is not None else ()
    return told + refusal_events(action, request, text(answer, "status") or "Unknown", at)


def _variables_read(_request: Payload, answer: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    told = [
        told_attribute(row, text(row, "attributeValue", _LONGEST))
        for row in objects(answer, "getVariableResult")
        if row.get("attributeStatus") == "Accepted"
    ]
    return _reported(told, at)


def _variables_written(request: Payload, answer: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    wanted = {
        _name(row): text(row, "attributeValue", _LONGEST) for row in objects(request, "setVariableData")
    }
    rows = objects(answer, "setVariableResult")
    told = [
        told_attribute(row, wanted.get(_name(row)))
        for row in rows
        if row.get("attributeStatus") == "Accepted" and _name(row) in wanted
    ]
    waits = any(row.get("attributeStatus") == "RebootRequired" for row in rows)
    return _reported(told, at) + ((RebootRequired(at=at),) if waits else ())


def _monitors_set(request: Payload, answer: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    wanted, results = objects(request, "setMonitoringData"), objects(answer, "setMonitoringResult")
    if len(wanted) != len(results):
        return ()
    placed = tuple(
        monitor(row, {**row, "id": result.get("id")})
        for row, result in zip(wanted, results, strict=True)
        if result.get("status") == "Accepted"
    )
    return (MonitorsChanged(at=at, placed=placed),) if placed else ()


def _monitors_cleared(_request: Payload, answer: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    removed = tuple(
        whole(row, "id") or 0
        for row in objects(answer, "clearMonitoringResult")
        if row.get("status") in {"Accepted", "NotFound"}
    )
    return (MonitorsChanged(at=at, removed=removed),) if removed else ()


def _certificates_listed(request: Payload, answer: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    if request.get("certificateType"):
        return ()
    found = tuple(row for row in objects(answer, "certificateHashDataChain") if keepable(row))
    return (CertificatesListed(at=at, certificates=found),)


def _reserved(request: Payload, answer: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    if answer.get("status") != "Accepted":
        return ()
    made = Reservation(
        id=whole(request, "id") or 0,
        status="Accepted",
        expires=read_future(request.get("expiryDateTime")),
        evse_id=whole(request, "evseId"),
        told_at=at,
    )
    return (Noted(at=at, note=made),)


def _cancelled(request: Payload, answer: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    if answer.get("status") != "Accepted":
        return ()
    gone = Reservation(id=whole(request, "reservationId") or 0, status="Cancelled", told_at=at)
    return (Noted(at=at, note=gone),)


def _reported(told: list[Variable], at: datetime) -> tuple[AnyEvent, ...]:
    known = tuple(variable for variable in told if not is_secret(variable))
    return (VariablesReported(at=at, variables=known),) if known else ()


def _name(row: Payload) -> tuple[str, str]:
    variable = told_attribute(row, None)
    return variable.name, text(row, "attributeType") or "Actual"


_READERS: Mapping[str, _Reader] = {
    "CancelReservation": _cancelled,
    "ClearVariableMonitoring": _monitors_cleared,
    "GetInstalledCertificateIds": _certificates_listed,
    "GetVariables": _variables_read,
    "ReserveNow": _reserved,
    "SetVariableMonitoring": _monitors_set,
    "SetVariables": _variables_written,
}
