"""The back-fill where Home Assistant says no: told in words once, never a loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bmw_wallbox.backfill import Backfill, Counted
from bmw_wallbox.hass.client import Backoff, HomeAssistantClient
from bmw_wallbox.hass.endpoint import choose_endpoint
from bmw_wallbox.problem_board import ProblemBoard
from tests.fakes.clock import NOON, HandClock
from tests.hass.fake_core import FakeCore, RefusedError

_METADATA = "recorder/get_statistics_metadata"
_IMPORT = "recorder/import_statistics"
_ENTITY = {"entity_id": "sensor.total", "unique_id": "u"}


def refuse(code: str) -> Any:  # noqa: ANN401  (a handler)
    def handler(_message: dict[str, Any]) -> None:
        raise RefusedError(code)

    return handler


@asynccontextmanager
async def following(core: FakeCore, board: ProblemBoard) -> AsyncIterator[None]:
    core.commands["config/entity_registry/list"] = lambda _message: [_ENTITY]
    async with core.serving(), aiohttp.ClientSession() as session:
        endpoint = choose_endpoint({"HA_URL": core.url, "HA_TOKEN": core.token})
        assert endpoint is not None
        client = HomeAssistantClient(session, endpoint, backoff=Backoff(first_s=0.01, longest_s=0.01))
        hours_wh = {NOON - timedelta(hours=3): 2000}
        counted = Counted(station="box", unique_id="u", total_wh=12_000, hours_wh=hours_wh)
        Backfill(client, board, clock=HandClock(), source=lambda _since: [counted], settle_s=0)
        task = asyncio.create_task(client.run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_without_an_administrator_s_token_the_problem_is_told_once() -> None:
    board, core, told = ProblemBoard(), FakeCore(), asyncio.Event()
    core.commands[_METADATA] = refuse("unauthorized")
    board.subscribe(told.set)
    async with following(core, board), asyncio.timeout(5):
        await told.wait()
        (problem,) = board.problems
        assert problem.key == "statistics_unauthorized"
        assert "administrator" in problem.message
        assert len(core.sent(_METADATA)) == 1


async def test_without_a_recorder_nothing_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    board, core = ProblemBoard(), FakeCore()
    caplog.set_level("INFO")
    async with following(core, board):
        await core.until(lambda: bool(core.sent(_METADATA)))
        async with asyncio.timeout(5):
            while "without its recorder" not in caplog.text:  # noqa: ASYNC110  (a log has no event)
                await asyncio.sleep(0.01)
        assert board.problems == ()
        assert len(core.sent(_METADATA)) == 1


async def test_an_older_home_assistant_is_told_in_its_own_words_and_unit() -> None:
    board, core, kept = ProblemBoard(), FakeCore(), []

    def imported(message: dict[str, Any]) -> None:
        if "mean_type" in message["metadata"]:
            raise RefusedError("invalid_format")
        kept.append(message)

    begin = NOON - timedelta(hours=5)
    row = {"start": begin.timestamp() * 1000, "state": 10.0, "sum": 1.0}
    known = {"statistic_id": "sensor.total", "statistics_unit_of_measurement": "MWh", "has_sum": True}
    core.commands |= {
        _METADATA: lambda _message: [known],
        "recorder/statistics_during_period": lambda _message: {"sensor.total": [row]},
        _IMPORT: imported,
    }
    async with following(core, board):
        await core.until(lambda: bool(kept))
    (message,) = kept
    assert message["metadata"]["has_mean"] is False
    assert message["metadata"]["unit_of_measurement"] == "MWh"
    first = message["stats"][0]
    assert datetime.fromisoformat(first["start"]) == datetime(2026, 6, 1, 9, tzinfo=UTC)
    assert (first["state"], first["sum"]) == (pytest.approx(0.012), pytest.approx(0.003))
