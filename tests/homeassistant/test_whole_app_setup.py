"""The whole app before everything around it is in order: it says what is missing, and goes on by itself."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from bmw_wallbox.hass.rest import RestClient
from tests.homeassistant.core_process import CoreProcess
from tests.homeassistant.house import CORE_RETURNS_S, House, open_house
from tests.homeassistant.mosquitto import Mosquitto
from tests.homeassistant.owner import is_number
from tests.support.certificate import CertificateFiles
from tests.support.panel_client import PanelError

_WALLBOX_ID = "DE*BMW*ESETUP0000000001"


async def _problem(house: House, key: str) -> dict[str, str]:
    """Return a problem once the panel shows it."""
    await house.app.panel.until(lambda view: key in view.problems)
    info = await house.app.panel.get("api/info")
    problem: dict[str, str] = next(row for row in info["problems"] if row["key"] == key)
    return problem


async def _no_problem_is_left(house: House) -> None:
    await house.app.panel.until(
        lambda view: view.info and not view.problems.keys() - {"certificate_self_signed"}, CORE_RETURNS_S
    )


async def test_an_app_that_starts_before_core_waits_for_it_and_then_publishes(
    core: CoreProcess, tmp_path: Path
) -> None:
    await asyncio.to_thread(core.stop)
    async with open_house(core, tmp_path, _WALLBOX_ID) as house:
        await house.box.wait_connected()
        await house.box.plug()
        problem = await _problem(house, "home_assistant_unreachable")
        assert "starting" in problem["message"]
        await house.start_core()
        await house.owner.sees("status", "charging", CORE_RETURNS_S)
        await house.owner.sees("power", is_number)
        await _no_problem_is_left(house)


async def test_a_wrong_token_of_the_supervisor_is_explained(core: CoreProcess, tmp_path: Path) -> None:
    async with open_house(core, tmp_path, _WALLBOX_ID, start=False) as house:
        right = dict(house.app.environment)
        house.app.environment["SUPERVISOR_TOKEN"] = "wrong"
        await house.app.start()
        problem = await _problem(house, "home_assistant_unauthorized")
        assert "restart" in problem["message"].lower()
        await house.app.stop()
        assert "wrong" not in house.app.log()
        house.app.environment = right
        await house.settle()
        await _no_problem_is_left(house)


async def test_over_tls_and_with_a_token_of_the_owners_it_works_without_a_supervisor(
    core: CoreProcess, tmp_path: Path, certificate: CertificateFiles
) -> None:
    environment = {"HA_URL": core.url, "HA_TOKEN": "wrong"}
    options = {"ssl": True, **certificate.options}
    async with open_house(
        core, tmp_path, _WALLBOX_ID, environment=environment, options=options, start=False
    ) as house:
        await house.app.start()
        problem = await _problem(house, "home_assistant_unauthorized")
        assert "HA_TOKEN" in problem["message"]
        await house.app.stop()
        house.app.environment["HA_TOKEN"] = core.token
        await house.settle()
        assert house.app.url.startswith("wss://")
        await house.owner.act("number.set_value", "current_limit", value=8)
        await house.box.wait_for(lambda box: box.limit_a == 8)
        await _no_problem_is_left(house)


async def test_without_mqtt_the_panel_offers_to_set_it_up_and_entities_come_once_it_is_there(
    core: CoreProcess, broker: Mosquitto, tmp_path: Path
) -> None:
    async with open_house(core, tmp_path, _WALLBOX_ID, start=False) as house:
        await _remove_mqtt(house)
        try:
            await house.app.start()
            problem = await _problem(house, "mqtt_not_set_up")
            assert problem["action"] == "setup_mqtt"
            assert "MQTT" in problem["message"]
            with pytest.raises(PanelError) as refused:
                await house.app.panel.post("api/home_assistant/setup_mqtt")
            assert "broker of your own" in str(refused.value)
        finally:
            await asyncio.to_thread(core.set_up_mqtt, broker.port)
        await house.settle()
        await _no_problem_is_left(house)


async def _remove_mqtt(house: House) -> None:
    core = house.core
    async with aiohttp.ClientSession() as session:
        rest = RestClient(session, f"{core.url}/api", core.token)
        (entry,) = [row for row in await rest.get("config/config_entries/entry") if row["domain"] == "mqtt"]
        await rest.delete(f"config/config_entries/entry/{entry['entry_id']}")
