import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from syrupy.assertion import SnapshotAssertion

from bmw_wallbox.domain.state import Facts, StationState
from bmw_wallbox.entities.description import Availability
from bmw_wallbox.entities.discovery import Device, discovery_payload, takes_object_ids
from bmw_wallbox.entities.render import existing
from bmw_wallbox.entities.table import BY_KEY, ROWS
from bmw_wallbox.hass.topics import Topics
from tests.entities.states import charging, fresh, states

DEVICE = Device(name="BMW Wallbox", id_prefix="bmw_wallbox", app_version="0.1.0")


def payload(state: StationState, dropped: dict[str, str] | None = None) -> dict[str, object]:
    topics = Topics(station=state.key)
    return dict(
        discovery_payload(state, existing(state), topics=topics, device=DEVICE, dropped=dropped or {})
    )


def components(state: StationState, dropped: dict[str, str] | None = None) -> dict[str, dict[str, object]]:
    announced = payload(state, dropped)["components"]
    assert isinstance(announced, dict)
    return announced


def test_every_entity_is_announced_like_this(snapshot: SnapshotAssertion) -> None:
    state = charging()
    everything = discovery_payload(state, ROWS, topics=Topics(station=state.key), device=DEVICE, dropped={})
    assert everything == snapshot


@settings(max_examples=50, deadline=None)
@given(state=states)
def test_every_state_gives_a_payload_that_json_can_carry(state: StationState) -> None:
    json.dumps(payload(state), ensure_ascii=False, allow_nan=False).encode("utf-8")


def test_ids_are_unique_and_made_of_station_and_key() -> None:
    announced = components(charging())
    assert {key: entry["unique_id"] for key, entry in announced.items()} == {
        key: f"bmw_wallbox_debmwetest1234567890ab_{key}" for key in announced
    }
    assert {key: entry["default_entity_id"] for key, entry in announced.items()} == {
        key: f"{BY_KEY[key].platform}.bmw_wallbox_{key}" for key in announced
    }


def test_a_station_without_facts_gets_the_makers_and_no_area() -> None:
    assert payload(fresh())["device"] == {
        "identifiers": ["bmw_wallbox_debmwetest1234567890ab"],
        "name": "BMW Wallbox",
        "manufacturer": "BMW",
        "model": "EIAW-E22KTSE6B04",
    }


def test_facts_that_are_no_text_for_home_assistant_are_mended() -> None:
    device = payload(replace(fresh(), facts=Facts(vendor="", model="x" * 500, firmware="1\ud800")))["device"]
    assert isinstance(device, dict)
    assert (device["manufacturer"], len(device["model"]), device["sw_version"]) == ("BMW", 100, "1?")


def test_availability_depends_on_the_wallbox_for_measured_values_only() -> None:
    announced = payload(charging())
    base = "bmw_wallbox/debmwetest1234567890ab"
    assert announced["availability"] == [{"topic": f"{base}/bridge"}, {"topic": f"{base}/wallbox"}]
    assert announced["availability_mode"] == "all"
    for key, entry in components(charging()).items():
        if BY_KEY[key].availability is Availability.MEASURED:
            assert "availability" not in entry
        else:
            assert entry["availability"] == [{"topic": f"{base}/bridge"}]


def test_what_can_grow_stale_expires_and_what_was_counted_does_not() -> None:
    announced = components(charging())
    for key in ("status", "power", "charging", "connected"):
        assert announced[key]["expire_after"] == 180
    for key in ("energy_total", "current_limit", "charging_allowed", "start_charging"):
        assert "expire_after" not in announced[key]


def test_the_highest_limit_is_the_installations() -> None:
    limit = components(replace(fresh(), max_current_a=20.0))["current_limit"]
    assert (limit["min"], limit["max"], limit["step"]) == (6, 20, 1)


def test_a_dropped_component_is_named_by_its_platform_alone() -> None:
    assert components(fresh(), {"old": "sensor"})["old"] == {"platform": "sensor"}


@pytest.mark.parametrize("key", ["status", "charging_state", "id_token", "problem", "last_command_result"])
def test_attributes_come_out_of_the_state_document(key: str) -> None:
    entry = components(charging())[key]
    assert entry["json_attributes_topic"] == "bmw_wallbox/debmwetest1234567890ab/state"
    assert entry["json_attributes_template"] == f"{{{{ value_json.{key}_attributes | tojson }}}}"


@pytest.mark.parametrize(
    ("ha_version", "old"),
    [("2025.4.4", True), ("2025.9.0b1", True), ("2025.10.0", False), ("2026.11.0", False), (None, False)],
)
def test_the_version_of_home_assistant_says_how_an_entity_id_is_suggested(
    ha_version: str | None, *, old: bool
) -> None:
    assert takes_object_ids(ha_version) is old


def test_an_old_home_assistant_is_told_object_ids() -> None:
    device = replace(DEVICE, object_ids=True)
    state = charging()
    told = discovery_payload(state, ROWS, topics=Topics(station=state.key), device=device, dropped={})
    announced = told["components"]
    assert isinstance(announced, dict)
    assert announced["power"]["object_id"] == "bmw_wallbox_power"
    assert "default_entity_id" not in announced["power"]
