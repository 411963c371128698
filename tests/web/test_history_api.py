"""The last hours over HTTP, with a real store behind them."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.panel.conftest import sessions_of
from tests.panel.running_charge import charge_for
from tests.web.memory import KEY, NOW, MemoryBackend
from tests.web.panel import Panel

HISTORY = f"/api/stations/{KEY}/history"


async def test_a_running_charge_is_told_from_its_begin(
    panel: Panel, backend: MemoryBackend, tmp_path: Path
) -> None:
    async with sessions_of(backend, tmp_path) as store:
        await charge_for(store, 30)
        told = await panel.json(f"{HISTORY}?hours=1")
    assert told["since"] == (NOW - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert told["columns"] == ["after_s", "power_w", "current_l1_a", "current_l2_a", "current_l3_a"]
    assert told["points"][:2] == [[1799, 0, 0.0, 0.0, 0.0], [1800, 7300, 10.7, 10.6, 10.7]]
    assert told["points"][-1][0] == 3590


async def test_a_whole_day_stays_small(panel: Panel, backend: MemoryBackend, tmp_path: Path) -> None:
    async with sessions_of(backend, tmp_path) as store:
        await charge_for(store, 24 * 60)
        response = await panel.get(HISTORY)
    assert len((await response.json())["points"]) <= 370
    assert len(await response.read()) < 12_000


async def test_without_sessions_there_is_nothing_to_tell(
    panel: Panel, backend: MemoryBackend, tmp_path: Path
) -> None:
    async with sessions_of(backend, tmp_path):
        assert (await panel.json(HISTORY))["points"] == []


@pytest.mark.parametrize("hours", ["0", "25", "many"])
async def test_other_hours_than_the_last_day_are_refused(
    panel: Panel, backend: MemoryBackend, tmp_path: Path, hours: str
) -> None:
    async with sessions_of(backend, tmp_path):
        assert (await panel.get(f"{HISTORY}?hours={hours}")).status == 400
