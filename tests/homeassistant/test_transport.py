"""The link and the transport on a real Core behind a Supervisor, with a real broker."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
import pytest

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.client import Backoff, HomeAssistantClient, LinkState
from bmw_wallbox.hass.endpoint import choose_endpoint
from bmw_wallbox.hass.mqtt import MqttTransport
from bmw_wallbox.hass.mqtt_setup import set_up_mqtt
from bmw_wallbox.hass.rest import RestClient
from bmw_wallbox.hass.transport import Message, TransportState
from tests.fakes.supervisor import CoreAddress, FakeSupervisor
from tests.homeassistant.core_install import NEWEST
from tests.homeassistant.core_process import CoreProcess
from tests.homeassistant.mosquitto import Mosquitto

_QUICK = Backoff(first_s=0.1, longest_s=0.5)
_BASE = "rig/wallbox"
_DISCOVERY = {
    "device": {"identifiers": ["rig_wallbox"], "name": "Rig wallbox", "manufacturer": "BMW"},
    "origin": {"name": "Rig"},
    "availability": [{"topic": f"{_BASE}/bridge"}],
    "state_topic": f"{_BASE}/state",
    "qos": 1,
    "components": {
        "power": {
            "platform": "sensor",
            "unique_id": "rig_wallbox_power",
            "default_entity_id": "sensor.rig_wallbox_power",
            "name": "Power",
            "device_class": "power",
            "unit_of_measurement": "W",
            "value_template": "{{ value_json.power }}",
        },
        "limit": {
            "platform": "number",
            "unique_id": "rig_wallbox_limit",
            "default_entity_id": "number.rig_wallbox_limit",
            "name": "Limit",
            "min": 6,
            "max": 32,
            "command_topic": f"{_BASE}/cmd/limit",
            "value_template": "{{ value_json.limit }}",
        },
    },
}


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def supervisor(core: CoreProcess) -> AsyncIterator[FakeSupervisor]:
    async with FakeSupervisor(core=CoreAddress(url=core.url, token=core.token)).serving() as serving:
        yield serving


@pytest.fixture
def rest(supervisor: FakeSupervisor, session: aiohttp.ClientSession) -> RestClient:
    return RestClient(session, f"{supervisor.url}/core/api", supervisor.token)


@pytest.fixture
async def client(supervisor: FakeSupervisor, session: aiohttp.ClientSession) -> HomeAssistantClient:
    endpoint = choose_endpoint(supervisor.environment)
    assert endpoint is not None
    return HomeAssistantClient(session, endpoint, backoff=_QUICK)


@pytest.fixture
async def transport(client: HomeAssistantClient, rest: RestClient) -> AsyncIterator[MqttTransport]:
    """Run a transport that publishes one wallbox whenever the way opens."""
    made = MqttTransport(client, rest, backoff=_QUICK)

    async def publish_everything() -> None:
        await made.publish(f"{made.discovery_prefix}/device/rig_wallbox/config", json.dumps(_DISCOVERY))
        await made.publish(f"{_BASE}/bridge", "online", expiry_s=180)
        await made.publish(f"{_BASE}/state", json.dumps({"power": 4200, "limit": 16}))

    made.on_ready(publish_everything)
    task = asyncio.create_task(client.run())
    try:
        yield made
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _until_state(
    link: MqttTransport | HomeAssistantClient, state: TransportState | LinkState, timeout_s: float = 30
) -> None:
    changed = asyncio.Event()
    link.on_status(lambda _status: changed.set())
    async with asyncio.timeout(timeout_s):
        while link.status.state is not state:
            changed.clear()
            await changed.wait()


async def _until_entity(
    rest: RestClient, entity_id: str, value: str, timeout_s: float = 15
) -> dict[str, Any]:
    """Poll Core for an entity: what its state machine holds is the proof, and it takes a moment."""
    async with asyncio.timeout(timeout_s):
        while True:
            with suppress(HomeAssistantError):
                state: dict[str, Any] = await rest.get(f"states/{entity_id}")
                if state["state"] == value:
                    return state
            await asyncio.sleep(0.05)


async def _while_away(
    supervisor: FakeSupervisor,
    core: CoreProcess,
    away: Callable[[], None],
    check: Callable[[], Awaitable[None]],
) -> None:
    """Take Core away, check how that looks, and bring it back with its new token."""
    await asyncio.to_thread(away)
    await check()
    await asyncio.to_thread(core.start)
    supervisor.core = CoreAddress(url=core.url, token=core.token)


async def test_a_published_device_becomes_entities(
    transport: MqttTransport, client: HomeAssistantClient, rest: RestClient
) -> None:
    await _until_state(transport, TransportState.READY)
    power = await _until_entity(rest, "sensor.rig_wallbox_power", "4200")
    assert power["attributes"]["unit_of_measurement"] == "W"
    entries = await client.call("config/entity_registry/list")
    ours = {entry["unique_id"] for entry in entries if entry["platform"] == "mqtt"}
    assert {"rig_wallbox_power", "rig_wallbox_limit"} <= ours


async def test_a_control_in_home_assistant_reaches_us(
    transport: MqttTransport, client: HomeAssistantClient, rest: RestClient
) -> None:
    messages: asyncio.Queue[Message] = asyncio.Queue()
    await transport.subscribe(f"{_BASE}/cmd/+", messages.put_nowait)
    await _until_state(transport, TransportState.READY)
    await _until_entity(rest, "number.rig_wallbox_limit", "16")
    await _set_limit(client, 10)
    async with asyncio.timeout(10):
        assert await messages.get() == Message(topic=f"{_BASE}/cmd/limit", payload="10", retained=False)


async def _set_limit(client: HomeAssistantClient, value: int) -> None:
    await client.call(
        "call_service",
        domain="number",
        service="set_value",
        service_data={"entity_id": "number.rig_wallbox_limit", "value": value},
    )


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_a_core_that_goes_and_comes_back_finds_us_again(
    transport: MqttTransport,
    client: HomeAssistantClient,
    rest: RestClient,
    supervisor: FakeSupervisor,
    core: CoreProcess,
    how: str,
) -> None:
    messages: asyncio.Queue[Message] = asyncio.Queue()
    await transport.subscribe(f"{_BASE}/cmd/+", messages.put_nowait)
    await _until_state(transport, TransportState.READY)

    async def core_is_away() -> None:
        await _until_state(client, LinkState.CORE_STARTING)
        assert transport.status.state is TransportState.LINK_DOWN
        with pytest.raises(HomeAssistantError):
            await transport.publish(f"{_BASE}/state", "{}")

    await _while_away(supervisor, core, getattr(core, how), core_is_away)
    await _until_state(transport, TransportState.READY)
    await _until_entity(rest, "number.rig_wallbox_limit", "16")
    await _set_limit(client, 12)
    async with asyncio.timeout(10):
        assert (await messages.get()).payload == "12"


async def test_a_broker_that_goes_and_comes_back_is_no_loss(
    transport: MqttTransport, client: HomeAssistantClient, rest: RestClient, broker: Mosquitto
) -> None:
    messages: asyncio.Queue[Message] = asyncio.Queue()
    births: asyncio.Queue[Message] = asyncio.Queue()
    await transport.subscribe(f"{_BASE}/cmd/+", messages.put_nowait)
    await transport.subscribe("homeassistant/status", births.put_nowait)
    await _until_state(transport, TransportState.READY)
    await asyncio.to_thread(broker.stop)
    await _until_entity(rest, "sensor.rig_wallbox_power", "unavailable")
    with pytest.raises(HomeAssistantError) as caught:
        await transport.publish(f"{_BASE}/state", json.dumps({"power": 1, "limit": 6}))
    assert caught.value.code == "mqtt_broker_error"
    assert transport.status.state is TransportState.BROKER_DOWN
    await asyncio.to_thread(broker.start)
    await _until_state(transport, TransportState.READY)
    await _until_entity(rest, "number.rig_wallbox_limit", "16")
    async with asyncio.timeout(20):
        # Core subscribes anew some time after it connected: its birth message ends that.
        while (await births.get()).payload != "online":
            pass
    await _set_limit(client, 8)
    async with asyncio.timeout(10):
        assert (await messages.get()).payload == "8"


async def test_a_message_with_an_expiry_is_forgotten_where_mqtt_5_is_spoken(
    transport: MqttTransport, core: CoreProcess
) -> None:
    await _until_state(transport, TransportState.READY)
    await transport.publish("rig/short", "online", expiry_s=1)
    await transport.publish("rig/long", "online")
    await asyncio.sleep(2)  # the broker's own clock has to pass the second
    messages: asyncio.Queue[Message] = asyncio.Queue()
    for topic in ("rig/short", "rig/long"):
        await transport.subscribe(topic, messages.put_nowait)
    seen: set[str] = set()
    async with asyncio.timeout(10):
        while "rig/long" not in seen:
            seen.add((await messages.get()).topic)
    assert ("rig/short" in seen) is (core.version != NEWEST.number)


async def test_setting_mqtt_up_and_removing_it_is_noticed_at_once(
    transport: MqttTransport,
    client: HomeAssistantClient,
    rest: RestClient,
    core: CoreProcess,
    broker: Mosquitto,
) -> None:
    await _until_state(transport, TransportState.READY)
    (entry,) = await client.call("config_entries/get", domain="mqtt")
    try:
        await rest.delete(f"config/config_entries/entry/{entry['entry_id']}")
        await _until_state(transport, TransportState.NOT_SET_UP)
        with pytest.raises(HomeAssistantError) as caught:
            _ = [progress async for progress in set_up_mqtt(client, rest)]
        assert caught.value.code == "no_supervisor"
        assert await client.call("config_entries/flow/progress") == []
    finally:
        await asyncio.to_thread(core.set_up_mqtt, broker.port)
    await _until_state(transport, TransportState.READY)
    await _until_entity(rest, "number.rig_wallbox_limit", "16")


async def test_the_owners_discovery_options_are_followed(
    transport: MqttTransport, client: HomeAssistantClient, rest: RestClient, core: CoreProcess
) -> None:
    if core.version != NEWEST.number:
        pytest.skip("The options flow of older releases asks for the broker first")
    prefixes: asyncio.Queue[str] = asyncio.Queue()
    transport.on_ready(lambda: prefixes.put(transport.discovery_prefix))
    await _until_state(transport, TransportState.READY)
    try:
        await _set_options(client, rest, discovery=True, discovery_prefix="elsewhere")
        async with asyncio.timeout(15):
            while await prefixes.get() != "elsewhere":
                pass
        await _set_options(client, rest, discovery=False, discovery_prefix="homeassistant")
        await _until_state(transport, TransportState.DISCOVERY_OFF)
    finally:
        await _set_options(client, rest, discovery=True, discovery_prefix="homeassistant")
    await _until_state(transport, TransportState.READY)
    await _until_entity(rest, "number.rig_wallbox_limit", "16")


async def _set_options(client: HomeAssistantClient, rest: RestClient, **options: object) -> None:
    (entry,) = await client.call("config_entries/get", domain="mqtt")
    form = await rest.post("config/config_entries/options/flow", {"handler": entry["entry_id"]})
    usual = {"birth_enable": True, "birth_topic": "homeassistant/status", "birth_payload": "online"}
    await rest.post(
        f"config/config_entries/options/flow/{form['flow_id']}",
        options
        | usual
        | {"will_enable": True, "will_topic": "homeassistant/status", "will_payload": "offline"},
    )
