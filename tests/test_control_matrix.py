"""In every situation, whatever the wallbox does: the outcome is right, and in the end it holds the wish."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bmw_wallbox.domain.commands import Command, EndTransaction, SetCurrentLimit, StartCharging, StopCharging
from bmw_wallbox.domain.decide import Situation, situation
from tests.control_house import QUICK, House, open_house

if TYPE_CHECKING:
    from bmw_wallbox.simulator import SimulatedWallbox

COMMANDS: Mapping[str, Command] = {
    "start": StartCharging(),
    "stop": StopCharging(),
    "limit": SetCurrentLimit(limit_a=8.0),
}
BEHAVIOURS = ("accepts", "refuses", "ignores", "times_out", "disconnects")
PROFILE, START = "SetChargingProfile", "RequestStartTransaction"
NEXT = "applied_next_charge"
FORBIDDEN = {"RequestStopTransaction", "Reset", "ClearChargingProfile"}

TABLE: Mapping[tuple[str, str], tuple[str | None, str]] = {
    ("no_car", "start"): (None, NEXT),
    ("no_car", "stop"): (PROFILE, NEXT),
    ("no_car", "limit"): (PROFILE, NEXT),
    ("unauthorized", "start"): (START, "applied"),
    ("unauthorized", "stop"): (PROFILE, "applied"),
    ("unauthorized", "limit"): (PROFILE, NEXT),
    ("car_waiting", "start"): (START, "refused"),
    ("car_waiting", "stop"): (PROFILE, NEXT),
    ("car_waiting", "limit"): (PROFILE, NEXT),
    ("ev_connected", "start"): (None, "applied"),
    ("ev_connected", "stop"): (PROFILE, "applied"),
    ("ev_connected", "limit"): (PROFILE, NEXT),
    ("charging", "start"): (None, "applied"),
    ("charging", "stop"): (PROFILE, "applied"),
    ("charging", "limit"): (PROFILE, "applied"),
    ("suspended_evse", "start"): (PROFILE, "applied"),
    ("suspended_evse", "stop"): (None, "applied"),
    ("suspended_evse", "limit"): (None, NEXT),
    ("suspended_ev", "start"): (None, "car_takes_less"),
    ("suspended_ev", "stop"): (PROFILE, "applied"),
    ("suspended_ev", "limit"): (PROFILE, NEXT),
    ("out_of_order", "start"): (None, NEXT),
    ("out_of_order", "stop"): (PROFILE, NEXT),
    ("out_of_order", "limit"): (PROFILE, NEXT),
    ("offline", "start"): (None, NEXT),
    ("offline", "stop"): (PROFILE, NEXT),
    ("offline", "limit"): (PROFILE, NEXT),
}
"""What a command sends first that may go wrong, and what it comes to where all goes well."""


async def _charging(house: House) -> None:
    await house.box.plug()
    await house.until(lambda: situation(house.state) in {Situation.UNAUTHORIZED, Situation.CHARGING})
    assert (await house.order(StartCharging())).outcome == "applied"


async def _paused(house: House) -> None:
    await _charging(house)
    await house.order(StopCharging())


async def _paused_by_car(house: House) -> None:
    await _charging(house)
    await house.box.car_pause()


async def _authorized(house: House) -> None:
    await house.box.plug()
    await house.until(lambda: situation(house.state) is Situation.UNAUTHORIZED)
    await house.box.authorize("04A1B2C3")


async def _ended(house: House) -> None:
    await _charging(house)
    assert (await house.order(EndTransaction())).outcome == "applied"


WAYS: Mapping[str, Callable[[House], Awaitable[None]]] = {
    "no_car": lambda _house: asyncio.sleep(0),
    "unauthorized": lambda house: house.box.plug(),
    "car_waiting": _ended,
    "ev_connected": _authorized,
    "charging": _charging,
    "suspended_evse": _paused,
    "suspended_ev": _paused_by_car,
    "out_of_order": lambda house: house.box.fault(),
    "offline": lambda house: house.box.go_offline(),
}


def outcome_of(place: str, name: str, behaviour: str) -> str:
    """Return the right outcome."""
    action, fine = TABLE[place, name]
    if action is None or behaviour in {"accepts", "disconnects"}:
        return fine
    if behaviour == "ignores":  # a profile is sent again, since the schedule denies it
        return "timed_out" if action == START else fine
    return {"refuses": "refused", "times_out": "timed_out"}[behaviour]


def script(box: "SimulatedWallbox", action: str, behaviour: str) -> None:
    """Let the box answer the next request of that kind in its own way."""
    match behaviour:
        case "refuses":
            box.next_reply(action, {"status": "Rejected", "statusInfo": {"reasonCode": "InternalError"}})
        case "ignores":
            box.next_reply(action, {"status": "Accepted"})
        case "times_out" | "disconnects":
            box.next_reply(action, None)
        case _:
            assert behaviour == "accepts"


SLOW: Mapping[str, Any] = {"speed": 1.0, "settings": replace(QUICK, settle_s=4.0)}
"""Keeps a car in EVConnected for two seconds, until the contactor closes."""


async def play(profile: str, place: str, name: str, behaviour: str) -> None:
    """Carry a command out in one situation and check what it comes to."""
    async with open_house(profile, **(SLOW if place == "ev_connected" else {})) as house:
        await house.settled()
        await WAYS[place](house)
        await house.until(lambda: situation(house.state) is Situation(place))
        action, box = TABLE[place, name][0], house.box
        if action is not None:
            script(box, action, behaviour)
        seen = len(box.received)
        command_id = house.submit(COMMANDS[name])
        if place == "offline":
            await box.go_online()
        if action is not None and behaviour == "disconnects":
            await house.until(lambda: action in [sent for sent, _ in list(box.received)[seen:]])
            await box.drop_connection()
        report = await house.done(command_id)
        assert report.outcome == outcome_of(place, name, behaviour), report
        if house.state.transaction is None:  # what was ignored without a car shows when one comes
            await box.clear_fault()
            await box.unplug()
            await box.plug()
        await house.reconciled()
        assert not FORBIDDEN & {sent for sent, _ in list(box.received)[seen:]}


async def play_all(profile: str, place: str, behaviour: str) -> None:
    async with asyncio.TaskGroup() as tasks:
        for name in COMMANDS:
            tasks.create_task(play(profile, place, name, behaviour), name=name)


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.parametrize("place", ["no_car", "charging", "suspended_evse"])
async def test_a_delta(place: str, behaviour: str) -> None:
    await play_all("delta", place, behaviour)


@pytest.mark.long
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.parametrize("place", ["car_waiting", "suspended_ev", "out_of_order", "offline"])
async def test_a_delta_in_the_rarer_situations(place: str, behaviour: str) -> None:
    await play_all("delta", place, behaviour)


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_a_car_that_waits_to_be_authorized(behaviour: str) -> None:
    await play_all("plain", "unauthorized", behaviour)


@pytest.mark.long
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.parametrize("place", sorted(set(WAYS) - {"unauthorized", "car_waiting"}))
async def test_a_box_of_the_specification(place: str, behaviour: str) -> None:
    await play_all("plain", place, behaviour)
