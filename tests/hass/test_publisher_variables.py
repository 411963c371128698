"""What the wallbox offers reaches Home Assistant when it is known, and stays."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bmw_wallbox.domain.commands import SetVariable
from bmw_wallbox.domain.state import Inventory, StationState
from tests.entities.inventories import simulated
from tests.entities.states import KEY, charging
from tests.hass.test_publisher import BASE, CONFIG, QUICK, STATE, House, announced, running

DLC = "var_local_smart_charging_ctrlr_dlc_enabled"
MODE = "var_local_smart_charging_ctrlr_pv_charging_mode"
MODE_NAME = "LocalSmartChargingCtrlr.PV/ChargingMode"
VARIABLES = f"homeassistant/device/bmw_wallbox_{KEY}_variables/config"
KEPT = f"{KEY}/variables"


@pytest.fixture
def house() -> House:
    return House()


def with_value(inventory: Inventory, name: str, **traits: object) -> Inventory:
    changed = replace(inventory.variables[name], **traits)  # type: ignore[arg-type]  # any trait
    return replace(inventory, variables={**inventory.variables, name: changed})


def variables(house: House) -> dict[str, Any]:
    components: dict[str, Any] = json.loads(house.transport.retained[VARIABLES])["components"]
    return components


def offering() -> StationState:
    return replace(charging(), inventory=simulated())


async def test_an_inventory_that_comes_later_adds_its_entities_and_then_their_values(house: House) -> None:
    async with announced(house, replace(QUICK, settle_s=600)):
        assert DLC not in house.transport.retained.get(VARIABLES, "")
        house.transport.published.clear()
        house.change(inventory=simulated())
        await house.transport.until(lambda: STATE in {m.topic for m in house.transport.published})
        assert house.transport.topics() == ["config", "state"]
        assert variables(house)[DLC]["platform"] == "switch"
        assert (house.document()[DLC], house.document()[MODE]) == ("OFF", "direct")
        assert house.memory.components[KEPT][DLC] == "switch"


async def test_a_new_value_is_a_new_state_and_no_new_configuration(house: House) -> None:
    publisher = house.publisher(offering(), timing=replace(QUICK, settle_s=600))
    async with running(publisher):
        await house.transport.open()
        house.change(inventory=with_value(simulated(), MODE_NAME, value="strict"))
        await house.until_shown(MODE, "strict")
        assert len(house.transport.payloads(CONFIG)) == 1


async def test_a_control_of_the_wallbox_becomes_a_command(house: House) -> None:
    publisher = house.publisher(offering())
    async with running(publisher):
        await house.transport.open()
        house.transport.deliver(f"{BASE}/cmd/{MODE}", "manual")
        assert house.asked == [(KEY, SetVariable(variable=MODE_NAME, value="manual"), "home_assistant")]


async def test_entities_stay_while_the_inventory_is_not_known_again(house: House) -> None:
    house.memory.components[KEPT] = {DLC: "switch"}
    publisher = house.publisher(replace(charging(), inventory=Inventory()))
    async with running(publisher):
        await house.transport.open()
        assert len(house.transport.payloads(CONFIG)) == 1
        assert DLC not in house.transport.retained.get(VARIABLES, "")
        assert house.memory.components[KEPT][DLC] == "switch"


async def test_what_a_full_report_no_longer_has_is_removed_once(house: House) -> None:
    house.memory.components[KEPT] = {DLC: "switch", "var_gone": "number"}
    publisher = house.publisher(offering())
    async with running(publisher):
        await house.transport.open()
        first, second = house.transport.payloads(VARIABLES)
        assert '"var_gone":{"platform":"number"}' in first
        assert "var_gone" not in second
        assert "var_gone" not in house.memory.components[KEPT]


async def test_a_variable_that_becomes_read_only_changes_its_platform(house: House) -> None:
    publisher = house.publisher(offering())
    async with running(publisher):
        await house.transport.open()
        name = "LocalSmartChargingCtrlr.DLC/Enabled"
        house.change(inventory=with_value(simulated(), name, mutability="ReadOnly"))
        await house.transport.until(lambda: len(house.transport.payloads(VARIABLES)) == 3)
        removing = house.transport.payloads(VARIABLES)[1]
        assert f'"{DLC}":{{"platform":"switch"}}' in removing
        assert variables(house)[DLC]["platform"] == "binary_sensor"


async def test_no_call_is_longer_than_the_recorder_takes(house: House) -> None:
    async with running(house.publisher(offering())):
        await house.transport.open()
        for topic in (CONFIG, VARIABLES):
            # Home Assistant writes the payload as a string within the call's own JSON.
            assert len(json.dumps(house.transport.retained[topic])) < 32_000


async def test_variables_that_were_told_with_all_the_rest_are_let_go_of_there_and_come_back_apart(
    house: House,
) -> None:
    house.memory.components[KEY] = {"power": "sensor", DLC: "switch"}
    async with running(house.publisher(offering())):
        await house.transport.open()
        await house.transport.until(lambda: VARIABLES in house.transport.retained)
        first, second = house.transport.payloads(CONFIG)
        assert json.loads(first) == {"migrate_discovery": True}
        assert DLC not in second
        assert variables(house)[DLC]["platform"] == "switch"
        assert DLC not in house.memory.components[KEY]
    house.transport.published.clear()
    async with running(house.publisher(offering())):
        await house.transport.open()
        assert not [told for told in house.transport.published if "migrate_discovery" in told.payload]


async def test_the_variables_stay_while_the_wallbox_is_not_known_after_they_moved(house: House) -> None:
    house.memory.components[KEY] = {"power": "sensor", DLC: "switch"}
    async with running(house.publisher(replace(charging(), inventory=Inventory()))):
        await house.transport.open()
        assert "removed" not in house.transport.retained.get(VARIABLES, "")
        assert json.dumps({"platform": "switch"}) not in house.transport.retained.get(VARIABLES, "")


async def test_a_deleted_device_leaves_neither_of_its_configurations(house: House) -> None:
    async with running(house.publisher(offering())):
        await house.transport.open()
        house.transport.published.clear()
        house.transport.deliver(VARIABLES, "")
        house.transport.deliver(CONFIG, "{}")
        emptied = {(CONFIG, ""), (VARIABLES, "")}
        await house.transport.until(
            lambda: emptied <= {(told.topic, told.payload) for told in house.transport.published}
        )
        assert not {CONFIG, VARIABLES} & house.transport.retained.keys()
