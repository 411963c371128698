"""The call of the HTTP API that makes a report on charging sessions."""

from datetime import date

from aiohttp import web

from bmw_wallbox.domain.periods import CALENDAR
from bmw_wallbox.domain.report_document import ReportFilter
from bmw_wallbox.domain.report_words import Language
from bmw_wallbox.domain.sessions_csv import Dialect
from bmw_wallbox.errors import InvalidPayloadError, NotFoundError
from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.session_api import dialect_of, file_response

_FORMATS = {"pdf": "application/pdf", "csv": "text/csv"}


class ReportApi:
    """Everybody who may read the sessions may have a report on them."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[web.RouteDef]:
        """Return this part of the interface."""
        return [web.get("/api/reports", self.report)]

    async def report(self, request: web.Request) -> web.Response:
        """Answer with a report on sessions, as a PDF or a CSV file."""
        kind = request.query.get("format", "pdf")
        if kind not in _FORMATS:
            raise InvalidPayloadError("format", kind, f"one of {', '.join(_FORMATS)} is needed")
        wanted = self._filter(request)
        reports = self._backend.session_reports
        if kind == "pdf":
            body = await reports.pdf(wanted)
        else:
            # Spreadsheets take a file for UTF-8 only if it begins with the mark.
            body = (await reports.csv(wanted, _dialect(request))).encode("utf-8-sig", "replace")
        return file_response(body, _FORMATS[kind], f"{_name(wanted)}.{kind}")

    def _filter(self, request: web.Request) -> ReportFilter:
        query = request.query
        known = {row[name] for row in self._backend.stations() for name in ("id", "key")}
        station = query.get("station") or None
        if station is not None and station not in known:
            raise NotFoundError("wallbox", station)
        language = query.get("language") or None
        if language is not None and language not in tuple(Language):
            raise InvalidPayloadError("language", language, f"one of {', '.join(Language)} is needed")
        first, last = _day(query.get("from"), "from"), _day(query.get("to"), "to")
        if first is not None and last is not None and last < first:
            raise InvalidPayloadError("to", last.isoformat(), "it must not be before the first day")
        return ReportFilter(
            first=first,
            last=last,
            station=station,
            person=query.get("person") or None,
            vehicle=query.get("vehicle") or None,
            language=None if language is None else Language(language),
        )


def _dialect(request: web.Request) -> Dialect | None:
    """Return how the file is to be written, where the request says so."""
    return dialect_of(request.query) if {"decimal", "separator"} & request.query.keys() else None


def _day(text: str | None, key: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if day.year not in CALENDAR:
        raise InvalidPayloadError(key, text, "an ISO 8601 date is needed")
    return day


def _name(wanted: ReportFilter) -> str:
    """Return the file's name without its ending."""
    days = [day.isoformat() for day in (wanted.first, wanted.last) if day is not None]
    return "_".join(("wallbox", *days))
