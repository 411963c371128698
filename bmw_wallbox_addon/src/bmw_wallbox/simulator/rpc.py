"""OCPP-J remote procedure calls over one WebSocket (OCPP 2.0.1 part 4 §4)."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

_LOGGER = logging.getLogger(__name__)

type Json = dict[str, Any]

CALL, CALL_RESULT, CALL_ERROR = 2, 3, 4


class SimulatorCallError(Exception):
    """A CALLERROR, received or to be sent."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(f"{code}: {description}" if description else code)
        self.code = code
        self.description = description


class SimulatorOfflineError(ConnectionError):
    """There is no connection, or it was lost before the answer came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a CALL, then what follows from it once it is on its way."""

    payload: Json | None
    """None leaves the CALL without an answer."""
    after: Callable[[], None] | None = None


type Handler = Callable[[str, Json], Answer]


class Peer:
    """The box's end of one connection: one CALL in flight, answers given while reading."""

    def __init__(self, socket: ClientConnection, handler: Handler, timeout_s: Callable[[], float]) -> None:
        self._socket = socket
        self._handler = handler
        self._timeout_s = timeout_s
        self._turn = asyncio.Lock()
        self._pending: tuple[str, asyncio.Future[Json]] | None = None
        self._closed = False

    async def call(self, action: str, payload: Json) -> Json:
        """Send a CALL and return the payload of its CALLRESULT.

        Raises:
            SimulatorCallError: The answer is a CALLERROR.
            SimulatorOfflineError: The connection is gone.
            TimeoutError: No answer came in time.
        """
        async with self._turn:
            if self._closed:
                raise SimulatorOfflineError(action)
            message_id = str(uuid4())
            answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
            self._pending = (message_id, answer)
            try:
                await self.send_raw(json.dumps([CALL, message_id, action, payload]))
                async with asyncio.timeout(self._timeout_s()):
                    return await answer
            finally:
                self._pending = None

    async def send_raw(self, text: str) -> None:
        """Send `text` as it is.

        Raises:
            SimulatorOfflineError: The connection is gone.
        """
        try:
            await self._socket.send(text)
        except ConnectionClosed as err:
            raise SimulatorOfflineError(str(err)) from err

    async def read(self) -> None:
        """Answer and match frames until the connection ends.

        Raises:
            SimulatorOfflineError: Always, at the end.
        """
        try:
            async for text in self._socket:
                await self._receive(text)
        except ConnectionClosed as err:
            raise SimulatorOfflineError(str(err)) from err
        finally:
            self._closed = True
            if self._pending is not None and not self._pending[1].done():
                self._pending[1].set_exception(SimulatorOfflineError("connection lost"))
        raise SimulatorOfflineError("closed by the server")

    async def _receive(self, text: str | bytes) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            frame = None
        match frame:
            case [2, str(message_id), str(action), dict(payload)]:
                await self._answer(message_id, action, payload)
            case [3, str(message_id), dict(payload)]:
                self._resolve(message_id, payload)
            case [4, str(message_id), str(code), str(description), dict()]:
                self._resolve(message_id, SimulatorCallError(code, description))
            case _:
                _LOGGER.warning("Unreadable frame of %s characters", len(text))
                await self._send_error("-1", SimulatorCallError("RpcFrameworkError", "unreadable message"))

    async def _answer(self, message_id: str, action: str, payload: Json) -> None:
        try:
            answer = self._handler(action, payload)
        except SimulatorCallError as err:
            await self._send_error(message_id, err)
            return
        if answer.payload is not None:
            await self.send_raw(json.dumps([CALL_RESULT, message_id, answer.payload]))
        if answer.after is not None:
            answer.after()

    async def _send_error(self, message_id: str, error: SimulatorCallError) -> None:
        await self.send_raw(json.dumps([CALL_ERROR, message_id, error.code, error.description, {}]))

    def _resolve(self, message_id: str, result: Json | SimulatorCallError) -> None:
        if self._pending is None or self._pending[0] != message_id or self._pending[1].done():
            _LOGGER.warning("Answer to no open request: %s", message_id)
        elif isinstance(result, SimulatorCallError):
            self._pending[1].set_exception(result)
        else:
            self._pending[1].set_result(result)
