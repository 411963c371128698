"""From reported variables, their monitors and events to what happened (OCPP 2.0.1 B07, N02, N07)."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bmw_wallbox.csms.fields import Payload, exact, flag, mapping, number, objects, text, whole
from bmw_wallbox.csms.timestamps import plausible
from bmw_wallbox.domain.device import Attribute, DeviceEvent, Monitor, Variable
from bmw_wallbox.domain.device_events import DeviceEventsNotified, ReportPartReceived
from bmw_wallbox.domain.events import (
    AnyEvent,
    ConnectorStatusReported,
    MonitorAlerted,
    VariablesReported,
)
from bmw_wallbox.domain.reports import ReportKind
from bmw_wallbox.domain.vocabulary import ConnectorStatus

_PROBLEMS = frozenset({"problem", "tripped"})
"""Variables that mean trouble whatever made the station report them."""
_LONGEST = 2500
"""The longest value that a report may carry (ReportingValueSize)."""
_OVER = frozenset({"false", "0", ""})


def report_events(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    """Return what one part of a NotifyReport tells."""
    items = tuple(_reported(row) for row in objects(payload, "reportData"))
    return (part_received(ReportKind.VARIABLES, payload, at, items),)


def monitoring_events(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    """Return what one part of a NotifyMonitoringReport tells."""
    request_id = whole(payload, "requestId")
    items = tuple(
        monitor(row, held, request_id)
        for row in objects(payload, "monitor")
        for held in objects(row, "variableMonitoring")
    )
    return (part_received(ReportKind.MONITORS, payload, at, items),)


def part_received(
    kind: ReportKind, payload: Payload, at: datetime, items: tuple[object, ...]
) -> ReportPartReceived:
    """Return one part of a report of that kind."""
    return ReportPartReceived(
        at=at,
        kind=kind,
        request_id=whole(payload, "requestId") or 0,
        number=whole(payload, "seqNo"),
        more=flag(payload, "tbc") is True,
        items=items,  # type: ignore[arg-type]  # the caller reads what its kind holds
    )


def notified_events(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    """Return what a NotifyEvent tells: states of connectors, problems, plain values, and all as it came."""
    told: list[AnyEvent] = []
    values: list[Variable] = []
    rows = objects(payload, "eventData")
    for row in rows:
        name = (text(mapping(row, "variable"), "name") or "").lower()
        component = mapping(row, "component")
        if name == "availabilitystate" and (text(component, "name") or "").lower() == "connector":
            told.append(_availability(row, mapping(component, "evse"), at))
        elif name in _PROBLEMS or text(row, "trigger") == "Alerting":
            told.append(_alert(row, at))
        else:
            values.append(_placed(Variable, row, value=text(row, "actualValue", _LONGEST)))
    if values:
        told.append(VariablesReported(at=at, variables=tuple(values)))
    if rows:
        told.append(DeviceEventsNotified(at=at, events=tuple(_event(row, at) for row in rows)))
    return tuple(told)


def monitor(row: Payload, held: Payload, request_id: int | None = None) -> Monitor:
    """Return the monitor `held` on the variable that `row` names."""
    return _placed(
        Monitor,
        row,
        id=whole(held, "id") or 0,
        type=text(held, "type") or "",
        value=number(held, "value"),
        severity=whole(held, "severity"),
        transaction=flag(held, "transaction") is True,
        request_id=request_id,
    )


def told_attribute(row: Payload, value: str | None) -> Variable:
    """Return the one attribute of a variable that an answer tells (GetVariables, SetVariables)."""
    kind = text(row, "attributeType") or "Actual"
    if kind == "Actual":
        return _placed(Variable, row, value=value)
    return _placed(Variable, row, others=(Attribute(type=kind, value=value),))


def _availability(row: Payload, evse: Payload, at: datetime) -> ConnectorStatusReported:
    return ConnectorStatusReported(
        at=at,
        status=ConnectorStatus.read(text(row, "actualValue")),
        evse_id=whole(evse, "id") or 1,
        connector_id=whole(evse, "connectorId") or 1,
        station_at=plausible(row.get("timestamp"), at),
    )


def _alert(row: Payload, at: datetime) -> MonitorAlerted:
    value = text(row, "actualValue") or ""
    known = _placed(Variable, row)
    problem = known.variable.lower() in _PROBLEMS
    return MonitorAlerted(
        at=at,
        component=".".join(filter(None, (known.component, known.component_instance))),
        variable=".".join(filter(None, (known.variable, known.variable_instance))),
        value=value,
        cleared=row.get("cleared") is True or (problem and value.lower() in _OVER),
    )


def _event(row: Payload, at: datetime) -> DeviceEvent:
    return _placed(
        DeviceEvent,
        row,
        id=whole(row, "eventId") or 0,
        told_at=plausible(row.get("timestamp"), at),
        trigger=text(row, "trigger") or "",
        value=text(row, "actualValue", _LONGEST) or "",
        cause=whole(row, "cause"),
        tech_code=text(row, "techCode"),
        tech_info=text(row, "techInfo", 500),
        cleared=flag(row, "cleared") is True,
        transaction_id=exact(row, "transactionId"),
        monitor_id=whole(row, "variableMonitoringId"),
        kind=text(row, "eventNotificationType") or "",
    )


def _reported(row: Payload) -> Variable:
    attributes = {text(a, "type") or "Actual": a for a in objects(row, "variableAttribute")}
    actual = attributes.pop("Actual", {})
    traits = mapping(row, "variableCharacteristics")
    options = (text(traits, "valuesList", _LONGEST) or "").split(",")
    return _placed(
        Variable,
        row,
        **_attribute(actual),
        data_type=text(traits, "dataType"),
        unit=text(traits, "unit"),
        minimum=number(traits, "minLimit"),
        maximum=number(traits, "maxLimit"),
        options=tuple(option.strip() for option in options if option.strip()),
        supports_monitoring=flag(traits, "supportsMonitoring") is True,
        others=tuple(Attribute(type=kind, **_attribute(told)) for kind, told in attributes.items()),  # type: ignore[arg-type]  # one reader for both classes
    )


def _attribute(told: Payload) -> Mapping[str, object]:
    return {
        "value": text(told, "value", _LONGEST),
        "mutability": text(told, "mutability") or "ReadWrite",
        "persistent": flag(told, "persistent") is True,
        "constant": flag(told, "constant") is True,
    }


def _placed[T](cls: Callable[..., T], row: Payload, **fields: object) -> T:
    """Return a `cls` at the component and variable that `row` names."""
    component, variable = mapping(row, "component"), mapping(row, "variable")
    evse = mapping(component, "evse")
    return cls(
        component=text(component, "name") or "",
        component_instance=text(component, "instance"),
        variable=text(variable, "name") or "",
        variable_instance=text(variable, "instance"),
        evse_id=whole(evse, "id"),
        connector_id=whole(evse, "connectorId"),
        **fields,
    )
