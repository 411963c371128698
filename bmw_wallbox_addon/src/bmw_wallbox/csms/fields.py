"""Reading single fields of an OCPP payload without ever failing."""

import math
import re
from collections.abc import Mapping

import msgspec

type Payload = Mapping[str, object]

LONGEST_KEPT = 16 * 1024
"""How many bytes of JSON are kept of one thing that a station tells."""
_INT64 = 2**63
_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_NOTHING: Payload = {}


def mapping(payload: Payload, key: str) -> Payload:
    """Return the object under `key`, an empty one where there is none."""
    value = payload.get(key)
    return value if isinstance(value, dict) else _NOTHING


def objects(payload: Payload, key: str) -> tuple[Payload, ...]:
    """Return the objects of the list under `key`; whatever else stands there is left out."""
    value = payload.get(key)
    return tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def exact(payload: Payload, key: str) -> str | None:
    """Return the string under `key` as the station spelled it, for what must be sent back."""
    value = payload.get(key)
    return value if isinstance(value, str) else None


def text(payload: Payload, key: str, longest: int = 255) -> str | None:
    """Return the string under `key` fit to be shown: no control or bidirectional marks, cut at `longest`."""
    value = payload.get(key)
    if not isinstance(value, str):
        return None
    return _UNSHOWABLE.sub("", value[: 2 * longest]).strip()[:longest] or None


def flag(payload: Payload, key: str) -> bool | None:
    """Return the truth under `key`, None where there is none."""
    value = payload.get(key)
    return value if isinstance(value, bool) else None


def keepable(value: object, longest: int = LONGEST_KEPT) -> bool:
    """Return whether JSON is short enough, and plain enough, to be kept as it is."""
    try:
        return len(msgspec.json.encode(value)) <= longest
    except (TypeError, ValueError, RecursionError):
        return False


def number(payload: Payload, key: str) -> float | None:
    """Return the finite number under `key`, also where it is written as a string."""
    value = payload.get(key)
    if isinstance(value, str):
        value = value[:64]
    elif type(value) is not float and type(value) is not int:  # true and false are no numbers
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) else None


def whole(payload: Payload, key: str) -> int | None:
    """Return the integer under `key`, held within 64 bits so that a database can keep it."""
    value = payload.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return max(-_INT64, min(_INT64 - 1, value))
    read = number(payload, key)
    return None if read is None or not read.is_integer() else max(-_INT64, min(_INT64 - 1, int(read)))
