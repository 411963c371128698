"""What the wallbox offers, as rows, discovery and values."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bmw_wallbox.domain.commands import SetVariable
from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.state import Inventory, StationState
from bmw_wallbox.domain.variables import WITHHELD
from bmw_wallbox.entities.description import Category, EntityRow, Platform
from bmw_wallbox.entities.discovery import Device, discovery_payload
from bmw_wallbox.entities.known_variables import KNOWN_VARIABLES, KnownVariable
from bmw_wallbox.entities.render import existing, state_document
from bmw_wallbox.entities.table import BY_KEY, find_row
from bmw_wallbox.entities.variable_list import variable_list
from bmw_wallbox.entities.variables import KEY_PREFIX, MOST_KNOWN, MOST_OTHERS, variable_rows
from bmw_wallbox.hass.topics import Topics
from tests.entities.inventories import LOCAL, many, simulated
from tests.entities.states import charging, fresh, inventory

DLC = "var_local_smart_charging_ctrlr_dlc_enabled"
PV_MODE = "var_local_smart_charging_ctrlr_pv_charging_mode"
PV_CURRENT = "var_local_smart_charging_ctrlr_pv_minimum_current"
HOUSEHOLD = "var_metering_ctrlr_aggregation_household_power_active_avg"
_LARGEST_PAYLOAD_BYTES = 192 * 1024
"""Far below what Home Assistant's WebSocket (4 MB) and a broker take."""


def having(*variables: Variable) -> StationState:
    return replace(charging(), inventory=inventory(*variables))


def local(name: str = "Thing", **traits: object) -> Variable:
    fields: dict[str, object] = {"component": LOCAL, "variable": name, "data_type": "integer", **traits}
    return Variable(**fields)  # type: ignore[arg-type]  # a table of fields has no static types


def only(state: StationState) -> EntityRow:
    (row,) = variable_rows(state)
    return row


def component(state: StationState, key: str) -> dict[str, object]:
    device = Device(name="BMW Wallbox", id_prefix="bmw_wallbox", app_version="0.1.0")
    payload = discovery_payload(
        state, existing(state), topics=Topics(station=state.key), device=device, dropped={}
    )
    components = payload["components"]
    assert isinstance(components, dict)
    return dict(components[key])


def test_a_simulated_delta_offers_its_settings_as_these_entities() -> None:
    rows = {row.key: row for row in variable_rows(replace(charging(), inventory=simulated()))}
    assert {key for key, row in rows.items() if row.platform is Platform.SWITCH} == {
        DLC,
        "var_local_smart_charging_ctrlr_pv_enabled",
        "var_local_smart_charging_ctrlr_peak_shifting_enabled",
        "var_local_smart_charging_ctrlr_scheduled_charging_enabled",
        "var_local_smart_charging_ctrlr_charging_power_limited",
    }
    assert {key for key, row in rows.items() if row.platform is Platform.SELECT} == {PV_MODE}
    assert {key for key, row in rows.items() if row.platform is Platform.NUMBER} == {
        PV_CURRENT,
        "var_local_smart_charging_ctrlr_dlc_min_time_off",
        "var_local_smart_charging_ctrlr_dlc_current_safe_llm",
        "var_local_smart_charging_ctrlr_dlc_current_safe_slm",
        "var_local_smart_charging_ctrlr_peak_shifting_min_time_off",
        "var_ocpp_comm_ctrlr_heartbeat_interval",
        "var_aligned_data_ctrlr_interval",
        "var_tx_ctrlr_ev_connection_time_out",
    }
    assert HOUSEHOLD in rows
    assert {row.key for row in rows.values() if row.enabled(fresh())} == {
        DLC,
        PV_MODE,
        "var_local_smart_charging_ctrlr_pv_enabled",
    }


@pytest.mark.parametrize("profile", ["delta", "plain"])
def test_what_can_be_written_is_configuration_and_the_rest_is_diagnostic(profile: str) -> None:
    for row in variable_rows(replace(charging(), inventory=simulated(profile))):
        writes = row.platform in (Platform.NUMBER, Platform.SWITCH, Platform.SELECT)
        assert row.category is (Category.CONFIG if writes else Category.DIAGNOSTIC)
        assert (row.command, row.read is not None) == ("set_variable" if writes else None, writes)


