"""What the description of the HTTP API says beyond the routes' own words: parameters, bodies, answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bmw_wallbox.domain.deeds import Deed
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.tariffs import Tariffs

type Schema = Mapping[str, Any]

SHAPES = (ChargingSession, Deed, Problem, Settings, Tariffs)
"""The types whose schemas are part of the description."""
_TEXT: Schema = {"type": "string"}
_DAY: Schema = {"type": "string", "format": "date"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_WHOLE: Schema = {"type": "integer"}
_FLAG: Schema = {"type": "boolean"}
_CSV = "text/csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One parameter of a query."""

    meaning: str
    schema: Schema = field(default_factory=lambda: _TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What one call takes and gives."""

    query: Mapping[str, Query] = field(default_factory=dict)
    body: Schema = field(default_factory=lambda: {"type": "object"})
    answer: Schema = field(default_factory=dict)
    """Empty where nothing is promised."""
    files: tuple[str, ...] = ()
    """The kinds of files that it can give instead."""
    status: str = "200"


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


_SESSION = {"allOf": [_ref("ChargingSession"), _object(running=_FLAG)]}
_BY_CURRENCY: Schema = {"type": "object", "additionalProperties": _WHOLE}
_PAGE = _object(
    sessions=_list(_SESSION),
    count=_WHOLE,
    energy_wh=_WHOLE,
    cost_micros=_BY_CURRENCY,
    priced_wh=_BY_CURRENCY,
    limit=_WHOLE,
    offset=_WHOLE,
)
_SUMS = _object(
    zone=_TEXT,
    currency=_TEXT,
    bars=_list(
        _object(first=_DAY, last=_DAY, count=_WHOLE, energy_wh=_WHOLE, cost_micros=_BY_CURRENCY),
    ),
    persons=_list(_TEXT),
    vehicles=_list(_TEXT),
)
_ENTRY = _object(
    id=_TEXT,
    at=_MOMENT,
    who=_TEXT,
    action=_TEXT,
    undone=_FLAG,
    before=_list(_SESSION),
    after=_list(_SESSION),
)
_OF_OUR_OWN = _object(
    person=_TEXT,
    vehicle=_TEXT,
    note=_TEXT,
    started_at=_MOMENT,
    ended_at=_MOMENT,
    energy_wh=_WHOLE,
    cost_micros=_WHOLE,
    currency=_TEXT,
    id_token=_TEXT,
)
_RANGE = {
    "from": Query(meaning="The first local day.", schema=_DAY),
    "to": Query(meaning="The last local day.", schema=_DAY),
}
_WHO = {
    "person": Query(meaning="Only this person's sessions."),
    "vehicle": Query(meaning="Only this vehicle's sessions."),
}
_WORDS = {
    "q": Query(meaning="To be found in person, vehicle, note, transaction id or reason."),
    "deleted": Query(meaning="1: the deleted ones instead.", schema={"enum": ["1", "true"]}),
}
_MARKS = {
    "decimal": Query(meaning="Of a CSV file.", schema={"enum": ["point", "comma"]}),
    "separator": Query(meaning="Of a CSV file.", schema={"enum": ["comma", "semicolon", "tab"]}),
}
_STATION = {"station": Query(meaning="Only this wallbox; without it, all that are no simulation.")}
_SESSIONS = "/api/stations/{id}/sessions"

OPERATIONS: Mapping[tuple[str, str], Operation] = MappingProxyType(
    {
        ("GET", _SESSIONS): Operation(
            query={
                **_RANGE,
                **_WHO,
                **_WORDS,
                "limit": Query(meaning="The most rows, up to 500.", schema=_WHOLE),
                "offset": Query(meaning="So many rows are skipped.", schema=_WHOLE),
                "format": Query(meaning="A file in place of JSON.", schema={"enum": ["csv"]}),
                **_MARKS,
            },
            answer=_PAGE,
            files=(_CSV,),
        ),
        ("GET", f"{_SESSIONS}/sums"): Operation(
            query={
                **_RANGE,
                **_WHO,
                **_WORDS,
                "by": Query(
                    meaning="How long each summed period is; a month without it.",
                    schema={"enum": ["day", "week", "month", "year"]},
                ),
            },
            answer=_SUMS,
        ),
        ("POST", _SESSIONS): Operation(body=_OF_OUR_OWN, answer=_SESSION, status="201"),
        ("GET", f"{_SESSIONS}/{{session}}"): Operation(
            answer=_object(
                session=_SESSION,
                curve=_object(columns=_list(_TEXT), points=_list({"type": "array"})),
                before=_SESSION,
                after=_SESSION,
                zone=_TEXT,
            )
        ),
        ("DELETE", f"{_SESSIONS}/{{session}}"): Operation(answer=_object(audit=_TEXT)),
        ("PUT", f"{_SESSIONS}/{{session}}"): Operation(body=_OF_OUR_OWN, answer=_SESSION),
        ("POST", f"{_SESSIONS}/{{session}}/split"): Operation(
            body=_object(at=_MOMENT), answer=_list(_SESSION)
        ),
        ("POST", f"{_SESSIONS}/merge"): Operation(body=_object(ids=_list(_TEXT)), answer=_SESSION),
        ("GET", f"{_SESSIONS}/audit"): Operation(
            query={"session": Query(meaning="Only what touched this session.")}, answer=_list(_ENTRY)
        ),
        ("POST", f"{_SESSIONS}/undo"): Operation(body=_object(audit=_TEXT), answer=_list(_SESSION)),
        ("POST", f"{_SESSIONS}/reprice"): Operation(
            body=_object(**{"from": _DAY, "to": _DAY, "person": _TEXT, "vehicle": _TEXT, "apply": _FLAG}),
            answer=_list(_object(id=_TEXT, before={}, after={}, session=_SESSION)),
        ),
        ("POST", f"{_SESSIONS}/import"): Operation(
            body=_object(csv=_TEXT, apply=_FLAG),
            answer=_object(
                added=_WHOLE,
                known=_WHOLE,
                faults=_list(_object(line=_WHOLE, message=_TEXT)),
                sessions=_list(_SESSION),
                audit=_TEXT,
            ),
        ),
        ("GET", "/api/reports"): Operation(
            query={
                **_RANGE,
                **_STATION,
                **_WHO,
                "format": Query(meaning="PDF without it.", schema={"enum": ["pdf", "csv"]}),
                "language": Query(meaning="Without it, the one that is set.", schema={"enum": ["en", "de"]}),
                **_MARKS,
            },
            files=("application/pdf", _CSV),
        ),
        ("GET", "/api/diagnostics"): Operation(files=("application/zip",)),
        ("GET", "/api/audit"): Operation(answer=_list(_ref("Deed"))),
        ("POST", "/api/stations/{id}/ocpp"): Operation(
            body=_object(action=_TEXT, payload={"type": "object"}, again=_TEXT, confirm=_TEXT)
        ),
        ("GET", "/api/tariffs"): Operation(answer=_ref("Tariffs")),
        ("PUT", "/api/tariffs"): Operation(body=_ref("Tariffs"), answer=_ref("Tariffs")),
        ("GET", "/api/energy"): Operation(
            query={**_RANGE, **_STATION},
            answer={
                "type": "object",
                "additionalProperties": _list(_object(day=_DAY, energy_wh=_WHOLE)),
            },
        ),
        ("GET", "/api/settings"): Operation(answer=_ref("Settings")),
        ("PUT", "/api/settings"): Operation(body=_ref("Settings"), answer=_ref("Settings")),
    }
)
