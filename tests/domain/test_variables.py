"""Which variables are written, which values fit them, and what is known after a write."""

import pytest

from bmw_wallbox.domain.calls import Answer, ItemAnswer, SetVariables, VariableValue
from bmw_wallbox.domain.commands import SetVariable, parse_command
from bmw_wallbox.domain.decide import decide
from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.events import RebootRequired
from bmw_wallbox.domain.state import Inventory, StationState
from bmw_wallbox.domain.variables import fitting, is_secret, read_back, why_not_written
from bmw_wallbox.domain.vocabulary import Outcome
from bmw_wallbox.errors import InvalidPayloadError
from tests.domain.story import booted, connected, fresh, play
from tests.fakes.clock import NOON

MODE = Variable(
    component="LocalSmartChargingCtrlr",
    component_instance="PV",
    variable="ChargingMode",
    data_type="OptionList",
    options=("direct", "strict"),
)
SETTING = Variable(component="Vendor", variable="Setting", data_type="integer", minimum=0, maximum=10)
SETTING_1 = VariableValue(component="Vendor", variable="Setting", value="1")


def online(*variables: Variable) -> StationState:
    inventory = Inventory(variables={known.name: known for known in variables}, complete_for_firmware="1")
    return play(fresh(inventory=inventory), connected(0))


@pytest.mark.parametrize(
    ("data_type", "value", "spelled"),
    [
        ("boolean", "true", "true"),
        ("boolean", "ON", "true"),
        ("boolean", "False", "false"),
        ("boolean", "1", None),
        ("integer", "7", "7"),
        ("integer", "7.0", "7"),
        ("integer", "7.5", None),
        ("integer", "11", None),
        ("integer", "-1", None),
        ("integer", "nan", None),
        ("integer", "seven", None),
        ("decimal", "7.50", "7.5"),
        ("decimal", "1e0", "1"),
        ("decimal", "10.1", None),
        ("string", "abc", "abc"),
        ("string", "abcdefghijk", None),
        (None, "x" * 1001, None),
    ],
)
def test_a_value_is_spelled_as_the_type_wants_it_or_does_not_fit(
    data_type: str | None, value: str, spelled: str | None
) -> None:
    variable = Variable(component="C", variable="V", data_type=data_type, minimum=0, maximum=10)
    assert fitting(variable, value) == spelled


@pytest.mark.parametrize(
    ("data_type", "value", "spelled"),
    [
        ("OptionList", "a", "a"),
        ("OptionList", "A", None),
        ("MemberList", "a, b", "a,b"),
        ("MemberList", "", ""),
        ("SequenceList", "a,c", None),
    ],
)
def test_words_are_those_that_the_station_lists(data_type: str, value: str, spelled: str | None) -> None:
    variable = Variable(component="C", variable="V", data_type=data_type, options=("a", "b"))
    assert fitting(variable, value) == spelled


@pytest.mark.parametrize(
    ("component", "name"),
    [
        ("SecurityCtrlr", "SecurityProfile"),
        ("OCPPCommCtrlr", "NetworkConfigurationPriority"),
        ("authctrlr", "ENABLED"),
        ("SampledDataCtrlr", "TxUpdatedInterval"),
        ("SmartChargingCtrlr", "Enabled"),
        ("ChargingStation", "Country"),
        ("LocalAuthListCtrlr", "SetupCardIdToken"),
    ],
)
def test_what_could_do_harm_is_not_written_and_says_why(component: str, name: str) -> None:
    assert why_not_written(Variable(component=component, variable=name))


@pytest.mark.parametrize(
    ("component", "name"),
    [
        ("LocalSmartChargingCtrlr", "Enabled"),
        ("OCPPCommCtrlr", "HeartbeatInterval"),
        ("AlignedDataCtrlr", "Interval"),
        ("TxCtrlr", "EVConnectionTimeOut"),
        ("ChargingStation", "StatusLedBrightness"),
    ],
)
def test_plain_settings_are_written(component: str, name: str) -> None:
    assert why_not_written(Variable(component=component, variable=name)) is None
    assert why_not_written(Variable(component=component, variable=name, mutability="ReadOnly"))
    assert why_not_written(Variable(component=component, variable=name, mutability="WriteOnly"))


