"""The call by which an owner says how one wallbox is handled, and has it unlearn."""

from aiohttp import web

from bmw_wallbox.domain.quirks import ROW_NAMES
from bmw_wallbox.errors import InvalidPayloadError
from bmw_wallbox.web.access import demand_admin
from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.document import choices_document
from bmw_wallbox.web.station_api import find_station
from bmw_wallbox.web.wire import answer, read_object

_FIELDS = ("forget_learned", "row")


class QuirksApi:
    """Administrators choose the row of the quirks' table that a wallbox is handled by."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[web.RouteDef]:
        """Return this part of the interface."""
        return [
            web.get("/api/stations/{id}/quirks", self.show),
            web.put("/api/stations/{id}/quirks", self.change),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """Tell how a station is handled, and what may be chosen."""
        station = find_station(request, self._backend)
        return answer(choices_document(self._backend.state(station), self._backend.settings()))

    async def change(self, request: web.Request) -> web.Response:
        """Choose a row by its name, with null the one that fits; forget what the wallbox taught."""
        await demand_admin(request, self._backend)
        station = find_station(request, self._backend)
        body = await read_object(request)
        for name in body:
            if name not in _FIELDS:
                raise InvalidPayloadError("quirks", name, f"known are {', '.join(_FIELDS)}")
        row = body.get("row", self._backend.state(station).quirk_row)
        if row is not None and row not in ROW_NAMES:
            raise InvalidPayloadError("row", row, f"one of {', '.join(ROW_NAMES)} or null is needed")
        forget_learned = body.get("forget_learned", False)
        if not isinstance(forget_learned, bool):
            raise InvalidPayloadError("forget_learned", forget_learned, "true or false is needed")
        await self._backend.choose_quirks(station, row, forget_learned=forget_learned)
        return answer(choices_document(self._backend.state(station), self._backend.settings()))
