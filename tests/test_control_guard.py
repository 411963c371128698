"""While a car charges the limit is watched, and what breaks it is answered step by step, never in a hurry."""

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bmw_wallbox.domain.calls import (
    Answer,
    ClearChargingProfile,
    GetCompositeSchedule,
    RequestStopTransaction,
    Reset,
    SetChargingProfile,
)
from bmw_wallbox.domain.commands import SetCurrentLimit, StartCharging, StopCharging
from bmw_wallbox.domain.events import ProfilesForgotten
from bmw_wallbox.domain.vocabulary import ProfileStrategy
from bmw_wallbox.handling import ControlSettings
from tests.control_rig import SETTLE_S, Rig
from tests.domain.story import booted
from tests.fakes.link import FakeLink, rejected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SETTINGS = ControlSettings(settle_s=SETTLE_S)
TEN = SetCurrentLimit(limit_a=10.0)
LADDER = (SetChargingProfile, ClearChargingProfile, RequestStopTransaction, Reset)


@pytest.fixture
async def rig() -> "AsyncIterator[Rig]":
    rig = Rig(SETTINGS)
    async with asyncio.TaskGroup() as tasks:
        worker = tasks.create_task(rig.run())
        yield rig
        worker.cancel()


async def charge(rig: Rig, *, spec: bool = False) -> FakeLink:
    """Let a car charge with 16 A, on a Delta or on a box that keeps to the specification."""
    link = await rig.connect()
    if spec:
        await rig.tell(booted(vendor="Example", model="Plain AC 22"))
    await rig.plug_in("Charging")
    await rig.measure(16, 16, 16)
    await rig.pass_time(60)
    return link


async def overdraw(rig: Rig, seconds: float, amps: float = 16.0) -> None:
    """Let the meter show too much every ten seconds."""
    for _ in range(round(seconds / 10)):
        rig.clock.advance(10)
        await rig.measure(amps, amps, amps)


def steps(link: FakeLink, since: int) -> list[str]:
    """Return what was tried after the calls so far, in short."""
    return [
        f"{type(call).__name__} {getattr(call, 'purpose', '')} {getattr(call, 'limit_a', '')}".strip()
        for call in link.calls[since:]
        if isinstance(call, LADDER)
    ]


AGAIN = "SetChargingProfile TxDefaultProfile 16.0"


async def test_a_current_within_the_tolerance_alarms_nobody(rig: Rig) -> None:
    link = await charge(rig)
    seen = len(link.calls)
    await overdraw(rig, 600, 17.0)
    assert steps(link, seen) == []
    assert rig.station.state.control_alert == ""


async def test_a_short_overshoot_alarms_nobody(rig: Rig) -> None:
    link = await charge(rig)
    seen = len(link.calls)
    for _ in range(10):
        await overdraw(rig, 20, 20.0)
        await overdraw(rig, 10, 16.0)
    assert steps(link, seen) == []


