"""Notifications in a real Core: shown by itself, handed to a service, handed to an entity, or explained."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import aiohttp
import pytest

from bmw_wallbox.hass.client import HomeAssistantClient, LinkState
from bmw_wallbox.hass.endpoint import choose_endpoint
from bmw_wallbox.notifications import TARGET_PROBLEM, Delivery
from bmw_wallbox.problem_board import ProblemBoard
from tests.homeassistant.core_process import CoreProcess

_DISCOVERY_TOPIC = "homeassistant/device/rig_phone/config"
_PHONE = {
    "device": {"identifiers": ["rig_phone"], "name": "Rig phone"},
    "origin": {"name": "Rig"},
    "components": {
        "phone": {
            "platform": "notify",
            "unique_id": "rig_phone",
            "default_entity_id": "notify.rig_phone",
            "name": None,
            "command_topic": "rig/phone",
        }
    },
}


@pytest.fixture
async def client(core: CoreProcess) -> AsyncIterator[HomeAssistantClient]:
    endpoint = choose_endpoint({"HA_URL": core.url, "HA_TOKEN": core.token})
    assert endpoint is not None
    async with aiohttp.ClientSession() as session:
        client = HomeAssistantClient(session, endpoint)
        connected = asyncio.Event()
        client.on_status(lambda status: connected.set() if status.state is LinkState.CONNECTED else None)
        task = asyncio.create_task(client.run())
        async with asyncio.timeout(30):
            await connected.wait()
        yield client
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def phone(client: HomeAssistantClient) -> AsyncIterator[str]:
    """Lend an entity that takes notifications; with it, Core has its own notify services as well."""
    await _publish(client, _DISCOVERY_TOPIC, json.dumps(_PHONE))
    async with asyncio.timeout(15):
        while not await _exists(client, "notify.rig_phone"):  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.05)
    yield "notify.rig_phone"
    for topic in (_DISCOVERY_TOPIC, "rig/phone"):
        await _publish(client, topic, "")


@pytest.fixture
def board() -> ProblemBoard:
    return ProblemBoard()


async def shown(client: HomeAssistantClient) -> dict[str, tuple[str, str]]:
    """Return title and message of what Home Assistant shows, by id."""
    found = await client.call("persistent_notification/get")
    return {one["notification_id"]: (one["title"], one["message"]) for one in found}


async def test_home_assistant_shows_it_and_a_newer_one_takes_its_place(
    client: HomeAssistantClient, board: ProblemBoard
) -> None:
    delivery = Delivery(client, board, lambda: "")
    await delivery.send("bmw_wallbox_one", "Title", "Old.")
    await delivery.send("bmw_wallbox_one", "Title", "New.")
    assert (await shown(client))["bmw_wallbox_one"] == ("Title", "New.")
    assert board.problems == ()


async def test_a_service_is_used(client: HomeAssistantClient, phone: str, board: ProblemBoard) -> None:
    await Delivery(client, board, lambda: "notify.persistent_notification").send("two", "Service", "Hello.")
    found = await shown(client)
    assert ("Service", "Hello.") in found.values()
    assert "two" not in found
    assert board.problems == ()


async def test_an_entity_is_used(client: HomeAssistantClient, phone: str, board: ProblemBoard) -> None:
    said = asyncio.Queue[Any]()
    # Core subscribes at the broker some time after it says so; what is retained shows that it did.
    await _publish(client, "rig/phone", "Listening.")
    await client.subscribe("mqtt/subscribe", said.put_nowait, topic="rig/phone")
    async with asyncio.timeout(15):
        assert (await said.get())["payload"] == "Listening."
    await Delivery(client, board, lambda: phone).send("three", "Entity", "Hello.")
    async with asyncio.timeout(15):
        assert (await said.get())["payload"] == "Hello."
    assert "three" not in await shown(client)
    assert board.problems == ()


async def test_a_target_that_does_not_exist_is_explained_and_nothing_is_lost(
    client: HomeAssistantClient, board: ProblemBoard
) -> None:
    await Delivery(client, board, lambda: "notify.nobody").send("four", "Lost", "Hello.")
    assert (await shown(client))["four"] == ("Lost", "Hello.")
    (problem,) = board.problems
    assert problem.key == TARGET_PROBLEM
    assert "notify.nobody" in problem.message


async def _publish(client: HomeAssistantClient, topic: str, payload: str) -> None:
    data = {"topic": topic, "payload": payload, "retain": True}
    await client.call("call_service", domain="mqtt", service="publish", service_data=data)


async def _exists(client: HomeAssistantClient, entity_id: str) -> bool:
    return any(state["entity_id"] == entity_id for state in await client.call("get_states"))
