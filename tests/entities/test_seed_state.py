import json

import pytest
from hypothesis import given, settings

from bmw_wallbox.domain.state import StationState
from bmw_wallbox.entities.seed_state import state_document
from tests.entities.states import charging, fresh, states

ALWAYS: dict[str, tuple[type, ...]] = {
    "connected": (bool,),
    "charging_state": (str,),
    "connector_status": (str,),
    "evse_id": (int,),
    "connector_id": (int,),
    "current_limit": (float,),
}
TEXTS = """
    last_heartbeat transaction_id event_type trigger_reason stopped_reason last_update id_token id_token_type
    last_reset_daily last_reset_weekly last_reset_monthly last_reset_yearly context location"""
NUMBERS = """
    sequence_number power power_active_export power_reactive_import power_reactive_export power_offered
    power_factor energy_total energy_session energy_cumulative last_session_energy energy_daily energy_weekly
    energy_monthly energy_yearly energy_active_export energy_reactive_import energy_reactive_export current
    current_l1 current_l2 current_l3 voltage voltage_l1 voltage_l2 voltage_l3 frequency temperature soc
    phases_used led_brightness"""
SCHEMA: dict[str, tuple[type, ...]] = {
    **ALWAYS,
    **dict.fromkeys(TEXTS.split(), (str, type(None))),
    **dict.fromkeys(NUMBERS.split(), (int, float, type(None))),
}


@settings(max_examples=150, deadline=None)
@given(state=states)
def test_every_key_of_the_schema_is_there_with_its_type(state: StationState) -> None:
    document = state_document(state, {})
    assert SCHEMA.keys() <= document.keys()
    for key, types in SCHEMA.items():
        assert isinstance(document[key], types), key
    json.dumps(document, allow_nan=False)


@pytest.mark.parametrize(
    ("key", "value"),
    {
        "connected": True,
        "last_heartbeat": "2026-11-20T17:00:00+00:00",
        "charging_state": "Charging",
        "connector_status": "Occupied",
        "evse_id": 1,
        "connector_id": 1,
        "transaction_id": "tx-1",
        "event_type": "Updated",
        "trigger_reason": "MeterValuePeriodic",
        "stopped_reason": None,
        "sequence_number": 7,
        "last_update": "2026-11-20T17:00:00+00:00",
        "id_token": "…C3D4",
        "id_token_type": "ISO14443",
        "power": 11040.0,
        "power_factor": None,
        "energy_total": 1234.567,
        "energy_session": 4321,
        "energy_cumulative": 1230.246,
        "last_session_energy": 4.321,
        "energy_daily": 5.0,
        "energy_weekly": 6.0,
        "energy_monthly": 7.0,
        "energy_yearly": 8.0,
        "last_reset_daily": "2026-11-20T17:00:00+00:00",
        "current": 16.0,
        "current_l2": 15.9,
        "voltage": 230.0,
        "voltage_l3": 231.0,
        "phases_used": 3,
        "led_brightness": 30,
        "current_limit": 16.0,
        "status": "charging",
        "charging_allowed": True,
        "active_limit": 16.0,
        "limit_reason": "user",
    }.items(),
)
def test_a_charging_station_has_this_document(key: str, value: object) -> None:
    assert state_document(charging(), {})[key] == value


def test_what_was_never_reported_is_null_but_power_and_current_are_zero() -> None:
    document = state_document(fresh(), {})
    numbers = {key: document[key] for key in NUMBERS.split() if document[key] is not None}
    assert numbers == {"power": 0.0, "current": 0.0}
    assert (document["charging_state"], document["connector_status"]) == ("Unknown", "Unknown")


def test_the_total_is_the_completed_sessions_and_the_running_one() -> None:
    document = state_document(charging(), {})
    parts = (document["energy_cumulative"], document["last_session_energy"])
    assert sum(part for part in parts if isinstance(part, float)) == pytest.approx(document["energy_total"])


def test_last_command_and_wish_are_told() -> None:
    document = state_document(charging(), {})
    assert document["last_command"] == {
        "id": "c1",
        "command": "set_current_limit",
        "value": "16",
        "outcome": "applied",
        "message": "The wallbox limits the car to 16 A.",
        "asked_by": "home_assistant",
        "asked_at": "2026-11-20T17:00:00+00:00",
        "changed_at": "2026-11-20T17:00:00+00:00",
    }
    assert document["device"] == {
        "vendor": "BMW",
        "model": "EIAW-E22KTSE6B04",
        "serial_number": "KG4235WE",
        "firmware_version": "01.20.06.71",
        "boot_reason": None,
        "booted_at": "2026-11-20T17:00:00+00:00",
        "firmware_status": None,
        "reboot_required": False,
    }


def test_a_token_never_shows_in_full() -> None:
    assert "04A1B2C3D4" not in json.dumps(state_document(charging(), {}))
