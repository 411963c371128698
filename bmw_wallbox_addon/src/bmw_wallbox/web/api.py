"""The calls of the HTTP API that concern the app as a whole, and the table of all routes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from aiohttp import web

from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.errors import InvalidPayloadError
from bmw_wallbox.web.access import demand_admin, is_admin
from bmw_wallbox.web.audit_api import AuditApi
from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.danger import Danger, dare
from bmw_wallbox.web.guide_api import GuideApi
from bmw_wallbox.web.openapi import OpenApi
from bmw_wallbox.web.quirks_api import QuirksApi
from bmw_wallbox.web.report_api import ReportApi
from bmw_wallbox.web.session_api import SessionApi
from bmw_wallbox.web.settings_api import SettingsApi
from bmw_wallbox.web.station_api import StationApi, find_station, id_of
from bmw_wallbox.web.tariff_api import TariffApi
from bmw_wallbox.web.token_api import TokenApi
from bmw_wallbox.web.wire import answer, fault, number_of, read_object

HEALTH_TIMEOUT_S = 5
SETUP_TIMEOUT_S = 600
"""Home Assistant may have to download its broker."""
MAX_PAIRING_MIN = 1440
MAX_PASSWORD = 64
"""OCPP 2.0.1 has 16 to 40 characters (A00.FR.205); what a wallbox came with may differ."""


class AppApi:
    """Health, information, admission and the link to Home Assistant."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[web.RouteDef]:
        """Return this part of the interface."""
        return [
            web.get("/healthz", self.health),
            web.get("/api/info", self.info),
            web.get("/api/stations", self.stations),
            web.post("/api/stations/{id}/approve", self.approve),
            web.post(
                "/api/stations/{id}/block",
                self._dangerous("block", self._backend.block, "Keep a station out from now on."),
            ),
            web.post(
                "/api/stations/{id}/forget",
                self._dangerous("forget", self._backend.forget, "Remove a station and what is known of it."),
            ),
            web.post(
                "/api/stations/{id}/trust_password",
                self._dangerous(
                    "trust_password",
                    self._backend.trust_password,
                    "Take the password that a station was refused for.",
                ),
            ),
            web.put("/api/stations/{id}/password", self.password),
            web.get("/api/diary", self.diary),
            web.post("/api/pairing", self.pairing),
            web.post("/api/home_assistant/setup_mqtt", self.setup_mqtt),
            web.post("/api/home_assistant/remove", self.remove),
            web.post("/api/home_assistant/register_again", self.register_again),
        ]

    async def health(self, _request: web.Request) -> web.Response:
        """Answer 200 while the event loop and the store do their work."""
        try:
            async with asyncio.timeout(HEALTH_TIMEOUT_S):
                healthy = await self._backend.healthy()
        except TimeoutError:
            healthy = False
        return answer({"ok": True}) if healthy else fault(503, "unavailable", "The store does not answer.")

    async def info(self, request: web.Request) -> web.Response:
        """Answer with the app's own condition."""
        return answer({**self._backend.info(), "admin": await is_admin(request, self._backend)})

    async def stations(self, _request: web.Request) -> web.Response:
        """Answer with every station that ever knocked."""
        return answer(list(self._backend.stations()))

    async def password(self, request: web.Request) -> web.Response:
        """Fix a station's password, or with null learn the next one; it is never shown."""
        await demand_admin(request, self._backend)
        body, station = await read_object(request), find_station(request, self._backend)
        password = _password(body)
        target, confirmation = id_of(station, self._backend), body.get("confirm")
        danger = Danger(action="password", target=target, confirmation=confirmation)
        await dare(request, self._backend, danger, partial(self._backend.set_password, station, password))
        return answer(list(self._backend.stations()))

    async def diary(self, _request: web.Request) -> web.Response:
        """Answer with who tried to connect, the latest first."""
        return answer(list(self._backend.diary()))

    async def pairing(self, request: web.Request) -> web.Response:
        """Let unknown stations wait for approval, for so many minutes."""
        await demand_admin(request, self._backend)
        body = await read_object(request)
        minutes = number_of("minutes", body.get("minutes"), 0, MAX_PAIRING_MIN)
        await self._backend.set_pairing(minutes)
        return answer({"minutes": minutes})

    async def setup_mqtt(self, request: web.Request) -> web.Response:
        """Have Home Assistant install and connect its MQTT broker."""
        await demand_admin(request, self._backend)
        async with asyncio.timeout(SETUP_TIMEOUT_S):
            return answer(await self._backend.setup_mqtt())

    async def remove(self, request: web.Request) -> web.Response:
        """Take everything of ours out of Home Assistant."""
        body = await read_object(request)
        danger = Danger(action="remove", target="Home Assistant", confirmation=body.get("confirm"))
        await dare(request, self._backend, danger, self._backend.remove_from_home_assistant)
        return answer({})

    async def register_again(self, request: web.Request) -> web.Response:
        """Announce everything of ours to Home Assistant anew."""
        await demand_admin(request, self._backend)
        await self._backend.register_again()
        return answer({})

    async def approve(self, request: web.Request) -> web.Response:
        """Let a station in from now on."""
        await demand_admin(request, self._backend)
        await self._backend.approve(find_station(request, self._backend))
        return answer(list(self._backend.stations()))

    def _dangerous(
        self, action: str, act: Callable[[str], Awaitable[None]], meaning: str
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Return what does this to a station; one that was never let in is turned away without a question."""

        async def handle(request: web.Request) -> web.Response:
            await demand_admin(request, self._backend)
            station, body = find_station(request, self._backend), await read_object(request)
            row = next(row for row in self._backend.stations() if row["key"] == station)
            confirmation = body.get("confirm") if row["admission"] == Admission.APPROVED else True
            danger = Danger(action=action, target=str(row["id"]), confirmation=confirmation)
            await dare(request, self._backend, danger, partial(act, station))
            return answer(list(self._backend.stations()))

        handle.__doc__ = meaning
        return handle


def _password(body: Mapping[str, Any]) -> str | None:
    """Return the password of a body; the complaint about a wrong one does not repeat it."""
    password = body.get("password", "")
    if password is not None and (not isinstance(password, str) or not 0 < len(password) <= MAX_PASSWORD):
        raise InvalidPayloadError(
            "password", "…", f"a text of 1 to {MAX_PASSWORD} characters is needed, or null"
        )
    return password


def api_routes(backend: Backend) -> list[web.RouteDef]:
    """Return all routes of the HTTP API but the WebSocket."""
    parts = (
        AppApi,
        StationApi,
        QuirksApi,
        SessionApi,
        ReportApi,
        TariffApi,
        TokenApi,
        SettingsApi,
        GuideApi,
        AuditApi,
        OpenApi,
    )
    return [route for part in parts for route in part(backend).routes()]
