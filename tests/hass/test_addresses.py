"""Under which names and on which port this house can be reached, as Home Assistant and Supervisor say."""

import aiohttp
import pytest

from bmw_wallbox.hass.addresses import ShownPort, host_names, published_port
from bmw_wallbox.hass.rest import RestClient
from tests.fakes.supervisor import FakeSupervisor
from tests.hass.conftest import Running, direct, until_connected
from tests.hass.fake_core import FakeCore


async def test_the_names_in_home_assistants_addresses_are_told_the_internal_one_first(
    core: FakeCore, running: Running
) -> None:
    core.commands["get_config"] = lambda _: {
        "internal_url": "https://home.example.org:8123",
        "external_url": "https://abc.ui.nabu.casa",
    }
    async with running(direct(core)) as client:
        await until_connected(client)
        assert await host_names(client) == ("home.example.org",)
        core.commands["get_config"] = lambda _: {"internal_url": None, "external_url": "http://[bad"}
        assert await host_names(client) == ()


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ({"9000/tcp": 9443}, ShownPort(known=True, port=9443)),
        ({"9000/tcp": None}, ShownPort(known=True)),
        (None, ShownPort(known=True)),
    ],
)
async def test_the_hosts_port_is_the_one_in_the_network_settings(
    session: aiohttp.ClientSession, network: dict[str, int | None] | None, expected: ShownPort
) -> None:
    supervisor = FakeSupervisor()
    supervisor.app_info["network"] = network
    async with supervisor.serving():
        rest = RestClient(session, supervisor.url, supervisor.token)
        assert await published_port(rest, 9000) == expected


async def test_without_a_supervisor_that_answers_the_port_is_not_known(
    session: aiohttp.ClientSession,
) -> None:
    assert await published_port(None, 9000) == ShownPort(known=False)
    nobody = RestClient(session, "http://127.0.0.1:9", "token")
    assert await published_port(nobody, 9000) == ShownPort(known=False)
