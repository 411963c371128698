"""The total that another system had counted: set once, and kept out of Home Assistant's sums."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.energy import with_initial_total
from bmw_wallbox.domain.session_figures import InitialTotalSet
from bmw_wallbox.errors import InvalidPayloadError, StoreError
from bmw_wallbox.hass.client import HomeAssistantClient
from bmw_wallbox.station import Station
from bmw_wallbox.storage.codec import Record, kind_of
from bmw_wallbox.storage.store import Store

_LOGGER = logging.getLogger(__name__)
_BEFORE = timedelta(minutes=30)
_GIVEN_UP = timedelta(days=9)
"""Home Assistant keeps its five-minute statistics for ten days."""
_SEEN = timedelta(minutes=11)
"""After that, a step that was seen at all is in the five-minute statistics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterStep:
    """A step of the total that no energy stands for; stored until Home Assistant's sums are without it."""

    at: datetime
    step_wh: int


class InitialTotals:
    """Sets totals, and remembers the steps that this meant for Home Assistant."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._steps: dict[str, CounterStep] = {}

    async def load(self) -> None:
        """Bring back what is stored."""
        try:
            self._steps = await self._store.load(CounterStep)
        except StoreError as err:
            _LOGGER.warning("Whether statistics have to be corrected could not be read: %s", err)

    async def set(self, station: Station, total_wh: int) -> None:
        """Let a station's total count on from what another system had counted.

        Raises:
            InvalidPayloadError: it was set before, or is less than what was counted already.

        """
        key, ledger = station.state.key, station.state.ledger
        try:
            with_initial_total(ledger, total_wh)
        except ValueError as err:
            raise InvalidPayloadError("energy_kwh", total_wh / 1000, str(err)) from None
        step_wh = total_wh - ledger.total_wh if ledger.total_wh is not None else 0
        now = self._clock.now()
        await station.apply(InitialTotalSet(at=now, total_wh=total_wh))
        if step_wh:
            self._steps[key] = CounterStep(at=now, step_wh=step_wh)
            self._store.save_soon(Record.of(key, self._steps[key]))
        _LOGGER.info("The total of %s counts on from %s Wh", key, total_wh)

    async def settle(self, client: HomeAssistantClient, key: str, entity_id: str) -> None:
        """Take a station's step out of the sums that Home Assistant made of it, once they are made.

        Raises:
            HomeAssistantError: it refused, or is away.

        """
        step = self._steps.get(key)
        if step is None:
            return
        since = self._clock.now() - step.at
        if since < _SEEN:
            return
        told = await client.call(
            "recorder/statistics_during_period",
            start_time=(step.at - _BEFORE).isoformat(),
            statistic_ids=[entity_id],
            period="5minute",
            units={"energy": "kWh"},
            types=["state"],
        )
        rows = [row for row in told.get(entity_id, ()) if row.get("state") is not None]
        for before, after in pairwise(rows):
            if (after["state"] - before["state"]) * 1000 >= step.step_wh - 1:
                await client.call(
                    "recorder/adjust_sum_statistics",
                    statistic_id=entity_id,
                    start_time=datetime.fromtimestamp(after["start"] / 1000, step.at.tzinfo).isoformat(),
                    adjustment=-step.step_wh / 1000,
                    adjustment_unit_of_measurement="kWh",
                )
                _LOGGER.info("The step of %s Wh is not counted as consumption", step.step_wh)
                break
        else:
            if not any(row["start"] >= step.at.timestamp() * 1000 for row in rows) and since < _GIVEN_UP:
                return
        del self._steps[key]
        await self._store.delete(kind_of(CounterStep), key)
