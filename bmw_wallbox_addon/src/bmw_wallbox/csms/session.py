"""One socket of a station: its requests answered in order, our calls one at a time."""

import asyncio
import logging
from typing import NamedTuple
from uuid import uuid4

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed

from bmw_wallbox.clock import Clock
from bmw_wallbox.csms.actions import CSMS_ACTIONS
from bmw_wallbox.csms.answers import answer_events, refusal_events, request_events
from bmw_wallbox.csms.duplicates import Answered
from bmw_wallbox.csms.encode import encode, read_answer
from bmw_wallbox.csms.frames import FrameLog
from bmw_wallbox.csms.handlers import Handlers
from bmw_wallbox.csms.ports import Sink
from bmw_wallbox.csms.routing import Json, routes_of
from bmw_wallbox.csms.rpc import (
    Malformed,
    Noise,
    Refusal,
    Request,
    Result,
    read_message,
    write_call,
    write_error,
    write_result,
)
from bmw_wallbox.csms.typed import read_typed
from bmw_wallbox.csms.validation import SchemaFault, check_outgoing, repair
from bmw_wallbox.domain.calls import Answer, Call
from bmw_wallbox.errors import (
    CallError,
    CallNotSentError,
    CallRefusedError,
    CallTimeoutError,
    DisconnectedError,
    InvalidPayloadError,
    StationOfflineError,
)

_LOGGER = logging.getLogger(__name__)
SEND_TIMEOUT_S = 30.0
"""How long a message may wait for a station that does not read."""
_SHORT = 4096
"""Characters; four bytes each are less than a socket buffers before its writers wait."""
_MAX_NOTES = 64
_NO_FRAMES = FrameLog(max_frames=0)


class _Waiting(NamedTuple):
    """The call that the station has not answered yet; None answers it when the link ends."""

    message_id: str
    action: str
    answer: asyncio.Future[Result | Refusal | None]


