"""The HTTP API and the wallbox's own variables."""

from dataclasses import replace

from bmw_wallbox.domain.commands import SetVariable
from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.state import Inventory
from tests.web.memory import ADMIN, KEY, MemoryBackend, charging_state
from tests.web.panel import INGRESS, Panel, make_server, running

STATION = f"/api/stations/{KEY}"
SETTING = Variable(component="OCPPCommCtrlr", variable="HeartbeatInterval", value="10", data_type="integer")
WRITE = {"command": "set_variable", "value": {"name": SETTING.name, "value": 60}}


async def test_variables_are_listed(panel: Panel, backend: MemoryBackend) -> None:
    inventory = Inventory(variables={SETTING.name: SETTING}, complete_for_firmware="1")
    backend.states[KEY] = replace(charging_state(), inventory=inventory)
    (listed,) = await panel.json(f"{STATION}/variables")
    assert (listed["name"], listed["value"]) == (SETTING.name, "10")
    assert listed["entity"] == "var_ocpp_comm_ctrlr_heartbeat_interval"


async def test_an_unknown_station_has_no_variables(panel: Panel) -> None:
    assert (await panel.get("/api/stations/nobody/variables")).status == 404


async def test_a_variable_is_written_by_its_name(panel: Panel, backend: MemoryBackend) -> None:
    assert (await panel.post(f"{STATION}/commands", WRITE)).status == 200
    assert backend.calls == [("execute", KEY, SetVariable(variable=SETTING.name, value="60"), "panel")]


async def test_only_administrators_write_variables(backend: MemoryBackend) -> None:
    async with running(make_server(backend)) as server:
        for user, status in (("somebody", 403), (ADMIN, 200)):
            async with Panel.at(server, INGRESS, {"X-Remote-User-Id": user}) as panel:
                assert (await panel.post(f"{STATION}/commands", WRITE)).status == status
    assert [call[0] for call in backend.calls] == ["execute"]


async def test_a_write_without_a_name_is_refused(panel: Panel) -> None:
    response = await panel.post(f"{STATION}/commands", {"command": "set_variable", "value": 7})
    assert (response.status, (await response.json())["error"]) == (400, "invalid_payload")
