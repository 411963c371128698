"""The wallbox's own settings in a real Home Assistant: set there, followed by the box."""

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from tests.homeassistant.core_process import CoreProcess
from tests.homeassistant.house import House, open_house
from tests.homeassistant.owner import State

pytestmark = pytest.mark.asyncio(loop_scope="module")

_WALLBOX_ID = "DE*BMW*EVARIABLES000001"
_COMPONENT = "LocalSmartChargingCtrlr"
_SWITCH = "var_local_smart_charging_ctrlr_dlc_enabled"
_SELECT = "var_local_smart_charging_ctrlr_pv_charging_mode"
_NUMBER = "var_local_smart_charging_ctrlr_pv_minimum_current"
_REBOOT_REQUIRED = "RebootRequired"


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


async def _box_has(house: House, path: str, value: str) -> None:
    await house.box.wait_for(lambda box: box.variables[f"{_COMPONENT}{path}"] == value, 20)


async def test_a_switch_and_a_select_of_the_wallbox_are_there_and_the_box_follows(house: House) -> None:
    owner = house.owner
    await owner.sees(_SWITCH, "off")
    mode = await owner.sees(_SELECT, "direct")
    assert mode["entity_id"] == "select.bmw_wallbox_solar_charging_mode"
    assert mode["attributes"]["options"] == ["direct", "manual", "strict"]
    await owner.act("switch.turn_on", _SWITCH)
    await _box_has(house, "[DLC].Enabled", "true")
    await owner.sees(_SWITCH, "on")
    await owner.learns("applied", "set_variable")
    await owner.act("select.select_option", _SELECT, option="strict")
    await _box_has(house, "[PV].ChargingMode", "strict")
    await owner.sees(_SELECT, "strict")
    assert await owner.learns("applied", "set_variable") == f"{_COMPONENT}.PV/ChargingMode is strict."


async def test_a_number_that_the_owner_enables_has_the_boxs_range_and_the_box_follows(house: House) -> None:
    owner = house.owner
    await owner.sees(_SELECT, lambda state: state["state"] != "unavailable")
    entity_id = (await owner.entity_ids())[_NUMBER]
    assert await owner.state(_NUMBER) is None
    await owner.call("config/entity_registry/update", entity_id=entity_id, disabled_by=None)
    await owner.perform("homeassistant.reload_config_entry", entity_id=(await owner.entity_ids())[_SELECT])
    shown = await owner.sees(_NUMBER, _is_at(6))
    assert {key: shown["attributes"][key] for key in ("min", "max", "step", "unit_of_measurement")} == {
        "min": 6,
        "max": 32,
        "step": 1,
        "unit_of_measurement": "A",
    }
    await owner.act("number.set_value", _NUMBER, value=10)
    await _box_has(house, "[PV].MinimumCurrent", "10")
    await owner.sees(_NUMBER, _is_at(10))


async def test_a_setting_that_waits_for_a_restart_shows_it_until_the_wallbox_booted(house: House) -> None:
    owner = house.owner
    await owner.sees("restart_required", "off")
    place = {"component": {"name": _COMPONENT, "instance": "DLC"}, "variable": {"name": "Enabled"}}
    house.box.next_reply(
        "SetVariables", {"setVariableResult": [{"attributeStatus": _REBOOT_REQUIRED, **place}]}
    )
    action = "switch.turn_off" if await _is_on(house) else "switch.turn_on"
    await owner.act(action, _SWITCH)
    await owner.sees("restart_required", "on")
    assert "restarted" in await owner.learns("applied", "set_variable")
    await house.boot("01.20.06.71")
    await owner.sees("restart_required", "off")


async def _is_on(house: House) -> bool:
    state = await house.owner.sees(_SWITCH, lambda state: state["state"] in {"on", "off"})
    return bool(state["state"] == "on")


def _is_at(value: float) -> Callable[[State], bool]:
    return lambda state: state["state"] not in {"unknown", "unavailable"} and float(state["state"]) == value
