"""The device model of one box: read, write and report its variables (OCPP 2.0.1 B05 to B08)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import batched

from .device_model import DEVICE_MODELS, Variable
from .rpc import Json, SimulatorCallError

_LIST_TYPES = frozenset({"MemberList", "SequenceList"})


class Inventory:
    """The variables by their path; values are strings, as on the wire."""

    def __init__(self, profile: str, facts: Mapping[str, str]) -> None:
        rows = {row.path: row for row in DEVICE_MODELS[profile]}
        self._rows = rows | {path: replace(rows[path], value=value) for path, value in facts.items()}
        self._components = {_component_key(row) for row in self._rows.values()}

    @property
    def values(self) -> Mapping[str, str]:
        """Every value by path, for example `SampledDataCtrlr.TxUpdatedInterval`."""
        return {path: row.value for path, row in self._rows.items()}

    def text(self, path: str) -> str:
        """Return the value at `path`."""
        return self._rows[path].value

    def number(self, path: str) -> float:
        """Return the value at `path` as a number."""
        return float(self._rows[path].value)

    def is_true(self, path: str) -> bool:
        """Tell whether the value at `path` is true."""
        return self._rows[path].value == "true"

    def members(self, path: str) -> tuple[str, ...]:
        """Return the value at `path` as a list."""
        return tuple(member for member in self._rows[path].value.split(",") if member)

    def put(self, path: str, value: str) -> None:
        """Set a value from inside the box, whatever its mutability."""
        self._rows[path] = replace(self._rows[path], value=value)

    def get(self, item: Json) -> Json:
        """Answer one element of GetVariables (B06.FR.06 to FR.13)."""
        result = _named(item)
        result["attributeType"] = item.get("attributeType", "Actual")
        row, status = self._find(item)
        if row is None:
            return result | {"attributeStatus": status}
        if row.mutability == "WriteOnly":
            return result | {"attributeStatus": "Rejected"}
        return result | {"attributeStatus": "Accepted", "attributeValue": row.value}

    def set(self, item: Json) -> Json:
        """Answer and perform one element of SetVariables (B05.FR.04 to FR.10)."""
        result = _named(item)
        result["attributeType"] = item.get("attributeType", "Actual")
        row, status = self._find(item)
        if row is None:
            return result | {"attributeStatus": status}
        value = item["attributeValue"]
        if row.mutability == "ReadOnly" or not _fits(row, value):
            return result | {"attributeStatus": "Rejected"}
        self.put(row.path, value)
        return result | {"attributeStatus": "Accepted"}

    def check_size(self, items: list[Json], action: str) -> None:
        """Refuse a request with more elements than the box announces.

        Raises:
            SimulatorCallError: OccurrenceConstraintViolation.
        """
        limit = int(self.number(f"DeviceDataCtrlr.ItemsPerMessage[{action}]"))
        if len(items) > limit:
            raise SimulatorCallError("OccurrenceConstraintViolation", f"at most {limit} elements")

    def report(self, wanted: list[Json] | None = None) -> list[Json]:
        """Return the `reportData` of all variables, or of those that `wanted` names (B08)."""
        return [
            _report_row(row)
            for row in self._rows.values()
            if wanted is None or any(_matches(row, item) for item in wanted)
        ]

    def _find(self, item: Json) -> tuple[Variable | None, str]:
        component, variable = item["component"], item["variable"]
        evse = component.get("evse", {})
        key = (component["name"], component.get("instance"), evse.get("id"), evse.get("connectorId"))
        if key not in self._components:
            return None, "UnknownComponent"
        wanted = (variable["name"], variable.get("instance"))
        for row in self._rows.values():
            if _component_key(row) == key and (row.name, row.instance) == wanted:
                if item.get("attributeType", "Actual") != "Actual":
                    return None, "NotSupportedAttributeType"
                return row, "Accepted"
        return None, "UnknownVariable"


def report_parts(rows: list[Json], request_id: int, at: str, size: int) -> Iterable[Json]:
    """Yield the NotifyReport payloads that carry `rows`, `size` to each (B07.FR.05 and FR.06)."""
    parts = list(batched(rows, size, strict=False))
    for seq_no, part in enumerate(parts):
        yield {
            "requestId": request_id,
            "generatedAt": at,
            "seqNo": seq_no,
            "tbc": seq_no < len(parts) - 1,
            "reportData": list(part),
        }


def _component_key(row: Variable) -> tuple[str, str | None, int | None, int | None]:
    return row.component, row.component_instance, row.evse_id, row.connector_id


def _named(item: Json) -> Json:
    return {"component": item["component"], "variable": item["variable"]}


def _matches(row: Variable, item: Json) -> bool:
    component, variable = item["component"], item.get("variable", {})
    return bool(
        component["name"] == row.component
        and component.get("instance", row.component_instance) == row.component_instance
        and variable.get("name", row.name) == row.name
        and variable.get("instance", row.instance) == row.instance
    )


def _fits(row: Variable, value: str) -> bool:
    choices = row.choices.split(",") if row.choices else None
    match row.data_type:
        case "boolean":
            return value in {"true", "false"}
        case "integer":
            if not value.lstrip("-").isdecimal():
                return False
            return (row.low is None or float(value) >= row.low) and (
                row.high is None or float(value) <= row.high
            )
        case "OptionList":
            return choices is None or value in choices
        case kind if kind in _LIST_TYPES:
            return choices is None or all(member in choices for member in value.split(",") if member)
        case _:
            return row.high is None or len(value) <= row.high


def _report_row(row: Variable) -> Json:
    component: Json = {"name": row.component}
    if row.component_instance is not None:
        component["instance"] = row.component_instance
    if row.evse_id is not None:
        component["evse"] = {"id": row.evse_id}
        if row.connector_id is not None:
            component["evse"]["connectorId"] = row.connector_id
    variable: Json = {"name": row.name}
    if row.instance is not None:
        variable["instance"] = row.instance
    attribute: Json = {"type": "Actual", "mutability": row.mutability, "persistent": True, "constant": False}
    if row.mutability != "WriteOnly":
        attribute["value"] = row.value
    optional = {
        "unit": row.unit,
        "minLimit": row.low,
        "maxLimit": row.high,
        "valuesList": row.choices,
    }
    characteristics: Json = {"dataType": row.data_type, "supportsMonitoring": False}
    characteristics |= {key: value for key, value in optional.items() if value is not None}
    return {
        "component": component,
        "variable": variable,
        "variableAttribute": [attribute],
        "variableCharacteristics": characteristics,
    }
