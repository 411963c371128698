"""One authenticated WebSocket to Home Assistant: numbered commands, their results, and events."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Self

import aiohttp
import msgspec

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.endpoint import Endpoint

_LOGGER = logging.getLogger(__name__)

_OPEN_TIMEOUT_S = 10.0
_CLOSE_TIMEOUT_S = 2.0
# A registry listing of a large installation is tens of MiB; the Supervisor passes on up to 64.
_LARGEST_MESSAGE_BYTES = 64 * 1024 * 1024

_FAILURE_BY_STATUS = {
    401: ("auth_invalid", "Home Assistant refuses our token."),
    403: ("auth_invalid", "Home Assistant refuses our token."),
    502: ("core_starting", "Home Assistant Core is starting."),
    503: ("core_starting", "Home Assistant Core is starting."),
    504: ("core_starting", "Home Assistant Core is starting."),
}

type EventCallback = Callable[[Any], None]


class Connection:
    """A socket that Home Assistant has let in; made by `open_connection`, used up when it closes."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, ha_version: str) -> None:
        self.ha_version = ha_version
        self._socket = socket
        self._last_id = 0
        self._pending: dict[int, asyncio.Future[Any]] = {}
        self._subscriptions: dict[int, EventCallback] = {}
        self._lost = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        await self._socket.close()
        self._fail_pending()

    async def call(self, command: str, fields: Mapping[str, object], timeout_s: float) -> Any:  # noqa: ANN401 (JSON)
        """Send a command and return its result.

        Raises:
            HomeAssistantError: Refused (`code` is Home Assistant's: the translation key where it sends
                one), unanswered (`timeout`), or the connection broke (`connection_lost`).
        """
        return await self._send(self._new_id(), command, fields, timeout_s)

    async def subscribe(
        self, command: str, fields: Mapping[str, object], callback: EventCallback, timeout_s: float
    ) -> None:
        """Send a subscribing command; its events go to the callback until the connection ends.

        Raises:
            HomeAssistantError: As `call`.
        """
        message_id = self._new_id()
        self._subscriptions[message_id] = callback
        try:
            await self._send(message_id, command, fields, timeout_s)
        except HomeAssistantError:
            del self._subscriptions[message_id]
            raise

    async def read(self) -> None:
        """Deliver what arrives, until the socket closes.

        Raises:
            HomeAssistantError: Always, in the end: `connection_lost`, or `not_home_assistant` for a
                message that cannot be read.
        """
        try:
            async for frame in self._socket:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._deliver(_decode(frame.data))
            raise HomeAssistantError("The connection to Home Assistant closed.", "connection_lost")
        finally:
            self._fail_pending()

    def _new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    async def _send(
        self, message_id: int, command: str, fields: Mapping[str, object], timeout_s: float
    ) -> Any:  # noqa: ANN401 (JSON)
        if self._lost:
            raise _lost()
        answer = self._pending[message_id] = asyncio.get_running_loop().create_future()
        message = msgspec.json.encode({"id": message_id, "type": command, **fields}).decode()
        try:
            async with asyncio.timeout(timeout_s):
                await self._socket.send_str(message)
                return await answer
        except TimeoutError as error:
            raise HomeAssistantError(
                f"Home Assistant did not answer {command} within {timeout_s:g} s.", "timeout"
            ) from error
        except aiohttp.ClientError as error:
            raise _lost() from error
        finally:
            del self._pending[message_id]

    def _deliver(self, message: Mapping[str, Any]) -> None:
        message_id = message.get("id")
        if not isinstance(message_id, int):
            return
        if message.get("type") == "event":
            self._deliver_event(message_id, message.get("event"))
            return
        answer = self._pending.get(message_id)
        if answer is None or answer.done():
            return
        if message.get("success", True):
            answer.set_result(message.get("result"))
        else:
            answer.set_exception(_refusal(message.get("error")))

    def _deliver_event(self, message_id: int, event: object) -> None:
        callback = self._subscriptions.get(message_id)
        if callback is None:
            return
        try:
            callback(event)
        except Exception:
            # One event is spoilt; the connection and all other subscriptions go on.
            _LOGGER.exception("An event from Home Assistant could not be handled")

    def _fail_pending(self) -> None:
        self._lost = True
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(_lost())


async def open_connection(session: aiohttp.ClientSession, endpoint: Endpoint) -> Connection:
    """Connect and authenticate, in ten seconds at most.

    Raises:
        HomeAssistantError: `cannot_connect`, `core_starting`, `auth_invalid`, `not_home_assistant`, or
            `http_<status>` for any other answer to the handshake.
    """
    try:
        async with asyncio.timeout(_OPEN_TIMEOUT_S):
            socket = await session.ws_connect(
                endpoint.websocket_url,
                max_msg_size=_LARGEST_MESSAGE_BYTES,
                timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_TIMEOUT_S),
            )
            try:
                return Connection(socket, await _authenticate(socket, endpoint.token))
            except BaseException:
                await socket.close()
                raise
    except aiohttp.WSServerHandshakeError as error:
        code, message = _FAILURE_BY_STATUS.get(
            error.status,
            (f"http_{error.status}", f"Home Assistant's address answers with HTTP status {error.status}."),
        )
        raise HomeAssistantError(message, code) from error
    except TimeoutError as error:
        raise HomeAssistantError("Home Assistant does not answer.", "cannot_connect") from error
    except (aiohttp.ClientError, OSError) as error:
        raise HomeAssistantError(f"Home Assistant cannot be reached: {error}.", "cannot_connect") from error


async def _authenticate(socket: aiohttp.ClientWebSocketResponse, token: str) -> str:
    """Show the token and return Home Assistant's version."""
    await _expect(socket, "auth_required")
    await socket.send_str(msgspec.json.encode({"type": "auth", "access_token": token}).decode())
    accepted = await _expect(socket, "auth_ok")
    return str(accepted.get("ha_version") or "")


async def _expect(socket: aiohttp.ClientWebSocketResponse, expected: str) -> Mapping[str, Any]:
    frame = await socket.receive()
    if frame.type is not aiohttp.WSMsgType.TEXT:
        raise HomeAssistantError("Home Assistant hung up before it let us in.", "cannot_connect")
    message = _decode(frame.data)
    if message.get("type") == "auth_invalid":
        raise HomeAssistantError("Home Assistant refuses our token.", "auth_invalid")
    if message.get("type") != expected:
        raise _not_home_assistant()
    return message


def _decode(text: str) -> Mapping[str, Any]:
    try:
        message = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise _not_home_assistant() from error
    if not isinstance(message, dict):
        raise _not_home_assistant()
    return message


def _refusal(error: object) -> HomeAssistantError:
    details = error if isinstance(error, dict) else {}
    code = details.get("translation_key") or details.get("code") or "unknown"
    return HomeAssistantError(str(details.get("message") or "Home Assistant refused a command."), str(code))


def _lost() -> HomeAssistantError:
    return HomeAssistantError("The connection to Home Assistant is lost.", "connection_lost")


def _not_home_assistant() -> HomeAssistantError:
    return HomeAssistantError("What answers does not speak as Home Assistant does.", "not_home_assistant")
