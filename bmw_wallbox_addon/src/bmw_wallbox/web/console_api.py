"""The calls of the HTTP API behind the console: any OCPP request by hand, and what was sent before."""

import secrets
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from aiohttp import web

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.redaction import redacted
from bmw_wallbox.errors import InvalidPayloadError, NotFoundError, WallboxError
from bmw_wallbox.web.access import demand_admin, name_of
from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.danger import Danger, dare
from bmw_wallbox.web.ocpp_risk import Risk, risk_of
from bmw_wallbox.web.station_api import find_station, id_of
from bmw_wallbox.web.wire import answer, read_object, text_of, to_json

MOST_CALLS = 50


@dataclass(slots=True, kw_only=True)
class SentCall:
    """One request that somebody sent by hand."""

    id: str
    at: datetime
    who: str
    action: str
    payload: Mapping[str, Any]
    """As it was sent, so that it can be sent again: never shown."""
    shown: object
    masked: bool
    """Whether something of the payload is hidden in `shown`."""
    answer: object = None
    error: str | None = None
    duration_ms: int | None = None
    """None while the wallbox is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A request to be sent."""

    station: str
    charge_point_id: str
    who: str
    action: str
    payload: dict[str, Any] = field(repr=False)


class ConsoleApi:
    """Everybody may read; what changes something needs an administrator, what is dangerous a confirmation."""

    def __init__(self, backend: Backend, clock: Clock) -> None:
        self._backend = backend
        self._clock = clock
        self._sent: defaultdict[str, deque[SentCall]] = defaultdict(lambda: deque(maxlen=MOST_CALLS))

    def routes(self) -> list[web.RouteDef]:
        """Return this part of the interface."""
        return [
            web.get("/api/ocpp/actions", self.actions),
            web.get("/api/ocpp/schemas/{action}", self.schema),
            web.post("/api/ocpp/schemas/{action}/check", self.check),
            web.post("/api/stations/{id}/ocpp", self.send),
            web.get("/api/stations/{id}/console", self.sent),
        ]

    async def actions(self, _request: web.Request) -> web.Response:
        """Answer with every request of OCPP 2.0.1 that a CSMS may send, and its risk."""
        names = sorted(self._backend.expert.actions)
        harmless: dict[str, Any] = {"setVariableData": []}
        return answer([{"action": name, "risk": risk_of(name, harmless).name.lower()} for name in names])

    async def schema(self, request: web.Request) -> web.Response:
        """Answer with the JSON Schema of a request."""
        return answer(self._backend.expert.schema(request.match_info["action"]))

    async def check(self, request: web.Request) -> web.Response:
        """Check a payload against its schema without sending it, and tell its risk."""
        action, payload = request.match_info["action"], await read_object(request)
        self._backend.expert.check(action, payload)
        return answer({"risk": risk_of(action, payload).name.lower()})

    async def sent(self, request: web.Request) -> web.Response:
        """Answer with what was sent by hand since the app started, the latest first, redacted."""
        calls = self._sent[find_station(request, self._backend)]
        return answer([_row(call) for call in reversed(calls)])

    async def send(self, request: web.Request) -> web.Response:
        """Send any request of OCPP 2.0.1 that a CSMS may send, in OCPP's own spelling."""
        body = await read_object(request)
        wanted = self._wanted(request, body)
        risk = risk_of(wanted.action, wanted.payload)
        if risk is Risk.DANGEROUS:
            danger = Danger(
                action=wanted.action,
                target=wanted.charge_point_id,
                details=to_json(redacted(wanted.payload)),
                confirmation=body.get("confirm"),
            )
            told = await dare(request, self._backend, danger, partial(self._send, wanted), _status)
            return answer(told)
        if risk is Risk.CHANGES:
            await demand_admin(request, self._backend)
        return answer(await self._send(wanted))

    def _wanted(self, request: web.Request, body: Mapping[str, Any]) -> _Wanted:
        station = find_station(request, self._backend)
        again = text_of(body, "again", limit=64)
        if again is not None:
            call = next((call for call in self._sent[station] if call.id == again), None)
            if call is None:
                raise NotFoundError("call", again)
            action, payload = call.action, dict(call.payload)
        else:
            action, payload = text_of(body, "action", limit=64, needed=True) or "", body.get("payload", {})
        if not isinstance(payload, dict):
            raise InvalidPayloadError("payload", payload, "an object is needed")
        return _Wanted(
            station=station,
            charge_point_id=id_of(station, self._backend),
            who=name_of(request),
            action=action,
            payload=payload,
        )

    async def _send(self, wanted: _Wanted) -> dict[str, Any]:
        shown = redacted(wanted.payload)
        call = SentCall(
            id=secrets.token_hex(6),
            at=self._clock.now(),
            who=wanted.who,
            action=wanted.action,
            payload=wanted.payload,
            shown=shown,
            masked=shown != wanted.payload,
        )
        self._sent[wanted.station].append(call)
        began_s = self._clock.monotonic_s()
        try:
            told = await self._backend.send_ocpp(wanted.station, wanted.action, wanted.payload)
        except WallboxError as err:
            call.error = str(err)
            raise
        else:
            call.answer = redacted(told)
            return told
        finally:
            call.duration_ms = round((self._clock.monotonic_s() - began_s) * 1000)


def _row(call: SentCall) -> Mapping[str, object]:
    return {
        "id": call.id,
        "at": call.at,
        "who": call.who,
        "action": call.action,
        "payload": call.shown,
        "masked": call.masked,
        "risk": risk_of(call.action, call.payload).name.lower(),
        "answer": call.answer,
        "error": call.error,
        "duration_ms": call.duration_ms,
    }


def _status(told: Mapping[str, Any]) -> str:
    """Return the wallbox's word on a request."""
    return str(told.get("status", ""))