@pytest.mark.parametrize(
    ("component", "component_instance", "variable", "variable_instance"),
    [
        (LOCAL, "DLC", "Enabled", None),
        (LOCAL, None, "Enabled", "DLC"),
        (LOCAL.lower(), "dlc", "ENABLED", None),
    ],
)
def test_known_variables_are_found_wherever_the_station_puts_the_instance(
    component: str, component_instance: str | None, variable: str, variable_instance: str | None
) -> None:
    known = Variable(
        component=component,
        component_instance=component_instance,
        variable=variable,
        variable_instance=variable_instance,
        data_type="boolean",
    )
    assert only(having(known)).name == "House fuse protection"


def test_known_variables_have_their_own_names_and_no_fixed_entity_has_one_of_them() -> None:
    names = [known.name for known in KNOWN_VARIABLES]
    assert len(set(names)) == len(names)
    assert set(names).isdisjoint(row.name for row in BY_KEY.values())
    ids = {name.lower().replace(" ", "_") for name in names}
    assert ids.isdisjoint(BY_KEY)
    assert not any(key.startswith(KEY_PREFIX) for key in BY_KEY)
    assert len(KNOWN_VARIABLES) <= MOST_KNOWN


def test_a_number_is_announced_with_the_stations_range_and_unit() -> None:
    state = replace(charging(), inventory=simulated())
    entry = component(state, PV_CURRENT)
    assert entry == {
        "platform": "number",
        "unique_id": f"bmw_wallbox_{state.key}_{PV_CURRENT}",
        "default_entity_id": "number.bmw_wallbox_solar_minimum_current",
        "name": "Solar minimum current",
        "device_class": "current",
        "unit_of_measurement": "A",
        "entity_category": "config",
        "icon": "mdi:current-ac",
        "enabled_by_default": False,
        "min": 6.0,
        "max": 32.0,
        "step": 1,
        "value_template": f"{{{{ value_json.{PV_CURRENT} }}}}",
        "command_topic": f"bmw_wallbox/{state.key}/cmd/{PV_CURRENT}",
    }


def test_a_select_offers_the_stations_words_in_snake_case() -> None:
    words = ("Direct", "SolarOnly", "none", "3Phase")
    mode = local("Mode", data_type="OptionList", options=words, value="SolarOnly")
    state = having(mode)
    row = only(state)
    assert row.options == ("direct", "solar_only", "option_none", "option_3_phase")
    assert state_document(state, {})[row.key] == "solar_only"
    assert row.parse("option_none", state) == SetVariable(variable=mode.name, value="none")
    assert component(state, row.key)["options"] == list(row.options)


@pytest.mark.parametrize(
    "options",
    [("on", "ON"), ("", "x"), ("!", "?"), tuple(f"w{number}" for number in range(41))],
    ids=["alike", "empty", "no_words", "too_many"],
)
def test_options_that_cannot_be_told_apart_or_are_too_many_make_no_select(options: tuple[str, ...]) -> None:
    row = only(having(local(data_type="OptionList", options=options)))
    assert (row.platform, row.options) == (Platform.SENSOR, ())


@pytest.mark.parametrize(
    ("variable", "payload", "value"),
    [
        (local(data_type="boolean"), "ON", "ON"),
        (local(data_type="integer"), "16.0", "16.0"),
        (local(data_type="OptionList", options=("A", "B")), "b", "B"),
        (local(data_type="OptionList", options=("A", "B")), "c", "c"),
    ],
)
def test_a_payload_becomes_the_command_that_writes_the_variable(
    variable: Variable, payload: str, value: str
) -> None:
    state = having(variable)
    assert only(state).parse(payload, state) == SetVariable(variable=variable.name, value=value)


@pytest.mark.parametrize(
    ("variable", "shown"),
    [
        (local(data_type="boolean", value="True"), "ON"),
        (local(data_type="boolean", value="false"), "OFF"),
        (local(data_type="boolean", value="maybe"), None),
        (local(value="6"), 6),
        (local(value="6.5", data_type="decimal"), 6.5),
        (local(value="7", maximum=6), None),
        (local(value="six"), None),
        (local(value="nan"), None),
        (local(value="1e400"), None),
        (local(value="12.5", data_type="decimal", mutability="ReadOnly"), 12.5),
        (local(value="abc", data_type="string"), "abc"),
        (local(value="B", data_type="OptionList", options=("A",)), None),
        (local(value=None), None),
    ],
)
def test_the_value_is_shown_as_its_type_and_never_out_of_range(variable: Variable, shown: object) -> None:
    state = having(variable)
    assert state_document(state, {})[only(state).key] == shown


