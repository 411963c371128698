"""The calls of the HTTP API that show and correct charging sessions."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from bmw_wallbox.domain.periods import instant_of
from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.domain.sessions_csv import Dialect, write_csv
from bmw_wallbox.domain.sessions_list import AuditEntry, SessionFilter
from bmw_wallbox.domain.sessions_sums import Span
from bmw_wallbox.domain.tokens import masked
from bmw_wallbox.errors import InvalidPayloadError
from bmw_wallbox.web.access import demand_admin, name_of
from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.station_api import find_station
from bmw_wallbox.web.wire import answer, number_of, read_object, text_of

MAX_PAGE = 500
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
_DECIMALS = {"point": ".", "comma": ","}


class SessionApi:
    """Everybody may read the sessions; administrators correct them. Id tokens are shown by their end."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[web.RouteDef]:
        """Return this part of the interface."""
        base = "/api/stations/{id}/sessions"
        return [
            web.get(base, self.list),
            web.post(base, self.add),
            web.get(f"{base}/sums", self.sums),
            web.get(f"{base}/audit", self.audit),
            web.post(f"{base}/undo", self.undo),
            web.post(f"{base}/merge", self.merge),
            web.post(f"{base}/reprice", self.reprice),
            web.post(f"{base}/import", self.import_csv),
            web.get(f"{base}/{{session}}", self.detail),
            web.put(f"{base}/{{session}}", self.edit),
            web.delete(f"{base}/{{session}}", self.delete),
            web.post(f"{base}/{{session}}/split", self.split),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """Answer with a page of the sessions and the sums over all of them, or with a CSV file."""
        station = find_station(request, self._backend)
        wanted = _filter(station, request.query, self._backend.sessions.zone)
        if request.query.get("format") == "csv":
            return await self._file(wanted, request.query)
        page = await self._backend.sessions.page(wanted)
        return answer(
            {
                "sessions": [_row(session) for session in page.sessions],
                "count": page.count,
                "energy_wh": page.energy_wh,
                "cost_micros": page.cost_micros,
                "priced_wh": page.priced_wh,
                "limit": wanted.limit,
                "offset": wanted.offset,
            }
        )

    async def sums(self, request: web.Request) -> web.Response:
        """Answer with the sums by local day, week, month or year, and the names to filter by."""
        station, zone = find_station(request, self._backend), self._backend.sessions.zone
        span = _chosen("by", request.query, {str(one): one for one in Span}, Span.MONTH)
        found = await self._backend.sessions.sums(_filter(station, request.query, zone), span)
        return answer({"zone": zone.key, "currency": self._backend.sessions.prices.currency, **asdict(found)})

    async def add(self, request: web.Request) -> web.Response:
        """Add a session by hand."""
        station, who = await self._corrector(request)
        body = _with_instants(await read_object(request), self._backend.sessions.zone)
        session = await self._backend.sessions.add(station, body, who)
        return answer(_row(session), 201)

    async def detail(self, request: web.Request) -> web.Response:
        """Answer with one session, its evidence, its curve and its neighbours."""
        station = find_station(request, self._backend)
        found = await self._backend.sessions.detail(station, request.match_info["session"])
        names = ("at", "power_w", "current_l1_ma", "current_l2_ma", "current_l3_ma")
        points = [[getattr(point, name) for name in names] for point in found.curve]
        return answer(
            {
                "session": _row(found.session, whole=True),
                "curve": {"columns": names, "points": points},
                "before": found.before and _row(found.before),
                "after": found.after and _row(found.after),
                "zone": self._backend.sessions.zone.key,
            }
        )

    async def edit(self, request: web.Request) -> web.Response:
        """Change person, vehicle or note; of a session made by hand, everything."""
        station, who = await self._corrector(request)
        body = _with_instants(await read_object(request), self._backend.sessions.zone)
        name = request.match_info["session"]
        return answer(_row(await self._backend.sessions.edit(station, name, body, who)))

    async def delete(self, request: web.Request) -> web.Response:
        """Take a session out of every list and sum; undo brings it back."""
        station, who = await self._corrector(request)
        entry = await self._backend.sessions.delete(station, request.match_info["session"], who)
        return answer({"audit": entry})

    async def split(self, request: web.Request) -> web.Response:
        """Cut a session in two at a time."""
        station, who = await self._corrector(request)
        moment = _instant("at", (await read_object(request)).get("at"), self._backend.sessions.zone)
        name = request.match_info["session"]
        parts = await self._backend.sessions.split(station, name, moment, who)
        return answer([_row(part) for part in parts])

    async def merge(self, request: web.Request) -> web.Response:
        """Make one session of several."""
        station, who = await self._corrector(request)
        ids = (await read_object(request)).get("ids")
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids) or len(ids) > MAX_PAGE:
            raise InvalidPayloadError("ids", ids, "a list of session ids is needed")
        return answer(_row(await self._backend.sessions.merge(station, ids, who)))

    async def audit(self, request: web.Request) -> web.Response:
        """Answer with the corrections that were made, on request of one session only."""
        station = find_station(request, self._backend)
        found = await self._backend.sessions.audit(station, request.query.get("session", ""))
        return answer([_entry(entry) for entry in found])

    async def undo(self, request: web.Request) -> web.Response:
        """Take a correction back."""
        station, who = await self._corrector(request)
        entry = text_of(await read_object(request), "audit", limit=12, needed=True) or ""
        return answer([_row(row) for row in await self._backend.sessions.undo(station, entry, who)])

    async def reprice(self, request: web.Request) -> web.Response:
        """Show what sessions would cost by the present tariffs, or put that in force with `"apply": true`."""
        station, who = await self._corrector(request)
        body = await read_object(request)
        wanted = _filter(
            station, {k: v for k, v in body.items() if isinstance(v, str)}, self._backend.sessions.zone
        )
        changes = await self._backend.sessions.reprice(wanted, who, apply=body.get("apply") is True)
        return answer(
            [
                {
                    "id": one.before.id,
                    "before": one.before.cost,
                    "after": one.after.cost,
                    "session": _row(one.after),
                }
                for one in changes
            ]
        )

    async def import_csv(self, request: web.Request) -> web.Response:
        """Show what a CSV file would add, or add it with `"apply": true`."""
        station, who = await self._corrector(request)
        body = await read_object(request)
        text = body.get("csv")
        if not isinstance(text, str) or not text:
            raise InvalidPayloadError("csv", "…", "the text of a CSV file is needed")
        done = await self._backend.sessions.import_csv(station, text, who, apply=body.get("apply") is True)
        return answer({**asdict(done), "sessions": [_row(one) for one in done.sessions]})

    async def _corrector(self, request: web.Request) -> tuple[str, str]:
        """Return the station and who asks; only an administrator may."""
        await demand_admin(request, self._backend)
        return find_station(request, self._backend), name_of(request)

    async def _file(self, wanted: SessionFilter, choice: Mapping[str, str]) -> web.Response:
        dialect = dialect_of(choice)
        sessions = await self._backend.sessions.every(wanted)
        table = await asyncio.to_thread(write_csv, sessions, self._backend.sessions.zone, dialect)
        # Spreadsheets take a file for UTF-8 only if it begins with the mark.
        return file_response(table.encode("utf-8-sig", "replace"), "text/csv", "sessions.csv")


