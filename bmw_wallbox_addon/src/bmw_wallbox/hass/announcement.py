"""What Home Assistant was told of a part of a station's entities, and what it has to be told now."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import msgspec

from bmw_wallbox.domain.state import StationState
from bmw_wallbox.entities.description import EntityRow
from bmw_wallbox.entities.discovery import Device, Topics, discovery_payload, takes_object_ids
from bmw_wallbox.entities.table import BY_KEY, rows_of
from bmw_wallbox.entities.variables import KEY_PREFIX
from bmw_wallbox.errors import StoreError

_LOGGER = logging.getLogger(__name__)


class Memory(Protocol):
    """Remembers, over restarts, which components of a station Home Assistant was told of."""

    async def published(self, station: str) -> Mapping[str, str]:
        """Return the platform of every component by key; nothing for a station never announced.

        Raises:
            StoreError: it cannot be read.

        """

    async def set_published(self, station: str, components: Mapping[str, str]) -> None:
        """Keep the platform of every component by key.

        Raises:
            StoreError: it cannot be written.

        """

    async def removed(self, station: str) -> bool:
        """Return whether the owner took the station out of Home Assistant.

        Raises:
            StoreError: it cannot be read.

        """

    async def set_removed(self, station: str, *, removed: bool) -> None:
        """Keep whether the owner took the station out of Home Assistant.

        Raises:
            StoreError: it cannot be written.

        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of a station's entities, announced by a message of their own."""

    name: str = ""
    of_variables: bool = False
    """Whether it holds what the wallbox's own variables make, or all the rest."""

    def has(self, key: str) -> bool:
        """Return whether a component belongs here."""
        return (key.startswith(KEY_PREFIX) and key not in BY_KEY) is self.of_variables

    def memory_key(self, station: str) -> str:
        """Return under which name the part's components are remembered."""
        return f"{station}/{self.name}" if self.name else station


PARTS = (Part(), Part(name="variables", of_variables=True))
"""Each fits in 32 KiB: of a longer call Home Assistant's recorder warns in its log."""
_MIGRATE = '{"migrate_discovery":true}'
"""Has Home Assistant let go of a message's entities without forgetting what their owner made of them."""


class Announcement:
    """The configuration messages of one part of a station.

    An entity once announced stays, even while the station does not report its measurand: only a new
    version of the app drops one. Home Assistant removes it when it is told so once.
    """

    def __init__(self, topics: Topics, device: Device, memory: Memory, part: Part) -> None:
        self._part = part
        self._topics = topics
        self._device = device
        self._memory = memory
        self._components: Mapping[str, str] | None = None
        self._described: StationState | None = None
        self._sent = ""

    def begin(self, ha_version: str | None) -> None:
        """Have everything told again, in the words that this version of Home Assistant knows."""
        self._device = replace(self._device, object_ids=takes_object_ids(ha_version))
        self._described = None
        self._sent = ""

    async def due(self, state: StationState) -> tuple[str, ...]:
        """Return the payloads to publish now, in order; none where nothing changed."""
        if self._described is not None and _describes_alike(self._described, state):
            return ()
        known = await self._known(state.key)
        dropped, rows = self._dropped(state, known), self._rows(state, known)
        payload = self._payload(state, rows, {})
        if dropped:
            return (self._payload(state, rows, dropped), *((payload,) if rows else ()))
        if payload == self._sent or not rows:
            self._described = state
            return ()
        moved = any(not self._part.has(key) for key in known)
        return (_MIGRATE, payload) if moved else (payload,)

    async def sent(self, state: StationState, payload: str) -> None:
        """Take note that `due`'s last payload is with Home Assistant."""
        self._described, self._sent = state, payload
        known = await self._known(state.key)
        dropped = self._dropped(state, known)
        kept = {key: it for key, it in known.items() if key not in dropped and self._part.has(key)}
        components = {**kept, **{row.key: row.platform.value for row in self._rows(state, known)}}
        if components == self._components:
            return
        self._components = components
        try:
            await self._memory.set_published(self._part.memory_key(state.key), components)
        except StoreError as error:
            _LOGGER.warning("The entities of %s could not be remembered: %s", state.key, error)

    def _payload(self, state: StationState, rows: Sequence[EntityRow], dropped: Mapping[str, str]) -> str:
        payload = discovery_payload(state, rows, topics=self._topics, device=self._device, dropped=dropped)
        return msgspec.json.encode(payload).decode()

    async def _known(self, station: str) -> Mapping[str, str]:
        if self._components is None:
            try:
                self._components = await self._remembered(station)
            except StoreError as error:
                _LOGGER.warning("Entities dropped from %s may stay: %s", station, error)
                self._components = {}
        return self._components

    async def _remembered(self, station: str) -> Mapping[str, str]:
        """Return what was told; before the entities were told in parts, the first one held them all."""
        own = await self._memory.published(self._part.memory_key(station))
        if own or not self._part.name:
            return own
        all_told = await self._memory.published(station)
        return {key: platform for key, platform in all_told.items() if self._part.has(key)}

    def _rows(self, state: StationState, known: Mapping[str, str]) -> list[EntityRow]:
        own = (row for row in rows_of(state) if self._part.has(row.key))
        return [row for row in own if row.exists(state) or row.key in known]

    def _dropped(self, state: StationState, known: Mapping[str, str]) -> Mapping[str, str]:
        """Return the components that have no row any more, or one of another platform.

        What the station's variables made is kept until a full report tells that it has them no longer.
        """
        if self._part.of_variables and state.inventory.complete_for_firmware is None:
            return {}
        platforms = {row.key: row.platform.value for row in rows_of(state)}
        return {
            key: platform
            for key, platform in known.items()
            if self._part.has(key) and platforms.get(key) != platform
        }


def _describes_alike(before: StationState, after: StationState) -> bool:
    """Return whether nothing changed that a configuration is made of."""
    return (
        before.facts == after.facts
        and before.max_current_a == after.max_current_a
        and before.inventory is after.inventory
        and before.session.currency == after.session.currency
        and before.samples.keys() == after.samples.keys()
    )
