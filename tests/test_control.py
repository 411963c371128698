"""The worker puts the owner's wish in force, says truly what became of it, and never gives up or spins."""

import asyncio
import logging
from random import Random
from typing import TYPE_CHECKING

import pytest

from bmw_wallbox import control as control_module
from bmw_wallbox.domain.calls import (
    Answer,
    Call,
    GetBaseReport,
    GetCompositeSchedule,
    RequestStartTransaction,
    RequestStopTransaction,
    Reset,
    SetChargingProfile,
    SetVariables,
    TriggerMessage,
)
from bmw_wallbox.domain.commands import (
    Command,
    EndTransaction,
    Refresh,
    Restart,
    SetCurrentLimit,
    SetLedBrightness,
    StartCharging,
    StopCharging,
)
from bmw_wallbox.domain.events import InventoryCompleted, MeteringConfigured
from bmw_wallbox.domain.vocabulary import ConnectorStatus, Metering
from bmw_wallbox.errors import NotFoundError, StationOfflineError
from bmw_wallbox.handling import ControlSettings
from tests.control_rig import SETTLE_S, Rig, answers
from tests.domain.story import at, booted, ended, energy, meters, power, status, updated
from tests.fakes.link import ACCEPTED, FakeLink, call_error, link_lost, rejected, silence

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SETTINGS = ControlSettings(id_token="04AABB", settle_s=SETTLE_S, raise_interval_s=5.0, retry_s=60.0)
SIX, TEN = SetCurrentLimit(limit_a=6.0), SetCurrentLimit(limit_a=10.0)
START, STOP = StartCharging(), StopCharging()


@pytest.fixture
async def rig() -> "AsyncIterator[Rig]":
    rig = Rig(SETTINGS)
    async with asyncio.TaskGroup() as tasks:
        worker = tasks.create_task(rig.run())
        yield rig
        worker.cancel()
    rig.check()


@pytest.fixture
async def newcomer() -> "AsyncIterator[Rig]":
    """Return a rig whose wallbox is here for the first time."""
    rig = Rig(SETTINGS, known=False)
    async with asyncio.TaskGroup() as tasks:
        worker = tasks.create_task(rig.run())
        yield rig
        worker.cancel()
    rig.check()


# The limit on a connection


async def test_the_limit_is_the_very_first_call_of_a_connection(newcomer: Rig) -> None:
    link = await newcomer.connect()
    assert isinstance(link.calls[0], SetChargingProfile)
    assert link.limits == [16.0]
    assert newcomer.station.state.profiles["TxDefaultProfile"].limit_a == 16.0


async def test_the_limit_is_first_also_where_a_connection_replaces_another_in_the_middle_of_work(
    rig: Rig,
) -> None:
    old = await rig.connect()
    for number, kind in enumerate((TriggerMessage, GetBaseReport)):
        old.hold(kind)
        rig.submit(Refresh())
        await rig.until(lambda: isinstance(old.calls[-1], kind))  # noqa: B023  # awaited in the same turn
        seen = len(old.calls)
        rig.attach()
        old.release(kind)  # the old connection's answer comes just after the new one began
        await rig.until(lambda: len(rig.link.calls) >= 4)
        assert isinstance(rig.link.calls[0], SetChargingProfile), number
        assert len(old.calls) == seen
        old = rig.link


async def test_an_answer_of_the_last_connection_does_not_count_on_this_one(rig: Rig) -> None:
    first = FakeLink()
    first.hold(SetChargingProfile)
    rig.attach(first)
    await rig.until(lambda: first.limits)
    rig.attach()
    first.release(SetChargingProfile)
    await rig.until(lambda: rig.link.limits)
    assert rig.link.limits == [16.0]


async def test_a_late_boot_puts_the_limit_in_force_again_and_one_that_opens_the_connection_does_not(
    rig: Rig,
) -> None:
    link = await rig.connect()
    for _ in range(5):
        await rig.tell(booted(rig.seconds))
        await rig.pass_time(1)
    assert link.limits == [16.0]
    await rig.pass_time(60)
    await rig.tell(booted(rig.seconds))
    await rig.pass_time(10)
    assert link.limits == [16.0, 16.0]


async def test_a_wallbox_that_boots_again_and_again_is_not_set_up_each_time(rig: Rig) -> None:
    link = await rig.connect()
    for _ in range(30):
        await rig.tell(booted(rig.seconds))
        await rig.pass_time(2)
    assert len(link.of(SetVariables)) == 2 * 5
    assert len(link.limits) <= 1 + 60 / 5


