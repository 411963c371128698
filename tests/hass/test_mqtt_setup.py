"""One click that sets MQTT up: Home Assistant's own flow, driven step by step."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.client import HomeAssistantClient
from bmw_wallbox.hass.mqtt_setup import SetupStep, set_up_mqtt
from bmw_wallbox.hass.rest import RestClient
from tests.hass.conftest import Running, direct, until_connected
from tests.hass.fake_core import FakeCore

_PATH = "config/config_entries/flow"
_MENU = {"type": "menu", "flow_id": "f1", "step_id": "user", "menu_options": ["addon", "broker"]}
_GONE = (404, {"message": "Invalid flow specified"})


def _working(action: str) -> tuple[int, dict[str, Any]]:
    return 200, {"type": "progress", "flow_id": "f1", "step_id": action, "progress_action": action}


class FakeFlow:
    """The MQTT flow of a supervised Core: plays a list of answers, one per request."""

    def __init__(self, core: FakeCore) -> None:
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.requests: list[tuple[str, dict[str, Any] | None]] = []
        self.set_up_when_over = True
        core.rest = self._answer
        core.commands["config_entries/get"] = self._entries

    def _entries(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        assert message["domain"] == "mqtt"
        return [{"domain": "mqtt", "source": "user"}] if self._over() else []

    def _over(self) -> bool:
        return self.set_up_when_over and not self.answers

    async def _answer(self, request: str, body: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        self.requests.append((request, body))
        return self.answers.pop(0)


@pytest.fixture
def flow(core: FakeCore) -> FakeFlow:
    return FakeFlow(core)


@pytest.fixture
async def client(core: FakeCore, running: Running) -> AsyncIterator[HomeAssistantClient]:
    async with running(direct(core)) as connected:
        await until_connected(connected)
        yield connected


@pytest.fixture
def rest(core: FakeCore, session: aiohttp.ClientSession) -> RestClient:
    return RestClient(session, direct(core).rest_url, core.token)


async def _steps(client: HomeAssistantClient, rest: RestClient, timeout_s: float = 5) -> list[SetupStep]:
    return [progress.step async for progress in set_up_mqtt(client, rest, poll_s=0.01, timeout_s=timeout_s)]


async def test_the_broker_is_installed_started_and_connected(
    flow: FakeFlow, client: HomeAssistantClient, rest: RestClient
) -> None:
    flow.answers = [
        (200, _MENU),
        _working("install_addon"),
        _working("install_addon"),
        _working("start_addon"),
        (200, {"type": "create_entry", "flow_id": "f1"}),
    ]
    assert await _steps(client, rest) == [
        SetupStep.ASKING,
        SetupStep.INSTALLING,
        SetupStep.STARTING,
        SetupStep.DONE,
    ]
    assert flow.requests == [
        (f"POST {_PATH}", {"handler": "mqtt", "show_advanced_options": False}),
        (f"POST {_PATH}/f1", {"next_step_id": "addon"}),
        (f"GET {_PATH}/f1", None),
        (f"GET {_PATH}/f1", None),
        (f"GET {_PATH}/f1", None),
    ]


async def test_a_flow_that_ends_between_two_looks_has_done_its_work(
    flow: FakeFlow, client: HomeAssistantClient, rest: RestClient
) -> None:
    flow.answers = [(200, _MENU), _working("start_addon"), _GONE]
    assert await _steps(client, rest) == [SetupStep.ASKING, SetupStep.STARTING, SetupStep.DONE]


async def test_a_running_broker_is_only_connected(
    flow: FakeFlow, client: HomeAssistantClient, rest: RestClient
) -> None:
    flow.answers = [(200, _MENU), (200, {"type": "create_entry", "flow_id": "f1"})]
    assert await _steps(client, rest) == [SetupStep.ASKING, SetupStep.DONE]


async def test_what_is_set_up_already_is_left_alone(
    flow: FakeFlow, client: HomeAssistantClient, rest: RestClient
) -> None:
    assert await _steps(client, rest) == [SetupStep.ASKING, SetupStep.DONE]
    assert not flow.requests


@pytest.mark.parametrize(
    ("last", "code", "words"),
    [
        ((200, {"type": "abort", "reason": "addon_install_failed"}), "addon_install_failed", "app store"),
        ((200, {"type": "abort", "reason": "addon_start_failed"}), "addon_start_failed", "log"),
        ((200, {"type": "abort", "reason": "something_new"}), "something_new", "something_new"),
        (_GONE, "gone", "yourself"),
        ((500, {"message": "no"}), "http_500", "500"),
    ],
)
async def test_a_flow_that_fails_says_what_to_do(
    flow: FakeFlow,
    client: HomeAssistantClient,
    rest: RestClient,
    last: tuple[int, dict[str, Any]],
    code: str,
    words: str,
) -> None:
    flow.set_up_when_over = False
    flow.answers = [(200, _MENU), _working("install_addon"), last]
    with pytest.raises(HomeAssistantError, match=words) as caught:
        await _steps(client, rest)
    assert caught.value.code == code


async def test_a_home_assistant_without_a_supervisor_cannot_and_is_left_clean(
    flow: FakeFlow, client: HomeAssistantClient, rest: RestClient
) -> None:
    flow.set_up_when_over = False
    flow.answers = [
        (200, {"type": "form", "flow_id": "f1", "step_id": "broker"}),
        (200, {"message": "aborted"}),
    ]
    with pytest.raises(HomeAssistantError, match="broker of your own"):
        await _steps(client, rest)
    assert flow.requests[-1] == (f"DELETE {_PATH}/f1", None)


async def test_an_installation_without_end_is_given_up(
    flow: FakeFlow, client: HomeAssistantClient, rest: RestClient
) -> None:
    flow.answers = [(200, _MENU), *[_working("install_addon")] * 1000]
    with pytest.raises(HomeAssistantError) as caught:
        await _steps(client, rest, timeout_s=0.05)
    assert caught.value.code == "timeout"
