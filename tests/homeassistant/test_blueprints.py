"""The blueprints load in a real Core, and steer the wallbox as they say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.homeassistant.automations import running_automation
from tests.homeassistant.core_process import CoreProcess
from tests.homeassistant.house import House, open_house

pytestmark = pytest.mark.asyncio(loop_scope="module")

_FOLDER = Path(__file__).parents[2] / "bmw_wallbox_addon" / "blueprints"
_WALLBOX_ID = "DE*BMW*EBLUEPRINT000001"
_PRICE, _GRID = "sensor.price", "sensor.grid_power"
_PHASES = ("sensor.house_l1", "sensor.house_l2", "sensor.house_l3")


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


@asynccontextmanager
async def blueprint(house: House, name: str, **inputs: object) -> AsyncIterator[None]:
    """Run one automation that is made of a blueprint; `our key` stands for the entity of that key."""
    path = f"bmw_wallbox/{name}"
    text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    await house.owner.call("blueprint/save", domain="automation", path=path, yaml=text, allow_override=True)
    ours = await house.owner.entity_ids()
    given = {
        key: ours[value.removeprefix("our ")]
        if isinstance(value, str) and value.startswith("our ")
        else value
        for key, value in inputs.items()
    }
    uses = {"path": f"{path}.yaml", "input": given}
    async with running_automation(house, name, {"alias": name, "use_blueprint": uses}):
        yield


async def show(house: House, entity_id: str, value: object) -> None:
    """Let a sensor of the house have this state."""
    await asyncio.to_thread(house.core.post, f"/api/states/{entity_id}", {"state": str(value)})


def alert(*, cleared: bool) -> dict[str, Any]:
    """Return a NotifyEvent about a ground fault."""
    return {
        "generatedAt": "2026-01-01T00:00:00Z",
        "seqNo": 0,
        "eventData": [
            {
                "eventId": 1,
                "timestamp": "2026-01-01T00:00:00Z",
                "trigger": "Alerting",
                "actualValue": "GroundFault",
                "cleared": cleared,
                "eventNotificationType": "HardWiredMonitor",
                "component": {"name": "ElectricalFeed"},
                "variable": {"name": "Problem"},
            }
        ],
    }


async def test_every_blueprint_is_tried() -> None:
    tried = {"charge_in_cheap_hours", "follow_surplus", "notify_when_done", "protect_house_fuse"}
    assert {path.stem for path in _FOLDER.glob("*.yaml")} == tried


async def test_charging_pauses_while_the_price_is_high_and_goes_on_when_it_falls(house: House) -> None:
    await show(house, _PRICE, 0.2)
    async with blueprint(
        house, "charge_in_cheap_hours", allowed="our charging_allowed", price=_PRICE, highest_price=0.25
    ):
        await show(house, _PRICE, 0.31)
        await house.box.wait_for(lambda box: box.charging_state == "SuspendedEVSE", 30)
        await house.owner.sees("charging_allowed", "off")
        await show(house, _PRICE, 0.25)
        await house.box.wait_for(lambda box: box.charging_state == "Charging", 30)


async def test_a_price_that_is_not_known_changes_nothing(house: House) -> None:
    await show(house, _PRICE, 0.2)
    async with blueprint(
        house, "charge_in_cheap_hours", allowed="our charging_allowed", price=_PRICE, highest_price=0.25
    ):
        await show(house, _PRICE, "unavailable")
        await show(house, _PRICE, 0.31)
        await house.owner.sees("charging_allowed", "off")
        await show(house, _PRICE, "unknown")
        await show(house, _PRICE, 0.2)
        await house.owner.sees("charging_allowed", "on")


async def test_the_limit_follows_the_surplus_and_too_little_of_it_pauses(house: House) -> None:
    await show(house, _GRID, 0)
    async with blueprint(
        house,
        "follow_surplus",
        allowed="our charging_allowed",
        current_limit="our current_limit",
        wallbox_power="our power",
        grid_power=_GRID,
        start_minutes=0,
        stop_minutes=0,
    ):
        await show(house, _GRID, 22_000)
        await house.owner.sees("charging_allowed", "off")
        await house.owner.sees("power", "0.0")
        await show(house, _GRID, -7_100)
        await house.owner.sees("current_limit", "10.0")
        await house.box.wait_for(lambda box: box.charging_state == "Charging" and box.limit_a == 10, 30)


async def test_a_car_that_is_full_is_told_with_its_energy(house: House) -> None:
    async with blueprint(
        house,
        "notify_when_done",
        status="our status",
        problem="our problem",
        energy="our energy_session",
        done_minutes=0,
    ):
        await house.box.car_pause()

        async def told() -> str | None:
            found = await house.owner.call("persistent_notification/get")
            return next((row["message"] for row in found if row["title"] == "The car is charged"), None)

        assert "kWh" in str(await house.owner.until(told))


async def test_a_problem_is_told_with_what_the_wallbox_says(house: House) -> None:
    async with blueprint(
        house,
        "notify_when_done",
        status="our status",
        problem="our problem",
        energy="our energy_session",
    ):
        await house.owner.sees("problem", "off")
        await house.box.send_call("NotifyEvent", alert(cleared=False))

        async def told() -> str | None:
            found = await house.owner.call("persistent_notification/get")
            return next(
                (row["message"] for row in found if row["title"] == "The wallbox has a problem"), None
            )

        assert "GroundFault" in str(await house.owner.until(told))
    await house.box.send_call("NotifyEvent", alert(cleared=True))
    await house.owner.sees("problem", "off")


async def test_the_limit_falls_before_the_fuse_does_and_charging_pauses_without_room(house: House) -> None:
    for phase in _PHASES:
        await show(house, phase, 20)
    async with blueprint(
        house,
        "protect_house_fuse",
        allowed="our charging_allowed",
        current_limit="our current_limit",
        wallbox_current="our current",
        house_currents=list(_PHASES),
        fuse=63,
        margin=3,
        highest=32,
        resume_minutes=0,
    ):
        await house.owner.sees("current", "32.0")
        await show(house, _PHASES[1], 72)
        await house.box.wait_for(lambda box: box.limit_a == 20 and box.current_a == 20, 30)
        await house.owner.sees("current", "20.0")
        await show(house, _PHASES[2], 90)
        await house.box.wait_for(lambda box: box.charging_state == "SuspendedEVSE", 45)
        for phase in _PHASES:
            await show(house, phase, 10)
        await house.box.wait_for(lambda box: box.charging_state == "Charging", 30)
        await house.owner.sees("current_limit", "6.0")
