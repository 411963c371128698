"""How messages get to Home Assistant and back, whatever carries them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class TransportState(StrEnum):
    """How the way to Home Assistant's entities stands."""

    LINK_DOWN = "link_down"
    NOT_SET_UP = "not_set_up"
    NOT_LOADED = "not_loaded"
    DISCOVERY_OFF = "discovery_off"
    BROKER_DOWN = "broker_down"
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportStatus:
    """The transport in one value, for the panel.

    Attributes:
        message: What is the matter and what to do, in words; empty while ready.
    """

    state: TransportState
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What arrived on a topic; `retained` tells a replayed one from one sent just now."""

    topic: str
    payload: str
    retained: bool


type MessageCallback = Callable[[Message], None]
type ReadyHook = Callable[[], Awaitable[None]]
type TransportListener = Callable[[TransportStatus], None]


class Transport(Protocol):
    """Topics with retained messages; nothing is queued, who publishes keeps the newest snapshot."""

    @property
    def status(self) -> TransportStatus:
        """How the transport stands now."""

    @property
    def discovery_prefix(self) -> str:
        """Where Home Assistant looks for discovery messages; certain once a ready hook runs."""

    @property
    def ha_version(self) -> str | None:
        """Home Assistant's version; None before the first connection."""

    def on_status(self, listener: TransportListener) -> None:
        """Have the listener called with every change of the status."""

    def on_ready(self, hook: ReadyHook) -> None:
        """Have the hook publish everything anew: whenever the way opens, or Home Assistant forgot.

        The subscriptions stand by then. A hook that raises HomeAssistantError is called again later.
        """

    async def subscribe(self, topic: str, callback: MessageCallback) -> None:
        """Have the callback called with the topic's messages, now and after every reconnect.

        Raises:
            HomeAssistantError: The way is open and the subscription failed; it is tried again later.
        """

    async def publish(
        self, topic: str, payload: str, *, retain: bool = True, expiry_s: int | None = None
    ) -> None:
        """Publish at least once; return when it is with the broker.

        Args:
            topic: Where to.
            payload: An empty one clears what is retained.
            retain: Whether later subscribers get it too.
            expiry_s: After how many seconds the broker may forget it, where it can.

        Raises:
            HomeAssistantError: It is not delivered, and will not be: a ready hook follows.
        """
