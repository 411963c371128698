"""One station's device in Home Assistant: announced, kept current, listened to.

Only the newest state is ever published: while a message is on its way, or too soon after the last one, newer
states replace each other. Values always come before the availability that vouches for them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import msgspec

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.entities.discovery import Device
from bmw_wallbox.entities.render import state_document
from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.absence import Absence
from bmw_wallbox.hass.announcement import Memory
from bmw_wallbox.hass.configurations import Configurations
from bmw_wallbox.hass.happenings import Happenings
from bmw_wallbox.hass.inbox import Execute, Inbox
from bmw_wallbox.hass.topics import Topics
from bmw_wallbox.hass.transport import Message, Transport, TransportState

_LOGGER = logging.getLogger(__name__)

ONLINE, OFFLINE = "online", "offline"
BRIDGE_EXPIRY_S = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How fast and how long, in seconds."""

    merge_s: float = 0.2
    """States that follow each other faster than this are merged; the first of them goes at once."""
    refresh_s: float = 60.0
    """How often everything is said again, which keeps it from expiring."""
    grace_s: float = 60.0
    """How long the wallbox may be away before its measured values become unavailable."""
    flap_s: float = 3.0
    """How long a lost link has to stay lost before it shows."""
    settle_s: float = 1.0
    """How long Home Assistant takes to act on a subscription, or on a changed configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all devices share."""

    transport: Transport
    execute: Execute
    memory: Memory
    token_names: Callable[[], Mapping[str, str]]
    """Returns the names of id tokens, by the token in lower case."""
    clock: Clock
    timing: Timing


