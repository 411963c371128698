import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from bmw_wallbox.domain.commands import (
    Refresh,
    Restart,
    SetCurrentLimit,
    SetLedBrightness,
    StartCharging,
    StopCharging,
)
from bmw_wallbox.domain.events import Sample
from bmw_wallbox.domain.state import Meter, StationState
from bmw_wallbox.entities.description import (
    READ_ONLY,
    STATELESS,
    Availability,
    Category,
    EntityRow,
    Platform,
)
from bmw_wallbox.entities.docs import with_tables
from bmw_wallbox.entities.render import existing, state_document, values
from bmw_wallbox.entities.session_rows import SESSION_ROWS
from bmw_wallbox.entities.table import BY_KEY, ROWS
from bmw_wallbox.errors import InvalidPayloadError
from tests.entities.states import NOW, OPTIONAL_MEASURANDS, charging, fresh, inventory, states, variable

DOCS = Path(__file__).parents[2] / "bmw_wallbox_addon/DOCS.md"

KEYS_BY_PLATFORM = {
    "sensor": """
        status power energy_total energy_session energy_daily energy_weekly energy_monthly energy_yearly
        current voltage charging_state connector_status current_l1 current_l2 current_l3 voltage_l1 voltage_l2
        voltage_l3 phases_used id_token transaction_id event_type trigger_reason stopped_reason
        sequence_number last_update last_heartbeat active_limit limit_reason last_command_result
        firmware_version power_active_export power_reactive_import power_reactive_export power_offered
        power_factor energy_active_export energy_reactive_import energy_reactive_export frequency temperature
        soc session_start session_duration session_cost completed_session_energy completed_session_cost
        cost_total""",
    "event": "session_event",
    "binary_sensor": "charging connected vehicle_connected restart_required problem",
    "button": "start_charging stop_charging refresh restart",
    "number": "current_limit led_brightness",
    "switch": "charging_allowed",
}


@pytest.mark.parametrize("platform", KEYS_BY_PLATFORM)
def test_the_table_holds_the_promised_entities(platform: str) -> None:
    assert sorted(row.key for row in ROWS if row.platform == platform) == sorted(
        KEYS_BY_PLATFORM[platform].split()
    )


def test_keys_and_names_are_unique() -> None:
    assert len(BY_KEY) == len(ROWS)
    assert len({(row.platform, row.name) for row in ROWS}) == len(ROWS)


def test_the_documentation_shows_the_table_as_it_is() -> None:
    text = DOCS.read_text("utf-8")
    assert with_tables(text) == text, "run script/document"
    assert all(f"_{row.key}`" in text for row in ROWS)


@pytest.mark.parametrize("text", ["", "<!-- entities -->", "<!-- entities --><!-- /entities -->" * 2])
def test_a_document_without_its_two_markers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="once"):
        with_tables(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "Power"},
        {"name": "power"},
        {"name": "Wallbox power"},
        {"about": "Power"},
        {"command": "refresh"},
        {"category": Category.CONFIG},
        {"state_class": "measurement", "unit": None},
        {"state_class": "measurement", "precision": None},
        {"platform": Platform.BINARY_SENSOR},
        {"platform": Platform.BUTTON},
        {"platform": Platform.NUMBER},
        {"platform": Platform.SWITCH, "command": None},
        {"device_class": "enum"},
        {"options": ("on",)},
        {"device_class": "enum", "options": ("unknown",)},
        {"device_class": "enum", "options": ("unavailable",)},
        {"device_class": "enum", "options": ("Charging",)},
        {"device_class": "enum", "options": ("on", "on")},
        {"icon": "hass:flash"},
    ],
    ids=str,
)
def test_a_row_that_contradicts_itself_is_refused(wrong: dict[str, object]) -> None:
    good: dict[str, object] = {
        "key": "power",
        "platform": Platform.SENSOR,
        "name": "Power",
        "about": "Power.",
        "value": lambda state: state.meter.power_w,
        "state_class": "measurement",
        "unit": "W",
        "precision": 0,
    }
    EntityRow(**good)  # type: ignore[arg-type]  # a table of fields has no static types
    with pytest.raises(ValueError, match="entity"):
        EntityRow(**{**good, **wrong})  # type: ignore[arg-type]  # as above


@settings(max_examples=150, deadline=None)
@given(state=states)
def test_every_state_renders_to_a_complete_document_that_json_can_carry(state: StationState) -> None:
    document = state_document(state, {})
    text = json.dumps(document, allow_nan=False)
    text.encode("utf-8")
    json.dumps(document, ensure_ascii=False).encode("utf-8")
    assert set(document) == {row.key for row in ROWS if row.platform not in STATELESS} | {
        f"{row.key}_attributes" for row in ROWS if row.attributes is not None
    }
    for row in ROWS:
        if row.options and row.platform not in STATELESS:
            assert document[row.key] in {None, *row.options}


@settings(max_examples=100, deadline=None)
@given(state=states)
def test_a_number_stays_in_its_range_since_home_assistant_drops_what_does_not(state: StationState) -> None:
    for row in ROWS:
        limits = row.limits(state)
        value = row.value(state)
        if limits is not None and value is not None:
            assert isinstance(value, float | int)
            assert value <= limits[1]


def test_a_station_without_a_word_shows_unknown_values_but_no_power() -> None:
    shown = values(fresh(), {})
    known = {key: value for key, value in shown.items() if value is not None}
    assert known == {
        "power": 0.0,
        "current": 0.0,
        "connected": False,
        "current_limit": 32.0,
        "charging_allowed": True,
        "restart_required": False,
    }


