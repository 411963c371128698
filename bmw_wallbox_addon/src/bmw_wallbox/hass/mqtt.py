"""MQTT carried by Home Assistant's own WebSocket: any broker it uses, no credentials of ours."""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.client import Backoff, HomeAssistantClient
from bmw_wallbox.hass.mqtt_facts import MqttFacts, read_facts
from bmw_wallbox.hass.rest import RestClient
from bmw_wallbox.hass.transport import (
    Message,
    MessageCallback,
    ReadyHook,
    TransportListener,
    TransportState,
    TransportStatus,
)

_LOGGER = logging.getLogger(__name__)

_QOS = 1
# Home Assistant answers a subscription before the broker has it, and collects several for half a second.
_SETTLE_S = 1.0

# Refusals that speak of the message itself; any other failure means that no message gets through.
_MESSAGE_REFUSED = frozenset({"invalid_format", "service_validation_error", "unauthorized"})
# 2025.4 does not know the field; later ones refuse it while the broker's connection is MQTT 3.1.1.
_EXPIRY_REFUSED = frozenset({"invalid_format", "mqtt_message_expiry_interval_not_supported"})
# The next connection begins everything anew.
_LINK_LOST = frozenset({"connection_lost", "not_connected"})

_MESSAGES = {
    TransportState.LINK_DOWN: "There is no link to Home Assistant.",
    TransportState.NOT_SET_UP: "MQTT is not set up in Home Assistant, so there can be no entities. "
    "Set it up from the panel, or add the MQTT integration yourself.",
    TransportState.NOT_LOADED: "Home Assistant's MQTT integration is not running ({reason}). "
    "Look at it under Settings, Devices & services.",
    TransportState.DISCOVERY_OFF: "Discovery is switched off in the options of the MQTT integration. "
    "Switch it on to get entities.",
    TransportState.BROKER_DOWN: "Home Assistant cannot deliver to its MQTT broker: {reason}",
}