class Session(Handlers):
    """Speaks OCPP 2.0.1 with one station over one socket.

    The `ocpp` library gives routing and schemas. The frame loop is ours: it answers what cannot be read,
    handles a message once, and lets no answer wait for a socket that is gone. Without a `sink` the station
    waits for approval: only its BootNotification is answered, with Pending.
    """

    def __init__(
        self,
        charge_point_id: str,
        connection: Connection,
        *,
        sink: Sink | None,
        clock: Clock,
        frames: FrameLog | None = None,
        answered: Answered | None = None,
        strict: bool = False,
    ) -> None:
        """Args: strict: check everything that goes out against the schema, for tests and debugging."""
        super().__init__(sink=sink, clock=clock)
        self.charge_point_id = charge_point_id
        self.connection = connection
        self._frames = frames or _NO_FRAMES
        self._answered = answered or Answered()
        self._strict = strict
        self._handlers = routes_of(self)
        self._turn = asyncio.Lock()
        self._waiting: _Waiting | None = None
        self._retired = False
        self._noted: set[str] = set()

    async def start(self) -> None:
        """Handle what the station sends, in order, until the socket closes or `retire` was called."""
        try:
            async for raw in self.connection:
                await self.route_message(raw)
                if self._retired:
                    break
        except ConnectionClosed:
            _LOGGER.debug("%s: the socket closed", self.charge_point_id)
        finally:
            self.retire()

    def retire(self) -> None:
        """Make no more calls and fail the waiting one: the socket is gone, or another took its place."""
        self._retired = True
        if self._waiting is not None and not self._waiting.answer.done():
            self._waiting.answer.set_result(None)

    async def ask(self, call: Call, timeout_s: float = 30.0) -> Answer:
        """Return the station's answer to `call`.

        Raises:
            StationOfflineError: the socket is gone.
            DisconnectedError: it went while the answer was awaited.
            CallNotSentError: no turn to ask within `timeout_s`.
            CallTimeoutError: no answer within `timeout_s`.
            CallRefusedError: the station answered with CALLERROR.
            CallError: the answer cannot be read.

        """
        action, payload = encode(call, self.clock.now())
        if self._strict:
            check_outgoing(action, payload)
        answer = await self._request(action, payload, timeout_s)
        try:
            repaired = repair(action, answer, "Response")
        except SchemaFault as fault:
            raise CallError(
                f"The wallbox answered {action}, but the answer cannot be read: {fault}."
            ) from fault
        self._note_all(action, repaired.notes)
        read = read_answer(call, repaired.payload)
        await self._tell(*refusal_events(action, payload, read.status, self.clock.now()))
        return read

    async def call_raw(self, action: str, payload: Json, timeout_s: float = 30.0) -> Json:
        """Send any request of ours and return the station's answer exactly as it came.

        Raises:
            InvalidPayloadError: the action or the payload is not OCPP 2.0.1's; names the field.
            CallError: as for `ask`.

        """
        if action not in CSMS_ACTIONS:
            raise InvalidPayloadError(
                "action", action, "expected a request of OCPP 2.0.1 to a charging station"
            )
        check_outgoing(action, payload)
        answer = await self._request(action, payload, timeout_s)
        if not isinstance(answer, dict):
            raise CallError(f"The wallbox answered {action}, but the answer is no object.")
        await self._tell(*answer_events(action, payload, answer, self.clock.now()))
        return answer

    async def route_message(self, raw_msg: str | bytes) -> None:
        """Handle one frame; whatever it is, the session goes on."""
        message = read_typed(raw_msg) or read_message(raw_msg)
        answers = self._waiting.action if self._waiting and not isinstance(message, Request) else None
        self._frames.record(
            self.charge_point_id, raw_msg, at=self.clock.now(), direction="in", action=answers
        )
        match message:
            case Request():
                answer = self._answered.find(message.id, raw_msg) or await self._handle(message, raw_msg)
                await self._send(answer, message.action)
            case Result() | Refusal():
                self._deliver(message)
            case Malformed():
                self._note(f"a message was refused: {message.text}")
                await self._send(write_error(message.id, message.code, message.text), None)
            case Noise():
                self._note("an answer was dropped, because it cannot be read")

    async def _handle(self, request: Request, raw: str | bytes) -> str:
        """Return the answer to a request that was not seen before."""
        handler = self._handlers.get(request.action)
        if self.pending and request.action != "BootNotification":
            return write_error(request.id, "SecurityError", "The station waits for approval.")
        if handler is None:
            code = "NotSupported" if request.action in CSMS_ACTIONS else "NotImplemented"
            self._note(f"{request.action[:40]!a} was answered with {code}")
            return write_error(request.id, code, "")
        if request.action == "BootNotification":
            self._answered.forget()
        try:
            repaired = repair(request.action, request.payload, checked=request.checked)
            self._note_all(request.action, repaired.notes)
            payload = await handler(repaired.payload)
            if self._strict:
                check_outgoing(request.action, payload, "Response")
            answer = write_result(request.id, payload)
        except SchemaFault as fault:
            self._note(f"{request.action} was refused with {fault.code}: {fault}")
            answer = write_error(request.id, fault.code, str(fault))
        except Exception:  # a fault of ours costs one message, not the link; the station may send it again
            _LOGGER.exception("%s: %s could not be handled", self.charge_point_id, request.action)
            return write_error(request.id, "InternalError", "")
        self._answered.keep(request.id, raw, answer)
        return answer

    async def _request(self, action: str, payload: Json, timeout_s: float) -> object:
        """Send a call and return the payload of its answer; a report is awaited before its first part."""
        await self._tell(*request_events(action, payload, self.clock.now()))
        try:
            return await self._exchange(action, payload, timeout_s)
        except CallRefusedError as error:
            await self._tell(*refusal_events(action, payload, error.code, self.clock.now()))
            raise

    async def _exchange(self, action: str, payload: Json, timeout_s: float) -> object:
        """Send a call when it is its turn, and return the payload of its answer."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._turn.acquire()
        except TimeoutError:
            raise CallNotSentError(action, timeout_s) from None
        try:
            answer = await self._wait_for_answer(action, payload, timeout_s)
        finally:
            self._turn.release()
        match answer:
            case Result():
                return answer.payload
            case Refusal():
                raise CallRefusedError(action, answer.code[:50], answer.description[:255], answer.details)
            case None:
                raise DisconnectedError(action)

    async def _wait_for_answer(self, action: str, payload: Json, timeout_s: float) -> Result | Refusal | None:
        if self._retired:
            raise StationOfflineError(action)
        message_id = str(uuid4())
        self._waiting = _Waiting(message_id, action, asyncio.get_running_loop().create_future())
        try:
            # The loop's deadline is monotonic, so a jump of the wall clock ends no call.
            async with asyncio.timeout(timeout_s):
                await self._send(write_call(message_id, action, payload), action)
                return await self._waiting.answer
        except TimeoutError:
            raise CallTimeoutError(action, timeout_s) from None
        except ConnectionClosed:
            return None
        finally:
            self._waiting = None

    def _deliver(self, answer: Result | Refusal) -> None:
        waiting = self._waiting
        if waiting is None or waiting.message_id != answer.id or waiting.answer.done():
            self._note("an answer was dropped, because nothing waits for it")
            return
        waiting.answer.set_result(answer)

    async def _send(self, message: str, action: str | None = None) -> None:
        self._frames.record(
            self.charge_point_id, message, at=self.clock.now(), direction="out", action=action
        )
        if len(message) < _SHORT and not self.connection.transport.get_write_buffer_size():
            # Nothing lies before it and it fills no buffer, so that it waits for nobody.
            await self.connection.send(message)
            return
        cut = asyncio.get_running_loop().call_later(SEND_TIMEOUT_S, self._cut)
        try:
            await self.connection.send(message)
        finally:
            cut.cancel()

    def _cut(self) -> None:
        _LOGGER.warning("%s reads nothing; its connection is cut", self.charge_point_id)
        self.connection.transport.abort()

    def _note_all(self, action: str, notes: tuple[str, ...]) -> None:
        for note in notes:
            self._note(f"{action}: {note}")

    def _note(self, text: str) -> None:
        """Log what was odd, each oddity once per socket."""
        if text not in self._noted and len(self._noted) < _MAX_NOTES:
            self._noted.add(text)
            _LOGGER.info("%s: %s", self.charge_point_id, text)
