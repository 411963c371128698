import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest

from bmw_wallbox.domain.commands import Command, SetCurrentLimit, StartCharging, StopCharging
from bmw_wallbox.domain.events import MessageReceived, Sample
from bmw_wallbox.domain.state import Change, CommandReport, Facts, Meter, StationState
from bmw_wallbox.domain.vocabulary import Outcome
from bmw_wallbox.errors import StationOfflineError, StoreError
from bmw_wallbox.hass.device import Timing
from bmw_wallbox.hass.publisher import Publisher
from tests.entities.states import KEY, NOW, charging, fresh
from tests.fakes.memory_transport import MemoryTransport

BASE = f"bmw_wallbox/{KEY}"
CONFIG = f"homeassistant/device/bmw_wallbox_{KEY}/config"
STATE, BRIDGE, WALLBOX = f"{BASE}/state", f"{BASE}/bridge", f"{BASE}/wallbox"
QUICK = Timing(merge_s=0.02, refresh_s=600, grace_s=0.1, flap_s=0.02, settle_s=0.01)


class StoppedClock:
    def now(self) -> datetime:
        return NOW

    def monotonic_s(self) -> float:
        return 0.0


@dataclass
class KeptInMemory:
    """What the store would keep."""

    components: dict[str, dict[str, str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    broken: bool = False

    async def published(self, station: str) -> Mapping[str, str]:
        if self.broken:
            raise StoreError("The disk is full.")
        return self.components.get(station, {})

    async def set_published(self, station: str, components: Mapping[str, str]) -> None:
        if self.broken:
            raise StoreError("The disk is full.")
        self.components[station] = dict(components)

    async def removed(self, station: str) -> bool:
        if self.broken:
            raise StoreError("The disk is full.")
        return station in self.gone

    async def set_removed(self, station: str, *, removed: bool) -> None:
        if self.broken:
            raise StoreError("The disk is full.")
        (self.gone.add if removed else self.gone.discard)(station)


class House:
    """The stations, as the app holds them."""

    def __init__(self) -> None:
        self.transport = MemoryTransport()
        self.memory = KeptInMemory()
        self.asked: list[tuple[str, Command, str]] = []
        self.refusal: Exception | None = None
        self._listeners: list[Callable[[Change], None]] = []
        self._states: dict[str, StationState] = {}

    def publisher(self, *states: StationState, timing: Timing = QUICK) -> Publisher:
        publisher = Publisher(
            self.transport,
            subscribe=self.subscribe,
            execute=self.execute,
            memory=self.memory,
            clock=StoppedClock(),
            app_version="0.1.0",
            timing=timing,
        )
        for state in states:
            self._states[state.key] = state
            publisher.add(state)
        return publisher

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def execute(self, station: str, command: Command, asked_by: str) -> None:
        if self.refusal:
            raise self.refusal
        self.asked.append((station, command, asked_by))

    def change(self, **fields: Any) -> None:  # noqa: ANN401  (as `replace`)
        before = self._states[KEY]
        self._states[KEY] = after = replace(before, **fields)
        for listener in self._listeners:
            listener(Change(before, after, MessageReceived(at=NOW)))

    def power(self, power_w: float) -> None:
        self.change(meter=replace(self._states[KEY].meter, power_w=power_w))

    def document(self) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(self.transport.retained[STATE])
        return shown

    def config(self) -> dict[str, Any]:
        announced: dict[str, Any] = json.loads(self.transport.retained[CONFIG])
        return announced

    async def until_shown(self, key: str, value: object) -> None:
        await self.transport.until(lambda: STATE in self.transport.retained and self.document()[key] == value)


@pytest.fixture
def house() -> House:
    return House()


@asynccontextmanager
async def running(publisher: Publisher) -> AsyncIterator[None]:
    task = asyncio.create_task(publisher.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def announced(house: House, timing: Timing = QUICK) -> AsyncIterator[Publisher]:
    """Run a publisher of one charging station that Home Assistant knows of."""
    publisher = house.publisher(charging(), timing=timing)
    async with running(publisher):
        await house.transport.open()
        yield publisher


async def test_the_first_announcement_is_config_then_values_then_availability(house: House) -> None:
    async with announced(house):
        assert house.transport.topics() == ["config", "state", "wallbox", "bridge"]
        assert (house.transport.retained[WALLBOX], house.transport.retained[BRIDGE]) == ("online", "online")
        assert house.document()["power"] == 11040
        assert house.config()["components"]["power"]["unique_id"] == f"bmw_wallbox_{KEY}_power"
        assert all(message.retain for message in house.transport.published)
        assert [message.expiry_s for message in house.transport.published] == [None, None, None, 180]


async def test_a_wallbox_that_never_connected_is_offline_with_unknown_values(house: House) -> None:
    publisher = house.publisher(fresh())
    async with running(publisher):
        await house.transport.open()
        assert house.transport.retained[WALLBOX] == "offline"
        assert house.document()["voltage"] is None


async def test_nothing_is_published_before_the_way_is_open(house: House) -> None:
    async with running(house.publisher(charging())):
        house.power(1)
        house.power(2)
        assert house.transport.published == []
        await house.transport.open()
        assert house.transport.topics() == ["config", "state", "wallbox", "bridge"]
        assert house.document()["power"] == 2


async def test_a_station_approved_later_is_announced_at_once(house: House) -> None:
    publisher = house.publisher()
    async with running(publisher):
        await house.transport.open()
        publisher.add(charging())
        await house.transport.until(lambda: BRIDGE in house.transport.retained)
        assert publisher.bridge_topics == (BRIDGE,)


async def test_one_change_goes_at_once_and_a_burst_is_merged_to_the_newest(house: House) -> None:
    async with announced(house, replace(QUICK, merge_s=0.1, settle_s=600)):
        house.power(1)
        await house.until_shown("power", 1)
        before = len(house.transport.payloads(STATE))
        for power_w in range(2, 100):
            house.power(power_w)
            await asyncio.sleep(0)
        await house.until_shown("power", 99)
        assert len(house.transport.payloads(STATE)) - before == 1


async def test_a_change_that_shows_nowhere_is_not_published(house: House) -> None:
    async with announced(house, replace(QUICK, settle_s=600)):
        house.change(profile_calls=7)
        house.change(remote="192.0.2.7")
        house.power(5)
        await house.until_shown("power", 5)
        assert house.transport.topics() == ["config", "state", "wallbox", "bridge", "state"]


async def test_everything_is_refreshed_regularly_so_that_nothing_expires(house: House) -> None:
    async with announced(house, replace(QUICK, refresh_s=0.05, settle_s=600)):
        await house.transport.until(lambda: len(house.transport.payloads(BRIDGE)) >= 3)
        assert len(house.transport.payloads(STATE)) >= 3
        assert len(house.transport.payloads(CONFIG)) == 1
        assert {message.expiry_s for message in house.transport.published if message.topic == BRIDGE} == {180}


async def test_home_assistant_or_the_broker_came_back_so_everything_is_said_again(house: House) -> None:
    async with announced(house):
        house.transport.close()
        house.transport.retained.clear()
        house.power(1)
        house.power(2)
        house.transport.published.clear()
        await house.transport.open()
        assert house.transport.topics() == ["config", "state", "wallbox", "bridge"]
        assert house.document()["power"] == 2


async def test_another_discovery_prefix_moves_the_configuration(house: House) -> None:
    async with announced(house):
        house.transport.discovery_prefix = "ha"
        await house.transport.open()
        assert CONFIG not in house.transport.retained
        assert f"ha/device/bmw_wallbox_{KEY}/config" in house.transport.retained
        house.power(3)
        await house.until_shown("power", 3)


async def test_a_stalled_home_assistant_delays_nobody_and_gets_the_newest_only(house: House) -> None:
    async with announced(house, replace(QUICK, settle_s=600)):
        house.transport.flowing.clear()
        started = house.transport.started
        house.power(1)
        await house.transport.until(lambda: house.transport.started > started)
        for power_w in range(2, 1000):
            house.power(power_w)
        seen = len(house.transport.payloads(STATE))
        house.transport.flowing.set()
        await house.until_shown("power", 999)
        assert len(house.transport.payloads(STATE)) - seen == 2


async def test_a_wallbox_away_for_long_takes_its_measured_values_along(house: House) -> None:
    async with announced(house):
        house.change(connected=False)
        await house.transport.until(lambda: house.transport.retained[WALLBOX] == "offline")
        assert house.document()["connected"] == "OFF"
        assert house.transport.retained[BRIDGE] == "online"


async def test_a_grace_that_ends_while_states_are_merged_is_not_missed(house: House) -> None:
    async with announced(house, replace(QUICK, merge_s=0.2, settle_s=600)):
        house.change(connected=False)
        await house.transport.until(lambda: house.transport.retained[WALLBOX] == "offline")


async def test_a_wallbox_back_within_the_grace_was_never_away(house: House) -> None:
    async with announced(house, replace(QUICK, grace_s=600, flap_s=600, settle_s=600)):
        for power_w in range(5):
            house.change(connected=False)
            house.power(power_w)
            await house.until_shown("power", power_w)
            house.change(connected=True)
        house.power(100)
        await house.until_shown("power", 100)
        assert house.transport.payloads(WALLBOX) == ["online"]
        assert {json.loads(payload)["connected"] for payload in house.transport.payloads(STATE)} == {"ON"}


async def test_a_wallbox_that_comes_back_shows_fresh_values_before_it_is_available(house: House) -> None:
    async with announced(house, replace(QUICK, settle_s=600)):
        house.change(connected=False)
        await house.transport.until(lambda: house.transport.retained[WALLBOX] == "offline")
        house.transport.published.clear()
        house.change(connected=True, meter=Meter(power_w=7.0))
        await house.transport.until(lambda: house.transport.retained[WALLBOX] == "online")
        assert house.transport.topics() == ["state", "wallbox"]
        assert json.loads(house.transport.published[0].payload)["power"] == 7


async def test_new_firmware_updates_the_device_and_repeats_the_values_it_voids(house: House) -> None:
    async with announced(house, replace(QUICK, settle_s=0.05)):
        await house.transport.until(lambda: len(house.transport.payloads(STATE)) == 2)
        house.transport.published.clear()
        house.change(facts=Facts(firmware="2.0"))
        await house.transport.until(lambda: len(house.transport.payloads(STATE)) == 2)
        assert house.transport.topics() == ["config", "state", "state"]
        assert house.config()["device"]["sw_version"] == "2.0"


async def test_a_measurand_that_turns_up_gets_its_entity_and_keeps_it_over_a_restart(house: House) -> None:
    async with announced(house):
        assert "frequency" not in house.config()["components"]
        house.change(samples={"Frequency": Sample(measurand="Frequency", value=50.0, at=NOW)})
        await house.transport.until(lambda: "frequency" in house.config()["components"])
    house.transport.close()
    async with announced(house):
        assert "frequency" in house.config()["components"]


async def test_an_entity_that_a_new_version_drops_is_removed_once(house: House) -> None:
    house.memory.components[KEY] = {"power": "sensor", "old_sensor": "sensor", "old_switch": "switch"}
    async with announced(house):
        first, second = (json.loads(payload)["components"] for payload in house.transport.payloads(CONFIG))
        assert first["old_sensor"] == {"platform": "sensor"}
        assert first["old_switch"] == {"platform": "switch"}
        assert "old_sensor" not in second
        assert first.keys() - second.keys() == {"old_sensor", "old_switch"}
        assert "old_sensor" not in house.memory.components[KEY]
        await house.transport.open()
        assert len(house.transport.payloads(CONFIG)) == 3


async def test_a_store_out_of_order_does_not_keep_the_entities_away(house: House) -> None:
    house.memory.broken = True
    async with announced(house):
        assert "power" in house.config()["components"]


async def test_a_device_deleted_by_its_owner_stays_away_until_registered_again(house: House) -> None:
    async with announced(house) as publisher:
        del house.transport.retained[CONFIG]
        house.transport.deliver(CONFIG, "")
        house.transport.published.clear()
        house.change(facts=Facts(firmware="2.0"))
        await house.transport.open()
        assert house.transport.published == []
        publisher.register_again()
        await house.transport.until(lambda: "bridge" in house.transport.topics())
        assert house.config()["device"]["sw_version"] == "2.0"


async def test_a_configuration_that_crossed_the_deletion_is_taken_back(house: House) -> None:
    async with announced(house):
        transport = house.transport
        transport.flowing.clear()
        before = transport.started
        house.change(facts=Facts(firmware="2.0"))
        await transport.until(lambda: transport.started > before)
        transport.deliver(CONFIG, "")
        transport.flowing.set()
        await transport.until(lambda: transport.payloads(CONFIG)[-1] == "")
        assert CONFIG not in transport.retained


async def test_removing_clears_all_that_was_retained_and_keeps_quiet_after(house: House) -> None:
    async with announced(house) as publisher:
        await publisher.remove()
        assert house.transport.retained == {}
        await house.transport.open()
        assert house.transport.retained == {}
        publisher.register_again()
        await house.transport.until(lambda: BRIDGE in house.transport.retained)
        house.power(12)
        await house.until_shown("power", 12)


async def test_a_forgotten_station_leaves_home_assistant(house: House) -> None:
    async with announced(house) as publisher:
        await publisher.forget(KEY)
        assert house.transport.retained == {}
        assert publisher.bridge_topics == ()
        house.power(1)
        await publisher.forget(KEY)


async def test_stopping_says_offline_and_nothing_after_it(house: House) -> None:
    async with announced(house) as publisher:
        await publisher.stop()
        assert house.transport.retained[BRIDGE] == "offline"
        await house.transport.open()
        assert house.transport.retained[BRIDGE] == "offline"
        assert house.transport.topics()[-1] == "bridge"


async def test_stopping_without_home_assistant_is_quick_and_quiet(house: House) -> None:
    publisher = house.publisher(charging())
    async with running(publisher):
        await publisher.stop()
    assert house.transport.published == []


async def test_stopping_while_home_assistant_stalls_takes_two_seconds_at_most(house: House) -> None:
    async with announced(house) as publisher:
        house.transport.flowing.clear()
        async with asyncio.timeout(3):
            await publisher.stop()


@pytest.mark.parametrize(
    ("key", "payload", "command"),
    [
        ("start_charging", "PRESS", StartCharging()),
        ("charging_allowed", "OFF", StopCharging()),
        ("current_limit", "10", SetCurrentLimit(limit_a=10)),
    ],
)
async def test_a_command_arrives_as_home_assistants(
    house: House, key: str, payload: str, command: Command
) -> None:
    async with announced(house):
        house.transport.deliver(f"{BASE}/cmd/{key}", payload)
        assert house.asked == [(KEY, command, "home_assistant")]


async def test_a_retained_command_is_a_leftover_and_ignored(house: House) -> None:
    house.transport.retained[f"{BASE}/cmd/stop_charging"] = "PRESS"
    async with announced(house):
        house.transport.deliver(f"{BASE}/cmd/stop_charging", "PRESS", retained=True)
        house.transport.deliver(f"{BASE}/cmd/nonsense", "PRESS")
        assert house.asked == []


@pytest.mark.parametrize(
    ("key", "payload"),
    [("current_limit", "99"), ("current_limit", "x"), ("power", "1"), ("charging_allowed", "")],
)
async def test_a_command_that_cannot_be_read_is_reported_as_refused(
    house: House, key: str, payload: str
) -> None:
    async with announced(house):
        house.transport.deliver(f"{BASE}/cmd/{key}", payload)
        await house.until_shown("last_command_result", "refused")
        assert house.asked == []
        assert "cannot be" in house.document()["last_command_result_attributes"]["message"]


async def test_a_command_that_is_refused_outright_is_reported_in_the_same_words(house: House) -> None:
    async with announced(house):
        house.refusal = StationOfflineError("Reset")
        house.transport.deliver(f"{BASE}/cmd/restart", "PRESS")
        await house.until_shown("last_command_result", "refused")
        assert house.document()["last_command_result_attributes"]["message"] == str(house.refusal)


async def test_a_later_command_takes_the_place_of_a_refusal(house: House) -> None:
    async with announced(house):
        house.transport.deliver(f"{BASE}/cmd/current_limit", "99")
        await house.until_shown("last_command_result", "refused")
        later = NOW.replace(hour=18)
        house.change(
            last_command=CommandReport(
                id="c2",
                command="refresh",
                outcome=Outcome.APPLIED,
                message="Done.",
                asked_at=later,
                changed_at=later,
            )
        )
        await house.until_shown("last_command_result", "applied")


async def test_stations_have_names_and_ids_of_their_own(house: House) -> None:
    second = replace(charging(), key="second", charge_point_id="SECOND")
    simulated = replace(charging(), key="simulated1", charge_point_id="SIMULATED1", simulated=True)
    async with running(house.publisher(simulated, charging(), second)):
        await house.transport.open()
    configs = {
        topic: json.loads(payload)
        for topic, payload in house.transport.retained.items()
        if topic.endswith("/config")
    }
    assert {
        config["device"]["name"]: config["components"]["power"]["default_entity_id"]
        for config in configs.values()
    } == {
        "BMW Wallbox": "sensor.bmw_wallbox_power",
        "BMW Wallbox (SECOND)": "sensor.bmw_wallbox_second_power",
        "BMW Wallbox (simulated)": "sensor.bmw_wallbox_simulated_power",
    }


async def test_what_happens_is_told_once_and_never_retained(house: House) -> None:
    topic = f"bmw_wallbox/{KEY}/event/session_event"
    async with announced(house) as publisher:
        publisher.happened(KEY, "session_event", "started", {"person": "Anna"})
        await house.transport.until(lambda: bool(house.transport.payloads(topic)))
        await house.transport.open()
        house.power(1234.0)
        await house.until_shown("power", 1234.0)
    (payload,) = house.transport.payloads(topic)
    assert json.loads(payload) == {"event_type": "started", "person": "Anna"}
    assert topic not in house.transport.retained


async def test_what_happened_while_the_way_was_closed_is_told_when_it_opens(house: House) -> None:
    topic = f"bmw_wallbox/{KEY}/event/session_event"
    async with announced(house) as publisher:
        house.transport.close()
        for number in range(30):
            publisher.happened(KEY, "session_event", "ended", {"number": number})
        await house.transport.open()
        await house.transport.until(lambda: len(house.transport.payloads(topic)) >= 20)
    told = [json.loads(payload)["number"] for payload in house.transport.payloads(topic)]
    assert told == list(range(10, 30))


async def test_a_device_that_was_deleted_stays_away_after_a_restart_until_asked_for(house: House) -> None:
    async with announced(house):
        house.transport.deliver(CONFIG, "")
        await _until(lambda: house.memory.gone == {KEY})
    house.transport.retained.clear()
    house.transport.published.clear()
    async with running(publisher := house.publisher(charging())):
        await house.transport.open()
        assert house.transport.published == []
        publisher.register_again()
        await house.transport.until(lambda: CONFIG in house.transport.retained)
        await _until(lambda: house.memory.gone == set())


async def _until(seen: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not seen():  # noqa: ASYNC110  (a memory has no event)
            await asyncio.sleep(0.01)
