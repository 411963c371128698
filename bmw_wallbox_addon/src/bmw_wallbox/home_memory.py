"""What was told to Home Assistant, kept over restarts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bmw_wallbox.storage.codec import Record
from bmw_wallbox.storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What Home Assistant was told of a station; kept over restarts."""

    components: Mapping[str, str] = field(default_factory=dict)
    """The platform of every entity, by key."""
    removed: bool = False
    """Whether the owner took the device out of Home Assistant."""


class StoredMemory:
    """The publisher's memory, kept in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def published(self, station: str) -> Mapping[str, str]:
        """Return the platform of every component by key.

        Raises:
            StoreError: it cannot be read.

        """
        return (await self._held(station)).components

    async def set_published(self, station: str, components: Mapping[str, str]) -> None:
        """Keep the platform of every component by key.

        Raises:
            StoreError: it cannot be written.

        """
        held = replace(await self._held(station), components=components)
        await self._store.save(Record.of(station, held))

    async def removed(self, station: str) -> bool:
        """Return whether the owner took the station out of Home Assistant.

        Raises:
            StoreError: it cannot be read.

        """
        return (await self._held(station)).removed

    async def set_removed(self, station: str, *, removed: bool) -> None:
        """Keep whether the owner took the station out of Home Assistant.

        Raises:
            StoreError: it cannot be written.

        """
        held = replace(await self._held(station), removed=removed)
        await self._store.save(Record.of(station, held))

    async def _held(self, station: str) -> Published:
        return (await self._store.load(Published)).get(station, Published())