def test_power_and_current_are_zero_once_no_transaction_runs() -> None:
    shown = values(replace(charging(), transaction=None), {})
    assert [shown[key] for key in ("power", "current", "current_l1", "current_l3")] == [0, 0, 0, 0]
    assert shown["voltage_l1"] == 229
    assert shown["transaction_id"] is None


def test_energies_are_shown_in_kilowatt_hours() -> None:
    shown = values(charging(), {})
    assert shown["energy_total"] == 1234.567
    assert shown["energy_session"] == 4.321
    assert shown["energy_yearly"] == 8.0


def test_an_id_token_is_shown_by_its_name_or_its_last_four_characters() -> None:
    assert values(charging(), {})["id_token"] == "…C3D4"
    assert values(charging(), {"04a1b2c3d4": "Anna"})["id_token"] == "Anna"
    assert "04A1B2C3D4" not in json.dumps(state_document(charging(), {}))


def test_an_unreported_measurand_has_no_entity() -> None:
    keys = {row.key for row in existing(charging())}
    assert keys == {row.key for row in ROWS if row.measurand is None}
    assert {row.measurand for row in ROWS} - {None} == set(OPTIONAL_MEASURANDS)


@pytest.mark.parametrize("measurand", OPTIONAL_MEASURANDS)
def test_a_measurand_has_an_entity_once_it_is_configured_or_was_received(measurand: str) -> None:
    configured = replace(
        fresh(),
        inventory=inventory(variable("SampledDataCtrlr", "TxUpdatedMeasurands", f"Voltage, {measurand}")),
    )
    received = replace(fresh(), samples={f"{measurand}/l1": Sample(measurand=measurand, value=1.0, at=NOW)})
    for state in (configured, received):
        assert [row.measurand for row in existing(state) if row.measurand] == [measurand]


@pytest.mark.parametrize(
    ("meter", "supply_phases", "enabled"),
    [
        (Meter(), None, True),
        (Meter(), "1", False),
        (Meter(), "3", True),
        (Meter(phases_used=1), None, False),
        (Meter(voltage_l1_v=230.0, voltage_l2_v=0.0), None, False),
        (Meter(voltage_l1_v=230.0, voltage_l2_v=229.0, phases_used=1), None, True),
        (Meter(voltage_l1_v=230.0, voltage_l2_v=229.0), "1", True),
    ],
)
def test_phase_values_are_disabled_at_first_on_one_phase(
    *, meter: Meter, supply_phases: str | None, enabled: bool
) -> None:
    known = inventory(variable("ChargingStation", "SupplyPhases", supply_phases)) if supply_phases else None
    state = replace(fresh(), meter=meter, inventory=known or fresh().inventory)
    phases = [row for row in ROWS if re.search(r"_l[123]$", row.key)]
    assert len(phases) == 6
    assert all(row.enabled(state) is enabled for row in phases)


def test_entities_that_would_fill_the_recorder_are_disabled_at_first() -> None:
    assert {row.key for row in ROWS if not row.enabled(charging())} == {
        "last_heartbeat",
        "last_update",
        "sequence_number",
        "event_type",
        "trigger_reason",
    }


def test_what_outlives_the_wallbox_connection_is_what_the_app_itself_knows() -> None:
    staying = {row.key for row in ROWS if row.availability is not Availability.MEASURED}
    assert staying == {row.key for row in ROWS if row.key.startswith("energy_")} | {
        "connected",
        "current_limit",
        "charging_allowed",
        "start_charging",
        "stop_charging",
        "last_command_result",
    } | {row.key for row in SESSION_ROWS}


def test_the_led_shows_the_brightness_of_whichever_variable_the_station_has() -> None:
    for known in (
        variable("ChargingStation", "StatusLedBrightness", "46"),
        variable("StatusLED", "brightness", "46"),
    ):
        state = replace(fresh(), inventory=inventory(known))
        assert values(state, {})["led_brightness"] == 46


@pytest.mark.parametrize(
    ("key", "payload", "command"),
    [
        ("start_charging", "PRESS", StartCharging()),
        ("stop_charging", "PRESS", StopCharging()),
        ("refresh", "PRESS", Refresh()),
        ("restart", "PRESS", Restart(when="on_idle")),
        ("charging_allowed", "ON", StartCharging()),
        ("charging_allowed", "OFF", StopCharging()),
        ("current_limit", "16", SetCurrentLimit(limit_a=16)),
        ("current_limit", "6.0", SetCurrentLimit(limit_a=6)),
        ("led_brightness", "0", SetLedBrightness(percent=0)),
    ],
)
def test_a_control_turns_its_payload_into_a_command(key: str, payload: str, command: object) -> None:
    assert BY_KEY[key].parse(payload, fresh()) == command


@pytest.mark.parametrize(
    ("key", "payload"),
    [
        ("current_limit", "5"),
        ("current_limit", "17"),
        ("current_limit", "nan"),
        ("current_limit", ""),
        ("led_brightness", "101"),
        ("charging_allowed", "maybe"),
        ("restart", "now"),
        ("power", "7"),
    ],
)
def test_a_payload_that_does_not_fit_is_refused_in_words(key: str, payload: str) -> None:
    with pytest.raises(InvalidPayloadError):
        BY_KEY[key].parse(payload, replace(fresh(), max_current_a=16.0))


def test_controls_and_only_controls_take_commands() -> None:
    assert {row.key for row in ROWS if row.command} == {
        row.key for row in ROWS if row.platform not in READ_ONLY
    }
