"""The call of the HTTP API that shows what a wallbox drew in the last hours."""

from datetime import datetime, timedelta

from aiohttp import web

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.sessions_curve import Point
from bmw_wallbox.domain.sessions_list import SessionFilter
from bmw_wallbox.domain.sessions_recent import Drawn, recent
from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.station_api import find_station
from bmw_wallbox.web.wire import answer, number_of

MAX_HOURS = 24
MAX_POINTS = 360
_LONGEST_SESSION = timedelta(days=7)
"""How long before the hours a session may have begun whose curve is looked for."""
_MOST_SESSIONS = 100
_COLUMNS = ("after_s", "power_w", "current_l1_a", "current_l2_a", "current_l3_a")


class HistoryApi:
    """The last hours of one station, from the curves of its sessions; they outlast a restart."""

    def __init__(self, backend: Backend, clock: Clock) -> None:
        self._backend = backend
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return this part of the interface."""
        return [web.get("/api/stations/{id}/history", self.history)]

    async def history(self, request: web.Request) -> web.Response:
        """Answer with power and currents of the last `hours`, in columns; times are seconds after `since`."""
        station = find_station(request, self._backend)
        hours = number_of("hours", request.query.get("hours", MAX_HOURS), 0.1, MAX_HOURS)
        since = self._clock.now() - timedelta(hours=hours)
        line = recent(await self._curves(station, since), since, MAX_POINTS)
        return answer({"since": since, "columns": _COLUMNS, "points": [_row(point, since) for point in line]})

    async def _curves(self, station: str, since: datetime) -> list[Drawn]:
        """Return the curves of the sessions that ran in the time since then, oldest first."""
        wanted = SessionFilter(station=station, since=since - _LONGEST_SESSION, limit=_MOST_SESSIONS)
        page = await self._backend.sessions.page(wanted)
        found = [row for row in reversed(page.sessions) if row.ended_at is None or row.ended_at >= since]
        return [
            Drawn(points=(await self._backend.sessions.detail(station, row.id)).curve, ended_at=row.ended_at)
            for row in found
        ]


def _row(point: Point, since: datetime) -> tuple[float | None, ...]:
    currents_ma = (point.current_l1_ma, point.current_l2_ma, point.current_l3_ma)
    return (
        round((point.at - since).total_seconds()),
        point.power_w,
        *(None if current is None else round(current / 1000, 1) for current in currents_ma),
    )