@pytest.mark.parametrize(
    ("low", "high", "limits"),
    [
        (None, None, (0, 1_000_000, 1)),
        (5, None, (5, 1_000_000, 1)),
        (10, 10, (0, 1_000_000, 1)),
        (10, 5, (0, 1_000_000, 1)),
        (-1e300, 1e300, (0, 1_000_000, 1)),
        (-5, 5, (-5, 5, 1)),
    ],
)
def test_a_number_has_a_range_even_if_the_station_tells_none(
    low: float | None, high: float | None, limits: tuple[float, float, float]
) -> None:
    state = having(local(minimum=low, maximum=high))
    assert only(state).limits(state) == limits


@pytest.mark.parametrize(
    ("variable", "name"),
    [
        (local("StartTimeLLM2"), "Start time LLM 2"),
        (local("enabled", component_instance="GridGuard"), "Grid guard enabled"),
        (local("WallboxMode"), "Mode"),
        (local("mode", variable_instance="a/b"), "Mode a b"),
    ],
)
def test_what_is_not_known_is_named_by_its_own_words(variable: Variable, name: str) -> None:
    row = only(having(variable))
    assert (row.name, row.enabled(fresh())) == (name, False)


@pytest.mark.parametrize(
    "variable",
    [
        local("ÄÖ"),
        local("7"),
        local("x" * 120),
        local(data_type=None),
        local("SetupCardIdToken", data_type="string"),
        local("AppPassword", data_type="string"),
        local(mutability="WriteOnly"),
        Variable(component="SecurityCtrlr", variable="BasicAuthPassword", data_type="string"),
        Variable(component="NetworkingCtrlr", variable="ActiveConnection", data_type="string"),
        Variable(component="ChargingStation", variable="SerialNumber", data_type="string"),
        Variable(component="OCPPCommCtrlr", variable="NetworkConfigurationPriority", data_type="string"),
        Variable(component="AuthCtrlr", variable="Enabled", data_type="boolean"),
        Variable(component="SampledDataCtrlr", variable="TxUpdatedMeasurands", data_type="MemberList"),
        Variable(component="SmartChargingCtrlr", variable="Enabled", data_type="boolean"),
    ],
    ids=lambda variable: variable.variable[:30],
)
def test_secrets_strangers_and_what_the_app_manages_get_no_entity(variable: Variable) -> None:
    assert variable_rows(having(variable)) == ()


@pytest.mark.parametrize("known", KNOWN_VARIABLES, ids=lambda known: known.path)
def test_what_is_withheld_from_writing_is_shown_without_a_control(known: KnownVariable) -> None:
    variable = Variable(component=known.component, variable=known.path, data_type="integer")
    withheld = any(row.covers(variable) for row in WITHHELD)
    assert (only(having(variable)).platform is Platform.SENSOR) is withheld


def test_nothing_is_offered_before_the_first_full_report() -> None:
    incomplete = replace(simulated(), complete_for_firmware=None)
    assert variable_rows(replace(charging(), inventory=incomplete)) == ()


def test_rows_change_with_neither_value_nor_the_order_of_news() -> None:
    before = simulated()
    changed = {name: replace(known, value="1") for name, known in before.variables.items()}
    after = Inventory(variables=changed, complete_for_firmware="2")
    assert [row.key for row in variable_rows(replace(fresh(), inventory=before))] == [
        row.key for row in variable_rows(replace(fresh(), inventory=after))
    ]


