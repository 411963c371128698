"""What Home Assistant was told of a station's entities, and what it has to be told now."""

import logging
from collections.abc import Mapping
from dataclasses import replace
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


class Announcement:
    """One station's configuration messages.

    An entity once announced stays, even while the station does not report its measurand: only a new
    version of the app drops one. Home Assistant removes it when it is told so once.
    """

    def __init__(self, topics: Topics, device: Device, memory: Memory) -> None:
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
        dropped = _dropped(state, known)
        payload = self._payload(state, known, {})
        if dropped:
            return self._payload(state, known, dropped), payload
        if payload == self._sent:
            self._described = state
            return ()
        return (payload,)

    async def sent(self, state: StationState, payload: str) -> None:
        """Take note that `due`'s last payload is with Home Assistant."""
        self._described, self._sent = state, payload
        known = await self._known(state.key)
        dropped = _dropped(state, known)
        components = {
            **{key: platform for key, platform in known.items() if key not in dropped},
            **{row.key: row.platform.value for row in _rows(state, known)},
        }
        if components == self._components:
            return
        self._components = components
        try:
            await self._memory.set_published(state.key, components)
        except StoreError as error:
            _LOGGER.warning("The entities of %s could not be remembered: %s", state.key, error)

    def _payload(self, state: StationState, known: Mapping[str, str], dropped: Mapping[str, str]) -> str:
        payload = discovery_payload(
            state, _rows(state, known), topics=self._topics, device=self._device, dropped=dropped
        )
        return msgspec.json.encode(payload).decode()

    async def _known(self, station: str) -> Mapping[str, str]:
        if self._components is None:
            try:
                self._components = await self._memory.published(station)
            except StoreError as error:
                _LOGGER.warning("Entities dropped from %s may stay: %s", station, error)
                self._components = {}
        return self._components


def _rows(state: StationState, known: Mapping[str, str]) -> list[EntityRow]:
    return [row for row in rows_of(state) if row.exists(state) or row.key in known]


def _dropped(state: StationState, known: Mapping[str, str]) -> Mapping[str, str]:
    """Return the components that have no row any more, or one of another platform.

    What the station's variables made is kept until a full report tells that it has them no longer.
    """
    reported = state.inventory.complete_for_firmware is not None
    platforms = {row.key: row.platform.value for row in rows_of(state)}
    return {
        key: platform
        for key, platform in known.items()
        if platforms.get(key) != platform and (key in BY_KEY or not key.startswith(KEY_PREFIX) or reported)
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
