"""The wallbox's device in a house: what its owner changed stays, what was deleted stays away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from tests.homeassistant.core_process import CoreProcess
from tests.homeassistant.house import House, open_house
from tests.homeassistant.owner import is_number

pytestmark = pytest.mark.asyncio(loop_scope="module")

_WALLBOX_ID = "DE*BMW*EDEVICE000000001"
_NEVER_S = 2.0
"""Longer than any publication takes."""


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


async def test_new_firmware_shows_on_the_device_page(house: House) -> None:
    await house.boot("01.30.00.01")
    await house.owner.sees("firmware_version", "01.30.00.01")
    await house.owner.until(_shows(house, sw_version="01.30.00.01"))


async def test_what_the_owner_renamed_survives_an_announcement_and_a_restart_of_the_app(house: House) -> None:
    owner = house.owner
    device = await owner.device()
    assert device is not None
    entity_id = (await owner.entity_ids())["power"]
    await owner.call("config/device_registry/update", device_id=device["id"], name_by_user="Carport")
    await owner.call(
        "config/entity_registry/update",
        entity_id=entity_id,
        name="Leistung",
        new_entity_id="sensor.carport_leistung",
    )
    await house.boot("01.30.00.02")
    await owner.until(_shows(house, sw_version="01.30.00.02"))
    await house.app.stop()
    await house.app.start()
    await house.settle()
    state = await owner.sees("power", is_number)
    assert state["entity_id"] == "sensor.carport_leistung"
    assert state["attributes"]["friendly_name"].endswith("Leistung")
    assert await _shows(house, name_by_user="Carport", name="BMW Wallbox", sw_version="01.30.00.02")()


async def test_a_device_deleted_in_home_assistant_stays_away_over_a_restart_until_it_is_registered_again(
    house: House,
) -> None:
    owner = house.owner
    await owner.delete_device()
    await house.boot("01.30.00.03")
    await house.app.panel.until(lambda view: view.state["device"]["firmware_version"] == "01.30.00.03")
    await house.box.car_pause()
    await _nothing_comes(house)
    await house.app.stop()
    await house.app.start()
    await house.until_published()
    await _nothing_comes(house)
    await house.app.panel.post("api/home_assistant/register_again")
    await owner.sees("status", "paused_by_car")
    await owner.until(_shows(house, sw_version="01.30.00.03"))


async def test_the_panel_removes_the_device_and_registers_it_again(house: House) -> None:
    owner = house.owner
    await house.app.panel.post("api/home_assistant/remove", {"confirm": "remove"})
    await owner.until(owner.sees_nothing)
    await house.box.car_pause()
    await _nothing_comes(house)
    await house.app.panel.post("api/home_assistant/register_again")
    await owner.sees("status", "paused_by_car")


async def _nothing_comes(house: House) -> None:
    await asyncio.sleep(_NEVER_S)  # nothing tells when it would have come
    assert await house.owner.sees_nothing()


def _shows(house: House, **wanted: Any) -> Callable[[], Awaitable[bool]]:  # noqa: ANN401  (registry values)
    """Return a look at the device page that is true once it says what is wanted."""

    async def look() -> bool:
        device = await house.owner.device() or {}
        return wanted.items() <= device.items()

    return look
