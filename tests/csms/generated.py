"""Payloads made from the official schemas: the least that is valid, and the most."""

from collections.abc import Mapping
from typing import Any

from bmw_wallbox.csms.schema import Kind, Schema, schema_of

AT = "2026-01-01T12:00:00Z"
CUSTOM_DATA = {
    "vendorId": "com.example",
    "SoCValue": 1.5,
    "associated_key": {"deep_key": [None, True, "ü\u202e", 2**53 + 1]},
}
"""Keys that a conversion of case would spoil, and values that a careless one would lose."""
_LONGEST = 40

type Node = Mapping[str, Any]


def minimal(action: str, kind: Kind = "Request") -> dict[str, Any]:
    """Return a payload with the required fields only."""
    schema = _schema(action, kind)
    made = _made(schema, schema.root, most=False)
    assert isinstance(made, dict)
    return made


def maximal(action: str, kind: Kind = "Request") -> dict[str, Any]:
    """Return a payload with every field that there is, customData on every level."""
    schema = _schema(action, kind)
    made = _made(schema, schema.root, most=True)
    assert isinstance(made, dict)
    return made


def _schema(action: str, kind: Kind) -> Schema:
    schema = schema_of(action, kind)
    assert schema is not None
    return schema


def _made(schema: Schema, node: Node, *, most: bool) -> object:
    match node:
        case {"enum": [first, *_]}:
            return first
        case {"type": "object"}:
            required = node.get("required", ())
            return {
                name: CUSTOM_DATA if name == "customData" else _made(schema, schema.resolve(child), most=most)
                for name, child in node.get("properties", {}).items()
                if most or name in required
            }
        case {"type": "array"}:
            length = min(node.get("maxItems", 2), 2) if most else node.get("minItems", 0)
            return [_made(schema, schema.resolve(node["items"]), most=most) for _ in range(length)]
        case {"type": "string"}:
            if node.get("format") == "date-time":
                return AT
            return "x" * (min(node.get("maxLength", _LONGEST), _LONGEST) if most else 1)
        case {"type": "integer"}:
            return int(node.get("minimum", 1)) if most else int(node.get("minimum", 0))
        case {"type": "number"}:
            return 1.5
        case {"type": "boolean"}:
            return most
        case _:
            return CUSTOM_DATA
