"""The call of the HTTP API that gives the file to attach to a bug report."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict

from aiohttp import web

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.web.access import demand_admin
from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.device_document import device_document
from bmw_wallbox.web.diagnostics import Diagnosis, packed, secrets_of
from bmw_wallbox.web.document import document_of
from bmw_wallbox.web.session_api import file_response

MAX_STATIONS = 16


class DiagnosticsApi:
    """Administrators get the file."""

    def __init__(self, backend: Backend, clock: Clock) -> None:
        self._backend = backend
        self._clock = clock
        self._document = document_of(backend)

    def routes(self) -> list[web.RouteDef]:
        """Return this part of the interface."""
        return [web.get("/api/diagnostics", self.give)]

    async def give(self, request: web.Request) -> web.Response:
        """Answer with a zip for a bug report, without secrets."""
        await demand_admin(request, self._backend)
        now = self._clock.now()
        states = self._states()
        diagnosis = Diagnosis(
            at=now,
            documents={**await self._of_the_app(), **self._of_stations(states)},
            secrets=[
                *self._backend.expert.secrets(),
                *(token.id_token for token in self._backend.tokens()),
                *secrets_of(list(states.values())),
            ],
        )
        body = await asyncio.to_thread(packed, diagnosis)
        return file_response(body, "application/zip", f"bmw-wallbox-{now:%Y%m%d-%H%M%S}.zip")

    def _states(self) -> Mapping[str, StationState]:
        rows = self._backend.stations()
        approved = [str(row["key"]) for row in rows if row["admission"] == Admission.APPROVED]
        return {key: self._backend.state(key) for key in approved[:MAX_STATIONS]}

    async def _of_the_app(self) -> Mapping[str, object]:
        facts = await self._backend.expert.diagnosis()
        return {
            "info.json": self._backend.info(),
            "stations.json": self._backend.stations(),
            "settings.json": asdict(self._backend.settings()),
            "diary.jsonl": self._backend.diary(),
            "audit.jsonl": await self._backend.expert.audit.deeds(),
            **{f"{name}.json": value for name, value in facts.items()},
        }

    def _of_stations(self, states: Mapping[str, StationState]) -> Mapping[str, object]:
        found: dict[str, object] = {}
        for key, state in states.items():
            found[f"{key}/state.json"] = self._document(state)
            found[f"{key}/device.json"] = device_document(state, whole=False)
            found[f"{key}/messages.jsonl"] = self._backend.messages(key)
        return found
