"""What a Delta gets itself into is said as it is, with the way out, and what is sent by hand is put right."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bmw_wallbox.domain.calls import ClearChargingProfile, SetChargingProfile
from bmw_wallbox.domain.commands import EndTransaction, Restart, SetCurrentLimit, StartCharging
from bmw_wallbox.domain.decide import Situation, situation
from bmw_wallbox.domain.poison import TABLE, Poison
from bmw_wallbox.domain.quirk_events import QuirksChosen
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.vocabulary import ProfilePurpose, ProfileStrategy
from bmw_wallbox.handling import ControlSettings
from bmw_wallbox.simulator import SimulatedWallbox, SimulatorConfig
from tests.control_house import QUICK, House, open_house
from tests.csms.conftest import eventually
from tests.csms.wallbox import IDENTITY
from tests.door_rig import KEY
from tests.door_rig import open_house as open_whole_house
from tests.fakes.clock import NOON

WAYS = {row.poison: row.way_out for row in TABLE}
TX = ControlSettings(settle_s=0.6, raise_interval_s=0.05, retry_s=0.3, strategy=ProfileStrategy.TX)


async def charging(house: House) -> None:
    await house.settled()
    await house.box.plug()
    await house.until(lambda: situation(house.state) is Situation.CHARGING)


async def test_after_an_ended_transaction_only_the_plug_helps_and_the_app_says_so() -> None:
    async with open_house() as house:
        await charging(house)
        assert (await house.order(EndTransaction())).outcome == "applied"
        await house.until(lambda: situation(house.state) is Situation.CAR_WAITING)
        report = await house.order(StartCharging())
        assert (report.outcome, WAYS[Poison.ENDED] in report.message) == ("refused", True)
        await house.box.unplug()
        await charging(house)
        assert (await house.order(StartCharging())).outcome == "applied"


AS_SPECIFIED = QuirksChosen(at=NOON, row="specification", forget_learned=True)
"""Has a Delta handled as no row for it would: by a TxProfile, at level 0 once it refused another."""


def tx_profile(house: House, limit_a: float, profile_id: int = 5) -> SetChargingProfile:
    """Return a profile for the running transaction, as the backend before this one sent it."""
    assert house.state.transaction is not None
    return SetChargingProfile(
        limit_a=limit_a,
        purpose=ProfilePurpose.TX,
        profile_id=profile_id,
        stack_level=0,
        transaction_id=house.state.transaction.id,
    )


async def new_car(house: House) -> None:
    """Let the car go and come again."""
    await house.box.unplug()
    await house.until(lambda: house.state.transaction is None)
    await charging(house)
    await house.until(lambda: house.box.current_a == house.state.desired.target_a)


async def test_an_orphaned_profile_that_pauses_is_told_of_and_ends_with_the_plug() -> None:
    async with open_house() as house:
        await charging(house)
        await house.station.ask(tx_profile(house, 0.0))
        await house.until(lambda: situation(house.state) is Situation.SUSPENDED_EVSE)
        report = await house.order(StartCharging())
        assert (report.outcome, report.message) == (
            "timed_out",
            f"The wallbox accepted, but the car did not begin to charge. {WAYS[Poison.HELD_DOWN]}",
        )
        await new_car(house)


async def test_an_orphaned_profile_ends_with_a_restart_too() -> None:
    async with open_house() as house:
        await charging(house)
        await house.station.ask(tx_profile(house, 0.0))
        await house.until(lambda: situation(house.state) is Situation.SUSPENDED_EVSE)
        assert (await house.order(Restart(when="immediate"))).outcome == "applied"
        await house.until(lambda: house.box.current_a == 16.0)


async def test_an_orphaned_profile_that_allows_more_is_told_of_and_never_cleared() -> None:
    async with open_house() as house:
        await charging(house)
        await house.station.ask(tx_profile(house, 20.0))
        await house.box.fault()
        await house.box.clear_fault()
        await house.until(lambda: house.box.current_a == 20.0)
        report = await house.order(SetCurrentLimit(limit_a=10.0))
        assert (report.outcome, WAYS[Poison.HELD_UP] in report.message) == ("refused", True)
        assert "its own schedule allows 20 A" in report.message
        assert "ClearChargingProfile" not in {action for action, _ in house.box.received}
        await new_car(house)


async def test_a_profile_of_one_id_that_came_twice_is_told_of_and_ends_with_the_plug() -> None:
    async with open_house() as house:
        await house.station.apply(AS_SPECIFIED)
        await charging(house)
        await house.until(lambda: "TxProfile" in house.state.profiles)
        report = await house.order(SetCurrentLimit(limit_a=8.0))
        assert (report.outcome, report.message) == (
            "refused",
            f"The wallbox answered DuplicateProfile. {WAYS[Poison.DUPLICATE]}",
        )
        await house.station.apply(QuirksChosen(at=NOON, row=None))
        await new_car(house)
        assert house.box.limit_a == 8.0


async def test_a_profile_that_is_thrown_away_while_suspended_is_not_taken_for_granted() -> None:
    async with open_house() as house:
        await charging(house)
        await house.box.car_pause()
        await house.until(lambda: situation(house.state) is Situation.SUSPENDED_EV)
        await house.station.apply(AS_SPECIFIED)
        report = await house.order(SetCurrentLimit(limit_a=8.0))
        assert (report.outcome, house.box.limit_a) == ("applied_next_charge", 8.0)
        assert house.state.learned.tx_profile_refused


async def test_profiles_that_were_wiped_are_back_once_the_current_tells(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with open_house(settings=replace(QUICK, meter_interval_s=1)) as house:
        await charging(house)
        await house.station.ask(ClearChargingProfile(profile_id=998))
        await house.until(lambda: house.box.current_a == 32.0)
        await house.until(lambda: house.state.control_alert)
        await house.until(lambda: house.box.current_a == 16.0)
        await house.until(lambda: not house.state.control_alert)
    assert "limit broken, next is profile_again" in caplog.text


async def test_a_car_that_sleeps_is_told_how_to_wake_it() -> None:
    async with open_house() as house:
        await charging(house)
        await house.box.car_pause()
        await house.until(lambda: situation(house.state) is Situation.SUSPENDED_EV)
        report = await house.order(StartCharging())
        assert (report.outcome, WAYS[Poison.ASLEEP] in report.message) == ("car_takes_less", True)


async def test_a_profile_for_one_transaction_is_refused_in_the_boxs_own_words() -> None:
    async with open_house(settings=TX) as house:
        await charging(house)
        report = await house.order(SetCurrentLimit(limit_a=8.0))
        assert (report.outcome, report.message) == (
            "refused",
            f"The wallbox answered InvalidStackLevel. {WAYS[Poison.STACK_LEVEL]}",
        )


async def test_a_car_that_paused_by_itself_goes_on_by_itself() -> None:
    async with open_house() as house:
        await charging(house)
        await house.box.car_pause()
        await house.until(lambda: situation(house.state) is Situation.SUSPENDED_EV)
        assert (await house.order(StartCharging())).outcome == "car_takes_less"
        await house.box.car_resume()
        await house.until(lambda: situation(house.state) is Situation.CHARGING)
        assert house.state.profile_calls == 1


@asynccontextmanager
async def _running(box: SimulatedWallbox) -> AsyncIterator[None]:
    task = asyncio.create_task(box.run())
    try:
        yield
    finally:
        await box.close()
        await task


def _profile(limit_a: float) -> dict[str, Any]:
    period = {"startPeriod": 0, "limit": limit_a}
    schedule = {
        "id": 1,
        "startSchedule": "2026-01-01T00:00:00Z",
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [period],
    }
    return {
        "evseId": 1,
        "chargingProfile": {
            "id": 5,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": [schedule],
        },
    }


async def test_a_profile_sent_by_hand_is_replaced_by_the_owners_wish(tmp_path: Path) -> None:
    async with open_whole_house(tmp_path) as house:
        await house.panel.save_settings(Settings(min_interval_s=1))
        url = f"ws://127.0.0.1:{house.system.port}"
        box = SimulatedWallbox(SimulatorConfig(url=url, charge_point_id=IDENTITY))
        async with _running(box):
            state = house.registry.resident(KEY).station
            await eventually(lambda: state.state.profile_calls == 1)
            answer = await house.panel.send_ocpp(KEY, "SetChargingProfile", _profile(7.0))
            assert answer == {"status": "Accepted"}
            await eventually(lambda: state.state.profile_calls == 2)
            assert box.limit_a == 32.0
