"""The whole app in a house where everything fails once: Core, broker, wallbox and the app itself."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bmw_wallbox.entities.description import Availability
from bmw_wallbox.entities.table import BY_KEY
from tests.homeassistant.core_process import CoreProcess
from tests.homeassistant.house import CORE_RETURNS_S, House, open_house
from tests.homeassistant.mosquitto import Mosquitto
from tests.homeassistant.owner import is_number

pytestmark = pytest.mark.asyncio(loop_scope="module")

_WALLBOX_ID = "DE*BMW*EOUTAGE000000001"
_GRACE_S = 60.0
_STAYING = {key for key, row in BY_KEY.items() if row.availability is not Availability.MEASURED}


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


@pytest.mark.parametrize("how", ["kill", "stop"])
async def test_energy_charged_while_home_assistant_was_away_is_there_when_it_is_back(
    house: House, how: str
) -> None:
    owner, box = house.owner, house.box
    before_kwh = await owner.number("energy_total")
    await asyncio.to_thread(getattr(house.core, how))
    gone_at_wh = box.register_wh
    await box.wait_for(lambda box: box.register_wh > gone_at_wh + 10)
    await box.car_pause()
    await box.wait_for(lambda box: box.charging_state == "SuspendedEV")
    await house.start_core()
    restored_kwh = await owner.number("energy_total")
    assert restored_kwh >= before_kwh
    await owner.sees("energy_total", _is_about(box.register_wh / 1000), CORE_RETURNS_S)
    await owner.sees("status", "paused_by_car")
    assert "unavailable" not in (await owner.states()).values()


async def test_a_broker_that_was_killed_and_forgot_everything_is_no_loss(
    house: House, broker: Mosquitto
) -> None:
    owner = house.owner
    await asyncio.to_thread(broker.kill)
    await owner.sees("power", "unavailable")
    await house.box.car_pause()
    broker.store.unlink(missing_ok=True)
    await asyncio.to_thread(broker.start)
    await owner.sees("status", "paused_by_car")
    await owner.sees("power", "0.0")
    assert "unavailable" not in (await owner.states()).values()
    await owner.act("switch.turn_off", "charging_allowed")
    await house.box.wait_for(lambda box: box.limit_a == 0)


@pytest.mark.timeout(180)
async def test_after_a_minute_without_the_wallbox_its_values_are_unavailable_until_it_is_back(
    house: House,
) -> None:
    owner, box = house.owner, house.box
    energy = (await owner.sees("energy_total", is_number))["state"]
    loop = asyncio.get_running_loop()
    away_since_s = loop.time()
    await box.go_offline()
    await owner.sees("connected", "off")
    assert (await owner.sees("power", is_number))["state"] != "0.0"
    await owner.sees("power", "unavailable", 2 * _GRACE_S)
    assert loop.time() - away_since_s >= _GRACE_S - 1

    async def only_measured_ones_are_away() -> dict[str, str]:
        states = await owner.states()
        away = {key for key, shown in states.items() if shown == "unavailable"}
        return states if away == states.keys() - _STAYING else {}

    states = await owner.until(only_measured_ones_are_away)
    assert float(states["energy_total"]) >= float(energy)
    assert (states["current_limit"], states["connected"]) == ("32.0", "off")
    await box.go_online()
    await owner.sees("connected", "on")
    await owner.sees("power", lambda state: is_number(state) and float(state["state"]) > 7000)
    await owner.sees("energy_total", lambda state: float(state["state"]) > float(energy))


async def test_an_app_that_is_stopped_takes_its_entities_along_at_once_and_brings_them_back(
    house: House,
) -> None:
    assert await house.app.stop() == 0
    await _all_are_unavailable(house)
    await house.app.start()
    await _are_back(house)


async def test_a_crashed_app_is_shown_as_offline_and_recovers_with_all_its_energy(house: House) -> None:
    before_kwh = await house.owner.number("energy_total")
    await house.crash()
    await _all_are_unavailable(house)
    await house.app.start()
    await _are_back(house)
    assert await house.owner.number("energy_total") >= before_kwh
    await house.box.car_pause()
    await house.owner.sees("status", "paused_by_car")
    await house.owner.sees("energy_total", _is_about(house.box.register_wh / 1000))


async def _all_are_unavailable(house: House) -> None:
    async def look() -> bool:
        return set((await house.owner.states()).values()) == {"unavailable"}

    await house.owner.until(look, 5)


async def _are_back(house: House) -> None:
    async def look() -> bool:
        states = await house.owner.states()
        return bool(states) and "unavailable" not in states.values()

    await house.owner.until(look)


def _is_about(value: float) -> Any:  # noqa: ANN401  (a predicate on a state)
    return lambda state: is_number(state) and abs(float(state["state"]) - value) <= 0.001