async def test_a_limit_refused_before_the_boot_was_accepted_is_sent_right_after_it(rig: Rig) -> None:
    link = FakeLink()
    link.script[SetChargingProfile] = answers(rejected(status="SecurityError"), ACCEPTED)
    await rig.connect(link)
    await rig.tell(booted(rig.seconds))
    assert link.limits == [16.0, 16.0]
    assert rig.station.state.profiles["TxDefaultProfile"].limit_a == 16.0


async def test_an_equal_wish_sends_nothing(rig: Rig) -> None:
    link = await rig.connect()
    await rig.tell(status(rig.seconds, ConnectorStatus.AVAILABLE))
    seen = len(link.calls)
    for command in (SetCurrentLimit(limit_a=16.0), START):
        assert rig.outcome(await rig.order(command)) == "applied_next_charge"
    assert len(link.calls) == seen


# Wishes while the wallbox is away


async def test_a_wish_while_offline_is_stored_pending_and_applied_on_connect(rig: Rig) -> None:
    limit, stop = await rig.order(TEN), await rig.order(STOP)
    assert (rig.outcome(limit), rig.outcome(stop)) == ("pending", "pending")
    assert "as soon as it is back" in rig.report(limit).message
    assert rig.station.state.desired.limit_a == 10.0
    assert not rig.station.state.desired.charging_allowed
    link = await rig.connect()
    assert link.limits == [0.0]
    await rig.tell(status(rig.seconds, ConnectorStatus.AVAILABLE))
    assert (rig.outcome(limit), rig.outcome(stop)) == ("applied_next_charge", "applied_next_charge")


async def test_a_wish_is_judged_by_what_the_wallbox_tells_after_it_came_back(rig: Rig) -> None:
    await rig.connect()
    await rig.plug_in("Charging")
    await rig.disconnect()
    wish = await rig.order(STOP)
    link = await rig.connect()
    assert link.limits == [0.0]
    assert rig.outcome(wish) == "pending"
    await rig.turn("SuspendedEVSE")
    assert rig.outcome(wish) == "applied"


async def test_a_start_is_decided_once_the_situation_is_clear(rig: Rig) -> None:
    await rig.connect()
    await rig.tell(status(rig.seconds, ConnectorStatus.AVAILABLE))
    await rig.disconnect()
    wish = await rig.order(START)
    link = await rig.connect()
    assert (rig.outcome(wish), link.of(RequestStartTransaction)) == ("pending", [])
    await rig.tell(status(rig.seconds + 1, ConnectorStatus.OCCUPIED))
    assert len(link.of(RequestStartTransaction)) == 1
    rig.clock.advance(2)
    await rig.plug_in("Charging")
    assert rig.outcome(wish) == "applied"


async def test_a_wallbox_that_tells_nothing_is_asked_to_start_in_the_end(rig: Rig) -> None:
    link = await rig.connect()
    wish = await rig.order(START)
    assert link.of(RequestStartTransaction) == []
    await rig.pass_time(SETTLE_S)
    assert len(link.of(RequestStartTransaction)) == 1
    await rig.pass_time(SETTLE_S)
    assert rig.outcome(wish) == "timed_out"
    assert len(link.of(RequestStartTransaction)) == 1


@pytest.mark.parametrize("command", [Refresh(), Restart(), SetLedBrightness(percent=50), EndTransaction()])
async def test_what_acts_once_is_refused_at_once_while_offline(rig: Rig, command: Command) -> None:
    assert rig.outcome(await rig.order(command)) == "offline"
    link = await rig.connect()
    assert {type(call) for call in link.calls} == {SetChargingProfile, TriggerMessage}


