"""REST calls to Core, through the Supervisor as well."""

from typing import Any

import aiohttp
import pytest

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.rest import RestClient
from tests.fakes.supervisor import CoreAddress, FakeSupervisor
from tests.hass.fake_core import FakeCore


async def _echo(request: str, body: dict[str, Any] | None) -> tuple[int, Any]:
    return (200, {"request": request, "body": body}) if "text" not in request else (200, "not json")


async def test_calls_reach_core_through_the_supervisor(
    core: FakeCore, session: aiohttp.ClientSession
) -> None:
    core.rest = _echo
    supervisor = FakeSupervisor(core=CoreAddress(url=core.url, token=core.token))
    async with supervisor.serving():
        rest = RestClient(session, f"{supervisor.url}/core/api", supervisor.token)
        assert await rest.get("config/x") == {"request": "GET config/x", "body": None}
        assert await rest.post("flow", {"handler": "mqtt"}) == {
            "request": "POST flow",
            "body": {"handler": "mqtt"},
        }
        assert await rest.delete("flow/1") == {"request": "DELETE flow/1", "body": None}


@pytest.mark.parametrize(
    ("token", "path", "code"),
    [
        ("wrong", "config", "http_403"),
        ("supervisor-token", "hassio/addons", "http_403"),
        ("supervisor-token", "text", "not_json"),
    ],
)
async def test_what_is_not_a_success_is_an_error_with_a_code(
    core: FakeCore, session: aiohttp.ClientSession, token: str, path: str, code: str
) -> None:
    core.rest = _echo
    supervisor = FakeSupervisor(core=CoreAddress(url=core.url, token=core.token))
    async with supervisor.serving():
        rest = RestClient(session, f"{supervisor.url}/core/api", token)
        with pytest.raises(HomeAssistantError) as caught:
            await rest.get(path)
    assert caught.value.code == code


async def test_a_core_that_is_not_there_is_a_bad_gateway(session: aiohttp.ClientSession) -> None:
    async with FakeSupervisor().serving() as supervisor:
        rest = RestClient(session, f"{supervisor.url}/core/api", supervisor.token)
        with pytest.raises(HomeAssistantError) as caught:
            await rest.get("config")
    assert caught.value.code == "http_502"


async def test_no_supervisor_at_all_is_an_error_too(session: aiohttp.ClientSession) -> None:
    async with FakeSupervisor().serving() as supervisor:
        url = supervisor.url
    with pytest.raises(HomeAssistantError) as caught:
        await RestClient(session, url, "t").get("info")
    assert caught.value.code == "cannot_connect"
