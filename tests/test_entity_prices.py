"""The prices of entities over the link: noted as they change, missed in words, kept over an outage."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from bmw_wallbox.domain.sessions import Cost, Doubt
from bmw_wallbox.domain.sessions_energy import Growth
from bmw_wallbox.domain.tariffs import PriceList, Tariffs
from bmw_wallbox.entity_prices import EntityPrices
from bmw_wallbox.hass.client import Backoff, HomeAssistantClient
from bmw_wallbox.hass.endpoint import choose_endpoint
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.session_prices import Prices
from bmw_wallbox.storage.store import Store
from tests.fakes.clock import NOON, HandClock
from tests.hass.fake_core import FakeCore, RefusedError

_SPOT = "sensor.spot"
_SUBSCRIBE = "subscribe_entities"
_LIST = PriceList(name="Spot", valid_from=date(2026, 1, 1), entity_id=_SPOT)


def shows(state: str, unit: str = "EUR/kWh") -> dict[str, Any]:
    return {"a": {_SPOT: {"s": state, "a": {"unit_of_measurement": unit}, "c": "1", "lc": 1.0}}}


def becomes(state: str) -> dict[str, Any]:
    return {"c": {_SPOT: {"+": {"s": state, "lc": 2.0}}}}


class Link:
    """A Core that shows a price, and the app's part that follows it."""

    def __init__(self, core: FakeCore, prices: Prices, board: ProblemBoard, clock: HandClock) -> None:
        self.core, self.prices, self.board, self.clock = core, prices, board, clock
        self._told = asyncio.Event()
        board.subscribe(self._told.set)

    async def fire(self, event: dict[str, Any]) -> None:
        await self.core.fire(_SUBSCRIBE, event, entity_ids=[_SPOT])

    async def problem(self, key: str | None) -> str:
        """Wait for the only problem; None waits for none."""
        async with asyncio.timeout(5):
            while [problem.key for problem in self.board.problems] != ([key] if key else []):
                self._told.clear()
                await self._told.wait()
        return "".join(problem.message for problem in self.board.problems)

    def cost(self, since: datetime, until: datetime) -> tuple[Cost | None, frozenset[Doubt]]:
        return self.prices.cost([Growth(since=since, until=until, energy_wh=1000)])

    async def costs(self, micros: int) -> None:
        """Wait until a kilowatt hour costs so much now."""
        now = self.clock.now()
        async with asyncio.timeout(5):
            while (found := self.cost(now, now)[0]) is None or found.micros != micros:  # noqa: ASYNC110  (a price has no event)
                await asyncio.sleep(0.01)


@asynccontextmanager
async def linked(
    folder: Path,
    *,
    tariffs: Tariffs | None = None,
    subscribe: Callable[[dict[str, Any]], None] = lambda _message: None,
) -> AsyncIterator[Link]:
    clock, core, board = HandClock(), FakeCore(), ProblemBoard()
    core.commands[_SUBSCRIBE] = subscribe
    store = await Store.open(folder, clock)
    prices = Prices(store, clock=clock, zone=lambda: ZoneInfo("UTC"))
    await prices.load()
    await prices.save(tariffs or Tariffs(currency="EUR", lists=(_LIST,)))
    async with core.serving(), aiohttp.ClientSession() as session:
        endpoint = choose_endpoint({"HA_URL": core.url, "HA_TOKEN": core.token})
        assert endpoint is not None
        client = HomeAssistantClient(session, endpoint, backoff=Backoff(first_s=0.01, longest_s=0.01))
        EntityPrices(client, prices, board)
        task = asyncio.create_task(client.run())
        await core.until(lambda: bool(core.subscriptions))
        yield Link(core, prices, board, clock)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await store.close()


async def test_each_price_counts_from_when_it_was_shown(tmp_path: Path) -> None:
    async with linked(tmp_path) as link:
        await link.problem("price_entity_missing")
        await link.fire(shows("0.30"))
        await link.costs(300_000)
        link.clock.advance(1800)
        await link.fire(becomes("0.10"))
        await link.costs(100_000)
        cost, doubts = link.cost(NOON, NOON + timedelta(hours=1))
        assert cost is not None
        assert (cost.micros, doubts) == (200_000, frozenset())


async def test_a_misspelt_entity_keeps_no_other_from_being_followed(tmp_path: Path) -> None:
    def refuse(message: dict[str, Any]) -> None:
        if message["entity_ids"] != [_SPOT]:
            raise RefusedError("invalid_format", "Entity ID is an invalid entity ID.")

    misspelt = replace(_LIST, valid_from=date(2025, 1, 1), entity_id="Price today")
    tariffs = Tariffs(currency="EUR", lists=(misspelt, _LIST))
    async with linked(tmp_path, tariffs=tariffs, subscribe=refuse) as link:
        await link.fire(shows("0.30"))
        await link.costs(300_000)
        assert "Price today" in await link.problem("price_entity_missing")


async def test_what_is_no_price_is_a_problem_in_words(tmp_path: Path) -> None:
    async with linked(tmp_path) as link:
        assert _SPOT in await link.problem("price_entity_missing")
        await link.fire(shows("21", "°C"))
        assert "EUR/kWh" in await link.problem("price_entity_unusable")
        await link.fire(shows("unavailable"))
        assert "6 h" in await link.problem("price_entity_away")
        await link.fire({"r": [_SPOT]})
        await link.problem("price_entity_missing")


async def test_while_the_entity_is_away_its_last_price_is_an_estimate_and_then_missing(
    tmp_path: Path,
) -> None:
    async with linked(tmp_path) as link:
        await link.fire(shows("0.30"))
        await link.costs(300_000)
        await link.fire(becomes("unavailable"))
        await link.problem("price_entity_away")
        for hours, doubts in ((0, set()), (2, {Doubt.PRICE_ESTIMATED}), (7, {Doubt.PRICE_MISSING})):
            at = NOON + timedelta(hours=hours)
            assert link.cost(at, at)[1] == doubts, hours
        whole, marked = link.cost(NOON, NOON + timedelta(hours=12))
        assert whole is not None
        assert (whole.micros, marked) == (150_000, frozenset({Doubt.PRICE_ESTIMATED, Doubt.PRICE_MISSING}))


async def test_a_price_is_known_again_after_a_restart_in_the_middle_of_a_charge(tmp_path: Path) -> None:
    async with linked(tmp_path) as link:
        await link.fire(shows("0.30"))
        await link.costs(300_000)
    async with linked(tmp_path) as link:
        cost, doubts = link.cost(NOON, NOON + timedelta(minutes=30))
        assert cost is not None
        assert (cost.micros, doubts) == (300_000, frozenset())


async def test_another_entity_is_followed_as_soon_as_a_tariff_names_it(tmp_path: Path) -> None:
    flat = PriceList(name="Flat", valid_from=date(2026, 1, 1), price_micros=1)
    async with linked(tmp_path, tariffs=Tariffs(currency="EUR", lists=(_LIST,))) as link:
        await link.prices.save(Tariffs(currency="EUR", lists=(flat,)))
        await link.problem(None)
        other = PriceList(name="Other", valid_from=date(2026, 1, 1), entity_id="sensor.other")
        await link.prices.save(Tariffs(currency="EUR", lists=(other,)))
        await link.core.until(
            lambda: any(sent["entity_ids"] == ["sensor.other"] for sent in link.core.sent(_SUBSCRIBE))
        )
        assert "sensor.other" in await link.problem("price_entity_missing")
