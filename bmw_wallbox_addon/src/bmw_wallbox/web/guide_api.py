"""The calls of the HTTP API behind the set-up guide."""

from aiohttp import web

from bmw_wallbox.errors import InvalidPayloadError
from bmw_wallbox.web.access import demand_admin
from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.wire import answer, read_object, text_of

_HOST_LENGTH = 253
"""RFC 1035 §2.3.4."""


class GuideApi:
    """Whether the house is set up, which address the wallbox needs, and whether that would work."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[web.RouteDef]:
        """Return this part of the interface."""
        return [
            web.get("/api/guide", self.show),
            web.put("/api/guide", self.finish),
            web.post("/api/guide/check", self.check),
        ]

    async def show(self, _request: web.Request) -> web.Response:
        """Answer with the state of the guide, and with what the server address can be made of."""
        guide = self._backend.guide
        return answer({"finished_at": guide.finished_at, "address": await guide.address()})

    async def finish(self, request: web.Request) -> web.Response:
        """Put the guide away, or have it shown again."""
        await demand_admin(request, self._backend)
        finished = (await read_object(request)).get("finished")
        if not isinstance(finished, bool):
            raise InvalidPayloadError("finished", finished, "true or false is needed")
        await self._backend.guide.finish(finished=finished)
        return answer({"finished_at": self._backend.guide.finished_at})

    async def check(self, request: web.Request) -> web.Response:
        """Answer with what a strict client meets at our listener that is told to go to this host."""
        await demand_admin(request, self._backend)
        host = text_of(await read_object(request), "host", limit=_HOST_LENGTH, needed=True) or ""
        if not host.isascii() or not host.isprintable() or set(host) & set("/?#@ \\:%"):
            raise InvalidPayloadError("host", host, "a host name alone is needed, without wss:// and port")
        return answer(await self._backend.guide.check(host.lower()))
