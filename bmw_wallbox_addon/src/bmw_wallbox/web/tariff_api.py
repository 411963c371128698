"""The calls of the HTTP API for prices, and for the energy of each day."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

import msgspec
from aiohttp import web

from bmw_wallbox.domain.tariffs import Tariffs, checked
from bmw_wallbox.errors import InvalidPayloadError
from bmw_wallbox.public_holidays import supported_places
from bmw_wallbox.web.access import demand_admin
from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.wire import answer, read_object


class TariffApi:
    """Everybody may read prices and energy; administrators change the prices."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._places: dict[str, list[str]] = {}
        self._asking = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        """Return this part of the interface."""
        return [
            web.get("/api/tariffs", self.show),
            web.put("/api/tariffs", self.replace),
            web.get("/api/holidays", self.holidays),
            web.get("/api/holidays/places", self.places),
            web.get("/api/energy", self.energy),
        ]

    async def show(self, _request: web.Request) -> web.Response:
        """Answer with the tariffs, and with what holds where they name no currency or country."""
        return answer(self._shown())

    async def holidays(self, _request: web.Request) -> web.Response:
        """Answer with the public holidays that count beside those entered by hand, and whose they are."""
        prices = self._backend.sessions.prices
        country, subdivision = prices.place
        return answer({"country": country, "subdivision": subdivision, "days": prices.holidays_worked_out})

    async def places(self, _request: web.Request) -> web.Response:
        """Answer with every country whose public holidays are known, each with its parts."""
        async with self._asking:
            self._places = self._places or await supported_places()
        return answer(self._places)

    async def replace(self, request: web.Request) -> web.Response:
        """Put other tariffs in force; what was priced stays as it is."""
        await demand_admin(request, self._backend)
        try:
            tariffs = msgspec.convert(await read_object(request), Tariffs)
        except msgspec.ValidationError as err:
            raise InvalidPayloadError("tariffs", "…", str(err)) from None
        await self._backend.sessions.save_tariffs(checked(tariffs))
        return answer(self._shown())

    def _shown(self) -> Mapping[str, object]:
        home = self._backend.sessions.prices.home
        return {
            **asdict(self._backend.sessions.tariffs),
            "default_currency": home.currency,
            "default_country": home.country,
        }

    async def energy(self, request: web.Request) -> web.Response:
        """Answer with the energy of each local day, by station."""
        until = _day(request, "to", date.max)
        since = _day(request, "from", date.min)
        only = request.query.get("station")
        stations = [row for row in self._backend.stations() if only in {None, row["id"], row["key"]}]
        return answer(
            {
                str(row["key"]): [
                    {"day": day, "energy_wh": energy_wh}
                    for day, energy_wh in self._backend.sessions.days(str(row["key"]), since, until).items()
                ]
                for row in stations
            }
        )


def _day(request: web.Request, key: str, default: date) -> date:
    text = request.query.get(key)
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidPayloadError(key, text, "an ISO 8601 date is needed") from None
