"""One station's configuration messages: in parts, each with a topic of its own."""

from collections.abc import Collection

from bmw_wallbox.domain.state import StationState
from bmw_wallbox.entities.discovery import Device
from bmw_wallbox.hass.announcement import PARTS, Announcement, Memory
from bmw_wallbox.hass.topics import Topics


class Configurations:
    """Knows which of a station's configuration messages are due, and where they go."""

    def __init__(self, topics: Topics, device: Device, memory: Memory) -> None:
        self._topics = topics
        self._parts = {part.name: Announcement(topics, device, memory, part) for part in PARTS}
        self._prefix: str | None = None

    def topics(self, prefix: str) -> tuple[str, ...]:
        """Return where the messages go; `prefix` is Home Assistant's for discovery."""
        return tuple(self._topics.config(prefix, part) for part in self._parts)

    @property
    def current(self) -> Collection[str]:
        """Return the topics in use."""
        return () if self._prefix is None else self.topics(self._prefix)

    def begin(self, prefix: str, ha_version: str | None) -> tuple[str, ...]:
        """Have everything told again; return the topics of another prefix, which have to be emptied."""
        before, self._prefix = self._prefix, prefix
        for announcement in self._parts.values():
            announcement.begin(ha_version)
        return () if before in {None, prefix} else self.topics(str(before))

    async def due(self, state: StationState) -> list[tuple[str, str]]:
        """Return the messages to publish now, in order, as topic and payload; none where nothing changed."""
        return [
            (self._topics.config(str(self._prefix), part), payload)
            for part, announcement in self._parts.items()
            for payload in await announcement.due(state)
        ]

    async def sent(self, state: StationState, messages: list[tuple[str, str]]) -> None:
        """Take note that what was due is with Home Assistant."""
        newest = dict(messages)
        for part, announcement in self._parts.items():
            payload = newest.get(self._topics.config(str(self._prefix), part))
            if payload is not None:
                await announcement.sent(state, payload)
