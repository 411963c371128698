"""MQTT through Home Assistant: when the way is open, and what happens when it is not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.mqtt import MqttTransport
from bmw_wallbox.hass.rest import RestClient
from bmw_wallbox.hass.transport import Message, Transport, TransportState, TransportStatus
from tests.hass.conftest import QUICK, Running, direct
from tests.hass.fake_core import FakeCore, RefusedError


@dataclass
class FakeMqtt:
    """The MQTT integration of a FakeCore."""

    core: FakeCore
    entry: dict[str, Any] | None
    options: dict[str, Any] = field(default_factory=dict)
    broker_error: str | None = None
    refuses_expiry: str | None = None
    diagnostics: bool = True
    published: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.core.commands["config_entries/subscribe"] = lambda _message: None
        self.core.commands["mqtt/subscribe"] = lambda _message: None
        self.core.commands["call_service"] = self._publish
        self.core.rest = self._diagnose

    async def tell(self, kind: str | None = "changed") -> None:
        change = {"type": kind, "entry": self.entry}
        await self.core.fire("config_entries/subscribe", [change] if self.entry else [])

    async def message(self, subscription: str, topic: str, payload: str, *, retain: bool = False) -> None:
        event = {"topic": topic, "payload": payload, "retain": retain, "qos": 1}
        await self.core.fire("mqtt/subscribe", event, topic=subscription)

    def topics(self) -> list[str]:
        return [data["topic"] for data in self.published]

    def _publish(self, message: dict[str, Any]) -> dict[str, Any]:
        data = message["service_data"]
        if self.broker_error:
            raise RefusedError("home_assistant_error", "broker", self.broker_error)
        if self.refuses_expiry and "message_expiry_interval" in data:
            raise RefusedError("home_assistant_error", "expiry", self.refuses_expiry)
        self.published.append(data)
        return {}

    async def _diagnose(self, request: str, _body: dict[str, Any] | None) -> tuple[int, Any]:
        if not self.diagnostics:
            return 404, "404: Not Found"
        assert request == "GET diagnostics/config_entry/entry1"
        config = {"data": {"broker": "core-mosquitto"}, "options": self.options}
        return 200, {"data": {"connected": True, "mqtt_config": config}}


LOADED = {"domain": "mqtt", "entry_id": "entry1", "state": "loaded", "source": "user"}


@pytest.fixture
def mqtt(core: FakeCore) -> FakeMqtt:
    return FakeMqtt(core, dict(LOADED))


@pytest.fixture
async def transport(
    core: FakeCore, mqtt: FakeMqtt, running: Running, session: aiohttp.ClientSession
) -> AsyncIterator[Transport]:
    """Run a transport whose fake tells of its config entry when it is asked to follow."""
    endpoint = direct(core)
    async with running(endpoint) as client:
        rest = RestClient(session, endpoint.rest_url, endpoint.token)
        made: Transport = MqttTransport(client, rest, backoff=QUICK, settle_s=0)
        made.on_ready(lambda: made.publish("hello", "{}"))
        await core.until(lambda: bool(core.subscriptions))
        yield made


async def until_state(transport: Transport, state: TransportState) -> TransportStatus:
    changed = asyncio.Event()
    transport.on_status(lambda _status: changed.set())
    async with asyncio.timeout(5):
        while transport.status.state is not state:
            changed.clear()
            await changed.wait()
    return transport.status


async def test_a_loaded_integration_opens_the_way(transport: Transport, mqtt: FakeMqtt) -> None:
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    assert mqtt.published == [{"topic": "hello", "payload": "{}", "retain": True, "qos": 1}]
    assert transport.discovery_prefix == "homeassistant"


async def test_no_integration_is_said_and_waited_for(transport: Transport, mqtt: FakeMqtt) -> None:
    mqtt.entry = None
    await mqtt.tell(None)
    status = await until_state(transport, TransportState.NOT_SET_UP)
    assert "MQTT is not set up" in status.message
    mqtt.entry = dict(LOADED)
    await mqtt.tell("added")
    await until_state(transport, TransportState.READY)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "setup_retry", "reason": "Broker refused"}, "Broker refused"),
        ({"state": "setup_in_progress"}, "setup_in_progress"),
        ({"state": "not_loaded", "disabled_by": "user"}, "disabled"),
    ],
)
async def test_an_integration_that_does_not_run_is_explained(
    transport: Transport, mqtt: FakeMqtt, changes: dict[str, str], words: str
) -> None:
    mqtt.entry = LOADED | changes
    await mqtt.tell(None)
    status = await until_state(transport, TransportState.NOT_LOADED)
    assert words in status.message
    with pytest.raises(HomeAssistantError):
        await transport.publish("hello", "{}")


async def test_an_ignored_discovery_is_no_integration(transport: Transport, mqtt: FakeMqtt) -> None:
    mqtt.entry = LOADED | {"source": "ignore", "state": "not_loaded"}
    await mqtt.tell(None)
    await until_state(transport, TransportState.NOT_SET_UP)


async def test_a_removed_integration_closes_the_way(transport: Transport, mqtt: FakeMqtt) -> None:
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    await mqtt.tell("removed")
    await until_state(transport, TransportState.NOT_SET_UP)


async def test_the_owners_discovery_prefix_is_used(transport: Transport, mqtt: FakeMqtt) -> None:
    mqtt.options = {"discovery_prefix": "ha"}
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    assert transport.discovery_prefix == "ha"


async def test_without_diagnostics_the_usual_options_are_taken(transport: Transport, mqtt: FakeMqtt) -> None:
    mqtt.diagnostics = False
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    assert transport.discovery_prefix == "homeassistant"


async def test_switched_off_discovery_is_explained(transport: Transport, mqtt: FakeMqtt) -> None:
    mqtt.options = {"discovery": False}
    await mqtt.tell(None)
    status = await until_state(transport, TransportState.DISCOVERY_OFF)
    assert "Switch it on" in status.message
    assert not mqtt.published


async def test_subscriptions_stand_before_anything_is_published(
    transport: Transport, mqtt: FakeMqtt, core: FakeCore
) -> None:
    await transport.subscribe("base/cmd/+", lambda _message: None)
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    order = [message["type"] for message in core.received]
    assert order.index("mqtt/subscribe") < order.index("call_service")


async def test_a_message_reaches_the_callback_of_its_subscription(
    transport: Transport, mqtt: FakeMqtt
) -> None:
    messages: asyncio.Queue[Message] = asyncio.Queue()
    await transport.subscribe("base/cmd/+", messages.put_nowait)
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    await mqtt.message("base/cmd/+", "base/cmd/limit", "10", retain=True)
    async with asyncio.timeout(5):
        assert await messages.get() == Message(topic="base/cmd/limit", payload="10", retained=True)


async def test_after_a_reconnect_everything_is_subscribed_and_published_again(
    transport: Transport, mqtt: FakeMqtt, core: FakeCore
) -> None:
    await transport.subscribe("base/cmd/+", lambda _message: None)
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    core.subscriptions.clear()
    core.received.clear()
    await core.hang_up()
    await until_state(transport, TransportState.LINK_DOWN)
    await core.until(lambda: bool(core.subscriptions))
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    assert {message["topic"] for message in core.sent("mqtt/subscribe")} == {
        "base/cmd/+",
        "homeassistant/status",
    }
    assert mqtt.topics() == ["hello", "hello"]


async def test_a_birth_message_has_everything_published_again(
    transport: Transport, mqtt: FakeMqtt, core: FakeCore
) -> None:
    mqtt.options = {"birth_message": {"topic": "ha/born", "payload": "up"}}
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    await mqtt.message("ha/born", "ha/born", "up")
    await core.until(lambda: mqtt.topics() == ["hello", "hello"])


async def test_a_broken_broker_is_reported_and_tried_again_later(
    transport: Transport, mqtt: FakeMqtt, core: FakeCore
) -> None:
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    mqtt.broker_error = "mqtt_broker_error"
    with pytest.raises(HomeAssistantError) as caught:
        await transport.publish("state", "1")
    assert caught.value.code == "mqtt_broker_error"
    assert transport.status.state is TransportState.BROKER_DOWN
    with pytest.raises(HomeAssistantError) as caught:
        await transport.publish("state", "2")
    assert caught.value.code == "mqtt_not_ready"
    mqtt.broker_error = None
    await until_state(transport, TransportState.READY)
    assert mqtt.topics() == ["hello", "hello"]


async def test_a_message_that_is_refused_for_itself_closes_nothing(
    transport: Transport, mqtt: FakeMqtt
) -> None:
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    mqtt.broker_error = "invalid_format"
    with pytest.raises(HomeAssistantError):
        await transport.publish("bad topic #", "1")
    assert transport.status.state is TransportState.READY


@pytest.mark.parametrize("code", ["mqtt_message_expiry_interval_not_supported", "invalid_format"])
async def test_without_mqtt_5_messages_go_without_their_expiry(
    transport: Transport, mqtt: FakeMqtt, core: FakeCore, code: str
) -> None:
    mqtt.refuses_expiry = code
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    await transport.publish("bridge", "online", expiry_s=180)
    await transport.publish("bridge", "online", expiry_s=180)
    with_expiry = [m for m in core.sent("call_service") if "message_expiry_interval" in m["service_data"]]
    assert len(with_expiry) == 1
    assert mqtt.topics() == ["hello", "bridge", "bridge"]


async def test_with_mqtt_5_messages_carry_their_expiry(transport: Transport, mqtt: FakeMqtt) -> None:
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    await transport.publish("bridge", "online", expiry_s=180)
    assert mqtt.published[-1]["message_expiry_interval"] == {"seconds": 180}


async def test_a_reloaded_integration_is_read_anew(
    transport: Transport, mqtt: FakeMqtt, core: FakeCore
) -> None:
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    mqtt.options = {"discovery_prefix": "other"}
    for state in ("unload_in_progress", "not_loaded", "setup_in_progress", "loaded"):
        mqtt.entry = LOADED | {"state": state}
        await mqtt.tell()
    await core.until(lambda: len(mqtt.published) == 2)
    assert transport.discovery_prefix == "other"


async def test_changes_of_other_integrations_are_none_of_ours(
    transport: Transport, mqtt: FakeMqtt, core: FakeCore
) -> None:
    await mqtt.tell(None)
    await until_state(transport, TransportState.READY)
    await core.fire("config_entries/subscribe", [{"type": "changed", "entry": LOADED | {"domain": "sun"}}])
    await transport.publish("state", "1")
    assert mqtt.topics() == ["hello", "state"]
