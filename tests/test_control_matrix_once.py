"""What is done once is never repeated, and its outcome is right whatever the wallbox does with it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from bmw_wallbox.domain.commands import (
    Command,
    EndTransaction,
    Refresh,
    Restart,
    SetLedBrightness,
    SetVariable,
)
from bmw_wallbox.domain.decide import Situation, situation
from tests.control_house import open_house
from tests.test_control_matrix import BEHAVIOURS, WAYS

LED = {"component": {"name": "StatusLED"}, "variable": {"name": "brightness"}}
TIMEOUT = {"component": {"name": "TxCtrlr"}, "variable": {"name": "EVConnectionTimeOut"}}


def written(name: Mapping[str, Any], status: str) -> dict[str, Any]:
    return {"setVariableResult": [{**name, "attributeStatus": status}]}


COMMANDS: Mapping[str, tuple[Command, str, dict[str, Any], dict[str, Any]]] = {
    "led": (SetLedBrightness(percent=70), "SetVariables", written(LED, "Accepted"), written(LED, "Rejected")),
    "variable": (
        SetVariable(variable="TxCtrlr/EVConnectionTimeOut", value="90"),
        "SetVariables",
        written(TIMEOUT, "Accepted"),
        written(TIMEOUT, "Rejected"),
    ),
    "end": (EndTransaction(), "RequestStopTransaction", {"status": "Accepted"}, {"status": "Rejected"}),
    "restart": (Restart(when="immediate"), "Reset", {"status": "Accepted"}, {"status": "Rejected"}),
    "refresh": (Refresh(), "GetBaseReport", {"status": "Accepted"}, {"status": "Rejected"}),
}
"""The command, the request that may go wrong, and the answers that accept and refuse it."""

OUTCOMES: Mapping[str, tuple[str, str, str, str, str]] = {
    # accepts, refuses, ignores, times out, disconnects
    "led": ("applied", "refused", "applied", "timed_out", "failed"),
    "variable": ("applied", "refused", "applied", "timed_out", "failed"),
    "end": ("applied", "refused", "timed_out", "timed_out", "failed"),
    "restart": ("applied", "refused", "applied_next_charge", "timed_out", "applied"),
    "refresh": ("applied", "applied", "applied", "applied", "failed"),
}
"""A variable is proved by its answer alone. Of a refresh the first answer counts, that of a trigger."""


async def play(place: str, name: str, behaviour: str) -> None:
    command, action, accepted, refused = COMMANDS[name]
    replies = {"refuses": refused, "ignores": accepted, "times_out": None, "disconnects": None}
    async with open_house() as house:
        await house.settled()
        await WAYS[place](house)
        await house.until(lambda: situation(house.state) is Situation(place))
        box = house.box
        if behaviour in replies:
            box.next_reply(action, replies[behaviour])
        seen = len(box.received)
        command_id = house.submit(command)
        if behaviour == "disconnects":
            await house.until(lambda: action in [sent for sent, _ in list(box.received)[seen:]])
            await box.drop_connection()
        report = await house.done(command_id)
        assert report.outcome == OUTCOMES[name][BEHAVIOURS.index(behaviour)], report
        await house.until(lambda: house.state.connected)
        await house.reconciled()
        assert [sent for sent, _ in list(box.received)[seen:]].count(action) == 1


@pytest.mark.long
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.parametrize("place", ["charging", "suspended_evse"])
async def test_a_command_that_is_done_once(place: str, behaviour: str) -> None:
    async with asyncio.TaskGroup() as tasks:
        for name in COMMANDS:
            tasks.create_task(play(place, name, behaviour), name=name)


@pytest.mark.parametrize("name", COMMANDS)
async def test_what_cannot_be_sent_now_is_refused_at_once_and_never_sent(name: str) -> None:
    async with open_house() as house:
        await house.settled()
        await house.box.go_offline()
        await house.until(lambda: not house.state.connected)
        seen = len(house.box.received)
        assert (await house.order(COMMANDS[name][0])).outcome == "offline"
        await house.box.go_online()
        await house.until(lambda: house.state.connected)
        await house.reconciled()
        assert not {"RequestStopTransaction", "Reset", "SetVariables"} & {
            sent for sent, _ in list(house.box.received)[seen:]
        }
