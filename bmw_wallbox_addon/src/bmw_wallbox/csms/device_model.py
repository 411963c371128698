"""From reported variables and their events to what happened (OCPP 2.0.1 B07, N07)."""

from datetime import datetime

from bmw_wallbox.csms.fields import Payload, mapping, number, objects, text, whole
from bmw_wallbox.csms.timestamps import plausible
from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.events import (
    AnyEvent,
    ConnectorStatusReported,
    MonitorAlerted,
    VariablesReported,
)
from bmw_wallbox.domain.vocabulary import ConnectorStatus

_PROBLEMS = frozenset({"problem", "tripped"})
"""Variables that mean trouble whatever made the station report them."""
_LONGEST = 2500
"""The longest value that a report may carry (ReportingValueSize)."""
_OVER = frozenset({"false", "0", ""})


def report_events(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    """Return what one part of a NotifyReport tells."""
    variables = tuple(_reported(row) for row in objects(payload, "reportData"))
    return (VariablesReported(at=at, variables=variables),) if variables else ()


def notified_events(payload: Payload, at: datetime) -> tuple[AnyEvent, ...]:
    """Return what a NotifyEvent tells: states of connectors, problems, and plain values together."""
    told: list[AnyEvent] = []
    values: list[Variable] = []
    for row in objects(payload, "eventData"):
        component, variable = mapping(row, "component"), mapping(row, "variable")
        name = (text(variable, "name") or "").lower()
        if name == "availabilitystate" and (text(component, "name") or "").lower() == "connector":
            told.append(_availability(row, mapping(component, "evse"), at))
        elif name in _PROBLEMS or text(row, "trigger") == "Alerting":
            told.append(_alert(row, component, variable, at))
        else:
            values.append(_variable(component, variable, value=text(row, "actualValue", _LONGEST)))
    if values:
        told.append(VariablesReported(at=at, variables=tuple(values)))
    return tuple(told)


def _availability(row: Payload, evse: Payload, at: datetime) -> ConnectorStatusReported:
    return ConnectorStatusReported(
        at=at,
        status=ConnectorStatus.read(text(row, "actualValue")),
        evse_id=whole(evse, "id") or 1,
        connector_id=whole(evse, "connectorId") or 1,
        station_at=plausible(row.get("timestamp"), at),
    )


def _alert(row: Payload, component: Payload, variable: Payload, at: datetime) -> MonitorAlerted:
    value = text(row, "actualValue") or ""
    known = _variable(component, variable, value=value)
    problem = known.variable.lower() in _PROBLEMS
    return MonitorAlerted(
        at=at,
        component=".".join(filter(None, (known.component, known.component_instance))),
        variable=".".join(filter(None, (known.variable, known.variable_instance))),
        value=value,
        cleared=row.get("cleared") is True or (problem and value.lower() in _OVER),
    )


def _reported(row: Payload) -> Variable:
    attributes = objects(row, "variableAttribute")
    actual = next((a for a in attributes if (text(a, "type") or "Actual") == "Actual"), {})
    traits = mapping(row, "variableCharacteristics")
    options = (text(traits, "valuesList", _LONGEST) or "").split(",")
    return _variable(
        mapping(row, "component"),
        mapping(row, "variable"),
        value=text(actual, "value", _LONGEST),
        mutability=text(actual, "mutability") or "ReadWrite",
        data_type=text(traits, "dataType"),
        unit=text(traits, "unit"),
        minimum=number(traits, "minLimit"),
        maximum=number(traits, "maxLimit"),
        options=tuple(option.strip() for option in options if option.strip()),
    )


def _variable(
    component: Payload,
    variable: Payload,
    *,
    value: str | None,
    mutability: str = "ReadWrite",
    data_type: str | None = None,
    unit: str | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    options: tuple[str, ...] = (),
) -> Variable:
    evse = mapping(component, "evse")
    return Variable(
        component=text(component, "name") or "",
        component_instance=text(component, "instance"),
        variable=text(variable, "name") or "",
        variable_instance=text(variable, "instance"),
        evse_id=whole(evse, "id"),
        connector_id=whole(evse, "connectorId"),
        value=value,
        mutability=mutability,
        data_type=data_type,
        unit=unit,
        minimum=minimum,
        maximum=maximum,
        options=options,
    )
