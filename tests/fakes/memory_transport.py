"""A transport whose broker is a dictionary: retained messages, filters, outages, stalls."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.transport import (
    Message,
    MessageCallback,
    ReadyHook,
    TransportListener,
    TransportState,
    TransportStatus,
)


@dataclass(frozen=True, slots=True)
class Published:
    topic: str
    payload: str
    retain: bool
    expiry_s: int | None


class MemoryTransport:
    """Implements `Transport`; the test opens and closes the way, and plays Home Assistant."""

    def __init__(self) -> None:
        self.status = TransportStatus(state=TransportState.LINK_DOWN, message="down")
        self.discovery_prefix = "homeassistant"
        self.ha_version: str | None = "2026.11.0"
        self.retained: dict[str, str] = {}
        self.published: list[Published] = []
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.started = 0
        self._arrived = asyncio.Event()
        self._hooks: list[ReadyHook] = []
        self._listeners: list[TransportListener] = []
        self._subscriptions: dict[str, MessageCallback] = {}

    def on_status(self, listener: TransportListener) -> None:
        self._listeners.append(listener)

    def on_ready(self, hook: ReadyHook) -> None:
        self._hooks.append(hook)

    async def subscribe(self, topic: str, callback: MessageCallback) -> None:
        self._subscriptions[topic] = callback
        for known, payload in self.retained.items():
            if _matches(topic, known):
                callback(Message(topic=known, payload=payload, retained=True))

    async def publish(
        self, topic: str, payload: str, *, retain: bool = True, expiry_s: int | None = None
    ) -> None:
        self.started += 1
        self._arrived.set()
        if self.status.state is TransportState.LINK_DOWN:
            raise HomeAssistantError("The way is closed.", "mqtt_not_ready")
        await self.flowing.wait()
        self.published.append(Published(topic, payload, retain, expiry_s))
        self._arrived.set()
        if retain:
            self.retained[topic] = payload
            if not payload:
                del self.retained[topic]
        self.deliver(topic, payload)

    def deliver(self, topic: str, payload: str, *, retained: bool = False) -> None:
        for wanted, callback in tuple(self._subscriptions.items()):
            if _matches(wanted, topic):
                callback(Message(topic=topic, payload=payload, retained=retained))

    async def open(self) -> None:
        """Open the way as at every connection: hooks first, then the status."""
        self.status = TransportStatus(state=TransportState.BROKER_DOWN)
        for hook in self._hooks:
            await hook()
        self._report(TransportState.READY)

    def close(self) -> None:
        self._report(TransportState.LINK_DOWN)

    async def until(self, seen: Callable[[], bool]) -> None:
        """Wait until publishing made a condition true."""
        async with asyncio.timeout(5):
            while not seen():
                self._arrived.clear()
                await self._arrived.wait()

    def payloads(self, topic: str) -> list[str]:
        return [message.payload for message in self.published if message.topic == topic]

    def topics(self) -> list[str]:
        """Return the last part of every topic published to, in order."""
        return [message.topic.rpartition("/")[2] for message in self.published]

    def _report(self, state: TransportState) -> None:
        self.status = TransportStatus(state=state)
        for listener in self._listeners:
            listener(self.status)


def _matches(wanted: str, topic: str) -> bool:
    if wanted.endswith("/+"):
        return wanted.rpartition("/")[0] == topic.rpartition("/")[0]
    return wanted == topic
