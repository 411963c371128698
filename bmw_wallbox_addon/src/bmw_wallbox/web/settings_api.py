"""The calls of the HTTP API that read and change the settings."""

from dataclasses import asdict

from aiohttp import web

from bmw_wallbox.domain.settings import changed
from bmw_wallbox.web.access import demand_admin
from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.wire import answer, read_object


class SettingsApi:
    """Everybody may read the settings; administrators change them."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[web.RouteDef]:
        """Return this part of the interface."""
        return [web.get("/api/settings", self.show), web.put("/api/settings", self.change)]

    async def show(self, _request: web.Request) -> web.Response:
        """Answer with all settings."""
        return answer(asdict(self._backend.settings()))

    async def change(self, request: web.Request) -> web.Response:
        """Change the settings that the body names."""
        await demand_admin(request, self._backend)
        settings = changed(self._backend.settings(), await read_object(request))
        await self._backend.save_settings(settings)
        return answer(asdict(settings))
