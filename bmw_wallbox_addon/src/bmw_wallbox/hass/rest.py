"""The REST calls to Home Assistant Core and to the Supervisor."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec

from bmw_wallbox.errors import HomeAssistantError

_TIMEOUT_S = 30.0


class RestClient:
    """JSON over HTTP with a bearer token; one for Core's API, one for the Supervisor's."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, token: str) -> None:
        self._session = session
        self._base_url = base_url
        self._headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str, *, timeout_s: float = _TIMEOUT_S) -> Any:  # noqa: ANN401 (JSON)
        """Return what `GET <base>/<path>` answers.

        Raises:
            HomeAssistantError: No answer, or one that is not a success; `code` is `http_<status>`,
                `cannot_connect`, `timeout` or `not_json`.
        """
        return await self._request("GET", path, None, timeout_s)

    async def post(
        self,
        path: str,
        body: Mapping[str, object],
        *,
        timeout_s: float = _TIMEOUT_S,
    ) -> Any:  # noqa: ANN401 (JSON)
        """Return what `POST <base>/<path>` answers; raises as `get`."""
        return await self._request("POST", path, body, timeout_s)

    async def delete(self, path: str, *, timeout_s: float = _TIMEOUT_S) -> Any:  # noqa: ANN401 (JSON)
        """Return what `DELETE <base>/<path>` answers; raises as `get`."""
        return await self._request("DELETE", path, None, timeout_s)

    async def _request(
        self, method: str, path: str, body: Mapping[str, object] | None, timeout_s: float
    ) -> Any:  # noqa: ANN401 (JSON)
        try:
            async with self._session.request(
                method,
                f"{self._base_url}/{path}",
                json=body,
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=timeout_s),
            ) as response:
                raw = await response.read()
        except TimeoutError as error:
            raise HomeAssistantError(f"{path} did not answer within {timeout_s:g} s.", "timeout") from error
        except aiohttp.ClientError as error:
            raise HomeAssistantError(f"{path} could not be reached: {error}.", "cannot_connect") from error
        if response.status >= 400:
            raise HomeAssistantError(
                f"{path} answered {response.status}: {raw[:200].decode(errors='replace')}",
                f"http_{response.status}",
            )
        try:
            return msgspec.json.decode(raw)
        except msgspec.DecodeError as error:
            raise HomeAssistantError(f"{path} did not answer with JSON.", "not_json") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class AppInfo:
    """What the Supervisor knows of this app.

    Attributes:
        hostname: The container's name on the apps' network.
        ingress_entry: The path of our panel, as the browser sees it.
        ports: Host port by container port (`9000/tcp`); None where the owner mapped none.
    """

    slug: str
    version: str
    hostname: str
    ingress_entry: str
    ports: Mapping[str, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemInfo:
    """What the Supervisor knows of the system."""

    timezone: str
    channel: str
    supervisor: str
    homeassistant: str


class SupervisorClient:
    """The few things that any app may ask the Supervisor."""

    def __init__(self, rest: RestClient) -> None:
        self._rest = rest

    async def app_info(self) -> AppInfo:
        """Ask for this app's own settings; raises as `RestClient.get`."""
        data = await self._data("addons/self/info")
        return AppInfo(
            slug=_text(data, "slug"),
            version=_text(data, "version"),
            hostname=_text(data, "hostname"),
            ingress_entry=_text(data, "ingress_entry"),
            ports=data.get("network") or {},
        )

    async def system_info(self) -> SystemInfo:
        """Ask for the system's time zone and versions; raises as `RestClient.get`."""
        data = await self._data("info")
        return SystemInfo(
            timezone=_text(data, "timezone"),
            channel=_text(data, "channel"),
            supervisor=_text(data, "supervisor"),
            homeassistant=_text(data, "homeassistant"),
        )

    async def _data(self, path: str) -> Mapping[str, Any]:
        answer = await self._rest.get(path)
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict):
            raise HomeAssistantError(f"{path} answered something else than the Supervisor does.", "not_json")
        return data


def _text(data: Mapping[str, Any], key: str) -> str:
    """Return a value as text; what is missing is an empty one."""
    return str(data.get(key) or "")
