"""The whole app in a house: what charges, and what the owner of Home Assistant sees and asks of it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.homeassistant.core_install import NEWEST
from tests.homeassistant.core_process import CoreProcess
from tests.homeassistant.house import House, open_house
from tests.homeassistant.owner import is_number

pytestmark = pytest.mark.asyncio(loop_scope="module")

_WALLBOX_ID = "DE*BMW*EHOUSE0000000001"
_ENERGY = {"device_class": "energy", "state_class": "total_increasing", "unit_of_measurement": "kWh"}
_POWER = {"device_class": "power", "state_class": "measurement", "unit_of_measurement": "W"}
_CURRENT = {"device_class": "current", "state_class": "measurement", "unit_of_measurement": "A"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_house(
    _core_with_mqtt: CoreProcess, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    async with open_house(_core_with_mqtt, tmp_path_factory.mktemp("house"), _WALLBOX_ID) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def house(shared_house: House, core: CoreProcess) -> House:
    """Lend the house to one test, with a car that charges."""
    await shared_house.settle()
    return shared_house


def _is_about(value: float, tolerance: float) -> Any:  # noqa: ANN401  (a predicate on a state)
    return lambda state: abs(float(state["state"]) - value) <= tolerance


async def test_a_charging_wallbox_is_a_device_whose_values_follow_in_w_and_kwh(house: House) -> None:
    owner = house.owner
    device = await owner.device()
    assert device is not None
    shown = {key: device[key] for key in ("name", "manufacturer", "model", "serial_number")}
    assert shown == {
        "name": "BMW Wallbox",
        "manufacturer": "BMW",
        "model": "EIAW-E22KTSE6B04",
        "serial_number": "KG42350000SIMWE",
    }
    power = await owner.sees("power", _is_about(house.box.power_w, 200))
    assert _POWER.items() <= power["attributes"].items()
    current = await owner.sees("current", _is_about(32, 0.5))
    assert _CURRENT.items() <= current["attributes"].items()
    before = await owner.number("energy_total")
    grown = await owner.sees("energy_total", lambda state: float(state["state"]) > before)
    assert _ENERGY.items() <= grown["attributes"].items()
    await house.box.car_pause()
    await owner.sees("status", "paused_by_car")
    await owner.sees("power", "0.0")
    await owner.sees("energy_total", _is_about(house.box.register_wh / 1000, 0.001))


async def test_a_limit_set_in_home_assistant_is_obeyed_and_proved(house: House) -> None:
    owner = house.owner
    await owner.act("number.set_value", "current_limit", value=10)
    await house.box.wait_for(lambda box: box.limit_a == 10 and box.current_a == 10)
    await owner.sees("current_limit", "10.0")
    await owner.sees("current", _is_about(10, 0.5))
    await owner.sees("active_limit", "10.0")
    assert "10 A is in force" in await owner.learns("applied", "set_current_limit")


async def test_the_switch_pauses_the_charge_and_resumes_it(house: House) -> None:
    owner = house.owner
    transaction_id = house.box.transaction_id
    await owner.act("switch.turn_off", "charging_allowed")
    await house.box.wait_for(lambda box: box.charging_state == "SuspendedEVSE" and box.limit_a == 0)
    for key, shown in (
        ("status", "paused"),
        ("charging", "off"),
        ("power", "0.0"),
        ("charging_allowed", "off"),
    ):
        await owner.sees(key, shown)
    assert "paused" in await owner.learns("applied", "stop_charging")
    await owner.act("switch.turn_on", "charging_allowed")
    await house.box.wait_for(lambda box: box.charging_state == "Charging", 30)
    for key, shown in (("status", "charging"), ("charging", "on"), ("charging_allowed", "on")):
        await owner.sees(key, shown)
    await owner.sees("power", lambda state: float(state["state"]) > 7000)
    assert house.box.transaction_id == transaction_id


async def test_the_buttons_stop_start_and_refresh(house: House) -> None:
    owner, box = house.owner, house.box
    await owner.press("stop_charging")
    await box.wait_for(lambda box: box.charging_state == "SuspendedEVSE")
    await owner.sees("charging_allowed", "off")
    await owner.press("start_charging")
    await box.wait_for(lambda box: box.charging_state == "Charging", 30)
    await owner.sees("charging_allowed", "on")
    box.received.clear()
    await owner.press("refresh")
    await box.wait_for(lambda box: any(action == "GetBaseReport" for action, _ in box.received))
    await owner.learns("applied", "refresh")


async def test_the_restart_button_restarts_a_wallbox_without_a_car(house: House) -> None:
    owner, box = house.owner, house.box
    await box.unplug()
    await owner.sees("status", "available")
    box.sent.clear()
    await owner.press("restart")
    await box.wait_for(lambda box: any(action == "BootNotification" for action, _, _ in box.sent))
    await owner.learns("applied", "restart")
    assert ("Reset", {"type": "OnIdle"}) in box.received


async def test_the_brightness_of_the_led_is_set_and_a_refusal_is_explained(house: House) -> None:
    owner, box = house.owner, house.box
    await owner.act("number.set_value", "led_brightness", value=70)
    await box.wait_for(lambda box: box.variables["StatusLED.brightness"] == "70")
    await owner.sees("led_brightness", "70")
    box.next_reply("SetVariables", _refusal("StatusLED", "brightness"))
    await owner.act("number.set_value", "led_brightness", value=20)
    assert "Rejected" in await owner.learns("refused", "set_led_brightness")
    await owner.sees("led_brightness", "70")


def _refusal(component: str, variable: str) -> dict[str, Any]:
    result = {
        "attributeStatus": "Rejected",
        "component": {"name": component},
        "variable": {"name": variable},
    }
    return {"setVariableResult": [result]}


async def test_a_limit_that_the_wallbox_refuses_is_explained_and_the_limit_in_force_shown(
    house: House,
) -> None:
    owner, box = house.owner, house.box
    await owner.sees("active_limit", "32.0")
    info = {"reasonCode": "TooBusy", "additionalInfo": "Not now"}
    box.next_reply("SetChargingProfile", {"status": "Rejected", "statusInfo": info})
    await owner.act("number.set_value", "current_limit", value=12)
    assert "Not now" in await owner.learns("refused", "set_current_limit")
    assert (await owner.sees("active_limit", is_number))["state"] == "32.0"
    await owner.act("number.set_value", "current_limit", value=12)
    await box.wait_for(lambda box: box.limit_a == 12)
    await owner.sees("active_limit", "12.0")


async def test_a_limit_beyond_the_maximum_is_refused_and_the_number_stays(house: House) -> None:
    owner = house.owner
    topic = f"bmw_wallbox/{house.station_key}/cmd/current_limit"
    await owner.perform("mqtt.publish", topic=topic, payload="63")
    assert "32 A" in await owner.learns("refused", "set_current_limit")
    await owner.sees("current_limit", "32.0")
    assert house.box.limit_a == 32


async def test_total_energy_and_power_feed_the_energy_dashboard(house: House) -> None:
    owner = house.owner
    entity_ids = await owner.entity_ids()
    energy, power = entity_ids["energy_total"], entity_ids["power"]
    listed = {row["statistic_id"]: row for row in await owner.call("recorder/list_statistic_ids")}
    summed = {"has_sum": True, "unit_class": "energy", "statistics_unit_of_measurement": "kWh"}
    averaged = {"has_sum": False, "unit_class": "power", "statistics_unit_of_measurement": "W"}
    assert summed.items() <= listed[energy].items()
    assert averaged.items() <= listed[power].items()
    used = {"stat_consumption": energy, "name": "Car"}
    if house.core.version == NEWEST.number:
        # The live power of a device came with a later release than the oldest that we support.
        used["stat_rate"] = power
    await owner.call("energy/save_prefs", device_consumption=[used])
    verdict = await owner.call("energy/validate")
    await owner.call("energy/save_prefs", device_consumption=[])
    problems = {issue["type"] for issues in verdict["device_consumption"] for issue in issues}
    # Statistics come into being every five minutes.
    assert problems <= {"statistics_not_defined"}
    doubts = await owner.call("recorder/validate_statistics")
    assert doubts.keys().isdisjoint(entity_ids.values())