@pytest.mark.parametrize("name", ["BasicAuthPassword", "MasterPassGroupId", "ListContent", "PrivateKey"])
def test_passwords_keys_and_cards_are_secrets(name: str) -> None:
    assert is_secret(Variable(component="Any", variable=name))


def test_a_variable_is_written_at_its_place_with_its_instances() -> None:
    plan = decide(online(MODE), SetVariable(variable=MODE.name, value="strict"))
    item = VariableValue(
        component="LocalSmartChargingCtrlr", component_instance="PV", variable="ChargingMode", value="strict"
    )
    assert plan.calls == (SetVariables(items=(item,)),)
    assert plan.outcome is Outcome.APPLIED
    assert plan.text == "LocalSmartChargingCtrlr.PV/ChargingMode is strict."


@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        ("Nobody/Knows", "1", "The wallbox reported no variable Nobody/Knows."),
        (MODE.name, "loose", "LocalSmartChargingCtrlr.PV/ChargingMode cannot be 'loose'."),
        (SETTING.name, "11", "Vendor/Setting cannot be '11'."),
    ],
)
def test_what_does_not_fit_is_refused_in_words(variable: str, value: str, text: str) -> None:
    plan = decide(online(MODE, SETTING), SetVariable(variable=variable, value=value))
    assert (plan.outcome, plan.calls, plan.text) == (Outcome.REFUSED, (), text)


def test_a_refusal_never_repeats_a_secret() -> None:
    password = Variable(component="SecurityCtrlr", variable="BasicAuthPassword", mutability="WriteOnly")
    plan = decide(online(password), SetVariable(variable=password.name, value="hunter2"))
    assert plan.outcome is Outcome.REFUSED
    assert "hunter2" not in plan.text


def test_nothing_is_written_while_the_station_is_away() -> None:
    plan = decide(fresh(), SetVariable(variable=SETTING.name, value="1"))
    assert (plan.outcome, plan.calls) == (Outcome.OFFLINE, ())


@pytest.mark.parametrize(
    ("value", "written"), [("x", "x"), (True, "true"), (False, "false"), (7, "7"), (7.5, "7.5")]
)
def test_the_command_takes_texts_numbers_and_truth_values(value: object, written: str) -> None:
    command = parse_command("set_variable", {"name": SETTING.name, "value": value})
    assert command == SetVariable(variable=SETTING.name, value=written)


@pytest.mark.parametrize(
    "value", [None, "x", [], {}, {"name": "a"}, {"name": "", "value": 1}, {"name": 1, "value": "1"}]
)
def test_the_command_needs_a_name_and_a_value(value: object) -> None:
    with pytest.raises(InvalidPayloadError):
        parse_command("set_variable", value)


def accepted(status: str = "Accepted", value: str | None = None) -> Answer:
    item = ItemAnswer(component="Vendor", variable="Setting", status=status, value=value)
    return Answer(accepted=True, status="Accepted", items=(item,))


@pytest.mark.parametrize(
    ("answer", "read", "known"),
    [
        (accepted(), accepted(value="2"), "2"),
        (accepted(), accepted("Rejected"), "1"),
        (accepted(), None, "1"),
        (accepted(), Answer(accepted=False, status="timed_out"), "1"),
        (accepted("RebootRequired"), accepted(value="0"), "0"),
        (accepted("RebootRequired"), None, None),
    ],
)
def test_after_a_write_the_value_read_back_counts(
    answer: Answer, read: Answer | None, known: str | None
) -> None:
    told = read_back(SetVariables(items=(SETTING_1,)), answer, read)
    assert [variable.value for variable in told] == ([] if known is None else [known])


def test_a_reboot_is_required_until_the_station_boots() -> None:
    state = play(online(SETTING), RebootRequired(at=NOON))
    assert state.facts.reboot_required
    assert not play(state, booted(5)).facts.reboot_required
