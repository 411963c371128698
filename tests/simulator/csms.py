"""A tiny CSMS for the simulator's tests: it answers, and validates every frame it receives."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import uuid4

import jsonschema_rs
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

type Json = dict[str, Any]
type Answer = Callable[[Json], Json]


class CallFailedError(Exception):
    """The simulator answered with CALLERROR."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@cache
def _validator(name: str) -> jsonschema_rs.Draft6Validator:
    text = files("ocpp.v201.schemas").joinpath(f"{name}.json").read_text("utf-8-sig")
    return jsonschema_rs.Draft6Validator(json.loads(text))


def validate(name: str, payload: Json) -> None:
    _validator(name).validate(payload)


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def _nothing(_: Json) -> Json:
    return {}


class Csms:
    """Accepts any station; `calls` holds what it sent, in order."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.problems: list[str] = []
        self.handshakes: list[tuple[str, Mapping[str, str]]] = []
        self.errors: dict[str, int] = defaultdict(int)
        """How many of the next requests of an action get a CALLERROR."""
        self.silent: set[str] = set()
        """Actions that get no answer."""
        self.http_status: int | None = None
        self.answers: dict[str, Answer] = {
            "Authorize": lambda _: {"idTokenInfo": {"status": "Accepted"}},
            "BootNotification": lambda _: {"currentTime": _now(), "interval": 300, "status": "Accepted"},
            "Heartbeat": lambda _: {"currentTime": _now()},
            "NotifyEVChargingNeeds": lambda _: {"status": "Accepted"},
        }
        self.socket: ServerConnection | None = None
        self.port = 0
        self._pending: dict[str, tuple[str, asyncio.Future[Json]]] = {}
        self._arrival = asyncio.Condition()
        self._turn = asyncio.Lock()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def of(self, action: str) -> list[Json]:
        return [payload for name, payload in self.calls if name == action]

    async def call(self, action: str, payload: Json | None = None) -> Json:
        """Send a request that is valid, and return its answer."""
        validate(f"{action}Request", payload or {})
        return await self.call_unchecked(action, payload or {})

    async def call_unchecked(self, action: str, payload: Json) -> Json:
        assert self.socket is not None
        message_id = str(uuid4())
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._pending[message_id] = (action, future)
        async with self._turn, asyncio.timeout(5):
            await self.socket.send(json.dumps([2, message_id, action, payload]))
            return await future

    async def until(
        self, action: str, wanted: Callable[[Json], bool] = lambda _: True, skip: int = 0
    ) -> Json:
        """Wait for a request of the action that fits; `skip` ignores the first requests of any kind."""
        async with asyncio.timeout(5), self._arrival:
            while True:
                for name, payload in self.calls[skip:]:
                    if name == action and wanted(payload):
                        return payload
                await self._arrival.wait()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        server: Server
        async with serve(
            self._serve,
            "127.0.0.1",
            self.port or 0,
            subprotocols=[Subprotocol("ocpp2.0.1")],
            process_request=self._admit,
        ) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            yield

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        self.handshakes.append((request.path, dict(request.headers.raw_items())))
        return connection.respond(self.http_status, "no\n") if self.http_status else None

    async def _serve(self, socket: ServerConnection) -> None:
        self.socket = socket
        try:
            async for text in socket:
                await self._receive(socket, json.loads(text))
        except ConnectionClosed:
            return
        finally:
            async with self._arrival:
                self._arrival.notify_all()

    async def _receive(self, socket: ServerConnection, frame: list[Any]) -> None:
        match frame:
            case [2, message_id, action, payload]:
                self._check(f"{action}Request", payload)
                if self.errors[action] > 0:
                    self.errors[action] -= 1
                    await socket.send(json.dumps([4, message_id, "InternalError", "scripted", {}]))
                elif action not in self.silent:
                    answer = self.answers.get(action, _nothing)(payload)
                    await socket.send(json.dumps([3, message_id, answer]))
                self.calls.append((action, payload))
            case [3, message_id, payload]:
                action, future = self._pending.pop(message_id)
                self._check(f"{action}Response", payload)
                future.set_result(payload)
            case [4, message_id, code, *_] if message_id in self._pending:
                self._pending.pop(message_id)[1].set_exception(CallFailedError(code))
            case _:
                self.calls.append(("unreadable", {"frame": frame}))
        async with self._arrival:
            self._arrival.notify_all()

    def _check(self, name: str, payload: Json) -> None:
        try:
            validate(name, payload)
        except jsonschema_rs.ValidationError as err:
            self.problems.append(f"{name}: {err}")
