"""What happened at a station, waiting to be told to its event entities."""

import asyncio
from collections import deque
from collections.abc import Mapping

import msgspec

from bmw_wallbox.hass.topics import Topics
from bmw_wallbox.hass.transport import Transport

_MOST = 20
_NEWS_S = 3600.0
"""What is older is history, and no automation should act on it."""


class Happenings:
    """The latest events of one station, each told once."""

    def __init__(self, topics: Topics, transport: Transport) -> None:
        self._topics = topics
        self._transport = transport
        self._waiting = deque[tuple[float, str, str]](maxlen=_MOST)

    def add(self, key: str, event_type: str, told: Mapping[str, object]) -> None:
        """Have the event entity `key` show an event with what is told of it."""
        payload = msgspec.json.encode({"event_type": event_type, **told}).decode()
        self._waiting.append((asyncio.get_running_loop().time(), key, payload))

    async def send(self) -> None:
        """Publish what waits, oldest first; Home Assistant ignores retained events.

        Raises:
            HomeAssistantError: the rest waits on.

        """
        while self._waiting:
            at, key, payload = self._waiting[0]
            if asyncio.get_running_loop().time() - at < _NEWS_S:
                await self._transport.publish(self._topics.event(key), payload, retain=False)
            self._waiting.popleft()
