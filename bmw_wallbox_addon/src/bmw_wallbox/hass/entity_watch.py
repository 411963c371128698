"""The states of some entities of Home Assistant, as they change."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.client import HomeAssistantClient

_LOGGER = logging.getLogger(__name__)
AWAY = frozenset({"unavailable", "unknown"})
_NO_ENTITY = "invalid_format"
"""Home Assistant's word for what cannot be the id of an entity: asking again is of no use."""
_AGAIN_S = 60.0
"""How often what stays is told again, as a proof that it still holds, and what is wanted is looked up."""


class EntityWatch:
    """Follows the entities that are wanted, for as long as each connection lasts.

    Args:
        client: The link.
        wanted: Returns the ids of the entities.
        heard: Called after every change of `shown`, and again every minute.
    """

    def __init__(
        self,
        client: HomeAssistantClient,
        wanted: Callable[[], frozenset[str]],
        heard: Callable[[], None],
    ) -> None:
        self._client = client
        self._wanted = wanted
        self._heard = heard
        self._wake = asyncio.Event()
        self._followed: set[str] = set()
        self.shown: dict[str, dict[str, Any]] = {}
        """`state` and `unit` of those that exist."""
        client.on_connected(self._follow)

    @property
    def followed(self) -> frozenset[str]:
        """The entities that are wanted and were asked for on this connection."""
        return self._wanted() & self._followed

    def changed(self) -> None:
        """Have other entities followed, if others are wanted now."""
        self._wake.set()

    async def _follow(self) -> None:
        self.shown.clear()
        self._followed.clear()
        while True:
            self._wake.clear()
            for entity_id in sorted(self._wanted() - self._followed):
                await self._subscribe(entity_id)
            self._heard()
            with suppress(TimeoutError):
                async with asyncio.timeout(_AGAIN_S):
                    await self._wake.wait()

    async def _subscribe(self, entity_id: str) -> None:
        """Follow one entity; where that fails, the others are followed nevertheless."""
        self._followed.add(entity_id)
        try:
            await self._client.subscribe(
                "subscribe_entities", partial(self._take, entity_id), entity_ids=[entity_id]
            )
        except HomeAssistantError as err:
            _LOGGER.debug("%s cannot be followed: %s", entity_id, err)
            if err.code != _NO_ENTITY:
                self._followed.discard(entity_id)

    def _take(self, entity_id: str, event: Mapping[str, Any]) -> None:
        """Take Home Assistant's compressed states: `a` added, `c` changed, `r` removed."""
        if entity_id in event.get("r", ()):
            self.shown.pop(entity_id, None)
        for told in (event.get("a", {}).get(entity_id), event.get("c", {}).get(entity_id, {}).get("+")):
            if told is None:
                continue
            shown = self.shown.setdefault(entity_id, {})
            if "s" in told:
                shown["state"] = told["s"]
            if "unit_of_measurement" in told.get("a", {}):
                shown["unit"] = told["a"]["unit_of_measurement"]
        self._heard()
