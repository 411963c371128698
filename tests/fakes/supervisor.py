"""A small Supervisor: lets one app in by its token and passes it on to a Core as an admin."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

_DENIED_COMMANDS = ("supervisor/", "hassio/")
_FORWARDED_HEADERS = ("Accept", "Content-Type", "Last-Event-ID")
_CORE_TO_APP_BYTES = 64 * 1024 * 1024

type OnCommand = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, kw_only=True)
class CoreAddress:
    """Where the Core behind this Supervisor is, and an admin's token for it."""

    url: str
    token: str


@dataclass(kw_only=True)
class FakeSupervisor:
    """Its state can be changed while it runs; `core` None is a Core that is not there."""

    token: str = "supervisor-token"
    core: CoreAddress | None = None
    app_info: dict[str, Any] = field(
        default_factory=lambda: {
            "slug": "local_bmw_wallbox",
            "version": "0.1.0",
            "state": "started",
            "hostname": "local-bmw-wallbox",
            "ip_address": "127.0.0.1",
            "network": {"9000/tcp": 9000},
            "ingress_entry": "/api/hassio_ingress/fake",
            "ingress_url": "/api/hassio_ingress/fake/",
            "ingress_port": 8099,
        }
    )
    info: dict[str, Any] = field(
        default_factory=lambda: {
            "supervisor": "2026.11.0",
            "homeassistant": "2026.11.0",
            "timezone": "Europe/Berlin",
            "channel": "stable",
            "state": "running",
        }
    )
    on_command: OnCommand = lambda _command: None
    """Sees every WebSocket command of the app as it arrives."""
    url: str = ""
    _session: aiohttp.ClientSession | None = None
    _sockets: set[web.WebSocketResponse] = field(default_factory=set)

    @property
    def environment(self) -> dict[str, str]:
        """What the real one puts into an app's environment, and where to find this one."""
        return {"SUPERVISOR_TOKEN": self.token, "SUPERVISOR_URL": self.url}

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["FakeSupervisor"]:
        app = web.Application()
        app.router.add_get("/core/websocket", self._websocket)
        app.router.add_get("/core/api/websocket", self._websocket)
        app.router.add_route("*", "/core/api/{path:.*}", self._core_api)
        app.router.add_get("/addons/self/info", self._app_info)
        app.router.add_get("/info", self._info)
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        try:
            async with aiohttp.ClientSession() as self._session:
                site = web.TCPSite(runner, "127.0.0.1", 0)
                await site.start()
                host, port = runner.addresses[0][:2]
                self.url = f"http://{host}:{port}"
                try:
                    yield self
                finally:
                    await self.drop_connections()
        finally:
            await runner.cleanup()

    async def drop_connections(self) -> None:
        """Close every proxied socket, as a restart of the Supervisor does."""
        for socket in list(self._sockets):
            await socket.close(code=aiohttp.WSCloseCode.GOING_AWAY)

    def _check(self, request: web.Request) -> None:
        header = request.headers.get("Authorization", "")
        if not header:
            raise web.HTTPUnauthorized
        if header != f"Bearer {self.token}":
            raise web.HTTPForbidden

    async def _app_info(self, request: web.Request) -> web.Response:
        self._check(request)
        return web.json_response({"result": "ok", "data": self.app_info})

    async def _info(self, request: web.Request) -> web.Response:
        self._check(request)
        return web.json_response({"result": "ok", "data": self.info})

    async def _running_core(self) -> CoreAddress:
        """Return the Core's address; 502 unless its state is RUNNING."""
        core, session = self.core, self._session
        if core is None or session is None:
            raise web.HTTPBadGateway
        try:
            async with session.get(
                f"{core.url}/api/core/state",
                headers={"Authorization": f"Bearer {core.token}"},
                timeout=aiohttp.ClientTimeout(total=5),
            ) as response:
                state = await response.json() if response.ok else {}
        except (aiohttp.ClientError, TimeoutError) as error:
            raise web.HTTPBadGateway from error
        if state.get("state") != "RUNNING":
            raise web.HTTPBadGateway
        return core

    async def _core_api(self, request: web.Request) -> web.Response:
        self._check(request)
        path = request.match_info["path"]
        if path.startswith("hassio"):
            raise web.HTTPForbidden
        if request.method not in {"GET", "POST", "DELETE"}:
            raise web.HTTPMethodNotAllowed(request.method, ["GET", "POST", "DELETE"])
        core, session = await self._running_core(), self._session
        assert session is not None
        headers = {key: request.headers[key] for key in _FORWARDED_HEADERS if key in request.headers}
        try:
            async with session.request(
                request.method,
                f"{core.url}/api/{path}",
                params=request.query,
                data=await request.read(),
                headers={**headers, "Authorization": f"Bearer {core.token}"},
            ) as response:
                return web.Response(
                    status=response.status, body=await response.read(), content_type=response.content_type
                )
        except aiohttp.ClientError as error:
            raise web.HTTPBadGateway from error

    async def _websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Let the app in, then connect upstream as an admin and pass frames both ways."""
        core, session = await self._running_core(), self._session
        assert session is not None
        app = web.WebSocketResponse(heartbeat=30)
        await app.prepare(request)
        self._sockets.add(app)
        try:
            await app.send_json({"type": "auth_required", "ha_version": self.info["homeassistant"]})
            shown = await app.receive_json(timeout=10)
            if shown.get("access_token") != self.token:
                await app.send_json({"type": "auth_invalid", "message": "Invalid access"})
                return app
            await app.send_json({"type": "auth_ok", "ha_version": self.info["homeassistant"]})
            async with session.ws_connect(
                f"{core.url}/api/websocket", max_msg_size=_CORE_TO_APP_BYTES
            ) as upstream:
                await _log_in(upstream, core.token)
                await _pass_both_ways(app, upstream, self.on_command)
        except (aiohttp.ClientError, TypeError):
            pass  # the app hung up, or Core did: the real one closes just so
        finally:
            self._sockets.discard(app)
            await app.close()
        return app


async def _log_in(upstream: aiohttp.ClientWebSocketResponse, token: str) -> None:
    await upstream.receive_json()
    await upstream.send_json({"type": "auth", "access_token": token})
    await upstream.receive_json()


async def _pass_both_ways(
    app: web.WebSocketResponse, upstream: aiohttp.ClientWebSocketResponse, on_command: OnCommand
) -> None:
    directions = {
        asyncio.create_task(_pass_commands(app, upstream, on_command)),
        asyncio.create_task(_pass_answers(upstream, app)),
    }
    try:
        await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in directions:
            task.cancel()
        await asyncio.gather(*directions, return_exceptions=True)


async def _pass_commands(
    app: web.WebSocketResponse, upstream: aiohttp.ClientWebSocketResponse, on_command: OnCommand
) -> None:
    async for frame in app:
        command = json.loads(frame.data)
        on_command(command)
        if str(command.get("type", "")).startswith(_DENIED_COMMANDS):
            await app.send_json(
                {
                    "id": command.get("id"),
                    "type": "result",
                    "success": False,
                    "error": {"code": "unauthorized", "message": "Command is not allowed"},
                }
            )
        else:
            await upstream.send_str(frame.data)


async def _pass_answers(upstream: aiohttp.ClientWebSocketResponse, app: web.WebSocketResponse) -> None:
    async for frame in upstream:
        await app.send_str(frame.data)
