"""The REST calls to Home Assistant Core."""

from collections.abc import Mapping
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
