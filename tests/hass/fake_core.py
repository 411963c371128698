"""A scripted Home Assistant Core: the WebSocket and REST frames of the real one, answers from tables."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web


class RefusedError(Exception):
    """Raised by a command's handler: what the fake then answers as `error`."""

    def __init__(self, code: str, message: str = "no", translation_key: str | None = None) -> None:
        super().__init__(message)
        self.error = {"code": code, "message": message}
        if translation_key:
            self.error["translation_key"] = translation_key


type Handler = Callable[[dict[str, Any]], Any]
type RestHandler = Callable[[str, dict[str, Any] | None], Awaitable[tuple[int, Any]]]


@dataclass
class FakeCore:
    """`commands` maps a WebSocket command to its handler, which returns the result or raises RefusedError."""

    token: str = "core-token"
    state: str = "RUNNING"
    handshake_status: int | None = None
    greeting: str | None = None
    commands: dict[str, Handler] = field(default_factory=dict)
    rest: RestHandler | None = None
    received: list[dict[str, Any]] = field(default_factory=list)
    subscriptions: list[tuple[web.WebSocketResponse, dict[str, Any]]] = field(default_factory=list)
    connections: int = 0
    url: str = ""
    _sockets: set[web.WebSocketResponse] = field(default_factory=set)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator["FakeCore"]:
        app = web.Application()
        app.router.add_get("/api/websocket", self._websocket)
        app.router.add_get("/api/core/state", self._core_state)
        app.router.add_route("*", "/api/{path:.*}", self._rest)
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://{host}:{port}"
            yield self
        finally:
            await self.hang_up()
            await runner.cleanup()

    async def hang_up(self) -> None:
        for socket in list(self._sockets):
            await socket.close()

    async def until(self, condition: Callable[[], bool], timeout_s: float = 5) -> None:
        """Wait until a message makes the condition true."""
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(condition)

    def sent(self, command: str) -> list[dict[str, Any]]:
        return [message for message in self.received if message.get("type") == command]

    async def fire(self, command: str, event: object, **match: object) -> None:
        """Send an event to the subscriptions that this command made (and whose fields match)."""
        for socket, message in self.subscriptions:
            fits = all(message.get(key) == value for key, value in match.items())
            if message["type"] == command and fits and not socket.closed:
                await socket.send_json({"id": message["id"], "type": "event", "event": event})

    async def _core_state(self, _request: web.Request) -> web.Response:
        return web.json_response({"state": self.state})

    async def _rest(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.Response(status=401, text="401: Unauthorized")
        body = await request.json() if request.can_read_body else None
        if self.rest is None:
            return web.Response(status=404, text="404: Not Found")
        status, answer = await self.rest(f"{request.method} {request.match_info['path']}", body)
        if isinstance(answer, str):
            return web.Response(status=status, text=answer)
        return web.json_response(answer, status=status)

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        if self.handshake_status is not None:
            return web.Response(status=self.handshake_status)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await self._converse(socket)
        except TypeError:
            pass  # aiohttp's receive_json on a closing socket
        finally:
            self._sockets.discard(socket)
        return socket

    async def _converse(self, socket: web.WebSocketResponse) -> None:
        if self.greeting is not None:
            await socket.send_str(self.greeting)
            return
        await socket.send_json({"type": "auth_required", "ha_version": "2026.11.0"})
        if (await socket.receive_json()).get("access_token") != self.token:
            await socket.send_json({"type": "auth_invalid", "message": "Invalid access token"})
            return
        self.connections += 1
        await socket.send_json({"type": "auth_ok", "ha_version": "2026.11.0"})
        async for frame in socket:
            if frame.type is aiohttp.WSMsgType.TEXT:
                await self._answer(socket, frame.json())

    async def _answer(self, socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        self.received.append(message)
        answer: dict[str, Any] = {"id": message["id"], "type": "result", "success": True}
        subscribed = False
        try:
            handler = self.commands.get(message["type"]) or self._built_in(message["type"])
            answer["result"] = handler(message)
            subscribed = "subscribe" in message["type"]
        except RefusedError as refused:
            answer |= {"success": False, "error": refused.error}
        if answer.get("result") is not NO_ANSWER:
            await socket.send_json(answer)
        if subscribed:
            self.subscriptions.append((socket, message))
        async with self._news:
            self._news.notify_all()

    def _built_in(self, command: str) -> Handler:
        if command == "get_config":
            return lambda _message: {"state": self.state, "version": "2026.11.0", "components": []}
        if command == "ping":
            return lambda _message: None
        raise RefusedError("unknown_command", "Unknown command.")


NO_ANSWER = object()
