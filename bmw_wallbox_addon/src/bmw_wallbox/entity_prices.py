"""The prices that Home Assistant's entities show, sampled for the tariffs that follow them."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.tariffs_entity import HELD, price_micros_of
from bmw_wallbox.errors import InvalidPayloadError
from bmw_wallbox.hass.client import HomeAssistantClient
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.session_prices import Prices

_LOGGER = logging.getLogger(__name__)
_AGAIN_S = 600.0
"""How often a price that stays is noted again, as a proof that it still holds."""
_HELD_H = int(HELD.total_seconds()) // 3600
_AWAY = frozenset({"unavailable", "unknown"})


class EntityPrices:
    """Follows the entities that the tariffs name, for as long as each connection lasts."""

    def __init__(self, client: HomeAssistantClient, prices: Prices, board: ProblemBoard) -> None:
        self._client = client
        self._prices = prices
        self._board = board
        self._wake = asyncio.Event()
        self._shown: dict[str, dict[str, Any]] = {}
        """State and unit of the entities that exist."""
        self._followed: set[str] = set()
        prices.changes.subscribe(self._wake.set)
        client.on_connected(self._follow)

    async def _follow(self) -> None:
        """Subscribe to every entity named, and note what they show.

        Raises:
            HomeAssistantError: the connection is lost, which ends this task.

        """
        self._shown.clear()
        self._followed.clear()
        while True:
            self._wake.clear()
            for entity_id in sorted(self._prices.entity_ids - self._followed):
                self._followed.add(entity_id)
                await self._client.subscribe(
                    "subscribe_entities", partial(self._heard, entity_id), entity_ids=[entity_id]
                )
            self._note_all()
            with suppress(TimeoutError):
                async with asyncio.timeout(_AGAIN_S):
                    await self._wake.wait()

    def _heard(self, entity_id: str, event: Mapping[str, Any]) -> None:
        """Take Home Assistant's compressed states: `a` added, `c` changed, `r` removed."""
        if entity_id in event.get("r", ()):
            self._shown.pop(entity_id, None)
        for told in (event.get("a", {}).get(entity_id), event.get("c", {}).get(entity_id, {}).get("+")):
            if told is None:
                continue
            shown = self._shown.setdefault(entity_id, {})
            if "s" in told:
                shown["state"] = told["s"]
            if "unit_of_measurement" in told.get("a", {}):
                shown["unit"] = told["a"]["unit_of_measurement"]
        self._note_all()

    def _note_all(self) -> None:
        problems = [self._note(entity_id) for entity_id in sorted(self._prices.entity_ids & self._followed)]
        self._board.post("prices", *filter(None, problems))

    def _note(self, entity_id: str) -> Problem | None:
        """Note an entity's price; return what is wrong with it."""
        shown = self._shown.get(entity_id)
        if shown is None:
            return Problem(
                key="price_entity_missing",
                message=f"The tariff takes its price from {entity_id}, which Home Assistant does not have."
                " Charging is not priced meanwhile. Correct the tariff, or bring the entity back.",
            )
        if shown["state"] in _AWAY:
            return Problem(
                key="price_entity_away",
                message=f"{entity_id} shows no price. Its last one holds for {_HELD_H} h, as an estimate.",
            )
        try:
            price = price_micros_of(entity_id, shown["state"], shown.get("unit"), self._prices.currency)
        except InvalidPayloadError as err:
            return Problem(key="price_entity_unusable", message=f"The tariff cannot use that price. {err}")
        self._prices.note(entity_id, price)
        return None
