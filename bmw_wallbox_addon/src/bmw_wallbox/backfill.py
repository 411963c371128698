"""Fills the gaps in Home Assistant's long-term statistics with the energy that the app counted meanwhile."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.sessions_hours import HOUR, hour_of
from bmw_wallbox.domain.statistics_gaps import Filling, HourRow, filling
from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.client import HomeAssistantClient
from bmw_wallbox.initial_totals import InitialTotals
from bmw_wallbox.problem_board import ProblemBoard

_LOGGER = logging.getLogger(__name__)

_WINDOW = timedelta(days=31)
_SETTLED = timedelta(minutes=15)
"""How long after its end Home Assistant surely wrote an hour, if it does at all."""
_SETTLE_S = 60.0
"""How long Home Assistant may work on what it missed, after a start."""
_PER_KWH: Mapping[str, float] = {"Wh": 1000.0, "kWh": 1.0, "MWh": 0.001}
_FOR_GOOD: Mapping[str, str] = {
    "unauthorized": "The app may not write Home Assistant's statistics, because HA_TOKEN is not an"
    " administrator's. Energy charged while Home Assistant is away shows in the hour in which it comes back.",
    "unknown_command": "Home Assistant runs without its recorder, so there are no statistics to complete.",
}
"""What no later attempt on this connection changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the app counted for one entity."""

    station: str
    """The station's key."""
    unique_id: str
    total_wh: int
    hours_wh: Mapping[datetime, int]


type Source = Callable[[datetime], Iterable[Counted]]
"""Returns what was counted since an instant."""


class Backfill:
    """Completes the statistics once after each connection, and then every hour."""

    def __init__(
        self,
        client: HomeAssistantClient,
        board: ProblemBoard,
        *,
        clock: Clock,
        source: Source,
        totals: InitialTotals | None = None,
        settle_s: float = _SETTLE_S,
    ) -> None:
        self._client = client
        self._board = board
        self._clock = clock
        self._source = source
        self._totals = totals
        self._settle_s = settle_s
        client.on_connected(self._follow)

    async def _follow(self) -> None:
        await asyncio.sleep(self._settle_s)
        while True:
            now = self._clock.now()
            pause_s = (hour_of(now) + HOUR + _SETTLED + timedelta(minutes=1) - now).total_seconds()
            try:
                if not await self.look():
                    pause_s = max(self._settle_s, 1.0)
                self._board.post("statistics")
            except HomeAssistantError as err:
                if (words := _FOR_GOOD.get(err.code)) is not None:
                    problem = Problem(key=f"statistics_{err.code}", message=words)
                    self._board.post("statistics", *([problem] if err.code == "unauthorized" else []))
                    _LOGGER.info("%s", words)
                    return
                _LOGGER.debug("The statistics are completed later: %s", err)
            await asyncio.sleep(pause_s)

    async def look(self) -> bool:
        """Complete the statistics of every entity that has some; return whether nothing is left to do.

        Raises:
            HomeAssistantError: it refused, or is away.

        """
        now = self._clock.now()
        since = hour_of(now - _WINDOW)
        counted = {one.unique_id: one for one in self._source(since)}
        if not counted:
            return True
        listed = await self._client.call("config/entity_registry/list")
        entities = {e["entity_id"]: counted[e["unique_id"]] for e in listed if e["unique_id"] in counted}
        metadata = await self._client.call("recorder/get_statistics_metadata", statistic_ids=sorted(entities))
        done = True
        for known in metadata:
            entity_id, unit = known["statistic_id"], known["statistics_unit_of_measurement"]
            if unit in _PER_KWH and known["has_sum"]:
                if self._totals is not None:
                    await self._totals.settle(self._client, entities[entity_id].station, entity_id)
                done &= await self._complete(entity_id, unit, entities[entity_id], since, now - _SETTLED)
        return done

    async def _complete(
        self, entity_id: str, unit: str, counted: Counted, since: datetime, until: datetime
    ) -> bool:
        rows = await self._rows(entity_id, since)
        found = filling(rows, counted.hours_wh, counted.total_wh, until)
        if found.rows:
            await self._import(entity_id, unit, found)
        if found.raise_from is None:
            return True
        # Home Assistant raises the sums later than it answers: the gap before them is filled after a pause.
        await self._client.call(
            "recorder/adjust_sum_statistics",
            statistic_id=entity_id,
            start_time=found.raise_from.isoformat(),
            adjustment=found.raise_kwh,
            adjustment_unit_of_measurement="kWh",
        )
        return False

    async def _rows(self, entity_id: str, since: datetime) -> list[HourRow]:
        told = await self._client.call(
            "recorder/statistics_during_period",
            start_time=since.isoformat(),
            statistic_ids=[entity_id],
            period="hour",
            units={"energy": "kWh"},
            types=["state", "sum"],
        )
        return [
            HourRow(
                start=datetime.fromtimestamp(row["start"] / 1000, UTC),
                state_kwh=row["state"],
                sum_kwh=row["sum"],
            )
            for row in told.get(entity_id, ())
            if row.get("state") is not None and row.get("sum") is not None
        ]

    async def _import(self, entity_id: str, unit: str, found: Filling) -> None:
        per_kwh = _PER_KWH[unit]
        stats = [
            {
                "start": row.start.isoformat(),
                "state": row.state_kwh * per_kwh,
                "sum": row.sum_kwh * per_kwh,
            }
            for row in found.rows
        ]
        metadata: dict[str, Any] = {
            "has_sum": True,
            "name": None,
            "source": "recorder",
            "statistic_id": entity_id,
            "unit_of_measurement": unit,
        }
        try:
            modern = {**metadata, "mean_type": 0, "unit_class": "energy"}
            await self._client.call("recorder/import_statistics", metadata=modern, stats=stats)
        except HomeAssistantError as err:
            if err.code != "invalid_format":
                raise
            # Releases before 2025.11 know these words instead.
            old = {**metadata, "has_mean": False}
            await self._client.call("recorder/import_statistics", metadata=old, stats=stats)
        _LOGGER.info("%s missing hours of %s were added to the statistics", len(stats), entity_id)