def dialect_of(choice: Mapping[str, str]) -> Dialect:
    """Return how a CSV file is wanted; raise InvalidPayloadError for a mark that it cannot have."""
    decimal = _chosen("decimal", choice, _DECIMALS, "point")
    separator = _chosen("separator", choice, _SEPARATORS, "semicolon" if decimal == "," else "comma")
    return Dialect(separator=separator, decimal=decimal)


def file_response(body: bytes, content_type: str, name: str) -> web.Response:
    """Return a file to be saved."""
    return web.Response(
        body=body,
        content_type=content_type,
        charset="utf-8" if content_type.startswith("text/") else None,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _filter(station: str, query: Mapping[str, str], zone: ZoneInfo) -> SessionFilter:
    since, until = query.get("from"), query.get("to")
    return SessionFilter(
        station=station,
        since=_instant("from", since, zone) if since else None,
        until=_instant("to", until, zone, end=True) if until else None,
        person=query.get("person") or None,
        vehicle=query.get("vehicle") or None,
        text=query.get("q") or None,
        deleted=query.get("deleted") in {"1", "true"},
        limit=int(number_of("limit", query.get("limit", 50), 1, MAX_PAGE)),
        offset=int(number_of("offset", query.get("offset", 0), 0, 10**9)),
    )


def _instant(key: str, value: object, zone: ZoneInfo, *, end: bool = False) -> datetime:
    """Return a date or a time as an instant, UTC; a bare date is a local day, `end` its last moment."""
    text = value if isinstance(value, str) else ""
    try:
        if len(text) == len("2026-01-01"):
            day = date.fromisoformat(text) + timedelta(days=int(end))
            return instant_of(datetime.combine(day, time.min), zone)
        return instant_of(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):
        raise InvalidPayloadError(key, value, "an ISO 8601 date, or date and time, is needed") from None


def _with_instants(body: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Return an edit with its times as instants: a time without an offset is local."""
    times = {key: _instant(key, body[key], zone) for key in ("started_at", "ended_at") if body.get(key)}
    return {**body, **times}


def _chosen[T: str](key: str, choice: Mapping[str, str], known: Mapping[str, T], default: str) -> T:
    name = choice.get(key, default)
    if name not in known:
        raise InvalidPayloadError(key, name, f"one of {', '.join(known)} is needed")
    return known[name]


def _row(session: ChargingSession, *, whole: bool = False) -> dict[str, Any]:
    """Return a session as it is shown; the meter's signatures only with a single one."""
    if not whole:
        session = replace(
            session,
            begin=session.begin and replace(session.begin, signed=None),
            end=session.end and replace(session.end, signed=None),
        )
    row = asdict(session)
    row["id_token"] = None if session.id_token is None else masked(session.id_token)
    row["running"] = session.running
    return row


def _entry(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": entry.at,
        "who": entry.who,
        "action": entry.action,
        "undone": entry.undone,
        "before": [_row(row) for row in entry.before],
        "after": [_row(row) for row in entry.after],
    }
