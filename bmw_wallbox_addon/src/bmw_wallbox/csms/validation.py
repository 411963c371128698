"""Tolerant in, strict out: the schema's word on what comes and on what goes."""

import math

import msgspec

from bmw_wallbox.csms.repair import Repaired, SchemaFault, rebuild
from bmw_wallbox.csms.schema import Kind, schema_of
from bmw_wallbox.errors import InvalidPayloadError

__all__ = ["Repaired", "SchemaFault", "check_outgoing", "repair"]


def repair(action: str, payload: object, kind: Kind = "Request", *, checked: bool = False) -> Repaired:
    """Return what can be read of a message from the station.

    A payload that keeps the schema comes back as it is, at the price of one compiled check unless it was
    `checked` when it was read.

    Raises:
        SchemaFault: it is no object, a required field is missing, or a type cannot be read.

    """
    if not isinstance(payload, dict):
        raise SchemaFault("TypeConstraintViolation", "", "expected an object")
    schema = None if checked else schema_of(action, kind)
    if schema is None or schema.is_valid(payload):
        return Repaired(payload)
    return rebuild(schema, payload)


def check_outgoing(action: str, payload: object, kind: Kind = "Request") -> None:
    """Check what we are about to send against the official schema, to the letter.

    Raises:
        InvalidPayloadError: the action does not exist or the payload breaks its schema; names the field.

    """
    schema = schema_of(action, kind)
    if schema is None:
        raise InvalidPayloadError("action", action, "OCPP 2.0.1 has no such request")
    _check_writable(payload)
    if not schema.is_valid(payload):
        raise InvalidPayloadError(*schema.first_fault(payload))


def _check_writable(payload: object) -> None:
    """Check that JSON can carry `payload`: NaN would become null, a lone surrogate cannot be sent."""
    try:
        msgspec.json.encode(payload)
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise InvalidPayloadError("payload", "…", "it must be plain JSON") from error
    pending = [payload]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)
        elif isinstance(node, float) and not math.isfinite(node):
            raise InvalidPayloadError("payload", node, "JSON has finite numbers only")
