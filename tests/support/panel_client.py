"""The panel's HTTP and WebSocket interface, as its own page uses it."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp

_INTENT = {"X-Requested-With": "bmw-wallbox"}

type Json = Any


class PanelError(Exception):
    """An answer that is no success; `error` is the app's own word for it."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(f"{status} {error}: {message}")
        self.status = status
        self.error = error


@dataclass(kw_only=True)
class View:
    """What an open panel knows."""

    info: dict[str, Any] = field(default_factory=dict)
    stations: list[dict[str, Any]] = field(default_factory=list)
    states: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, message: dict[str, Any]) -> None:
        """Take in a snapshot or a change."""
        self.info = message.get("info", self.info)
        self.stations = message.get("stations", self.stations)
        self.states = message.get("states", self.states)
        if message["type"] == "change":
            self.states.setdefault(message["station"], {}).update(message["state"])

    @property
    def state(self) -> dict[str, Any]:
        """The state of the only station that is let in; empty while there is none."""
        return next(iter(self.states.values()), {})

    @property
    def problems(self) -> dict[str, str]:
        """The messages of the present problems by their keys."""
        return {problem["key"]: problem["message"] for problem in self.info.get("problems", ())}


class PanelClient:
    """Talks to one panel on loopback."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session = session
        self._base = base

    async def get(self, path: str) -> Json:
        """Return the JSON at a path; raise PanelError for anything but success."""
        return await self._request("GET", path)

    async def post(self, path: str, body: object = None) -> Json:
        """Send JSON and return the answer's; raise PanelError for anything but success."""
        return await self._request("POST", path, {} if body is None else body)

    async def put(self, path: str, body: object) -> Json:
        """Replace something by JSON and return the answer's; raise PanelError for anything but success."""
        return await self._request("PUT", path, body)

    async def state(self, station: str) -> dict[str, Any]:
        """Return a station's state document."""
        document: dict[str, Any] = await self.get(f"api/stations/{_segment(station)}/state")
        return document

    async def admit(self, station: str, verdict: str) -> None:
        """Approve, block or forget a station."""
        await self.post(f"api/stations/{_segment(station)}/{verdict}", {"confirm": True})

    async def command(
        self, station: str, command: str, value: object = None, *, wait_s: float = 30, confirm: bool = False
    ) -> dict[str, Any]:
        """Give a command, and return its report once it is final or `wait_s` is over."""
        body = {"command": command, "value": value, "confirm": confirm}
        path = f"api/stations/{_segment(station)}/commands?wait={wait_s:g}"
        report: dict[str, Any] = await self.post(path, body)
        return report

    async def report(self, station: str, command_id: str) -> dict[str, Any]:
        """Return the newest report of a command."""
        report: dict[str, Any] = await self.get(f"api/stations/{_segment(station)}/commands/{command_id}")
        return report

    async def ocpp(self, station: str, action: str, payload: dict[str, Any]) -> Json:
        """Send any OCPP request to a station and return its answer."""
        body = {"action": action, "payload": payload, "confirm": True}
        return await self.post(f"api/stations/{_segment(station)}/ocpp", body)

    async def sample_every_second(self, station: str) -> None:
        """Have a wallbox send its values every second, where the app asks for them every ten."""
        data = {
            "component": {"name": "SampledDataCtrlr"},
            "variable": {"name": "TxUpdatedInterval"},
            "attributeValue": "1",
        }
        answer = await self.ocpp(station, "SetVariables", {"setVariableData": [data]})
        assert answer["setVariableResult"][0]["attributeStatus"] == "Accepted"

    async def until(self, wanted: Callable[[View], object], timeout_s: float = 10) -> View:
        """Follow the WebSocket until the view is as wanted, and return it."""
        view = View()
        try:
            async with asyncio.timeout(timeout_s), self._session.ws_connect(f"{self._base}/ws") as socket:
                async for frame in socket:
                    view.take(json.loads(frame.data))
                    if wanted(view):
                        return view
        except TimeoutError:
            pass
        raise AssertionError(f"Not seen in {timeout_s:g} s; the last view was {view}")

    async def answers(self) -> bool:
        """Tell whether the panel listens."""
        try:
            await self.get("healthz")
        except (aiohttp.ClientError, OSError):
            return False
        return True

    async def _request(self, method: str, path: str, body: object = None) -> Json:
        async with self._session.request(
            method, f"{self._base}/{path}", json=body, headers=_INTENT
        ) as response:
            answer = await response.json()
            if not response.ok:
                raise PanelError(response.status, answer.get("error", "?"), answer.get("message", ""))
            return answer


def _segment(station: str) -> str:
    return quote(station, safe="")
