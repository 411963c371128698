"""The prices that Home Assistant's entities show, sampled for the tariffs that follow them."""

from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.tariffs_entity import HELD, price_micros_of
from bmw_wallbox.errors import InvalidPayloadError
from bmw_wallbox.hass.client import HomeAssistantClient
from bmw_wallbox.hass.entity_watch import AWAY, EntityWatch
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.session_prices import Prices

_HELD_H = int(HELD.total_seconds()) // 3600


class EntityPrices:
    """Notes what the entities show that the tariffs name."""

    def __init__(self, client: HomeAssistantClient, prices: Prices, board: ProblemBoard) -> None:
        self._prices = prices
        self._board = board
        self._watch = EntityWatch(client, lambda: prices.entity_ids, self._note_all)
        prices.changes.subscribe(self._watch.changed)

    def _note_all(self) -> None:
        problems = [self._note(entity_id) for entity_id in sorted(self._watch.followed)]
        self._board.post("prices", *filter(None, problems))

    def _note(self, entity_id: str) -> Problem | None:
        """Note an entity's price; return what is wrong with it."""
        shown = self._watch.shown.get(entity_id)
        if shown is None:
            return Problem(
                key="price_entity_missing",
                message=f"The tariff takes its price from {entity_id}, which Home Assistant does not have."
                " Charging is not priced meanwhile. Correct the tariff, or bring the entity back.",
            )
        if shown["state"] in AWAY:
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
