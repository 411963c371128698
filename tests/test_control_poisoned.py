"""What a Delta gets itself into is said as it is, with the way out, and what is sent by hand is put right."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bmw_wallbox.domain.commands import EndTransaction, SetCurrentLimit, StartCharging
from bmw_wallbox.domain.decide import Situation, situation
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.vocabulary import ProfileStrategy
from bmw_wallbox.handling import ControlSettings
from bmw_wallbox.simulator import SimulatedWallbox, SimulatorConfig
from tests.control_house import House, open_house
from tests.csms.conftest import eventually
from tests.csms.wallbox import IDENTITY
from tests.door_rig import KEY
from tests.door_rig import open_house as open_whole_house

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
        assert (report.outcome, "unplugged" in report.message) == ("refused", True)
        await house.box.unplug()
        await charging(house)
        assert (await house.order(StartCharging())).outcome == "applied"


async def test_a_profile_for_one_transaction_is_refused_in_the_boxs_own_words() -> None:
    async with open_house(settings=TX) as house:
        await charging(house)
        report = await house.order(SetCurrentLimit(limit_a=8.0))
        assert (report.outcome, "InvalidStackLevel" in report.message) == ("refused", True)


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