class StationDevice:
    """Publishes one station, and passes on what Home Assistant asks of it."""

    def __init__(self, state: StationState, device: Device, around: Surroundings) -> None:
        self.topics = Topics(station=state.key)
        self.simulated = state.simulated
        self._state = state
        self._transport = around.transport
        self._token_names = around.token_names
        self._timing = around.timing
        self._configurations = Configurations(self.topics, device, around.memory)
        self._inbox = Inbox(around.execute, around.clock)
        self._absence = Absence(around.memory, state.key)
        self._happenings = Happenings(self.topics, around.transport)
        self._wake = asyncio.Event()
        self._lock = asyncio.Lock()
        self._announced = False
        self._closed = False
        self._crossed = False
        self._lost_at = -around.timing.grace_s
        self._looked_at = 0.0
        self._refresh_at = 0.0
        self._repeat_at: float | None = None
        self._document = ""
        self._wallbox = ""

    def update(self, state: StationState) -> None:
        """Take a newer state; it is published by the device's own task."""
        if self._state.connected and not state.connected:
            self._lost_at = _now()
        self._state = state
        self._wake.set()

    def happened(self, key: str, event_type: str, told: Mapping[str, object]) -> None:
        """Have an event entity show what happened."""
        self._happenings.add(key, event_type, told)
        self._wake.set()

    def wake(self) -> None:
        """Have the device look at once whether there is something to publish."""
        self._wake.set()

    async def run(self) -> None:
        """Publish changes as they come, until cancelled."""
        await self._guarded(self._listen)
        while True:
            await self._until_due()
            await self._guarded(self._catch_up)
            await asyncio.sleep(self._timing.merge_s)

    async def announce(self) -> None:
        """Publish everything anew.

        Raises:
            HomeAssistantError: it did not get through.

        """
        async with self._lock:
            await self._announce()

    def register_again(self) -> None:
        """Come back after the owner, or `remove`, took the device out of Home Assistant."""
        self._absence.gone = False
        self._announced = self._crossed = False
        self._wake.set()

    async def remove(self) -> None:
        """Take the device and all that is retained of it out of Home Assistant.

        Raises:
            HomeAssistantError: it did not get through.

        """
        self._absence.gone = True
        self._wake.set()
        async with self._lock:
            configs = self._configurations.topics(self._transport.discovery_prefix)
            for topic in (*configs, self.topics.state, self.topics.wallbox, self.topics.bridge):
                await self._transport.publish(topic, "")

    async def say_goodbye(self) -> None:
        """Publish that the app is going, and nothing after it.

        Raises:
            HomeAssistantError: it did not get through.

        """
        was_announced = self._announced and not self._is_gone
        self._closed = True
        if was_announced:
            await self._transport.publish(self.topics.bridge, OFFLINE)

    async def _guarded(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except HomeAssistantError as error:
            # The transport reports it, and asks for everything anew once it works again.
            _LOGGER.debug("Home Assistant was not told of %s: %s", self._state.key, error)
            self._announced = False
        except Exception:
            # One publication is spoilt; the next change or refresh tries again.
            _LOGGER.exception("The state of %s could not be published", self._state.key)
            self._announced = False

    async def _listen(self) -> None:
        """Subscribe before anything is announced: a subscription needs a moment to reach the broker."""
        await self._transport.subscribe(self.topics.commands, self._command_heard)
        for config in self._configurations.topics(self._transport.discovery_prefix):
            await self._transport.subscribe(config, self._config_heard)
        if self._transport.status.state is TransportState.READY and not self._announced:
            await asyncio.sleep(self._timing.settle_s)
        self._wake.set()

    async def _until_due(self) -> None:
        """Wait for a change, or for the next thing that time brings about."""
        lost_at, timing = self._lost_at, self._timing
        deadlines = [self._refresh_at]
        if self._repeat_at is not None:
            deadlines.append(self._repeat_at)
        if not self._state.connected:
            # Also what came while states were merged, and nobody has looked since.
            ends = (lost_at + timing.flap_s, lost_at + timing.grace_s)
            deadlines += [at for at in ends if at > self._looked_at]
        with suppress(TimeoutError):
            async with asyncio.timeout_at(min(deadlines)):
                await self._wake.wait()
        self._wake.clear()

    async def _catch_up(self) -> None:
        """Publish what differs from what was published, and everything when a refresh is due."""
        async with self._lock:
            self._looked_at = _now()
            refresh = self._looked_at >= self._refresh_at
            if refresh:
                self._refresh_at = _now() + self._timing.refresh_s
            await self._absence.keep()
            if self._is_gone:
                await self._take_back()
                return
            if not self._announced:
                if self._transport.status.state is TransportState.READY:
                    await self._announce()
                return
            await self._send_config()
            repeat = self._repeat_at is not None and _now() >= self._repeat_at
            if repeat:
                self._repeat_at = None
            await self._send_state(force=refresh or repeat)
            await self._send_wallbox(force=refresh)
            if refresh:
                await self._send_bridge()
            if self._repeat_at is None:
                await self._happenings.send()

    async def _take_back(self) -> None:
        """Remove the device that a configuration made anew, sent when its deletion was not heard of yet."""
        if self._crossed and not self._closed:
            for config in self._configurations.current:
                await self._transport.publish(config, "")
            self._crossed = False

    async def _announce(self) -> None:
        await self._absence.recall()
        if self._is_gone:
            return
        for left in self._configurations.begin(self._transport.discovery_prefix, self._transport.ha_version):
            await self._send(left, "")
        await self._transport.subscribe(self.topics.commands, self._command_heard)
        for config in self._configurations.current:
            await self._transport.subscribe(config, self._config_heard)
        await self._send_config()
        await self._send_state(force=True)
        await self._send_wallbox(force=True)
        await self._send_bridge()
        self._announced = True
        self._refresh_at = _now() + self._timing.refresh_s

    async def _send_config(self) -> None:
        state = self._state
        messages = await self._configurations.due(state)
        for topic, payload in messages:
            await self._send(topic, payload)
        if messages:
            await self._configurations.sent(state, messages)
            # A changed configuration voids values that expire, and only a later message renews them.
            self._document = ""
            self._repeat_at = _now() + self._timing.settle_s

    async def _send_state(self, *, force: bool) -> None:
        document = msgspec.json.encode(state_document(self._shown(), self._token_names())).decode()
        if force or document != self._document:
            await self._send(self.topics.state, document)
            self._document = document

    async def _send_wallbox(self, *, force: bool) -> None:
        wallbox = ONLINE if self._is_there_for(self._timing.grace_s) else OFFLINE
        if force or wallbox != self._wallbox:
            await self._send(self.topics.wallbox, wallbox)
            self._wallbox = wallbox

    async def _send_bridge(self) -> None:
        await self._send(self.topics.bridge, ONLINE, expiry_s=BRIDGE_EXPIRY_S)

    async def _send(self, topic: str, payload: str, *, expiry_s: int | None = None) -> None:
        if not self._is_gone:
            await self._transport.publish(topic, payload, expiry_s=expiry_s)

    @property
    def _is_gone(self) -> bool:
        return self._closed or self._absence.gone

    def _shown(self) -> StationState:
        """Return the state as it shows: a link lost for a moment is not lost, a refusal of ours is told."""
        connected = self._is_there_for(self._timing.flap_s)
        return replace(self._state, connected=connected, last_command=self._inbox.last_command(self._state))

    def _is_there_for(self, patience_s: float) -> bool:
        return self._state.connected or _now() < self._lost_at + patience_s

    def _config_heard(self, message: Message) -> None:
        """Notice that the owner deleted the device: Home Assistant then empties its configuration."""
        if message.topic not in self._configurations.current:
            return
        if not message.payload and not self._is_gone:
            _LOGGER.info("%s was deleted in Home Assistant, and stays so until asked for", self._state.key)
            self._absence.gone = True
            self._wake.set()
        elif message.payload and self._is_gone:
            self._crossed = True
            self._wake.set()

    def _command_heard(self, message: Message) -> None:
        self._inbox.take(message, self._state)
        self._wake.set()


def _now() -> float:
    return asyncio.get_running_loop().time()