async def test_long_after_a_command_a_broken_limit_is_sent_again_and_told(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    link = await charge(rig)
    await overdraw(rig, 3600, 16.0)
    seen = len(link.calls)
    await overdraw(rig, 40, 32.0)
    assert steps(link, seen) == [AGAIN]
    assert "32.0 A flow, although 16 A are allowed" in rig.station.state.control_alert
    assert rig.outcomes[-1] == ("keep_limit", "ignored_by_car")
    await overdraw(rig, 10, 15.9)
    assert rig.station.state.control_alert == ""
    assert rig.outcomes[-1] == ("keep_limit", "applied")
    last = rig.station.state.last_command
    assert last is not None
    assert last.message == "The limit is kept again, after the app sent the limit again."
    assert len([line for line in caplog.messages if "32.0 A flow" in line]) == 1


async def test_on_a_delta_without_permissions_the_ladder_ends_after_the_profile_in_words(rig: Rig) -> None:
    link = await charge(rig)
    seen = len(link.calls)
    await overdraw(rig, 800, 32.0)
    assert steps(link, seen) == [AGAIN]
    assert "Unplug the car" in rig.station.state.control_alert


async def test_an_ended_ladder_is_climbed_again_after_a_quarter_of_an_hour_and_logged_once(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    link = await charge(rig)
    seen = len(link.calls)
    await overdraw(rig, 3600, 32.0)
    assert 3 <= len(steps(link, seen)) <= 5
    assert len([line for line in caplog.messages if "limit broken" in line]) == 1


async def test_the_harsh_rungs_come_last_by_permission_and_once_an_hour(rig: Rig) -> None:
    await rig.control.reconfigure(replace(SETTINGS, allow_stop_transaction=True, allow_reset=True))
    link = await charge(rig)
    seen = len(link.calls)
    await overdraw(rig, 3000, 32.0)
    harsh = [step for step in steps(link, seen) if step in {"RequestStopTransaction", "Reset"}]
    assert steps(link, seen)[:3] == [AGAIN, "RequestStopTransaction", "Reset"]
    assert harsh == ["RequestStopTransaction", "Reset"]


async def test_a_permission_given_during_the_alarm_is_used(rig: Rig) -> None:
    link = await charge(rig)
    await overdraw(rig, 120, 32.0)
    assert link.of(Reset) == []
    await rig.control.reconfigure(replace(SETTINGS, allow_reset=True))
    await overdraw(rig, 120, 32.0)
    assert link.of(Reset) == [Reset(type="Immediate")]


async def test_each_rung_waits_for_the_settling_time(rig: Rig) -> None:
    await rig.control.reconfigure(replace(SETTINGS, allow_stop_transaction=True))
    link = await charge(rig)
    seen = len(link.calls)
    await overdraw(rig, 40, 32.0)
    assert steps(link, seen) == [AGAIN]
    await overdraw(rig, 20, 32.0)
    assert steps(link, seen) == [AGAIN]
    await overdraw(rig, 10, 32.0)
    assert steps(link, seen) == [AGAIN, "RequestStopTransaction"]


async def test_a_flow_while_charging_is_not_allowed_is_a_broken_limit(rig: Rig) -> None:
    link = await charge(rig)
    await rig.order(StopCharging())
    seen = len(link.calls)
    await overdraw(rig, 40, 16.0)
    assert steps(link, seen) == ["SetChargingProfile TxDefaultProfile 0.0"]
    assert "although 0 A are allowed" in rig.station.state.control_alert


async def test_ever_new_wishes_do_not_excuse_a_broken_limit(rig: Rig) -> None:
    await charge(rig)
    for number in range(8):
        await rig.order(SetCurrentLimit(limit_a=6.0 + number % 4))
        await overdraw(rig, 10, 32.0)
    assert "although" in rig.station.state.control_alert


async def test_a_lower_wish_has_its_own_settling_time_while_an_older_limit_is_broken(rig: Rig) -> None:
    await charge(rig)
    await overdraw(rig, 10, 32.0)
    await rig.order(SetCurrentLimit(limit_a=6.0))
    await overdraw(rig, 20, 32.0)
    await overdraw(rig, 10, 16.0)
    assert "16.0 A flow, although 6 A are allowed" in rig.station.state.control_alert


async def test_wishes_that_follow_a_falling_current_do_not_excuse_it(rig: Rig) -> None:
    await charge(rig)
    await overdraw(rig, 10, 32.0)
    for number in range(4):
        await rig.order(SetCurrentLimit(limit_a=6.0 + number % 2))
        await overdraw(rig, 10, 16.0 if number == 3 else 32.0)
    assert "although" in rig.station.state.control_alert


SPEC_LADDER = [
    "SetChargingProfile TxProfile 16.0",
    "ClearChargingProfile",
    "SetChargingProfile TxDefaultProfile 16.0",
    "SetChargingProfile ChargingStationMaxProfile 0.0",
]


async def test_a_box_of_the_specification_gets_the_other_purpose_then_nothing_at_all(rig: Rig) -> None:
    link = await charge(rig, spec=True)
    seen = len(link.calls)
    await overdraw(rig, 110, 32.0)
    assert steps(link, seen) == SPEC_LADDER
    assert link.of(ClearChargingProfile) == [ClearChargingProfile(profile_id=999)]
    await overdraw(rig, 10, 0.0)
    assert rig.station.state.station_cap
    assert "held at 0 A" in rig.station.state.control_alert


async def test_the_owners_next_wish_lifts_the_cap(rig: Rig) -> None:
    link = await charge(rig, spec=True)
    await overdraw(rig, 110, 32.0)
    await overdraw(rig, 10, 0.0)
    await rig.order(StartCharging())
    assert link.of(ClearChargingProfile)[-1] == ClearChargingProfile(profile_id=997)
    assert not rig.station.state.station_cap
    assert rig.station.state.control_alert == ""


async def test_a_rung_that_is_refused_is_followed_by_the_next_at_once(rig: Rig) -> None:
    link = await charge(rig, spec=True)
    link.script[ClearChargingProfile] = rejected(status="NotSupported")
    seen = len(link.calls)
    await overdraw(rig, 70, 32.0)
    await overdraw(rig, 10, 32.0)
    assert steps(link, seen) == [SPEC_LADDER[0], SPEC_LADDER[1], SPEC_LADDER[3]]


async def test_the_chosen_strategy_decides_which_purpose_is_the_other(rig: Rig) -> None:
    await rig.control.reconfigure(replace(SETTINGS, strategy=ProfileStrategy.TX_DEFAULT))
    link = await charge(rig, spec=True)
    await overdraw(rig, 70, 32.0)
    await rig.pass_time(5)
    assert link.of(ClearChargingProfile) == [ClearChargingProfile(profile_id=998)]
    assert link.of(SetChargingProfile)[-1].purpose == "TxProfile"


# The schedule as the first proof


def schedule(limit_a: float) -> Answer:
    return Answer(accepted=True, status="Accepted", limit_a=limit_a)


async def test_a_schedule_that_allows_more_has_the_profile_tried_once_more_and_then_refused(rig: Rig) -> None:
    link = await rig.connect()
    link.script[GetCompositeSchedule] = schedule(16.0)
    await rig.plug_in("Charging")
    await rig.pass_time(60)
    wish = await rig.order(TEN)
    assert (link.limits[-1], rig.outcome(wish)) == (10.0, "pending")
    await rig.pass_time(5)
    assert link.limits[-2:] == [10.0, 10.0]
    assert rig.outcome(wish) == "refused"
    assert "its own schedule allows 16 A" in rig.report(wish).message


async def test_a_schedule_that_follows_late_is_no_refusal(rig: Rig) -> None:
    link = await rig.connect()
    link.script[GetCompositeSchedule] = schedule(16.0)
    await rig.plug_in("Charging")
    wish = await rig.order(TEN)
    link.script[GetCompositeSchedule] = schedule(10.0)
    await rig.pass_time(5)
    rig.clock.advance(5)
    await rig.measure(10, 10, 10)
    assert rig.outcome(wish) == "applied"


async def test_a_denied_limit_is_sent_ever_more_rarely(rig: Rig) -> None:
    link = await rig.connect()
    link.script[GetCompositeSchedule] = schedule(16.0)
    await rig.plug_in("Charging")
    await rig.order(TEN)
    seen = len(link.limits)
    for _ in range(60):
        await rig.pass_time(60)
    assert len(link.limits) - seen <= 9


async def test_a_box_without_schedules_is_asked_once_per_connection(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("Charging")
    link.script[GetCompositeSchedule] = rejected(status="NotSupported")
    for limit_a in (9.0, 8.0, 7.0):
        rig.clock.advance(5)
        await rig.order(SetCurrentLimit(limit_a=limit_a))
    assert len(link.of(GetCompositeSchedule)) == 1
    link = await rig.connect()
    await rig.turn("Charging")
    await rig.order(TEN)
    await rig.pass_time(5)
    assert len(link.of(GetCompositeSchedule)) >= 1


async def test_what_was_accepted_before_a_car_came_is_proved_when_it_comes(rig: Rig) -> None:
    link = await rig.connect()
    link.script[GetCompositeSchedule] = schedule(32.0)
    await rig.pass_time(60)
    await rig.plug_in("EVConnected", "CablePluggedIn")
    assert link.limits == [16.0, 16.0]


async def test_a_schedule_that_still_pauses_has_the_profile_sent_once_more(rig: Rig) -> None:
    link = await rig.connect()
    link.script[GetCompositeSchedule] = schedule(0.0)
    await rig.plug_in("SuspendedEVSE")
    for _ in range(20):
        await rig.pass_time(60)
    assert link.limits == [16.0, 16.0]


# Sparing the flash


async def test_a_small_change_is_kept_and_sent_once_it_rests(rig: Rig) -> None:
    link = await rig.connect()
    rig.clock.advance(60)
    await rig.order(SetCurrentLimit(limit_a=16.3))
    assert rig.station.state.desired.limit_a == 16.3
    await rig.pass_time(59)
    assert link.limits == [16.0]
    await rig.pass_time(1)
    assert link.limits == [16.0, 16.3]


async def test_small_changes_add_up(rig: Rig) -> None:
    link = await rig.connect()
    rig.clock.advance(60)
    for tenths in range(1, 6):
        await rig.order(SetCurrentLimit(limit_a=16.0 + tenths / 10))
        await rig.pass_time(5)
    assert link.limits == [16.0, 16.5]


async def test_of_many_reductions_one_a_second_is_sent(rig: Rig) -> None:
    link = await rig.connect()
    rig.clock.advance(60)
    for tenths in range(40):
        await rig.order(SetCurrentLimit(limit_a=15.0 - tenths / 5))
        await rig.pass_time(0.1)
    await rig.pass_time(1)
    assert len(link.limits) <= 7
    assert link.limits[-1] == pytest.approx(15.0 - 39 / 5)


async def test_profiles_changed_by_hand_are_restored(rig: Rig) -> None:
    link = await rig.connect()
    await rig.pass_time(60)
    await rig.tell(ProfilesForgotten(at=rig.clock.now()))
    assert link.limits == [16.0, 16.0]


async def test_in_a_steady_hour_no_profile_is_sent(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    link = await charge(rig)
    await rig.pass_time(5)
    seen, calls = len(link.limits), rig.station.state.profile_calls
    for second in range(0, 3600, 10):
        rig.clock.advance(10)
        await rig.measure(*[15.7 + second % 3 / 10] * 3)
    assert len(link.limits) == seen
    assert rig.station.state.profile_calls == calls


# Sleeping cars


async def test_a_sleeping_car_is_woken_up_so_often_and_then_told_of(rig: Rig) -> None:
    await rig.control.reconfigure(replace(SETTINGS, wake_up_tries=2))
    link = await rig.connect()
    await rig.plug_in("SuspendedEV")
    await rig.pass_time(60)
    wish = await rig.order(StartCharging())
    await rig.pass_time(SETTLE_S)
    assert "try 1 of 2" in rig.report(wish).message
    for _ in range(12):
        await rig.pass_time(10)
    assert link.limits == [16.0, 0.0, 16.0, 0.0, 16.0]
    assert rig.outcome(wish) == "car_takes_less"


async def test_a_car_that_wakes_up_charges(rig: Rig) -> None:
    await rig.control.reconfigure(replace(SETTINGS, wake_up_tries=3))
    link = await rig.connect()
    await rig.plug_in("SuspendedEV")
    await rig.pass_time(60)
    wish = await rig.order(StartCharging())
    await rig.pass_time(SETTLE_S)
    await rig.turn("SuspendedEVSE")
    await rig.pass_time(10)
    await rig.turn("Charging")
    assert rig.outcome(wish) == "applied"
    await rig.pass_time(600)
    assert link.limits == [16.0, 0.0, 16.0]


async def test_no_car_is_woken_up_once_charging_is_not_allowed(rig: Rig) -> None:
    await rig.control.reconfigure(replace(SETTINGS, wake_up_tries=3))
    link = await rig.connect()
    await rig.plug_in("SuspendedEV")
    await rig.pass_time(60)
    await rig.order(StartCharging())
    await rig.pass_time(SETTLE_S)
    await rig.order(StopCharging())
    for _ in range(12):
        await rig.pass_time(10)
    assert link.limits == [16.0, 0.0]


async def test_without_the_setting_no_car_is_woken_up(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("SuspendedEV")
    wish = await rig.order(StartCharging())
    assert rig.outcome(wish) == "car_takes_less"
    await rig.pass_time(600)
    assert link.limits == [16.0]