def test_two_hundred_variables_stay_within_the_bounds() -> None:
    state = replace(charging(), inventory=many(200))
    rows = variable_rows(state)
    assert len(rows) == MOST_OTHERS
    assert [row.key for row in rows] == [
        row.key for row in variable_rows(replace(fresh(), inventory=many(300)))
    ]
    device = Device(name="BMW Wallbox", id_prefix="bmw_wallbox", app_version="0.1.0")
    payload = discovery_payload(
        state, existing(state), topics=Topics(station=state.key), device=device, dropped={}
    )
    assert len(json.dumps(payload)) < _LARGEST_PAYLOAD_BYTES
    assert len(json.dumps(state_document(state, {}))) < _LARGEST_PAYLOAD_BYTES


def test_variables_whose_keys_are_alike_share_one_entity() -> None:
    rows = variable_rows(having(local("MinTime"), local("min_time"), local("MinTime", evse_id=1)))
    assert [row.key for row in rows] == [
        "var_local_smart_charging_ctrlr_min_time",
        "var_local_smart_charging_ctrlr_evse1_min_time",
    ]


_words = st.text(st.sampled_from("aZ9_ /.-Ä\ud800wallbox"), max_size=12) | st.sampled_from(
    ["PV", "DLC", "Enabled"]
)
_hostile = st.lists(
    st.builds(
        Variable,
        component=st.sampled_from([known.component for known in KNOWN_VARIABLES]),
        component_instance=st.none() | _words,
        variable=_words | st.sampled_from([known.path.rpartition(".")[2] for known in KNOWN_VARIABLES]),
        variable_instance=st.none() | _words,
        value=st.none() | st.text() | st.sampled_from(["1", "nan", "true", "-1e999"]),
        mutability=st.sampled_from(["ReadOnly", "ReadWrite", "WriteOnly", "Odd"]),
        data_type=st.sampled_from(
            [None, "string", "decimal", "integer", "boolean", "OptionList", "MemberList", "dateTime", "odd"]
        ),
        unit=st.none() | st.sampled_from(["s", "A", "W", "Percent", "furlong"]),
        minimum=st.none() | st.floats(allow_nan=False),
        maximum=st.none() | st.floats(allow_nan=False),
        options=st.lists(_words, max_size=4).map(tuple),
        evse_id=st.none() | st.integers(0, 2),
    ),
    max_size=30,
)


@settings(max_examples=200, deadline=None)
@given(variables=_hostile)
def test_whatever_a_station_makes_up_there_are_sound_rows_and_documents(variables: list[Variable]) -> None:
    state = having(*variables)
    rows = variable_rows(state)
    assert len({row.key for row in rows}) == len(rows) <= MOST_KNOWN + MOST_OTHERS
    document = state_document(state, {})
    json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8")
    for row in rows:
        entry = component(state, row.key)
        json.dumps(entry, ensure_ascii=False, allow_nan=False).encode("utf-8")
        shown, limits = document[row.key], row.limits(state)
        assert find_row(row.key, state) is row
        if limits is not None and shown is not None:
            assert isinstance(shown, int | float)
            assert limits[0] <= shown <= limits[1]
        if row.options:
            assert shown in {None, *row.options}
        if row.command is not None:
            assert isinstance(row.parse("1", state), SetVariable)


def test_the_list_tells_all_but_secrets_and_names_the_entity() -> None:
    listed = {entry["name"]: entry for entry in variable_list(replace(fresh(), inventory=simulated()))}
    assert listed[f"{LOCAL}.PV/MinimumCurrent"] == {
        "name": f"{LOCAL}.PV/MinimumCurrent",
        "value": "6",
        "mutability": "ReadWrite",
        "type": "integer",
        "unit": "A",
        "min": 6.0,
        "max": 32.0,
        "options": [],
        "entity": PV_CURRENT,
        "read_only": None,
    }
    assert listed["SecurityCtrlr/BasicAuthPassword"]["value"] is None
    assert listed["SecurityCtrlr/BasicAuthPassword"]["read_only"] == "it is a secret"
    assert listed["AuthCtrlr/Enabled"]["entity"] is None
    assert listed["AuthCtrlr/Enabled"]["read_only"] == "it decides who may charge"
    json.dumps(list(listed.values()), allow_nan=False)


def test_the_list_hides_the_value_of_a_secret_that_can_be_read() -> None:
    card = Variable(component="LocalAuthListCtrlr", variable="SetupCardIdToken", value="04A1B2C3D4")
    assert "04A1B2C3D4" not in json.dumps(variable_list(having(card)))
