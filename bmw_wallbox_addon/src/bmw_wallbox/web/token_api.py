"""The calls of the HTTP API that keep the token table."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from aiohttp import web

from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.tokens import Token, TokenStatus, masked
from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.errors import InvalidPayloadError, NotFoundError
from bmw_wallbox.web.access import demand_admin, is_admin
from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.wire import answer, number_of, read_object, text_of

_STATUSES: Mapping[str, TokenStatus] = {status: status for status in get_args(TokenStatus.__value__)}
_TYPES = frozenset(
    {
        "Central",
        "eMAID",
        "ISO14443",
        "ISO15693",
        "KeyCode",
        "Local",
        "MacAddress",
    }
)
"""OCPP 2.0.1 IdTokenEnumType without NoAuthorization, which no table can hold."""
_ID_LENGTH = 36
"""OCPP 2.0.1 IdTokenType.idToken."""
_LEAST_A, _MOST_A = 6, 32
"""Between what a car charges with at all (IEC 61851-1) and the highest of the options."""


class TokenApi:
    """Read and write the token table; only administrators see whole tokens and may write."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[web.RouteDef]:
        """Return this part of the interface."""
        return [
            web.get("/api/tokens", self.list),
            web.get("/api/tokens/presented", self.presented),
            web.post("/api/tokens", self.create),
            web.put("/api/tokens/{key}", self.replace),
            web.delete("/api/tokens/{key}", self.delete),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """Answer with the table."""
        whole = await is_admin(request, self._backend)
        return answer([_row(token, whole=whole) for token in self._backend.tokens()])

    async def presented(self, request: web.Request) -> web.Response:
        """Answer with the cards that were held to the wallboxes lately, so that one can be added by it."""
        await demand_admin(request, self._backend)
        return answer([row for state in self._states() for row in _presented(state)])

    async def create(self, request: web.Request) -> web.Response:
        """Add a token under a key of our own."""
        await demand_admin(request, self._backend)
        token = _parse(secrets.token_hex(8), await read_object(request))
        return await self._save(token, 201)

    async def replace(self, request: web.Request) -> web.Response:
        """Replace the token that has this key."""
        await demand_admin(request, self._backend)
        key = self._known_key(request)
        return await self._save(_parse(key, await read_object(request)), 200)

    async def delete(self, request: web.Request) -> web.Response:
        """Remove the token that has this key."""
        await demand_admin(request, self._backend)
        await self._backend.delete_token(self._known_key(request))
        return answer({})

    async def _save(self, token: Token, status: int) -> web.Response:
        for known in self._backend.tokens():
            if known.key != token.key and _is_same(known, token):
                raise InvalidPayloadError("id_token", masked(token.id_token), "it is in the table already")
        await self._backend.save_token(token)
        return answer(_row(token, whole=True), status)

    def _states(self) -> Iterator[StationState]:
        for station in self._backend.stations():
            if station["admission"] == Admission.APPROVED:
                yield self._backend.state(str(station["key"]))

    def _known_key(self, request: web.Request) -> str:
        key = request.match_info["key"]
        if all(token.key != key for token in self._backend.tokens()):
            raise NotFoundError("token", key)
        return key


def _presented(state: StationState) -> list[dict[str, Any]]:
    return [
        {
            "station": state.key,
            "id_token": card.id_token,
            "type": card.type,
            "status": card.status,
            "at": card.told_at,
        }
        for card in reversed(state.device.presented_cards)
    ]


def _is_same(one: Token, other: Token) -> bool:
    """Return whether two rows are about the same token: a type belongs to it (OCPP 2.0.1 IdTokenType)."""
    return one.id_token.casefold() == other.id_token.casefold() and one.type == other.type


def _row(token: Token, *, whole: bool) -> dict[str, Any]:
    return {
        "key": token.key,
        "id_token": token.id_token if whole else masked(token.id_token),
        "type": token.type,
        "status": token.status,
        "group_id": token.group_id if whole or token.group_id is None else masked(token.group_id),
        "expires": token.expires,
        "name": token.name,
        "vehicle": token.vehicle,
        "limit_a": token.limit_a,
    }


def _parse(key: str, body: Mapping[str, Any]) -> Token:
    """Return a token from a request's body; raise InvalidPayloadError for what it cannot use."""
    type_ = text_of(body, "type")
    if type_ is not None and type_ not in _TYPES:
        raise InvalidPayloadError("type", type_, f"known are {', '.join(sorted(_TYPES))}")
    status = text_of(body, "status") or "Accepted"
    if status not in _STATUSES:
        raise InvalidPayloadError("status", status, f"known are {', '.join(sorted(_STATUSES))}")
    limit_a = body.get("limit_a")
    return Token(
        key=key,
        id_token=text_of(body, "id_token", limit=_ID_LENGTH, needed=True) or "",
        type=type_,
        status=_STATUSES[status],
        group_id=text_of(body, "group_id", limit=_ID_LENGTH),
        expires=_instant(text_of(body, "expires")),
        name=text_of(body, "name", limit=100),
        vehicle=text_of(body, "vehicle", limit=100),
        limit_a=None if limit_a is None else number_of("limit_a", limit_a, _LEAST_A, _MOST_A),
    )


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidPayloadError("expires", text, "an ISO 8601 date and time is needed") from None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)
