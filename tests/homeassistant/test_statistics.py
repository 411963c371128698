"""The long-term statistics of a real recorder after a gap: complete, each hour once, sums unbroken."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bmw_wallbox.backfill import Backfill, Counted
from bmw_wallbox.clock import SystemClock
from bmw_wallbox.domain.sessions_hours import hour_of
from bmw_wallbox.hass.publisher import Publisher
from bmw_wallbox.problem_board import ProblemBoard
from tests.entities.states import KEY
from tests.homeassistant.test_entities import Home, home, published

__all__ = ["home", "published"]

_ENTITY = "sensor.bmw_wallbox_energy_total"
_TOTAL_KWH = 1234.567

type Rows = dict[datetime, tuple[float, float]]


class Recorder:
    """What Home Assistant's recorder holds of the energy's entity."""

    def __init__(self, home: Home) -> None:
        self._call = home.client.call
        self.hour = hour_of(datetime.now(UTC))
        self.entity_id = _ENTITY

    def ago(self, hours: int) -> datetime:
        return self.hour - timedelta(hours=hours)

    async def seed(self, rows: Mapping[int, tuple[float, float]], entity_id: str = _ENTITY) -> None:
        """Give it a history: state and sum by how many hours ago."""
        self.entity_id = entity_id
        stats = [
            {"start": self.ago(hours).isoformat(), "state": state, "sum": total}
            for hours, (state, total) in rows.items()
        ]
        metadata = {"has_sum": True, "has_mean": False, "name": None, "source": "recorder"}
        unit = {"statistic_id": entity_id, "unit_of_measurement": "kWh"}
        await self._call("recorder/import_statistics", metadata=metadata | unit, stats=stats)
        await self.until(lambda held: len(held) == len(rows))

    async def rows(self) -> Rows:
        told = await self._call(
            "recorder/statistics_during_period",
            start_time=self.ago(48).isoformat(),
            end_time=self.hour.isoformat(),
            statistic_ids=[self.entity_id],
            period="hour",
            types=["state", "sum"],
        )
        return {
            datetime.fromtimestamp(row["start"] / 1000, UTC): (round(row["state"], 3), round(row["sum"], 3))
            for row in told.get(self.entity_id, ())
        }

    async def until(self, wanted: Any) -> Rows:  # noqa: ANN401  (a predicate)
        async with asyncio.timeout(15):
            while not wanted(held := await self.rows()):  # noqa: ASYNC110  (its queue has no event)
                await asyncio.sleep(0.05)
        return held

    async def clear(self) -> None:
        await self._call("recorder/clear_statistics", statistic_ids=[self.entity_id])


@pytest.fixture
async def recorder(home: Home, published: Publisher) -> AsyncIterator[Recorder]:
    recorder = Recorder(home)
    await recorder.clear()
    yield recorder
    await recorder.clear()


def backfill(home: Home, hours_wh: Mapping[datetime, int]) -> Backfill:
    counted = Counted(
        station=KEY,
        unique_id=f"bmw_wallbox_{KEY}_energy_total",
        total_wh=round(_TOTAL_KWH * 1000),
        hours_wh=hours_wh,
    )
    return Backfill(
        home.client, ProblemBoard(), clock=SystemClock(), source=lambda _since: [counted], settle_s=0
    )


async def test_the_hours_of_a_gap_are_filled_in_and_the_sums_after_it_stay(
    home: Home, recorder: Recorder
) -> None:
    before, after = (_TOTAL_KWH - 8, 50.0), (_TOTAL_KWH, 58.0)
    await recorder.seed({7: before, 3: after})
    hours_wh = {recorder.ago(6): 3000, recorder.ago(5): 2500, recorder.ago(4): 1500, recorder.ago(3): 1000}
    assert await backfill(home, hours_wh).look()
    held = await recorder.until(lambda rows: len(rows) >= 5)
    assert held == {
        recorder.ago(7): before,
        recorder.ago(6): (1229.567, 53.0),
        recorder.ago(5): (1232.067, 55.5),
        recorder.ago(4): (1233.567, 57.0),
        recorder.ago(3): after,
    }


async def test_filling_twice_changes_nothing(home: Home, recorder: Recorder) -> None:
    await recorder.seed({7: (_TOTAL_KWH - 2, 50.0), 3: (_TOTAL_KWH, 52.0)})
    filler = backfill(home, {recorder.ago(5): 2000})
    assert await filler.look()
    first = await recorder.until(lambda rows: len(rows) > 2)
    assert await filler.look()
    assert await recorder.rows() == first


async def test_a_gap_that_still_lasts_is_filled_up_to_the_last_whole_hour(
    home: Home, recorder: Recorder
) -> None:
    await recorder.seed({7: (_TOTAL_KWH - 5, 50.0)})
    assert await backfill(home, {recorder.ago(5): 3000, recorder.ago(4): 2000}).look()
    held = await recorder.until(lambda rows: len(rows) > 2)
    assert held[recorder.ago(5)] == (1232.567, 53.0)
    assert held[recorder.ago(4)] == (_TOTAL_KWH, 55.0)
    assert {total for start, (_, total) in held.items() if start >= recorder.ago(4)} == {55.0}


async def test_sums_that_home_assistant_began_anew_are_joined_to_the_old_ones(
    home: Home, recorder: Recorder
) -> None:
    await recorder.seed({9: (_TOTAL_KWH - 8, 50.0), 3: (_TOTAL_KWH - 1, 0.0), 2: (_TOTAL_KWH, 1.0)})
    filler = backfill(home, {recorder.ago(6): 7000, recorder.ago(2): 1000})
    assert not await filler.look()
    await recorder.until(lambda rows: rows[recorder.ago(2)][1] == 58.0)
    assert await filler.look()
    held = await recorder.until(lambda rows: len(rows) > 3)
    assert held[recorder.ago(6)] == (1233.567, 57.0)
    assert held[recorder.ago(3)] == (1233.567, 57.0)
    assert held[recorder.ago(2)] == (_TOTAL_KWH, 58.0)


async def test_an_entity_without_statistics_gets_none(home: Home, recorder: Recorder) -> None:
    assert await backfill(home, {recorder.ago(5): 3000}).look()
    assert await recorder.rows() == {}


async def test_the_statistics_of_an_older_entity_go_on_when_ours_takes_its_id(
    home: Home, recorder: Recorder
) -> None:
    await recorder.seed({7: (_TOTAL_KWH - 5, 50.0)}, "sensor.old_wallbox_energy")
    await home.client.call(
        "config/entity_registry/update", entity_id=_ENTITY, new_entity_id="sensor.old_wallbox_energy"
    )
    assert await backfill(home, {recorder.ago(5): 3000, recorder.ago(4): 2000}).look()
    held = await recorder.until(lambda rows: len(rows) > 2)
    assert held[recorder.ago(7)] == (_TOTAL_KWH - 5, 50.0)
    assert held[recorder.ago(4)] == (_TOTAL_KWH, 55.0)