async def test_a_call_cut_off_leaves_the_wish_pending_and_it_is_reconciled(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("Charging")
    link.hold(SetChargingProfile)
    wish = await rig.order(SIX)
    assert link.limits == [16.0, 6.0]
    await rig.disconnect()
    await rig.quiet()
    assert rig.outcome(wish) == "pending"
    assert "as soon as it is back" in rig.report(wish).message
    link = await rig.connect()
    assert link.limits == [6.0]
    await rig.turn("Charging", "ChargingStateChanged", 6, 6, 6)
    rig.clock.advance(1)
    await rig.measure(6, 6, 6)
    assert rig.outcome(wish) == "applied"


async def test_a_connection_lost_during_the_proof_begins_it_anew(rig: Rig) -> None:
    await rig.connect()
    await rig.plug_in("Charging")
    wish = await rig.order(SIX)
    await rig.disconnect()
    await rig.pass_time(300)
    assert rig.outcome(wish) == "pending"
    link = await rig.connect()
    assert link.limits == [6.0]
    await rig.tell(status(rig.seconds, ConnectorStatus.AVAILABLE))
    assert rig.outcome(wish) == "applied_next_charge"


async def test_a_start_cut_off_in_the_middle_is_no_fault_of_the_worker(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    link = await rig.connect()
    await rig.plug_in("SuspendedEVSE")
    await rig.order(STOP)
    wish = await rig.order(START)
    await rig.pass_time(5)
    link.hold(RequestStartTransaction)
    await rig.pass_time(SETTLE_S)
    assert len(link.of(RequestStartTransaction)) == 1
    await rig.disconnect()
    await rig.quiet()
    assert rig.outcome(wish) == "pending"
    link = await rig.connect()
    await rig.turn("Charging")
    rig.clock.advance(1)
    await rig.measure(16, 16, 16)
    assert rig.outcome(wish) == "applied"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


# One wish after another


async def test_a_newer_wish_replaces_an_older_one(rig: Rig) -> None:
    older, newer = await rig.order(TEN), await rig.order(SIX)
    assert (rig.outcome(older), rig.outcome(newer)) == ("failed", "pending")
    assert "newer request" in rig.report(older).message
    assert (await rig.connect()).limits == [6.0]


async def test_a_second_click_is_the_first_one(rig: Rig) -> None:
    link = await rig.connect()
    await rig.tell(status(rig.seconds, ConnectorStatus.AVAILABLE))
    link.hold(GetBaseReport)
    assert rig.submit(Refresh()) == rig.submit(Refresh())
    assert rig.submit(Restart()) == rig.submit(Restart())
    await rig.quiet()
    assert (len(link.of(GetBaseReport)), len(link.of(Reset))) == (1, 0)
    link.release(GetBaseReport)
    await rig.until(lambda: link.of(Reset))
    await rig.quiet()
    assert len(link.of(Reset)) == 1


async def test_twenty_steps_of_a_slider_cost_few_calls_and_the_last_value_wins(rig: Rig) -> None:
    link = await rig.connect()
    await rig.pass_time(60)
    link.hold(SetChargingProfile)
    last = ""
    for number in range(20):
        last = await rig.order(SetCurrentLimit(limit_a=8.0 + number))
        if number == 3:
            link.release(SetChargingProfile)
        rig.clock.advance(0.05)
    assert rig.station.state.desired.limit_a == 27.0
    await rig.pass_time(5)
    assert link.limits[-1] == 27.0
    assert len(link.limits) <= 4
    assert link.most_in_flight == 1
    await rig.tell(status(rig.seconds, ConnectorStatus.AVAILABLE))
    assert rig.outcome(last) == "applied_next_charge"


async def test_a_reduction_goes_at_once_and_a_raise_waits_a_little(rig: Rig) -> None:
    link = await rig.connect()
    await rig.order(SIX)
    assert link.limits == [16.0, 6.0]
    await rig.order(TEN)
    await rig.pass_time(4.9)
    assert link.limits == [16.0, 6.0]
    await rig.pass_time(0.1)
    assert link.limits == [16.0, 6.0, 10.0]


async def test_a_wish_is_stored_before_anything_is_decided_on_it(rig: Rig) -> None:
    link = FakeLink()
    link.hold(SetChargingProfile)
    rig.attach(link)
    await rig.until(lambda: link.limits)
    await rig.tell(status(rig.seconds, ConnectorStatus.AVAILABLE))
    wish = await rig.order(STOP)
    link.release(SetChargingProfile)
    await rig.until(lambda: rig.outcome(wish) != "pending")
    assert not rig.station.state.desired.charging_allowed
    assert link.limits == [16.0, 0.0]


async def test_a_stop_goes_before_the_rest_of_what_waits(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("Charging")
    link.hold(GetBaseReport)
    await rig.order(Refresh())
    rig.submit(SetLedBrightness(percent=50))
    rig.submit(STOP)
    link.release(GetBaseReport)
    await rig.until(lambda: link.of(SetVariables))
    kinds = [type(call) for call in link.calls]
    assert kinds.index(SetVariables) > len(kinds) - 1 - kinds[::-1].index(SetChargingProfile)
    assert link.limits == [16.0, 0.0]


# Refusals and silence


async def test_a_refusal_is_told_in_the_wallboxs_words(rig: Rig) -> None:
    link = await rig.connect()
    link.script[SetChargingProfile] = rejected("InvalidProfile: not above the fuse")
    wish = await rig.order(SIX)
    assert rig.outcome(wish) == "refused"
    assert rig.report(wish).message == "InvalidProfile: not above the fuse"
    assert rig.station.state.desired.limit_a == 6.0


async def test_a_call_error_is_a_refusal_too(rig: Rig) -> None:
    link = await rig.connect()
    link.script[SetChargingProfile] = call_error
    wish = await rig.order(SIX)
    assert rig.outcome(wish) == "refused"
    assert "InternalError: out of order" in rig.report(wish).message


async def test_a_silent_wallbox_times_out_and_the_next_try_is_by_itself(rig: Rig) -> None:
    link = await rig.connect()
    link.script[SetChargingProfile] = silence
    wish = await rig.order(SIX)
    assert rig.outcome(wish) == "timed_out"
    link.script[SetChargingProfile] = ACCEPTED
    await rig.pass_time(60)
    assert link.limits == [16.0, 6.0, 6.0]
    assert rig.station.state.profiles["TxDefaultProfile"].limit_a == 6.0


async def test_a_refused_limit_is_tried_ever_more_rarely_and_logged_once(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    link = await rig.connect()
    link.script[SetChargingProfile] = rejected()
    await rig.order(SIX)
    tries = []
    for _minute in range(60):
        await rig.pass_time(60)
        tries.append(len(link.limits) - 2)
    assert tries[0] == 1
    assert tries[-1] == 7  # after 1, 3, 7, 15, 30, 45 and 60 minutes
    assert caplog.text.count("not taken") == 1


async def test_asking_again_does_not_wait_for_the_next_try(rig: Rig) -> None:
    link = await rig.connect()
    link.script[SetChargingProfile] = answers(rejected(), ACCEPTED)
    assert rig.outcome(await rig.order(SIX)) == "refused"
    await rig.tell(status(rig.seconds, ConnectorStatus.AVAILABLE))
    assert rig.outcome(await rig.order(SIX)) == "applied_next_charge"


async def test_a_silent_wallbox_is_not_asked_the_rest_of_a_command(rig: Rig) -> None:
    link = await rig.connect()
    seen = len(link.calls)
    link.script[TriggerMessage] = silence
    assert rig.outcome(await rig.order(Refresh())) == "timed_out"
    assert len(link.calls) == seen + 1


# Proofs


async def test_a_limit_is_applied_when_the_current_follows(rig: Rig) -> None:
    await rig.connect()
    await rig.plug_in("Charging")
    await rig.measure(16, 16, 16)
    rig.clock.advance(1)
    wish = await rig.order(SIX)
    assert rig.outcome(wish) == "pending"
    rig.clock.advance(1)
    await rig.measure(16, 16, 16)
    assert rig.outcome(wish) == "pending"
    rig.clock.advance(10)
    await rig.measure(6, 5.9, 6)
    assert rig.outcome(wish) == "applied"


async def test_a_car_that_ignores_the_limit_is_told_of(rig: Rig) -> None:
    await rig.connect()
    await rig.plug_in("Charging")
    wish = await rig.order(SIX)
    for _ in range(3):
        rig.clock.advance(10)
        await rig.measure(16, 16, 16)
    assert rig.outcome(wish) == "ignored_by_car"
    assert "16.0 A" in rig.report(wish).message


async def test_a_car_that_takes_less_is_told_of(rig: Rig) -> None:
    await rig.connect()
    await rig.plug_in("Charging")
    wish = await rig.order(TEN)
    rig.clock.advance(10)
    await rig.measure(6, 6, 6)
    assert rig.outcome(wish) == "pending"
    await rig.pass_time(20)
    assert rig.outcome(wish) == "car_takes_less"


@pytest.mark.parametrize(
    ("schedule", "outcome", "asked"),
    [
        (Answer(accepted=True, status="Accepted", limit_a=6.0), "applied", 3),
        (Answer(accepted=True, status="Accepted", limit_a=16.0), "refused", 3),
        (Answer(accepted=True, status="Accepted"), "timed_out", 1),
        (rejected(), "timed_out", 1),
        (silence, "timed_out", 1),
    ],
)
async def test_without_a_measured_value_the_wallboxs_schedule_is_the_proof(
    rig: Rig, schedule: Answer, outcome: str, asked: int
) -> None:
    link = await rig.connect()
    link.script[GetCompositeSchedule] = schedule
    await rig.plug_in("Charging")
    await rig.measure(4, 4, 4)
    wish = await rig.order(SIX)
    await rig.tell(meters(rig.seconds + 1, energy(rig.seconds + 1, 500)))
    await rig.pass_time(SETTLE_S)
    assert rig.outcome(wish) == outcome
    assert len(link.of(GetCompositeSchedule)) == asked


async def test_a_stop_is_a_limit_of_nothing_proved_by_the_pause(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("Charging")
    wish = await rig.order(STOP)
    assert (link.limits, rig.outcome(wish)) == ([16.0, 0.0], "pending")
    await rig.turn("SuspendedEVSE")
    assert rig.outcome(wish) == "applied"


async def test_waiting_for_a_command_ends_with_its_outcome_or_in_time(rig: Rig) -> None:
    await rig.connect()
    await rig.plug_in("Charging")
    wish = await rig.order(STOP)
    assert (await rig.control.wait(wish, 0.01)).outcome == "pending"
    waiting = asyncio.create_task(rig.control.wait(wish, 5))
    await rig.turn("SuspendedEVSE")
    assert (await waiting).outcome == "applied"
    with pytest.raises(NotFoundError):
        rig.control.report("never")
    with pytest.raises(NotFoundError):
        await rig.control.wait("never", 1)


# Starting


async def test_a_resume_lifts_the_limit_and_is_proved_by_charging(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("Charging")
    await rig.order(STOP)
    await rig.turn("SuspendedEVSE")
    wish = await rig.order(START)
    await rig.pass_time(5)
    assert link.limits == [16.0, 0.0, 16.0]
    await rig.turn("SuspendedEV")
    assert rig.outcome(wish) == "pending"
    await rig.turn("Charging")
    assert rig.outcome(wish) == "applied"
    assert link.of(RequestStartTransaction) == []


async def test_a_resume_that_does_not_charge_falls_through_to_a_remote_start(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("Charging")
    await rig.order(STOP)
    await rig.turn("SuspendedEVSE")
    wish = await rig.order(START)
    await rig.pass_time(5)
    await rig.pass_time(SETTLE_S)
    (start,) = link.of(RequestStartTransaction)
    assert (start.id_token, start.evse_id) == ("04AABB", 1)
    assert rig.outcome(wish) == "pending"
    await rig.turn("Charging")
    assert rig.outcome(wish) == "applied"


async def test_a_charge_that_does_not_begin_gets_its_profile_once_more_after_the_start(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("EVConnected")
    await rig.pass_time(60)
    before = len(link.calls)
    wish = await rig.order(START)
    await rig.pass_time(SETTLE_S)
    tried = [
        call
        for call in link.calls[before:]
        if isinstance(call, (RequestStartTransaction, SetChargingProfile))
    ]
    assert [type(call) for call in tried] == [RequestStartTransaction, SetChargingProfile]
    assert link.limits[-1] == 16.0
    await rig.pass_time(SETTLE_S)
    assert rig.outcome(wish) == "timed_out"
    assert "Unplug the car and plug it in again" in rig.report(wish).message
    for _ in range(20):
        await rig.pass_time(60)
    assert len(link.limits) == 2


async def test_a_car_that_pauses_by_itself_needs_no_remote_start(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("SuspendedEVSE")
    wish = await rig.order(START)
    await rig.turn("SuspendedEV")
    await rig.pass_time(SETTLE_S)
    assert (rig.outcome(wish), link.of(RequestStartTransaction)) == ("car_takes_less", [])


async def test_a_car_that_leaves_ends_the_wait(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("SuspendedEVSE")
    wish = await rig.order(START)
    rig.clock.advance(1)
    await rig.tell(status(rig.seconds, ConnectorStatus.AVAILABLE))
    assert (rig.outcome(wish), link.of(RequestStartTransaction)) == ("applied_next_charge", [])


async def test_a_car_that_nobody_authorised_is_started_at_once(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("EVConnected", "CablePluggedIn")
    wish = await rig.order(START)
    assert len(link.of(RequestStartTransaction)) == 1
    await rig.turn("Charging")
    assert rig.outcome(wish) == "applied"


async def test_every_remote_start_has_a_number_of_its_own(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("EVConnected", "CablePluggedIn")
    for _ in range(2):
        await rig.order(START)
        await rig.pass_time(SETTLE_S)
    first, second = link.of(RequestStartTransaction)
    assert first.remote_start_id != second.remote_start_id


async def test_a_refused_start_says_what_helps(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("EVConnected", "CablePluggedIn")
    await rig.tell(ended(rig.seconds, 9))
    link.script[RequestStartTransaction] = rejected("TxStopped")
    wish = await rig.order(START)
    assert rig.outcome(wish) == "refused"
    assert "TxStopped" in rig.report(wish).message
    assert "unplugged" in rig.report(wish).message


async def test_a_refused_start_counts_only_if_the_waiting_transaction_does_not_charge(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("EVConnected", "CablePluggedIn")
    link.script[RequestStartTransaction] = rejected()
    first = await rig.order(START)
    await rig.pass_time(SETTLE_S)
    second = await rig.order(START)
    assert (rig.outcome(first), rig.outcome(second)) == ("refused", "pending")
    await rig.turn("Charging")
    assert rig.outcome(second) == "applied"


async def test_a_stop_just_before_a_start_is_not_taken_for_its_success(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("Charging")
    await rig.measure(16, 16, 16)
    rig.clock.advance(60)
    await rig.order(STOP)
    wish = await rig.order(START)
    await rig.pass_time(5)
    assert link.limits == [16.0, 0.0, 16.0]
    await rig.turn("SuspendedEVSE")
    assert rig.outcome(wish) == "pending"
    await rig.turn("Charging")
    rig.clock.advance(10)
    await rig.measure(16, 16, 16)
    assert rig.outcome(wish) == "applied"


# What acts once


def led_places(link: FakeLink) -> list[str]:
    return [call.items[0].variable for call in link.of(SetVariables)]


@pytest.mark.parametrize(
    ("said", "places", "outcome"),
    [
        ((ACCEPTED,), ["brightness"], "applied"),
        ((rejected(status="UnknownVariable"), ACCEPTED), ["brightness", "StatusLedBrightness"], "applied"),
        ((rejected(status="UnknownVariable"),), ["brightness", "StatusLedBrightness"], "refused"),
    ],
)
async def test_the_led_is_set_where_the_wallbox_accepts_it(
    rig: Rig, said: tuple[Answer, ...], places: list[str], outcome: str
) -> None:
    link = await rig.connect()
    link.script[SetVariables] = answers(*said)
    assert rig.outcome(await rig.order(SetLedBrightness(percent=0))) == outcome
    assert led_places(link) == places


async def test_the_place_that_was_accepted_is_the_only_one_tried_next_time(rig: Rig) -> None:
    link = await rig.connect()
    link.script[SetVariables] = answers(rejected(status="UnknownVariable"), ACCEPTED)
    await rig.order(SetLedBrightness(percent=50))
    await rig.order(SetLedBrightness(percent=60))
    assert led_places(link) == ["brightness", "StatusLedBrightness", "StatusLedBrightness"]
    held = rig.station.state.inventory.find("StatusLedBrightness")
    assert held is not None
    assert held.value == "60"


async def test_a_refresh_asks_for_everything(rig: Rig) -> None:
    link = await rig.connect()
    seen = len(link.calls)
    link.script[TriggerMessage] = rejected()
    assert rig.outcome(await rig.order(Refresh())) == "applied"
    assert [type(call) for call in link.calls[seen:]] == [TriggerMessage] * 3 + [GetBaseReport]


async def test_ending_a_transaction_is_proved_by_its_end(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("Charging")
    wish = await rig.order(EndTransaction())
    assert link.of(RequestStopTransaction) == [RequestStopTransaction(transaction_id="tx-1")]
    assert rig.outcome(wish) == "pending"
    await rig.tell(ended(rig.seconds, 9))
    assert rig.outcome(wish) == "applied"


async def test_what_acts_once_is_over_when_the_connection_breaks(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("Charging")
    link.hold(RequestStopTransaction)
    wish = await rig.order(EndTransaction())
    await rig.disconnect()
    await rig.quiet()
    assert rig.outcome(wish) == "failed"
    link = await rig.connect()
    assert link.of(RequestStopTransaction) == []


@pytest.mark.parametrize("answer", [silence, call_error, rejected("Busy")])
async def test_a_restart_is_never_tried_twice(rig: Rig, answer: Answer) -> None:
    link = await rig.connect()
    link.script[Reset] = answer
    wish = await rig.order(Restart(when="immediate"))
    assert rig.outcome(wish) in {"timed_out", "refused"}
    for _ in range(10):
        await rig.pass_time(60)
    assert link.of(Reset) == [Reset(type="Immediate")]


async def test_a_restart_that_cuts_its_own_answer_off_has_worked(rig: Rig) -> None:
    link = await rig.connect()
    link.hold(Reset)
    wish = await rig.order(Restart())
    rig.clock.advance(1)
    await rig.disconnect()
    rig.clock.advance(1)
    await rig.until(lambda: rig.outcome(wish) == "applied")
    link = await rig.connect()
    await rig.pass_time(300)
    assert link.of(Reset) == []


async def test_a_restart_waits_for_the_running_charge(rig: Rig) -> None:
    await rig.connect()
    await rig.plug_in("Charging")
    rig.clock.advance(1)
    wish = await rig.order(Restart())
    await rig.pass_time(SETTLE_S)
    assert rig.outcome(wish) == "applied_next_charge"


# First contact


async def test_a_first_contact_learns_and_sets_up_after_the_limit(newcomer: Rig) -> None:
    link = await newcomer.connect()
    await newcomer.until(lambda: link.of(GetBaseReport))
    await newcomer.tell(InventoryCompleted(at=at(1)))
    await newcomer.until(lambda: newcomer.station.state.metering is Metering.UNKNOWN or link.of(SetVariables))
    kinds = [type(call) for call in link.calls]
    assert kinds[:5] == [SetChargingProfile, TriggerMessage, TriggerMessage, TriggerMessage, GetBaseReport]
    await newcomer.quiet()
    assert len(link.of(SetVariables)) == 5


async def test_a_boot_in_the_middle_of_the_first_contact_begins_it_again(
    newcomer: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    link = FakeLink()
    link.hold(TriggerMessage)
    newcomer.attach(link)
    await newcomer.until(lambda: link.of(TriggerMessage))
    await newcomer.tell(booted(1))
    link.release(TriggerMessage)
    await newcomer.until(lambda: link.of(GetBaseReport))
    assert len(link.of(TriggerMessage)) == 4
    assert link.limits[0] == 16.0
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_an_inventory_that_never_comes_is_waited_for_only_so_long(newcomer: Rig) -> None:
    link = await newcomer.connect()
    await newcomer.until(lambda: link.of(GetBaseReport))
    await newcomer.pass_time(59)
    assert link.of(SetVariables) == []
    await newcomer.pass_time(1)
    assert len(link.of(SetVariables)) == 5


async def test_a_command_goes_before_the_rest_of_the_first_contact(newcomer: Rig) -> None:
    link = FakeLink()
    link.hold(TriggerMessage)
    newcomer.attach(link)
    await newcomer.until(lambda: link.of(TriggerMessage))
    newcomer.submit(SIX)
    link.release(TriggerMessage)
    await newcomer.until(lambda: link.of(GetBaseReport))
    kinds = [type(call) for call in link.calls]
    assert kinds[:3] == [SetChargingProfile, TriggerMessage, SetChargingProfile]


async def test_a_second_contact_only_looks(rig: Rig) -> None:
    link = await rig.connect()
    await rig.quiet()
    assert [type(call) for call in link.calls] == [SetChargingProfile] + [TriggerMessage] * 3


# Values


def polls(link: FakeLink, since: int) -> list[str]:
    return [call.message for call in link.of(TriggerMessage)[since:]]


async def test_values_that_stream_need_no_asking(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("Charging")
    for _ in range(12):
        rig.clock.advance(10)
        await rig.measure(16, 16, 16)
    assert polls(link, 3) == []


async def test_values_that_grew_old_are_asked_for(rig: Rig) -> None:
    link = await rig.connect()
    await rig.plug_in("Charging")
    await rig.measure(16, 16, 16)
    await rig.pass_time(29)
    assert polls(link, 3) == []
    await rig.pass_time(1)
    assert polls(link, 3) == ["TransactionEvent"]


async def test_a_wallbox_that_does_not_stream_is_asked_at_every_interval(rig: Rig) -> None:
    link = await rig.connect()
    await rig.tell(MeteringConfigured(at=at(0), metering=Metering.POLLING, note="refused"))
    await rig.plug_in("Charging")
    for _ in range(6):
        await rig.pass_time(10)
        await rig.measure(16, 16, 16)
    assert polls(link, 3) == ["TransactionEvent"] * 6


@pytest.mark.parametrize("refused", [True, False])
async def test_the_other_message_is_tried_where_one_is_refused_or_brings_nothing(
    rig: Rig, *, refused: bool
) -> None:
    link = await rig.connect()
    await rig.tell(MeteringConfigured(at=at(0), metering=Metering.POLLING, note="refused"))
    await rig.plug_in("Charging")

    def answer(call: Call) -> Answer:
        assert isinstance(call, TriggerMessage)
        return rejected() if refused and call.message == "TransactionEvent" else ACCEPTED

    link.script[TriggerMessage] = answer
    await rig.pass_time(10)
    await rig.tell(meters(rig.seconds, energy(rig.seconds, 500)))  # no word on power or current
    await rig.pass_time(10)
    await rig.tell(meters(rig.seconds, power(rig.seconds, 500)))
    await rig.pass_time(10)
    assert polls(link, 3) == ["TransactionEvent", "MeterValues", "MeterValues"]


@pytest.mark.parametrize("state", ["SuspendedEV", "SuspendedEVSE", "EVConnected"])
async def test_nothing_is_asked_while_nothing_flows(rig: Rig, state: str) -> None:
    link = await rig.connect()
    await rig.plug_in(state)
    for _ in range(12):
        await rig.pass_time(30)
    assert polls(link, 3) == []


# Faults


async def test_a_store_out_of_order_stops_nothing(rig: Rig) -> None:
    rig.keeper.broken = True
    link = await rig.connect()
    await rig.plug_in("Charging")
    wish = await rig.order(STOP)
    await rig.turn("SuspendedEVSE")
    assert (link.limits, rig.outcome(wish)) == ([16.0, 0.0], "applied")


async def test_the_worker_outlives_a_fault(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(control_module, "_PAUSE_S", 0.001)
    link = await rig.connect()
    faults = iter([True])

    def stumble(_call: Call) -> Answer:
        if next(faults, False):
            raise ValueError("stumbled")
        return ACCEPTED

    link.script[SetChargingProfile] = stumble
    await rig.order(SIX)
    await rig.until(lambda: rig.station.state.profiles["TxDefaultProfile"].limit_a == 6.0)
    assert caplog.text.count("the control worker failed and goes on") == 1


async def test_a_command_that_breaks_ends_and_the_next_one_works(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    link = await rig.connect()

    def stumble(_call: Call) -> Answer:
        raise ValueError("stumbled")

    link.script[Reset] = stumble
    assert rig.outcome(await rig.order(Restart())) == "failed"
    assert "restart failed" in caplog.text
    assert rig.outcome(await rig.order(Refresh())) == "applied"


async def test_a_connection_that_is_broken_but_still_there_keeps_nobody_busy(rig: Rig) -> None:
    link = FakeLink()
    link.script[SetChargingProfile] = link_lost
    rig.attach(link)
    await rig.until(lambda: link.calls)
    for _ in range(10):
        await rig.quiet()
    assert len(link.calls) <= 2


async def test_news_that_come_with_a_loss_do_not_keep_the_worker_from_waiting(rig: Rig) -> None:
    def news_and_loss(call: Call) -> Answer:
        rig.control._wake.set()
        raise StationOfflineError(type(call).__name__)

    link = FakeLink()
    link.script[SetChargingProfile] = news_and_loss
    rig.attach(link)
    await rig.until(lambda: link.calls)
    for _ in range(10):
        await rig.quiet()
    assert len(link.calls) <= 2


async def test_a_worker_with_nothing_to_do_sleeps(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    await rig.connect()
    await rig.plug_in("Charging")
    await rig.order(TEN)
    turns = 0
    work = rig.control._work

    async def counted() -> None:
        nonlocal turns
        turns += 1
        await work()

    monkeypatch.setattr(rig.control, "_work", counted)
    for _ in range(10):
        await rig.quiet()
    assert turns == 0
    await rig.tell(updated(rig.seconds, 50))
    assert 1 <= turns <= 2


async def test_a_jump_of_the_wall_clock_is_no_deadline(rig: Rig) -> None:
    await rig.connect()
    await rig.plug_in("Charging")
    wish = await rig.order(SIX)
    rig.clock.jump(86400)
    await rig.pass_time(1)
    assert rig.outcome(wish) == "pending"
    await rig.pass_time(SETTLE_S)
    assert rig.outcome(wish) == "timed_out"


# Anything in any order

COMMANDS: tuple[Command, ...] = (
    START,
    STOP,
    SIX,
    TEN,
    SetLedBrightness(percent=50),
    EndTransaction(),
    Refresh(),
    Restart(),
)
ANSWERS = (ACCEPTED, ACCEPTED, rejected("Busy"), silence, call_error)
KINDS = (SetChargingProfile, RequestStartTransaction, TriggerMessage, SetVariables, GetBaseReport, Reset)
STATES = ("Charging", "SuspendedEV", "SuspendedEVSE", "EVConnected")


async def stir(rig: Rig, chance: Random) -> str | None:
    """Let one thing happen; return the id of a command if it was one."""
    match chance.randrange(10):
        case 0 | 1 | 2:
            return await rig.order(chance.choice(COMMANDS))
        case 3:
            await rig.disconnect()
        case 4 | 5:
            rig.link.drop()
            rig.attach()
            rig.link.script = {kind: chance.choice(ANSWERS) for kind in KINDS}
            if chance.random() < 0.3:
                rig.link.hold(chance.choice(KINDS))
        case 6:
            await rig.turn(chance.choice(STATES))
        case 7:
            await rig.tell(status(rig.seconds, chance.choice([*ConnectorStatus])), booted(rig.seconds))
        case 8:
            await rig.measure(*[chance.choice([0.0, 6.0, 16.0])] * 3)
        case _:
            await rig.pass_time(chance.choice([1, 5, 30, 300]))
    return None


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_happened_the_wish_is_in_force_in_the_end_and_no_command_is_left_open(
    rig: Rig, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    chance, ids = Random(seed), set[str]()
    for _ in range(60):
        rig.clock.advance(0.5)
        ids |= {command_id} if (command_id := await stir(rig, chance)) else set()
    rig.link.drop()
    rig.clock.advance(1)
    link = await rig.connect()
    await rig.tell(status(rig.seconds, ConnectorStatus.AVAILABLE))
    for _ in range(4):
        await rig.pass_time(SETTLE_S)
    assert {
        command_id: rig.outcome(command_id) for command_id in ids if rig.outcome(command_id) == "pending"
    } == {}
    assert rig.station.state.profiles["TxDefaultProfile"].limit_a == rig.station.state.desired.target_a
    assert isinstance(link.calls[0], SetChargingProfile)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
