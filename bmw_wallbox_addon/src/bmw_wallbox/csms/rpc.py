"""The messages that travel on the socket: CALL, CALLRESULT and CALLERROR (OCPP 2.0.1 part 4 §4)."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

UNREADABLE_ID = "-1"
"""The message id of an error about a message whose own id cannot be read (part 4 §4.2.3)."""
MAX_ID = 36
_MAX_DEPTH = 64
_MAX_DIGITS = 40
_CALL, _CALL_RESULT, _CALL_ERROR = 2, 3, 4
_HEADER = re.compile(r'\s*\[\s*2\s*,\s*"([^"\\]{1,36})"\s*,', re.ASCII)


@dataclass(frozen=True, slots=True)
class Request:
    """A CALL of the station."""

    id: str
    action: str
    payload: object
    checked: bool = False
    """Whether the payload is known to keep its schema to the letter."""


@dataclass(frozen=True, slots=True)
class Result:
    """A CALLRESULT to a call of ours."""

    id: str
    payload: object


@dataclass(frozen=True, slots=True)
class Refusal:
    """A CALLERROR to a call of ours."""

    id: str
    code: str
    description: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Malformed:
    """A message that cannot be handled; `code` and `text` answer it."""

    id: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Noise:
    """A broken answer: an error in answer to an answer would only confuse, so it is dropped."""


type Message = Request | Result | Refusal | Malformed | Noise


def read_message(raw: str | bytes) -> Message:
    """Return what `raw` is; never raises, whatever was sent."""
    try:
        return _classify(msgspec.json.decode(raw))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _read_loosely(raw)


def write_call(message_id: str, action: str, payload: object) -> str:
    """Return the CALL as text."""
    return _write([_CALL, message_id, action, payload])


def write_result(message_id: str, payload: object) -> str:
    """Return the CALLRESULT as text."""
    return _write([_CALL_RESULT, message_id, payload])


def write_error(message_id: str, code: str, text: str) -> str:
    """Return the CALLERROR as text; details stay empty, since they could only repeat what was sent."""
    return _write([_CALL_ERROR, message_id, code, text[:255], {}])


def _write(message: list[object]) -> str:
    return msgspec.json.encode(message).decode()


def _classify(message: object) -> Message:
    if not isinstance(message, list) or not message:
        return Malformed(UNREADABLE_ID, "RpcFrameworkError", "A message is a list that begins with its type.")
    kind = message[0] if isinstance(message[0], int | float) and message[0] is not True else None
    message_id = message[1] if len(message) > 1 else None
    if not isinstance(message_id, str) or not 0 < len(message_id) <= MAX_ID:
        if kind in {_CALL_RESULT, _CALL_ERROR}:
            return Noise()
        return Malformed(UNREADABLE_ID, "RpcFrameworkError", "The message id is no string of 1 to 36.")
    match [kind, *message[2:]]:
        case [2, str() as action, payload]:
            return Request(message_id, action, payload)
        case [3, payload]:
            return Result(message_id, payload)
        case [4, str() as code, *rest]:
            said = rest[0] if rest and isinstance(rest[0], str) else ""
            details = rest[1] if len(rest) > 1 and isinstance(rest[1], dict) else {}
            return Refusal(message_id, code, said, details)
        case [2, *_]:
            return Malformed(message_id, "RpcFrameworkError", "A CALL is [2, id, action, payload].")
        case [3 | 4, *_]:
            return Noise()
        case _:
            return Malformed(message_id, "MessageTypeNotSupported", "The type is none of 2, 3 and 4.")


def _read_loosely(raw: str | bytes) -> Message:
    """Read what strict JSON refuses; what still cannot be read is answered by its id where that shows."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    text = text.removeprefix("\ufeff")
    try:
        message = json.loads(
            text, parse_constant=lambda _: None, parse_float=_finite, parse_int=_bounded, strict=False
        )
        return _classify(_mended(message))
    except (ValueError, RecursionError):
        header = _HEADER.match(text)
        if header is not None:
            return Malformed(header[1], "FormatViolation", "The payload is no readable JSON.")
        return Malformed(UNREADABLE_ID, "RpcFrameworkError", "The message is no readable JSON.")


def _finite(digits: str) -> float | None:
    read = float(digits)
    return read if math.isfinite(read) else None


def _bounded(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_DIGITS else None


def _mended(node: object, depth: int = 0) -> object:
    """Return the message with lone surrogates replaced; null stands where a number could not be kept."""
    if depth > _MAX_DEPTH:
        raise RecursionError
    if isinstance(node, str):
        return node.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(node, list):
        return [_mended(item, depth + 1) for item in node]
    if isinstance(node, dict):
        return {str(_mended(key)): _mended(value, depth + 1) for key, value in node.items()}
    return node
