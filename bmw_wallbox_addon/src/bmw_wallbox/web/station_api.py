"""The calls of the HTTP API that concern one wallbox."""

from aiohttp import web

from bmw_wallbox.domain.commands import Command, EndTransaction, Restart, SetVariable, parse_command
from bmw_wallbox.domain.state import CommandReport
from bmw_wallbox.entities.variable_list import variable_list
from bmw_wallbox.errors import NotFoundError
from bmw_wallbox.web.access import demand_admin, is_admin
from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.danger import Danger, dare
from bmw_wallbox.web.device_document import device_document
from bmw_wallbox.web.document import document_of
from bmw_wallbox.web.wire import answer, number_of, read_object, text_of

ASKED_BY = "panel"
MAX_WAIT_S = 120
MAX_TOTAL_KWH = 10_000_000


class StationApi:
    """State, commands and messages of one station."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._document = document_of(backend)

    def routes(self) -> list[web.RouteDef]:
        """Return this part of the interface."""
        base = "/api/stations/{id}"
        return [
            web.get(f"{base}/state", self.state),
            web.get(f"{base}/variables", self.variables),
            web.get(f"{base}/device", self.device),
            web.post(f"{base}/commands", self.execute),
            web.get(f"{base}/commands/{{command}}", self.command),
            web.get(f"{base}/messages", self.messages),
            web.post(f"{base}/initial_total", self.initial_total),
        ]

    async def state(self, request: web.Request) -> web.Response:
        """Answer with the complete state document."""
        return answer(self._document(self._backend.state(find_station(request, self._backend))))

    async def initial_total(self, request: web.Request) -> web.Response:
        """Let the total count on from what another system had counted, in kWh; answer with the state."""
        await demand_admin(request, self._backend)
        station = find_station(request, self._backend)
        energy_kwh = number_of("energy_kwh", (await read_object(request)).get("energy_kwh"), 0, MAX_TOTAL_KWH)
        await self._backend.set_initial_total(station, round(energy_kwh * 1000))
        return answer(self._document(self._backend.state(station)))

    async def variables(self, request: web.Request) -> web.Response:
        """Answer with what the station's device model holds, secrets left out."""
        return answer(variable_list(self._backend.state(find_station(request, self._backend))))

    async def device(self, request: web.Request) -> web.Response:
        """Answer with what is known of the station beyond charging; all of it to administrators only."""
        state = self._backend.state(find_station(request, self._backend))
        return answer(device_document(state, whole=await is_admin(request, self._backend)))

    async def execute(self, request: web.Request) -> web.Response:
        """Take a command; answer at once, or with `?wait=` seconds once its outcome is known."""
        station = find_station(request, self._backend)
        wait_s = number_of("wait", request.query.get("wait", 0), 0, MAX_WAIT_S)
        body = await read_object(request)
        name = text_of(body, "command", limit=64, needed=True) or ""
        limit_a = self._backend.state(station).max_current_a
        command = parse_command(name, body.get("value"), max_limit_a=limit_a)
        if isinstance(command, SetVariable):
            await demand_admin(request, self._backend)

        async def act() -> CommandReport:
            report = self._backend.execute(station, command, ASKED_BY)
            return await self._backend.wait_command(station, report.id, wait_s) if wait_s > 0 else report

        if not _is_dangerous(command):
            return answer(await act())
        danger = Danger(
            action=name,
            target=id_of(station, self._backend),
            details=str(body.get("value") or ""),
            confirmation=body.get("confirm"),
        )
        report = await dare(request, self._backend, danger, act, _in_words)
        return answer(report)

    async def command(self, request: web.Request) -> web.Response:
        """Answer with a command's newest report."""
        station = find_station(request, self._backend)
        return answer(self._backend.command(station, request.match_info["command"]))

    async def messages(self, request: web.Request) -> web.Response:
        """Answer with the recent OCPP frames, redacted."""
        return answer(self._backend.messages(find_station(request, self._backend)))


def find_station(request: web.Request, backend: Backend) -> str:
    """Return the key of the station that the path names by its charge point id or its key.

    Raises:
        NotFoundError: no such station ever knocked.

    """
    name = request.match_info["id"]
    stations = backend.stations()
    for field in ("id", "key"):
        for station in stations:
            if station.get(field) == name:
                return str(station["key"])
    raise NotFoundError("station", name)


def id_of(station: str, backend: Backend) -> str:
    """Return the charge point id that goes with a station's key."""
    return next(str(row["id"]) for row in backend.stations() if row["key"] == station)


def _is_dangerous(command: Command) -> bool:
    return isinstance(command, EndTransaction) or (
        isinstance(command, Restart) and command.when == "immediate"
    )


def _in_words(report: CommandReport) -> str:
    return f"{report.outcome}: {report.message}"
