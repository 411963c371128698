"""A broken limit becomes one notification in Home Assistant, also where Home Assistant comes late."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from bmw_wallbox.alarms import LIMIT_BROKEN, Alarms
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.hass.client import HomeAssistantClient
from bmw_wallbox.notifications import Delivery
from bmw_wallbox.problem_board import ProblemBoard
from tests.hass.conftest import Running, direct, until_connected
from tests.hass.fake_core import FakeCore


@asynccontextmanager
async def alarms(client: HomeAssistantClient, board: ProblemBoard) -> AsyncIterator[None]:
    task = asyncio.create_task(Alarms(Delivery(client, board, lambda: ""), board).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def broken(text: str) -> Problem:
    return Problem(key=LIMIT_BROKEN, message=text, station="debmwe1")


def told(core: FakeCore) -> list[dict[str, Any]]:
    return [
        message["service_data"]
        for message in core.sent("call_service")
        if (message["domain"], message["service"]) == ("persistent_notification", "create")
    ]


async def test_a_broken_limit_is_told_once_and_its_new_words_take_its_place(
    core: FakeCore, running: Running
) -> None:
    core.commands["call_service"] = lambda _message: {"context": {}}
    board = ProblemBoard()
    async with running(direct(core)) as client, alarms(client, board):
        await until_connected(client)
        board.post("limit", broken("32.0 A flow."))
        await core.until(lambda: len(told(core)) == 1)
        board.post("other", Problem(key="other", message="Something else."))
        board.post("limit", broken("32.0 A flow. It did not help."))
        await core.until(lambda: len(told(core)) == 2)
    assert [data["message"] for data in told(core)] == ["32.0 A flow.", "32.0 A flow. It did not help."]
    assert len({data["notification_id"] for data in told(core)}) == 1


async def test_an_alarm_waits_for_home_assistant(core: FakeCore, running: Running) -> None:
    core.commands["call_service"] = lambda _message: {"context": {}}
    board = ProblemBoard()
    board.post("limit", broken("32.0 A flow."))
    async with running(direct(core)) as client, alarms(client, board):
        await core.until(lambda: len(told(core)) == 1)