class MqttTransport:
    """Publishes and subscribes through Home Assistant; implements `Transport`.

    Args:
        client: The link; its connections start and end this transport's work.
        rest: Home Assistant's REST API, for the integration's diagnostics.
        backoff: The pauses between attempts while the broker is away.
        settle_s: How long a subscription takes to reach the broker.
    """

    def __init__(
        self,
        client: HomeAssistantClient,
        rest: RestClient,
        *,
        backoff: Backoff | None = None,
        settle_s: float = _SETTLE_S,
    ) -> None:
        self._client = client
        self._rest = rest
        self._backoff = backoff or Backoff()
        self._settle_s = settle_s
        self._status = _status(TransportState.LINK_DOWN)
        self._listeners: list[TransportListener] = []
        self._hooks: list[ReadyHook] = []
        self._wanted: dict[str, MessageCallback] = {}
        self._subscribed: set[str] = set()
        self._entry: Mapping[str, Any] | None = None
        self._facts: MqttFacts | None = None
        self._open = False
        self._expiry = True
        self._pause_s: float | None = None
        self._wake = asyncio.Event()
        client.on_connected(self._follow)

    @property
    def status(self) -> TransportStatus:
        """How the transport stands now."""
        return self._status

    @property
    def discovery_prefix(self) -> str:
        """Where Home Assistant looks for discovery messages."""
        return (self._facts or MqttFacts()).discovery_prefix

    @property
    def ha_version(self) -> str | None:
        """Home Assistant's version; None before the first connection."""
        return self._client.status.ha_version

    def on_status(self, listener: TransportListener) -> None:
        """Have the listener called with every change of the status."""
        self._listeners.append(listener)

    def on_ready(self, hook: ReadyHook) -> None:
        """Have the hook publish everything anew, whenever the way opens."""
        self._hooks.append(hook)

    async def subscribe(self, topic: str, callback: MessageCallback) -> None:
        """Have the callback called with the topic's messages; see `Transport`."""
        self._wanted[topic] = callback
        if self._open:
            await self._subscribe(topic)

    async def publish(
        self, topic: str, payload: str, *, retain: bool = True, expiry_s: int | None = None
    ) -> None:
        """Publish with QoS 1 and wait for the broker's acknowledgement; see `Transport`."""
        if not self._open:
            raise HomeAssistantError(self._status.message or "MQTT is not ready.", "mqtt_not_ready")
        data: dict[str, object] = {"topic": topic, "payload": payload, "retain": retain, "qos": _QOS}
        try:
            await self._publish(data, expiry_s if self._expiry else None)
        except HomeAssistantError as error:
            if error.code not in _MESSAGE_REFUSED:
                self._fail(error, self._backoff.first_s)
            raise

    async def _publish(self, data: dict[str, object], expiry_s: int | None) -> None:
        if expiry_s is None:
            await self._call_publish(data)
            return
        try:
            await self._call_publish(data | {"message_expiry_interval": {"seconds": expiry_s}})
        except HomeAssistantError as error:
            if error.code not in _EXPIRY_REFUSED:
                raise
            await self._call_publish(data)
            self._expiry = False

    async def _call_publish(self, data: dict[str, object]) -> None:
        await self._client.call("call_service", domain="mqtt", service="publish", service_data=data)

    async def _follow(self) -> None:
        """Follow the MQTT integration for as long as one connection lasts."""
        self._entry = self._facts = self._pause_s = None
        self._subscribed.clear()
        try:
            await self._client.subscribe("config_entries/subscribe", self._entries_changed)
            while True:
                pause_s = await self._until_due()
                try:
                    await self._advance()
                except HomeAssistantError as error:
                    self._fail(error, self._backoff.after(pause_s or None))
        finally:
            self._open = False
            self._report(_status(TransportState.LINK_DOWN))

    def _attempt_in(self, pause_s: float) -> None:
        """Have the next attempt made after this pause, unless one is due sooner."""
        self._pause_s = pause_s if self._pause_s is None else min(pause_s, self._pause_s)
        self._wake.set()

    async def _until_due(self) -> float:
        """Wait until an attempt is due, and return the pause that went before it."""
        while True:
            self._wake.clear()
            try:
                async with asyncio.timeout(self._pause_s):
                    await self._wake.wait()
            except TimeoutError:
                pause_s, self._pause_s = self._pause_s, None
                return pause_s or 0.0

    async def _advance(self) -> None:
        """Go as far as the integration's state allows, at best to where everything is published.

        Raises:
            HomeAssistantError: The broker or Home Assistant failed on the way.
        """
        entry = self._entry
        if entry is None or entry.get("state") != "loaded":
            self._open = False
            self._facts = None
            self._report(_why_not_loaded(entry))
            return
        if self._facts is None:
            self._facts = await read_facts(self._rest, str(entry.get("entry_id")))
            self._expiry = True
        if not self._facts.discovery:
            self._open = False
            self._report(_status(TransportState.DISCOVERY_OFF))
            return
        await self._subscribe_all(self._facts)
        self._open = True
        for hook in self._hooks:
            await hook()
        if self._open:
            self._report(_status(TransportState.READY))

    async def _subscribe_all(self, facts: MqttFacts) -> None:
        new = self._wanted.keys() - self._subscribed
        for topic in sorted(new):
            await self._subscribe(topic)
        if facts.birth_topic not in self._subscribed:
            await self._subscribe(facts.birth_topic)
        if new:
            await asyncio.sleep(self._settle_s)

    async def _subscribe(self, topic: str) -> None:
        if topic in self._subscribed:
            return
        self._subscribed.add(topic)
        try:
            await self._client.subscribe(
                "mqtt/subscribe", partial(self._message_arrived, topic), topic=topic, qos=_QOS
            )
        except HomeAssistantError:
            self._subscribed.discard(topic)
            raise

    def _entries_changed(self, changes: list[dict[str, Any]]) -> None:
        """Take in what Home Assistant tells of its config entries; the first telling has them all."""
        for change in changes:
            entry = change["entry"]
            if entry["domain"] == "mqtt" and entry.get("source") != "ignore":
                self._entry_changed(None if change["type"] == "removed" else entry)
        if self._entry is None:
            self._attempt_in(0)

    def _entry_changed(self, entry: Mapping[str, Any] | None) -> None:
        if entry is None or self._entry is None or entry["entry_id"] != self._entry["entry_id"]:
            self._subscribed.clear()
        elif entry["state"] == self._entry["state"]:
            return
        self._entry = entry
        self._facts = None
        self._attempt_in(0)

    def _message_arrived(self, subscription: str, event: dict[str, Any]) -> None:
        message = Message(topic=event["topic"], payload=event["payload"], retained=bool(event["retain"]))
        facts = self._facts
        if facts and (message.topic, message.payload) == (facts.birth_topic, facts.birth_payload):
            self._attempt_in(0)
        callback = self._wanted.get(subscription)
        if callback is not None:
            callback(message)

    def _fail(self, error: HomeAssistantError, pause_s: float) -> None:
        self._open = False
        if error.code in _LINK_LOST:
            return
        self._report(_status(TransportState.BROKER_DOWN, str(error)))
        self._attempt_in(pause_s)

    def _report(self, status: TransportStatus) -> None:
        if status == self._status:
            return
        if status.state is not self._status.state:
            if status.state is TransportState.READY:
                _LOGGER.info("Entities are published over MQTT through Home Assistant")
            elif status.state is not TransportState.LINK_DOWN:
                _LOGGER.warning("No entities for now: %s", status.message)
        self._status = status
        for listener in self._listeners:
            listener(status)


def _status(state: TransportState, reason: str = "") -> TransportStatus:
    return TransportStatus(state=state, message=_MESSAGES.get(state, "").format(reason=reason))


def _why_not_loaded(entry: Mapping[str, Any] | None) -> TransportStatus:
    if entry is None:
        return _status(TransportState.NOT_SET_UP)
    reason = "disabled" if entry.get("disabled_by") else entry.get("reason") or entry.get("state")
    return _status(TransportState.NOT_LOADED, str(reason))
