"""Requests full of samples, read straight into types made of their official schemas.

What fits such a type keeps its schema to the letter, so that reading and checking are one pass; whatever does
not fit is read, checked and repaired the general way. All but the sampled values become plain objects again.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from bmw_wallbox.csms.rpc import MAX_ID, Request
from bmw_wallbox.csms.samples import Sampled, Unit
from bmw_wallbox.csms.schema import schema_of

_ACTIONS = frozenset({"TransactionEvent", "MeterValues"})
_SELDOM = frozenset({"customData", "signedMeterValue"})
"""Fields that are left to the general way, which keeps them exactly as they came."""
_ENVELOPE = msgspec.json.Decoder(
    tuple[Literal[2], Annotated[str, Meta(min_length=1, max_length=MAX_ID)], str, msgspec.Raw]
)
_DATE = (
    "[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    "|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
"""Any date but the 29th of February."""
_MOMENT = (
    rf"^{_DATE}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])\Z"
)
_BASES: Mapping[str, type[Struct]] = {"SampledValueType": Sampled, "UnitOfMeasureType": Unit}
_SCALARS: Mapping[object, type] = {"number": float, "integer": int, "boolean": bool}

type _Node = Mapping[str, Any]


def read_typed(raw: str | bytes) -> Request | None:
    """Return a request of the actions known here, None where it has to be read the general way."""
    try:
        _, message_id, action, payload = _ENVELOPE.decode(raw)
        if action not in _ACTIONS:
            return None
        return Request(message_id, action, _plain(_decoder(action).decode(payload)), checked=True)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _plain(typed: Any) -> dict[str, object]:  # noqa: ANN401  # a type made at run time
    """Return the object that was read into a type, with its sampled values as they are."""
    groups, typed.meterValue = typed.meterValue, None
    members: dict[str, object] = msgspec.to_builtins(typed)
    if groups is not None:
        members["meterValue"] = [
            {"timestamp": group.timestamp, "sampledValue": group.sampledValue} for group in groups
        ]
    return members


@cache
def _decoder(action: str) -> msgspec.json.Decoder[Struct]:
    schema = schema_of(action, "Request")
    assert schema is not None, "the library ships the schema of every action"
    definitions: _Node = schema.root["definitions"]  # type: ignore[assignment]  # as JSON Schema has it
    return msgspec.json.Decoder(_Types(definitions).of(schema.root, action))


class _Types:
    """Turns the parts of JSON Schema that OCPP uses into types; one that it does not know is a KeyError."""

    def __init__(self, definitions: _Node) -> None:
        self._definitions = definitions
        self._made: dict[str, Any] = {}

    def of(self, node: _Node, name: str) -> Any:  # noqa: ANN401  # a type made at run time
        """Return the type of what `node` allows."""
        if "$ref" in node:
            name = node["$ref"].rpartition("/")[2]
            if name not in self._made:
                self._made[name] = self.of(self._definitions[name], name)
            return self._made[name]
        match node["type"]:
            case "object":
                return self._object(node, name)
            case "array":
                bounds = Meta(min_length=node.get("minItems"), max_length=node.get("maxItems"))
                return Annotated[list[self.of(node["items"], name)], bounds]  # type: ignore[misc]  # made at run time
            case "string" if "enum" in node:
                return Literal[tuple(node["enum"])]
            case "string" if node.get("format") == "date-time":
                return Annotated[str, Meta(pattern=_MOMENT)]
            case "string":
                return Annotated[str, Meta(max_length=node.get("maxLength"))]
            case kind:
                return _SCALARS[kind]

    def _object(self, node: _Node, name: str) -> type[Struct]:
        assert node["additionalProperties"] is False, "OCPP opens customData only"
        required = node.get("required", ())
        fields = {key: self.of(told, name) for key, told in node["properties"].items() if key not in _SELDOM}
        return msgspec.defstruct(
            name,
            [(key, of) if key in required else (key, of, None) for key, of in fields.items()],
            bases=(_BASES.get(name, Struct),),
            kw_only=True,
            forbid_unknown_fields=True,
            omit_defaults=True,
            gc=False,
        )
