"""A published station on a real Core: what its owner sees, does and breaks."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bmw_wallbox.domain.commands import (
    Command,
    Refresh,
    SetCurrentLimit,
    SetLedBrightness,
    StartCharging,
    StopCharging,
)
from bmw_wallbox.domain.events import MessageReceived, Sample
from bmw_wallbox.domain.state import Change, Facts, Meter, StationState
from bmw_wallbox.entities.description import Availability
from bmw_wallbox.entities.discovery import Device, discovery_payload
from bmw_wallbox.entities.render import values
from bmw_wallbox.entities.table import BY_KEY, ROWS, rows_of
from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.client import Backoff, HomeAssistantClient
from bmw_wallbox.hass.device import Timing
from bmw_wallbox.hass.endpoint import choose_endpoint
from bmw_wallbox.hass.mqtt import MqttTransport
from bmw_wallbox.hass.publisher import Publisher
from bmw_wallbox.hass.rest import RestClient
from bmw_wallbox.hass.topics import Topics
from bmw_wallbox.hass.transport import TransportState
from tests.entities.inventories import simulated
from tests.entities.states import KEY, NOW, OPTIONAL_MEASURANDS, charging
from tests.fakes.supervisor import CoreAddress, FakeSupervisor
from tests.hass.test_publisher import KeptInMemory, StoppedClock
from tests.homeassistant.core_install import NEWEST
from tests.homeassistant.core_process import CoreProcess
from tests.homeassistant.mosquitto import Mosquitto

_QUICK = Backoff(first_s=0.1, longest_s=0.5)
_TIMING = Timing(grace_s=1.0, flap_s=0.1)
_CONFIG = f"homeassistant/device/bmw_wallbox_{KEY}/config"


class Home:
    """One station, its publisher, and the Home Assistant that shows it."""

    def __init__(self, client: HomeAssistantClient, rest: RestClient, transport: MqttTransport) -> None:
        self.client = client
        self.rest = rest
        self.transport = transport
        self.memory = KeptInMemory()
        self.state = charging()
        self.asked: asyncio.Queue[tuple[str, Command, str]] = asyncio.Queue()
        self._listeners: list[Callable[[Change], None]] = []

    def publisher(self) -> Publisher:
        publisher = Publisher(
            self.transport,
            subscribe=self._subscribe,
            execute=lambda *asked: self.asked.put_nowait(asked),
            memory=self.memory,
            clock=StoppedClock(),
            app_version="0.1.0",
            timing=_TIMING,
        )
        publisher.add(self.state)
        return publisher

    def change(self, **fields: Any) -> None:  # noqa: ANN401  (as `replace`)
        before, self.state = self.state, replace(self.state, **fields)
        for listener in self._listeners:
            listener(Change(before, self.state, MessageReceived(at=NOW)))

    async def press(self, domain: str, service: str, entity_id: str, **data: object) -> None:
        await self.client.call(
            "call_service", domain=domain, service=service, service_data={"entity_id": entity_id, **data}
        )

    async def entities(self) -> dict[str, dict[str, Any]]:
        """Return the registry's entries of our device by our key."""
        listed = await self.client.call("config/entity_registry/list")
        start = f"bmw_wallbox_{KEY}_"
        return {
            entry["unique_id"].removeprefix(start): entry
            for entry in listed
            if entry["unique_id"].startswith(start)
        }

    async def device(self) -> dict[str, Any] | None:
        listed = await self.client.call("config/device_registry/list")
        wanted = ["mqtt", f"bmw_wallbox_{KEY}"]
        return next((device for device in listed if wanted in device["identifiers"]), None)

    async def is_removed(self) -> bool:
        return await self.device() is None and not await self.entities()

    async def states(self) -> Mapping[str, dict[str, Any]]:
        return {state["entity_id"]: state for state in await self.rest.get("states")}

    async def until(self, entity_id: str, value: str) -> dict[str, Any]:
        """Poll Core, whose state machine is the proof, for an entity."""
        async with asyncio.timeout(15):
            while True:
                with suppress(HomeAssistantError):
                    state: dict[str, Any] = await self.rest.get(f"states/{entity_id}")
                    if state["state"] == value:
                        return state
                await asyncio.sleep(0.05)

    async def until_open(self) -> None:
        """Wait until messages get through."""
        opened = asyncio.Event()
        self.transport.on_status(lambda _status: opened.set())
        async with asyncio.timeout(15):
            while self.transport.status.state is not TransportState.READY:
                opened.clear()
                await opened.wait()

    async def until_true(self, check: Callable[[], Awaitable[bool]]) -> None:
        """Poll Core's registries until they are as wanted."""
        async with asyncio.timeout(15):
            while not await check():  # noqa: ASYNC110  (Core has no event for it)
                await asyncio.sleep(0.05)

    def _subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)


