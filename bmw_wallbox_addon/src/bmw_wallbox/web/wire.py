"""JSON in and out of the panel's HTTP interface, and what every fault looks like there."""

import asyncio
import json
import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from bmw_wallbox.errors import (
    CallError,
    CallNotSentError,
    CallRefusedError,
    CallTimeoutError,
    ConfigError,
    DisconnectedError,
    HomeAssistantError,
    InvalidPayloadError,
    NotFoundError,
    StationOfflineError,
    StoreError,
    WallboxError,
)

_LOGGER = logging.getLogger(__name__)

MAX_BODY_BYTES = 1024**2
BODY_TIMEOUT_S = 15

_STATUS: Mapping[type[WallboxError], int] = {
    InvalidPayloadError: 400,
    ConfigError: 400,
    NotFoundError: 404,
    StationOfflineError: 409,
    DisconnectedError: 502,
    CallRefusedError: 502,
    CallTimeoutError: 504,
    CallNotSentError: 503,
    CallError: 502,
    HomeAssistantError: 502,
    StoreError: 503,
    WallboxError: 500,
}
_HTTP_KEYS: Mapping[int, str] = {
    400: "invalid_payload",
    401: "password_needed",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "timed_out",
    413: "too_large",
    415: "json_needed",
    503: "unavailable",
}


def to_json(value: object) -> str:
    """Return `value` as JSON: datetimes in ISO 8601, dataclasses as objects, NaN as null."""
    try:
        return msgspec.json.encode(value, enc_hook=_plain).decode()
    except UnicodeEncodeError:  # a lone surrogate in a text from outside
        return json.dumps(msgspec.to_builtins(value, enc_hook=_plain))


def answer(value: object, status: int = 200) -> web.Response:
    """Return a JSON response."""
    return web.Response(text=to_json(value), status=status, content_type="application/json")


def fault(
    status: int, key: str, message: str, details: Mapping[str, object] = MappingProxyType({})
) -> web.Response:
    """Return an error in the one shape that all our errors have; `details` are for programs."""
    return answer({"error": key, "message": message, **details}, status)


async def read_object(request: web.Request) -> dict[str, Any]:
    """Return the request's JSON object; no body reads as an empty one.

    Raises:
        HTTPBadRequest: not JSON, or not an object.
        HTTPRequestTimeout: the body took too long.
        HTTPRequestEntityTooLarge: the body is larger than MAX_BODY_BYTES.

    """
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            raw = await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="The body took too long.") from None
    try:
        value = msgspec.json.decode(raw) if raw else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise web.HTTPBadRequest(text="The body is not usable JSON.") from None
    if not isinstance(value, dict):
        raise web.HTTPBadRequest(text="The body must be a JSON object.")
    return value


def text_of(body: Mapping[str, Any], key: str, *, limit: int = 255, needed: bool = False) -> str | None:
    """Return a text field, None where it is absent or empty.

    Raises:
        InvalidPayloadError: not a text, too long, or absent although needed.

    """
    value = body.get(key)
    if value is None or value == "":
        if needed:
            raise InvalidPayloadError(key, value, "a text is needed")
        return None
    if not isinstance(value, str) or len(value) > limit:
        raise InvalidPayloadError(key, value, f"a text of at most {limit} characters is needed")
    return value


def number_of(key: str, value: object, low: float, high: float) -> float:
    """Return `value` as a number from `low` to `high`; raise InvalidPayloadError for anything else."""
    try:
        number = (
            float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None
        )
    except (ValueError, OverflowError):
        number = None
    if number is None or not low <= number <= high:
        raise InvalidPayloadError(key, value, f"a number from {low:g} to {high:g} is needed")
    return number


@web.middleware
async def plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every fault into JSON with a key and a sentence, and never into a traceback."""
    try:
        return await handler(request)
    except WallboxError as err:
        status = next(_STATUS[kind] for kind in type(err).__mro__ if kind in _STATUS)
        return fault(status, err.error_key, str(err), _details(err))
    except TimeoutError:
        return fault(504, "timed_out", "It took too long and was given up.")
    except web.HTTPException as err:
        message = _words(err)
        response = fault(err.status, _HTTP_KEYS.get(err.status, "error"), message)
        response.headers.update({k: v for k, v in err.headers.items() if k in _KEPT})
        return response
    # The boundary of one request: whatever failed in it, the server and all other requests go on.
    except Exception:
        _LOGGER.exception("The panel could not answer %s", request.match_info.route.resource)
        return fault(500, "internal_error", "Something went wrong; the app's log says what.")


_KEPT = frozenset({hdrs.ALLOW, hdrs.WWW_AUTHENTICATE})
_OWN_WORDS: Mapping[int, str] = {
    404: "There is nothing here.",
    405: "This cannot be done here.",
    413: "The body is too large.",
}


def _words(err: web.HTTPException) -> str:
    """Return our sentence for an HTTP fault; aiohttp's own texts repeat parts of the request."""
    return _OWN_WORDS.get(err.status) or err.text or err.reason


def _details(err: WallboxError) -> Mapping[str, object]:
    """Return what a CALLERROR said, so that nothing of it is lost, and which field was wrong."""
    if isinstance(err, InvalidPayloadError):
        return {"field": err.key}
    if not isinstance(err, CallRefusedError):
        return {}
    return {"code": err.code, "description": err.description, "details": err.details}


def _plain(value: object) -> object:
    if isinstance(value, MappingProxyType):
        return dict(value)
    raise NotImplementedError
