"""A charge in a house: what Home Assistant sees of it, at the price that one of its own entities shows."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from tests.homeassistant.core_process import CoreProcess
from tests.homeassistant.house import House, open_house
from tests.homeassistant.owner import State, is_number

pytestmark = pytest.mark.asyncio(loop_scope="module")

_WALLBOX_ID = "DE*BMW*ESESSION00000001"
_SPOT = {"name": "Spot", "valid_from": "2026-01-01", "entity_id": "input_number.price"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_house(
    _core_with_mqtt: CoreProcess, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    async with open_house(_core_with_mqtt, tmp_path_factory.mktemp("house"), _WALLBOX_ID) as house:
        await house.app.panel.put("api/tariffs", {"lists": [_SPOT]})
        await house.app.panel.put("api/settings", {"grid_power_entity": "input_number.grid"})
        await house.app.stop()
        await house.app.start()
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def house(shared_house: House, core: CoreProcess) -> House:
    """Lend the house to one test, with a car that charges."""
    await shared_house.settle()
    return shared_house


async def test_a_charge_is_told_with_its_cost_and_stays_over_a_restart(house: House) -> None:
    owner = house.owner
    await owner.sees("session_event", lambda state: state["attributes"].get("event_type") == "started")
    start = await owner.sees("session_start", lambda state: state["state"] != "unknown")
    await owner.sees("energy_session", lambda state: is_number(state) and float(state["state"]) >= 0.05)
    await house.box.unplug()
    told = await owner.sees("session_event", lambda state: state["attributes"].get("event_type") == "ended")
    ended = told["attributes"]
    assert datetime.fromisoformat(ended["started_at"]).timestamp() == pytest.approx(
        datetime.fromisoformat(start["state"]).timestamp(), abs=1
    )
    assert ended["energy_kwh"] >= 0.05
    assert (ended["cost"], ended["currency"]) == (pytest.approx(ended["energy_kwh"] * 0.325, abs=1e-4), "EUR")
    energy = await owner.sees("completed_session_energy", is_number)
    assert float(energy["state"]) == pytest.approx(ended["energy_kwh"], abs=0.001)
    shown = {}
    for key in ("completed_session_cost", "session_cost", "cost_total"):
        state = shown[key] = await owner.sees(key, is_about(ended["cost"]))
        assert state["attributes"]["unit_of_measurement"] == "EUR"
        assert state["attributes"]["device_class"] == "monetary"
    assert shown["cost_total"]["attributes"]["state_class"] == "total"
    await house.app.stop()
    await owner.sees("cost_total", "unavailable")
    await house.app.start()
    for key, state in shown.items():
        await owner.sees(key, state["state"])


def is_about(amount: float) -> Callable[[State], bool]:
    return lambda state: is_number(state) and abs(float(state["state"]) - amount) < 0.001


async def test_a_price_that_home_assistant_does_not_have_is_a_problem_in_words(house: House) -> None:
    panel = house.app.panel
    try:
        await panel.put("api/tariffs", {"lists": [{**_SPOT, "entity_id": "sensor.nobody"}]})
        view = await panel.until(lambda view: "price_entity_missing" in view.problems)
        assert "sensor.nobody" in view.problems["price_entity_missing"]
    finally:
        await panel.put("api/tariffs", {"lists": [_SPOT]})
    await panel.until(lambda view: "price_entity_missing" not in view.problems)


async def test_another_price_counts_from_when_it_was_shown(house: House) -> None:
    panel, owner = house.app.panel, house.owner
    await owner.perform("input_number.set_value", entity_id="input_number.price", value=-10)
    before = await owner.number("energy_session")
    await owner.sees("energy_session", lambda state: float(state["state"]) >= before + 0.03)
    await house.box.unplug()
    told = await owner.sees(
        "session_event",
        lambda state: state["attributes"].get("event_type") == "ended" and state["attributes"]["cost"] < 0.3,
    )
    ended = told["attributes"]
    assert ended["cost"] < ended["energy_kwh"] * 0.325
    sessions = await panel.get(f"api/stations/{house.station_key}/sessions")
    assert sessions["sessions"][0]["cost"]["price_list"] == "Spot"


async def test_a_charge_while_power_is_fed_into_the_grid_is_all_solar(house: House) -> None:
    before = await house.owner.number("energy_session")
    await house.owner.sees("energy_session", lambda state: float(state["state"]) >= before + 0.03)
    charge = (await house.app.panel.get(f"api/stations/{house.station_key}/sessions"))["sessions"][0]
    await house.box.unplug()

    async def ended() -> dict[str, Any] | None:
        path = f"api/stations/{house.station_key}/sessions/{charge['id']}"
        session: dict[str, Any] = (await house.app.panel.get(path))["session"]
        return None if session["running"] else session

    session = await house.owner.until(ended)
    assert session is not None
    assert session["energy_wh"] >= 30
    assert session["solar_wh"] == session["energy_wh"]


async def test_the_home_s_currency_and_country_are_the_defaults(house: House) -> None:
    tariffs = await house.app.panel.get("api/tariffs")
    assert (tariffs["default_currency"], tariffs["default_country"]) == ("EUR", "DE")
    assert tariffs["currency"] == ""
