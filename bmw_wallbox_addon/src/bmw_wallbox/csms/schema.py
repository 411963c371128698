"""The official OCPP 2.0.1 schemas, compiled when first needed."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

import jsonschema_rs
import msgspec

from bmw_wallbox.csms.actions import CSMS_ACTIONS, STATION_ACTIONS

type Kind = Literal["Request", "Response"]
type Node = Mapping[str, object]
"""One subschema."""

_PROSE = frozenset({"comment", "description", "javaType"})


_EXPECTED = {
    "Required": "it is required",
    "Type": "expected {types}",
    "Enum": "expected one of {options}",
    "MaxLength": "at most {limit} characters",
    "MinItems": "at least {limit} items",
    "MaxItems": "at most {limit} items",
    "Minimum": "at least {limit}",
    "Maximum": "at most {limit}",
    "Format": "expected a {format}",
    "AdditionalProperties": "unknown fields {unexpected}",
}
_TELLING = frozenset({"Type", "Enum", "Minimum", "Maximum"})
"""Faults that the value itself explains; the others do not repeat it."""


class Departure(NamedTuple):
    """Where a payload breaks its schema."""

    path: str
    value: object
    expected: str


class Schema:
    """One message's schema: a fast verdict, and the document to walk when the verdict is no."""

    __slots__ = ("_definitions", "_validator", "root")

    def __init__(self, document: dict[str, object]) -> None:
        self.root: Node = document
        self._definitions = document.get("definitions", {})
        self._validator = jsonschema_rs.validator_for(document)

    def is_valid(self, payload: object) -> bool:
        """Return whether `payload` keeps the schema to the letter; what cannot be judged does not."""
        try:
            return self._validator.is_valid(payload)
        except (ValueError, TypeError, UnicodeError, RecursionError):
            return False

    def first_fault(self, payload: object) -> Departure:
        """Return where and how `payload` breaks the schema first."""
        for error in self._validator.iter_errors(payload):
            kind, details = type(error.kind).__name__, error.kind.as_dict()
            missing = [str(details["property"])] if kind == "Required" else []
            path = ".".join([*map(str, error.instance_path), *missing])
            expected = _EXPECTED.get(kind, "OCPP 2.0.1 wants something else here").format_map(details)
            return Departure(path or "payload", error.instance if kind in _TELLING else None, expected)
        return Departure("payload", None, "it cannot be judged")

    def resolve(self, node: Node) -> Node:
        """Return `node` itself or the definition that it refers to."""
        reference = node.get("$ref")
        if not isinstance(reference, str) or not isinstance(self._definitions, dict):
            return node
        definition = self._definitions[reference.rpartition("/")[2]]
        return definition if isinstance(definition, dict) else node


@cache
def schema_of(action: str, kind: Kind) -> Schema | None:
    """Return the compiled schema of an action's request or response, None for an action unknown to 2.0.1."""
    if action not in STATION_ACTIONS and action not in CSMS_ACTIONS:
        return None
    # The package `ocpp.v201` itself would bring a validator and message classes that nothing here needs.
    path = files("ocpp") / "v201" / "schemas" / f"{action}{kind}.json"
    document = msgspec.json.decode(path.read_text(encoding="utf-8-sig"))
    return Schema(_without_prose(document))


def preload() -> None:
    """Compile all schemas; blocks for some milliseconds, so that no message has to."""
    for action in STATION_ACTIONS:
        schema_of(action, "Request")
    for action in CSMS_ACTIONS:
        schema_of(action, "Request")
        schema_of(action, "Response")


def _without_prose[T](node: T) -> T:
    """Return the schema without its descriptions, which are most of its size."""
    if isinstance(node, dict):
        return {  # type: ignore[return-value]  # the same type, rebuilt
            key: _without_prose(value)
            for key, value in node.items()
            if not (key in _PROSE and isinstance(value, str))
        }
    if isinstance(node, list):
        return [_without_prose(item) for item in node]  # type: ignore[return-value]  # the same type, rebuilt
    return node
