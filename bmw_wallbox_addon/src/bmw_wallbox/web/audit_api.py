"""The call of the HTTP API that shows who did what was dangerous."""

from aiohttp import web

from bmw_wallbox.web.access import demand_admin
from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.wire import answer


class AuditApi:
    """Administrators read the audit; nobody changes it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[web.RouteDef]:
        """Return this part of the interface."""
        return [web.get("/api/audit", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        """Answer with the dangerous actions of the past, the latest first."""
        await demand_admin(request, self._backend)
        return answer(await self._backend.expert.audit.deeds())
