"""A page that plays Home Assistant around the panel: an iframe, a theme, and ingress between."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiohttp import (
    ClientConnectionError,
    ClientSession,
    ClientWebSocketResponse,
    TCPConnector,
    WSMsgType,
    web,
)

from tests.web.panel import INGRESS

PREFIX = "/api/hassio_ingress/TOKEN"

THEMES: Mapping[str, Mapping[str, str]] = {
    "light": {
        "--primary-background-color": "#fafafa",
        "--card-background-color": "#ffffff",
        "--primary-text-color": "#212121",
        "--secondary-text-color": "#727272",
        "--divider-color": "rgba(0, 0, 0, .12)",
        "--primary-color": "#009ac7",
    },
    "dark": {
        "--primary-background-color": "#111111",
        "--card-background-color": "#1c1c1c",
        "--primary-text-color": "#e1e1e1",
        "--secondary-text-color": "#9b9b9b",
        "--divider-color": "rgba(225, 225, 225, .12)",
        "--primary-color": "#009ac7",
    },
    "custom": {
        "--primary-background-color": "#fff8e1",
        "--card-background-color": "#fffdf5",
        "--primary-text-color": "#3e2723",
        "--secondary-text-color": "#6d4c41",
        "--divider-color": "#d7ccc8",
        "--primary-color": "#ffd600",
        "--ha-card-border-radius": "2px",
        "--ha-font-family-body": "serif",
    },
}

_PAGE = """<!doctype html>
<html lang="{language}" style="{style}">
<head><meta charset="utf-8"><title>Home Assistant</title>
<link rel="icon" href="data:,">
<style>html, body {{ margin: 0; height: 100% }} iframe {{ border: 0; width: 100%; height: 100% }}</style>
<script>
window.told = [];
const properties = {{ type: "home-assistant/properties", narrow: innerWidth < 870, route: {{}},
  safeAreaInsets: {{ top: "0px", right: "0px", bottom: "20px", left: "0px" }} }};
addEventListener("message", ({{ data, source }}) => {{
  told.push(data);
  if (data.type === "home-assistant/subscribe-properties") source.postMessage(properties, location.origin);
}});
</script>
</head><body><iframe title="BMW Wallbox" src="{prefix}/#{page}"></iframe></body></html>
"""
_NOT_FORWARDED = frozenset(
    {"host", "connection", "upgrade", "content-length", "transfer-encoding", "content-encoding"}
)
_SESSION = "ingress_session"
_EXPLOITS = re.compile(
    r"proc/self/environ|(<|%3C).*script.*(>|%3E)|\.\./|concat\(|union.*select.*\(|\w=/([a-z0-9_.]//?)+",
    re.IGNORECASE,
)
"""What the Supervisor answers with 400, in a path or a query."""


class Host:
    """Home Assistant's web server as far as the panel meets it.

    Between the browser and the panel it does what ingress does: Content-Type loses its parameters, the
    answer its encoding, and a request that looks like an attack is turned away.
    """

    def __init__(self, panel_port: int, session: ClientSession, user_id: str) -> None:
        self.port = 0
        self.reachable = True
        """False plays a Home Assistant that restarts: everything behind ingress is a 502."""
        self.sizes = Counter[str]()
        """How many bytes every path has given."""
        self._panel = f"http://127.0.0.1:{panel_port}"
        self._session = session
        self._user_id = user_id
        self._bridges: set[web.WebSocketResponse] = set()

    @classmethod
    @asynccontextmanager
    async def before(cls, panel_port: int, user_id: str) -> AsyncIterator["Host"]:
        """Serve the host page of the panel at this port, to a user with this id."""
        async with ClientSession(connector=TCPConnector(local_addr=(INGRESS, 0))) as session:
            host = cls(panel_port, session, user_id)
            app = web.Application()
            app.router.add_get("/", host.page)
            app.router.add_route("*", PREFIX + "/{path:.*}", host.ingress)
            runner = web.AppRunner(app, shutdown_timeout=1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host.port = runner.addresses[0][1]
            try:
                yield host
            finally:
                await host.cut()
                await runner.cleanup()

    async def cut(self) -> None:
        """Close every WebSocket, as a restart of Home Assistant does."""
        for bridge in tuple(self._bridges):
            await bridge.close()

    async def page(self, request: web.Request) -> web.Response:
        """Answer with the page that holds the panel."""
        theme = THEMES.get(request.query.get("theme", ""), {})
        style = "; ".join(f"{name}: {value}" for name, value in theme.items())
        language = request.query.get("language", "en")
        page = request.query.get("page", "now")
        text = _PAGE.format(language=language, style=style, prefix=PREFIX, page=page)
        response = web.Response(text=text, content_type="text/html")
        response.set_cookie(_SESSION, "SESSION", path="/api/hassio_ingress/", samesite="Strict")
        return response

    async def ingress(self, request: web.Request) -> web.StreamResponse:
        """Pass a request on as the Supervisor does."""
        if not self.reachable:
            return web.Response(status=502, text="502: Bad Gateway")
        if _SESSION not in request.cookies:
            return web.Response(status=401)
        path = "/" + request.match_info["path"]
        query = f"?{request.query_string}" if request.query_string else ""
        if _EXPLOITS.search(path) or _EXPLOITS.search(query):
            return web.Response(status=400)
        headers = self._headers(request)
        try:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await self._bridge(request, path, headers)
            return await self._pass(request, path + query, headers)
        except ClientConnectionError:
            return web.Response(status=502, text="502: Bad Gateway")

    async def _pass(self, request: web.Request, path: str, headers: Mapping[str, str]) -> web.Response:
        async with self._session.request(
            request.method, self._panel + path, headers=headers, data=await request.read()
        ) as answer:
            kept = {
                name: value
                for name, value in answer.headers.items()
                if name.lower() not in {*_NOT_FORWARDED, "content-type"}
            }
            body = await answer.read()
            self.sizes[request.match_info["path"]] += len(body)
            return web.Response(
                status=answer.status, body=body, headers=kept, content_type=answer.content_type
            )

    def _headers(self, request: web.Request) -> dict[str, str]:
        """Return what the Supervisor passes on: who asks is said by it, not by the browser."""
        kept = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in _NOT_FORWARDED and not name.lower().startswith("x-remote-user")
        }
        return kept | {
            "Host": request.host,
            "X-Hass-Source": "core.ingress",
            "X-Ingress-Path": PREFIX,
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Host": request.host,
            "X-Forwarded-Proto": "http",
            "X-Remote-User-Id": self._user_id,
        }

    async def _bridge(
        self, request: web.Request, path: str, headers: Mapping[str, str]
    ) -> web.WebSocketResponse:
        kept = {
            name: value for name, value in headers.items() if not name.lower().startswith("sec-websocket")
        }
        async with self._session.ws_connect(self._panel + path, headers=kept) as inner:
            outer = web.WebSocketResponse()
            await outer.prepare(request)
            self._bridges.add(outer)
            pumps = [asyncio.create_task(_pump(inner, outer)), asyncio.create_task(_pump(outer, inner))]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
                self._bridges.discard(outer)
            await outer.close()
        return outer


type _Socket = ClientWebSocketResponse | web.WebSocketResponse


async def _pump(source: _Socket, sink: _Socket) -> None:
    async for message in source:
        if message.type is WSMsgType.TEXT:
            await sink.send_str(message.data)
