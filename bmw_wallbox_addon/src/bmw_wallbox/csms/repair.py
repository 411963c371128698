"""Reading a message that its schema refuses: what can be understood is kept and noted, the rest is refused.

Part 4 §4.1.7 allows to refuse whatever departs from the schema. A wallbox that is refused loses the
whole message, so only what makes it unusable is.
"""

import math
from dataclasses import dataclass, field
from typing import Literal

from bmw_wallbox.csms.schema import Node, Schema

type FaultCode = Literal["OccurrenceConstraintViolation", "TypeConstraintViolation"]

_SPARING = frozenset({"sampledValue", "reportData", "eventData", "variableAttribute"})
"""Lists in which a bad item costs that item alone."""
_MAX_NOTES = 16
_SHOWN = 40


class SchemaFault(Exception):  # noqa: N818  # what is at fault is the message, not the program
    """A message cannot be used: `code` is OCPP's error code, `path` the field at fault."""

    def __init__(self, code: FaultCode, path: str, text: str) -> None:
        super().__init__(f"{path or 'payload'}: {text}")
        self.code = code
        self.path = path


@dataclass(frozen=True, slots=True)
class Repaired:
    """A payload that can be read, and what departed from the schema in it."""

    payload: dict[str, object]
    notes: tuple[str, ...] = ()


def rebuild(schema: Schema, payload: dict[str, object]) -> Repaired:
    """Return `payload` as far as it can be understood.

    Raises:
        SchemaFault: a required field is missing or a type cannot be read.

    """
    walk = _Walk(schema)
    return Repaired(walk.members(schema.root, payload, ""), tuple(walk.notes))


@dataclass(slots=True)
class _Walk:
    schema: Schema
    notes: dict[str, None] = field(default_factory=dict)

    def members(self, node: Node, value: object, path: str) -> dict[str, object]:
        if not isinstance(value, dict):
            raise SchemaFault("TypeConstraintViolation", path, "expected an object")
        properties = node.get("properties")
        if not isinstance(properties, dict):
            return value
        required = _names(node)
        kept: dict[str, object] = {}
        for name, given in value.items():
            here = f"{path}.{name}" if path else name
            if name in properties:
                read = self._member(properties[name], name, given, here)
                if read is None or (read == [] and name not in required):
                    self._note(f"{here} is empty")
                else:
                    kept[name] = read
            elif node.get("additionalProperties") is False:
                self._note(f"unknown field {here[:120]!a} left out")
            else:
                kept[name] = given
        for name in required:
            if name not in kept:
                raise SchemaFault("OccurrenceConstraintViolation", f"{path}.{name}".lstrip("."), "missing")
        return kept

    def _member(self, node: Node, name: str, given: object, path: str) -> object:
        """Return the field's value, None where it counts as absent."""
        if given is None:
            return None
        if name == "customData":
            return given if isinstance(given, dict) else None
        return self._value(self.schema.resolve(node), given, path)

    def _value(self, node: Node, value: object, path: str) -> object:
        match node.get("type"):
            case "object":
                return self.members(node, value, path)
            case "array":
                return self._array(node, value, path)
            case "string":
                return self._string(node, value, path)
            case "integer" | "number" as kind:
                return self._number(value, path, whole=kind == "integer")
            case "boolean":
                return self._boolean(value, path)
            case _:
                return value

    def _array(self, node: Node, value: object, path: str) -> list[object]:
        if not isinstance(value, list):
            raise SchemaFault("TypeConstraintViolation", path, "expected a list")
        items = node.get("items")
        child = self.schema.resolve(items) if isinstance(items, dict) else {}
        sparing = path.rpartition(".")[2] in _SPARING
        kept: list[object] = []
        for item in value:
            # The index stays out of the path, so that a fault which repeats is noted once.
            try:
                kept.append(self._value(child, item, f"{path}[]"))
            except SchemaFault as fault:
                if not sparing:
                    raise
                self._note(f"item left out: {fault}")
        return kept

    def _string(self, node: Node, value: object, path: str) -> str:
        if not isinstance(value, str):
            raise SchemaFault("TypeConstraintViolation", path, "expected a string")
        longest = node.get("maxLength")
        if isinstance(longest, int) and len(value) > longest:
            self._note(f"{path} is longer than {longest}")
        members = node.get("enum")
        if isinstance(members, list) and value not in members:
            self._note(f"{path} has the unknown value {value[:_SHOWN]!a}")
        return value

    def _number(self, value: object, path: str, *, whole: bool) -> int | float:
        read = value
        if isinstance(value, str):
            read = _parse(value)
            self._note(f"{path} is written as a string")
        if isinstance(read, float) and math.isfinite(read):
            if not whole:
                return read
            if read.is_integer():
                return int(read)
        elif isinstance(read, int) and not isinstance(read, bool):
            return read
        raise SchemaFault(
            "TypeConstraintViolation", path, "expected an integer" if whole else "expected a number"
        )

    def _boolean(self, value: object, path: str) -> bool:
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            self._note(f"{path} is written as a string")
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise SchemaFault("TypeConstraintViolation", path, "expected true or false")
        return value

    def _note(self, text: str) -> None:
        if len(self.notes) < _MAX_NOTES:
            self.notes[text] = None


def _names(node: Node) -> list[str]:
    required = node.get("required")
    return required if isinstance(required, list) else []


def _parse(text: str) -> int | float | None:
    """Return the number that a short string spells, None where it spells none."""
    for read in (int, float):
        try:
            return read(text[:_SHOWN])
        except ValueError:
            continue
    return None
