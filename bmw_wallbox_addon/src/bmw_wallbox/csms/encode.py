"""From our calls to OCPP 2.0.1 requests, and from the station's answers back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import assert_never

from bmw_wallbox.csms.fields import Payload, exact, mapping, objects, text
from bmw_wallbox.csms.schedules import first_limit_a
from bmw_wallbox.csms.timestamps import write_timestamp
from bmw_wallbox.domain.calls import (
    Answer,
    Call,
    ClearChargingProfile,
    GetBaseReport,
    GetCompositeSchedule,
    GetTransactionStatus,
    GetVariables,
    ItemAnswer,
    RequestStartTransaction,
    RequestStopTransaction,
    Reset,
    SetChargingProfile,
    SetVariables,
    TriggerMessage,
    VariableName,
)

type Json = dict[str, object]

LONGEST_VALUE = 2500
"""The longest value that an answer may carry (GetVariableResultType)."""

_ACCEPTED = frozenset({"Accepted"})
_ACCEPTED_STATUSES: Mapping[type[Call], frozenset[str]] = {
    ClearChargingProfile: frozenset({"Accepted", "Unknown"}),
    Reset: frozenset({"Accepted", "Scheduled"}),
    SetVariables: frozenset({"Accepted", "RebootRequired"}),
}


def encode(call: Call, at: datetime) -> tuple[str, Json]:
    """Return the action and the camelCase payload of `call`; `at` is the time of sending."""
    return type(call).__name__, _payload(call, at)


def read_answer(call: Call, payload: Payload) -> Answer:
    """Return what the answer to `call` means; absent fields read as refused."""
    if isinstance(call, SetVariables | GetVariables):
        return _read_items(call, payload)
    if isinstance(call, GetTransactionStatus):
        return Answer(
            accepted=True,
            status="Accepted",
            ongoing=_flag(payload, "ongoingIndicator"),
            messages_waiting=_flag(payload, "messagesInQueue"),
        )
    status = text(payload, "status") or "Unknown"
    return Answer(
        accepted=status in _ACCEPTED_STATUSES.get(type(call), _ACCEPTED),
        status=status,
        reason=_reason(payload, "statusInfo"),
        transaction_id=exact(payload, "transactionId"),
        limit_a=first_limit_a(mapping(payload, "schedule")),
    )


def _payload(call: Call, at: datetime) -> Json:
    match call:
        case SetChargingProfile() | ClearChargingProfile():
            return _profile_change(call, at)
        case RequestStartTransaction():
            kind = "Local" if call.id_token else "NoAuthorization"
            token = {"idToken": call.id_token, "type": kind}
            return {"idToken": token, "remoteStartId": call.remote_start_id, "evseId": call.evse_id}
        case RequestStopTransaction():
            return {"transactionId": call.transaction_id}
        case SetVariables() | GetVariables():
            return _variables(call)
        case GetBaseReport():
            return {"requestId": call.request_id, "reportBase": "FullInventory"}
        case TriggerMessage():
            evse = _present(id=call.evse_id, connectorId=call.connector_id) if call.evse_id else None
            return _present(requestedMessage=call.message, evse=evse)
        case Reset():
            return {"type": call.type}
        case GetTransactionStatus():
            return _present(transactionId=call.transaction_id)
        case GetCompositeSchedule():
            return {"duration": call.duration_s, "evseId": call.evse_id, "chargingRateUnit": "A"}
    assert_never(call)


def _profile_change(call: SetChargingProfile | ClearChargingProfile, at: datetime) -> Json:
    if isinstance(call, ClearChargingProfile):
        return {"chargingProfileId": call.profile_id}
    return {"evseId": call.evse_id, "chargingProfile": _profile(call, at)}


def _profile(call: SetChargingProfile, at: datetime) -> Json:
    # A limit carries at most one decimal (ChargingSchedulePeriodType).
    period = {"startPeriod": 0, "limit": round(call.limit_a, 1)}
    schedule = {
        "id": 1,
        "startSchedule": write_timestamp(at),
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [period],
    }
    return _present(
        id=call.profile_id,
        stackLevel=call.stack_level,
        chargingProfilePurpose=call.purpose.value,
        chargingProfileKind="Absolute",
        chargingSchedule=[schedule],
        transactionId=call.transaction_id,
        validTo=_end(at, call.valid_for_s),
    )


def _end(at: datetime, valid_for_s: float | None) -> str | None:
    return None if valid_for_s is None else write_timestamp(at + timedelta(seconds=valid_for_s))


def _variables(call: SetVariables | GetVariables) -> Json:
    if isinstance(call, GetVariables):
        return {"getVariableData": [_variable(item) for item in call.items]}
    return {"setVariableData": [{**_variable(item), "attributeValue": item.value} for item in call.items]}


def _variable(item: VariableName) -> Json:
    evse = _present(id=item.evse_id, connectorId=item.connector_id) if item.evse_id else None
    return {
        "attributeType": "Actual",
        "component": _present(name=item.component, instance=item.component_instance, evse=evse),
        "variable": _present(name=item.variable, instance=item.variable_instance),
    }


def _read_items(call: SetVariables | GetVariables, payload: Payload) -> Answer:
    setting = isinstance(call, SetVariables)
    rows = objects(payload, "setVariableResult" if setting else "getVariableResult")
    items = tuple(
        ItemAnswer(
            component=text(mapping(row, "component"), "name") or "",
            variable=text(mapping(row, "variable"), "name") or "",
            status=text(row, "attributeStatus") or "Unknown",
            value=text(row, "attributeValue", LONGEST_VALUE),
        )
        for row in rows
    )
    fine = _ACCEPTED_STATUSES.get(type(call), _ACCEPTED)
    worst = next((index for index, item in enumerate(items) if item.status not in fine), None)
    if not items:
        return Answer(accepted=False, status="Unknown")
    if worst is None:
        return Answer(accepted=True, status="Accepted", items=items)
    reason = _reason(rows[worst], "attributeStatusInfo")
    return Answer(accepted=False, status=items[worst].status, reason=reason, items=items)


def _reason(payload: Payload, key: str) -> str:
    info = mapping(payload, key)
    return ": ".join(filter(None, (text(info, "reasonCode"), text(info, "additionalInfo"))))


def _flag(payload: Payload, key: str) -> bool | None:
    value = payload.get(key)
    return value if isinstance(value, bool) else None


def _present(**fields: object) -> Json:
    """Return the fields without the absent ones: OCPP leaves them out (part 4 §4.1.5)."""
    return {name: value for name, value in fields.items() if value is not None}