@pytest.fixture
async def home(core: CoreProcess) -> AsyncIterator[Home]:
    """Connect to Core as the app does, with nothing published yet."""
    address = CoreAddress(url=core.url, token=core.token)
    async with FakeSupervisor(core=address).serving() as supervisor, aiohttp.ClientSession() as session:
        endpoint = choose_endpoint(supervisor.environment)
        assert endpoint is not None
        client = HomeAssistantClient(session, endpoint, backoff=_QUICK)
        rest = RestClient(session, f"{supervisor.url}/core/api", supervisor.token)
        transport = MqttTransport(client, rest, backoff=_QUICK, settle_s=0.6)
        yield Home(client, rest, transport)


@asynccontextmanager
async def _running(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


@pytest.fixture
async def published(home: Home) -> AsyncIterator[Publisher]:
    """Publish the station, charging, while a test lasts; leave nothing behind."""
    publisher = home.publisher()
    async with _running(home.client.run(), publisher.run()):
        await home.until("sensor.bmw_wallbox_power", "11040.0")
        yield publisher
        await publisher.remove()


@pytest.fixture
def home_with_everything(home: Home) -> Home:
    """Let the station report each measurand that OCPP knows."""
    home.state = replace(
        home.state,
        samples={name: Sample(measurand=name, value=1.0, at=NOW) for name in OPTIONAL_MEASURANDS},
        meter=replace(home.state.meter, frequency_hz=50.01, soc_percent=80.0, power_factor=0.99),
    )
    return home


def _shown(state: StationState) -> dict[str, str]:
    """Return what Home Assistant has to show of a state, by entity id."""
    words = {True: "on", False: "off", None: "unknown"}
    return {
        f"{BY_KEY[key].platform}.bmw_wallbox_{key}": words[value]
        if isinstance(value, bool | None)
        else str(value)
        for key, value in values(state, {}).items()
        if BY_KEY[key].exists(state) and BY_KEY[key].enabled(state)
    }


async def test_every_row_becomes_an_entity_with_its_id_and_its_value(
    home_with_everything: Home, published: Publisher
) -> None:
    home = home_with_everything
    await home.until("sensor.bmw_wallbox_soc", "80.0")
    entities = await home.entities()
    assert {key: entry["entity_id"] for key, entry in entities.items()} == {
        row.key: f"{row.platform}.bmw_wallbox_{row.key}" for row in ROWS
    }
    assert {key: entry["entity_category"] for key, entry in entities.items()} == {
        row.key: row.category for row in ROWS
    }
    assert {key for key, entry in entities.items() if entry["disabled_by"]} == {
        row.key for row in ROWS if not row.enabled(home.state)
    }
    states = await home.states()
    shown = _shown(home.state)
    assert {entity_id: states[entity_id]["state"] for entity_id in shown} == shown
    for row in ROWS:
        if row.enabled(home.state):
            extra = states[f"{row.platform}.bmw_wallbox_{row.key}"]["attributes"]
            assert extra.get("unit_of_measurement") == row.unit_of(home.state)
            assert extra.get("device_class") == row.device_class
            assert extra.get("state_class") == row.state_class


async def test_the_device_is_the_wallbox(home: Home, published: Publisher) -> None:
    device = await home.device()
    assert device is not None
    wanted = {
        "name": "BMW Wallbox",
        "manufacturer": "BMW",
        "model": "EIAW-E22KTSE6B04",
        "serial_number": "KG4235WE",
        "sw_version": "01.20.06.71",
        "area_id": None,
    }
    assert {key: device[key] for key in wanted} == wanted


async def test_attributes_and_ranges_arrive(home: Home, published: Publisher) -> None:
    status = await home.until("sensor.bmw_wallbox_status", "charging")
    assert {
        "charging_state": "Charging",
        "power_w": 11040.0,
        "transaction_id": "tx-1",
        "wallbox_connected": True,
    }.items() <= status["attributes"].items()
    limit = (await home.until("number.bmw_wallbox_current_limit", "16.0"))["attributes"]
    assert (limit["min"], limit["max"], limit["step"]) == (6, 32, 1)
    token = await home.until("sensor.bmw_wallbox_id_token", "…C3D4")
    assert token["attributes"]["type"] == "ISO14443"


async def test_unknown_values_are_unknown(home: Home, published: Publisher) -> None:
    home.change(meter=Meter(), transaction=None, last_command=None)
    await home.until("sensor.bmw_wallbox_voltage", "unknown")
    states = await home.states()
    shown = _shown(home.state)
    assert {entity_id: states[entity_id]["state"] for entity_id in shown} == shown


async def test_the_energy_dashboard_takes_total_and_power(
    home: Home, published: Publisher, core: CoreProcess
) -> None:
    used = {"stat_consumption": "sensor.bmw_wallbox_energy_total", "stat_rate": "sensor.bmw_wallbox_power"}
    if core.version != NEWEST.number:
        # The live power of a device came with a later release.
        del used["stat_rate"]
    await home.client.call("energy/save_prefs", device_consumption=[used])
    verdict = await home.client.call("energy/validate")
    await home.client.call("energy/save_prefs", device_consumption=[])
    problems = {issue["type"] for issues in verdict["device_consumption"] for issue in issues}
    # Statistics come into being every five minutes.
    assert problems <= {"statistics_not_defined"}


@pytest.mark.parametrize(
    ("domain", "service", "entity_id", "data", "command"),
    [
        ("button", "press", "button.bmw_wallbox_start_charging", {}, StartCharging()),
        ("button", "press", "button.bmw_wallbox_refresh", {}, Refresh()),
        ("switch", "turn_off", "switch.bmw_wallbox_charging_allowed", {}, StopCharging()),
        (
            "number",
            "set_value",
            "number.bmw_wallbox_current_limit",
            {"value": 10},
            SetCurrentLimit(limit_a=10),
        ),
        (
            "number",
            "set_value",
            "number.bmw_wallbox_led_brightness",
            {"value": 7},
            SetLedBrightness(percent=7),
        ),
    ],
)
async def test_a_control_becomes_a_command(
    home: Home,
    published: Publisher,
    domain: str,
    service: str,
    entity_id: str,
    data: dict[str, object],
    command: Command,
) -> None:
    await home.press(domain, service, entity_id, **data)
    async with asyncio.timeout(10):
        assert await home.asked.get() == (KEY, command, "home_assistant")


async def test_a_wallbox_away_takes_its_measured_values_along_and_brings_them_back(
    home: Home, published: Publisher
) -> None:
    home.change(connected=False)
    await home.until("sensor.bmw_wallbox_power", "unavailable")
    entities, states = await home.entities(), await home.states()
    for key, entry in entities.items():
        if not entry["disabled_by"]:
            away = states[entry["entity_id"]]["state"] == "unavailable"
            assert away is (BY_KEY[key].availability is Availability.MEASURED), key
    assert states["binary_sensor.bmw_wallbox_connected"]["state"] == "off"
    home.change(connected=True, meter=replace(home.state.meter, power_w=230.0))
    await home.until("sensor.bmw_wallbox_power", "230.0")


async def test_everything_is_unavailable_once_the_app_said_goodbye(home: Home, published: Publisher) -> None:
    await published.stop()
    await home.until("number.bmw_wallbox_current_limit", "unavailable")
    states = await home.states()
    ours = {state["state"] for entity_id, state in states.items() if ".bmw_wallbox_" in entity_id}
    assert ours == {"unavailable"}


async def test_new_firmware_shows_on_the_device_and_voids_no_value(home: Home, published: Publisher) -> None:
    home.change(facts=Facts(vendor="BMW", firmware="2.0"))
    await home.until("sensor.bmw_wallbox_firmware_version", "2.0")
    device = await home.device()
    assert device is not None
    assert device["sw_version"] == "2.0"
    await asyncio.sleep(2 * _TIMING.settle_s)  # the repetition has to be over, too
    states = await home.states()
    shown = _shown(home.state)
    assert {entity_id: states[entity_id]["state"] for entity_id in shown} == shown


async def test_a_renamed_entity_keeps_its_name_when_we_announce_it_again(
    home: Home, published: Publisher
) -> None:
    await home.client.call(
        "config/entity_registry/update",
        entity_id="sensor.bmw_wallbox_power",
        name="Leistung",
        new_entity_id="sensor.leistung",
    )
    try:
        home.change(facts=Facts(firmware="3.0"), meter=replace(home.state.meter, power_w=5.0))
        await home.until("sensor.leistung", "5.0")
        assert (await home.entities())["power"]["name"] == "Leistung"
    finally:
        await home.client.call(
            "config/entity_registry/update",
            entity_id="sensor.leistung",
            name=None,
            new_entity_id="sensor.bmw_wallbox_power",
        )


async def test_a_deleted_device_stays_away_until_it_is_registered_again(
    home: Home, published: Publisher
) -> None:
    device = await home.device()
    assert device is not None
    await home.client.call(
        "config/device_registry/remove_config_entry",
        config_entry_id=device["primary_config_entry"],
        device_id=device["id"],
    )
    await home.until_true(home.is_removed)
    home.change(facts=Facts(firmware="4.0"))
    await asyncio.sleep(1)  # nothing must come, and nothing tells when
    assert await home.device() is None
    published.register_again()
    await home.until("sensor.bmw_wallbox_firmware_version", "4.0")


async def test_removing_leaves_no_device_and_no_entity(home: Home, published: Publisher) -> None:
    await published.remove()
    await home.until_true(home.is_removed)


async def test_an_entity_that_a_new_version_drops_leaves_the_registry(home: Home) -> None:
    before = {
        "device": {"identifiers": [f"bmw_wallbox_{KEY}"]},
        "origin": {"name": "BMW Wallbox"},
        "state_topic": f"bmw_wallbox/{KEY}/state",
        "components": {
            "old": {
                "platform": "sensor",
                "unique_id": f"bmw_wallbox_{KEY}_old",
                "name": "Old",
                "value_template": "{{ value_json.power }}",
            }
        },
    }

    async def old_is_there() -> bool:
        return "old" in await home.entities()

    async def old_is_gone() -> bool:
        return "old" not in await home.entities()

    async with _running(home.client.run()):
        await home.until_open()
        await home.transport.publish(_CONFIG, json.dumps(before))
        await home.until_true(old_is_there)
        home.memory.components[KEY] = {"old": "sensor"}
        publisher = home.publisher()
        async with _running(publisher.run()):
            await home.until("sensor.bmw_wallbox_power", "11040.0")
            await home.until_true(old_is_gone)
            await publisher.remove()


async def test_variables_that_move_to_a_message_of_their_own_stay_what_their_owner_made_of_them(
    home: Home, core: CoreProcess
) -> None:
    home.state = replace(home.state, inventory=simulated())
    rows = [row for row in rows_of(home.state) if row.exists(home.state)]
    device = Device(name="BMW Wallbox", id_prefix="bmw_wallbox", app_version="0.1.0")
    one = discovery_payload(home.state, rows, topics=Topics(station=KEY), device=device, dropped={})
    key = "var_local_smart_charging_ctrlr_pv_charging_mode"

    async def all_are_there() -> bool:
        return {row.key for row in rows} <= (await home.entities()).keys()

    async with _running(home.client.run()):
        await home.until_open()
        await home.transport.publish(_CONFIG, json.dumps(one))
        await home.until_true(all_are_there)
        before = await home.entities()
        entity_id = before[key]["entity_id"]
        await home.client.call(
            "config/entity_registry/update", entity_id=entity_id, new_entity_id="select.sun", name="Sun"
        )
        home.memory.components[KEY] = {row.key: row.platform.value for row in rows}
        warned = core.log().count("exceed maximum size")
        assert warned  # of the one long message
        publisher = home.publisher()
        async with _running(publisher.run()):
            await home.until("select.sun", "direct")
            await home.until("sensor.bmw_wallbox_power", "11040.0")
            after = await home.entities()
            assert {name: entry["id"] for name, entry in after.items()} == {
                name: entry["id"] for name, entry in before.items()
            }
            assert after[key]["name"] == "Sun"
            home.change(facts=Facts(firmware="5.0"))
            await home.until("sensor.bmw_wallbox_firmware_version", "5.0")
            assert core.log().count("exceed maximum size") == warned
            await publisher.remove()
        await home.until_true(home.is_removed)


async def test_a_broker_that_was_away_brings_the_newest_values(
    home: Home, published: Publisher, broker: Mosquitto
) -> None:
    await asyncio.to_thread(broker.stop)
    await home.until("sensor.bmw_wallbox_power", "unavailable")
    for power_w in (1.0, 2.0, 3.0):
        home.change(meter=replace(home.state.meter, power_w=power_w))
    await asyncio.to_thread(broker.start)
    await home.until("sensor.bmw_wallbox_power", "3.0")
