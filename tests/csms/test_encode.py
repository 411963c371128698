"""Our calls keep the official schema, and the answers are read."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.csms.encode import encode, read_answer
from bmw_wallbox.csms.validation import check_outgoing
from bmw_wallbox.domain import calls
from bmw_wallbox.domain.calls import Answer, Call, ItemAnswer
from bmw_wallbox.domain.vocabulary import ProfilePurpose
from bmw_wallbox.errors import InvalidPayloadError

AT = datetime(2026, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)

identifiers = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=36)
integers = st.integers(min_value=0, max_value=2**31 - 1)
variable_values = st.builds(
    calls.VariableValue,
    component=identifiers,
    variable=identifiers,
    value=st.text(st.characters(codec="utf-8"), max_size=100),
    component_instance=st.none() | identifiers,
    variable_instance=st.none() | identifiers,
    evse_id=st.none() | st.integers(0, 9),
    connector_id=st.none() | st.integers(1, 9),
)
all_calls = st.one_of(
    st.builds(
        calls.SetChargingProfile,
        limit_a=st.floats(0, 80),
        purpose=st.sampled_from(ProfilePurpose),
        profile_id=integers,
        stack_level=integers,
        evse_id=integers,
        transaction_id=st.none() | identifiers,
    ),
    st.builds(calls.ClearChargingProfile, profile_id=integers),
    st.builds(
        calls.RequestStartTransaction,
        remote_start_id=integers,
        id_token=st.text(max_size=36),
        evse_id=st.integers(1, 9),
    ),
    st.builds(calls.RequestStopTransaction, transaction_id=identifiers),
    st.builds(calls.SetVariables, items=st.lists(variable_values, min_size=1, max_size=8).map(tuple)),
    st.builds(calls.GetVariables, items=st.lists(variable_values, min_size=1, max_size=8).map(tuple)),
    st.builds(calls.GetBaseReport, request_id=integers),
    st.builds(
        calls.TriggerMessage,
        message=st.sampled_from(["MeterValues", "TransactionEvent", "StatusNotification", "Heartbeat"]),
        evse_id=st.none() | st.integers(1, 9),
        connector_id=st.none() | st.integers(1, 9),
    ),
    st.builds(calls.Reset, type=st.sampled_from(["Immediate", "OnIdle"])),
    st.builds(calls.GetTransactionStatus, transaction_id=st.none() | identifiers),
    st.builds(calls.GetCompositeSchedule, duration_s=integers, evse_id=integers),
)


@given(all_calls)
def test_every_call_keeps_the_official_schema(call: Call) -> None:
    action, payload = encode(call, AT)
    assert action == type(call).__name__
    check_outgoing(action, payload)


@given(
    all_calls,
    st.dictionaries(st.sampled_from(["status", "schedule", "setVariableResult"]), st.none() | st.text()),
)
def test_any_answer_can_be_read(call: Call, payload: dict[str, Any]) -> None:
    assert isinstance(read_answer(call, payload), Answer)


def test_the_strategy_leaves_no_call_out() -> None:
    assert len(all_calls.branches) == len(get_args(Call.__value__))


def test_a_limit_is_sent_as_the_seeds_want_it() -> None:
    call = calls.SetChargingProfile(
        limit_a=10.04, purpose=ProfilePurpose.TX, profile_id=999, stack_level=1, transaction_id="tx"
    )
    assert encode(call, AT) == (
        "SetChargingProfile",
        {
            "evseId": 1,
            "chargingProfile": {
                "id": 999,
                "stackLevel": 1,
                "chargingProfilePurpose": "TxProfile",
                "chargingProfileKind": "Absolute",
                "chargingSchedule": [
                    {
                        "id": 1,
                        "startSchedule": "2026-06-01T12:00:00.123Z",
                        "chargingRateUnit": "A",
                        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.0}],
                    }
                ],
                "transactionId": "tx",
            },
        },
    )


@pytest.mark.parametrize(("token", "kind"), [("04AABB", "Local"), ("", "NoAuthorization")])
def test_a_start_carries_the_token_or_says_that_there_is_none(token: str, kind: str) -> None:
    _, payload = encode(calls.RequestStartTransaction(remote_start_id=1, id_token=token), AT)
    assert payload["idToken"] == {"idToken": token, "type": kind}


@pytest.mark.parametrize(
    ("call", "payload", "expected"),
    [
        (
            calls.Reset(type="OnIdle"),
            {"status": "Scheduled"},
            Answer(accepted=True, status="Scheduled"),
        ),
        (
            calls.RequestStartTransaction(remote_start_id=1, id_token=""),
            {"status": "Accepted", "transactionId": "tx"},
            Answer(accepted=True, status="Accepted", transaction_id="tx"),
        ),
        (
            calls.RequestStopTransaction(transaction_id="tx"),
            {"status": "Rejected", "statusInfo": {"reasonCode": "TxNotFound", "additionalInfo": "gone"}},
            Answer(accepted=False, status="Rejected", reason="TxNotFound: gone"),
        ),
        (
            calls.GetTransactionStatus(transaction_id="tx"),
            {"ongoingIndicator": True, "messagesInQueue": False},
            Answer(accepted=True, status="Accepted", ongoing=True, messages_waiting=False),
        ),
        (
            calls.GetCompositeSchedule(),
            {
                "status": "Accepted",
                "schedule": {
                    "chargingRateUnit": "A",
                    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}],
                },
            },
            Answer(accepted=True, status="Accepted", limit_a=6.0),
        ),
        (calls.GetBaseReport(request_id=1), {}, Answer(accepted=False, status="Unknown")),
    ],
)
def test_an_answer_is_read_as_its_action_means_it(
    call: Call, payload: dict[str, Any], expected: Answer
) -> None:
    assert read_answer(call, payload) == expected


def test_variables_are_accepted_if_each_one_is() -> None:
    def row(name: str, status: str) -> dict[str, Any]:
        return {"attributeStatus": status, "component": {"name": "C"}, "variable": {"name": name}}

    items = (calls.VariableValue(component="C", variable="a", value="1"),)
    call = calls.SetVariables(items=items)
    fine = read_answer(call, {"setVariableResult": [row("a", "Accepted"), row("b", "RebootRequired")]})
    assert (fine.accepted, fine.status) == (True, "Accepted")
    assert fine.items[1] == ItemAnswer(component="C", variable="b", status="RebootRequired")
    spoilt = read_answer(call, {"setVariableResult": [row("a", "Accepted"), row("b", "UnknownVariable")]})
    assert (spoilt.accepted, spoilt.status) == (False, "UnknownVariable")
    assert not read_answer(call, {}).accepted


def test_a_variable_is_read_at_its_place() -> None:
    name = calls.VariableName(component="C", component_instance="I", evse_id=1, variable="v")
    call = calls.GetVariables(items=(name,))
    component = {"name": "C", "instance": "I", "evse": {"id": 1}}
    place = {"component": component, "variable": {"name": "v"}}
    assert encode(call, AT)[1] == {"getVariableData": [{"attributeType": "Actual", **place}]}
    told = {"attributeStatus": "Accepted", "attributeValue": "7", **place}
    item = ItemAnswer(component="C", variable="v", status="Accepted", value="7")
    assert read_answer(call, {"getVariableResult": [told]}).items == (item,)


@pytest.mark.parametrize(
    ("action", "payload", "named"),
    [
        ("NoSuchThing", {}, "action"),
        ("Reset", {"type": "Now"}, "type"),
        ("Reset", {"type": "OnIdle", "evseId": "1"}, "evseId"),
        ("Reset", {"type": "OnIdle", "when": 1}, "when"),
        ("Reset", [], "payload"),
        (
            "GetVariables",
            {"getVariableData": [{"component": {"name": "x"}}]},
            r"getVariableData\.0\.variable",
        ),
        ("DataTransfer", {"vendorId": "x", "data": float("nan")}, "finite"),
        ("DataTransfer", {"vendorId": "x", "data": "\ud800"}, "plain JSON"),
        ("DataTransfer", {"vendorId": "x", "data": object()}, "plain JSON"),
    ],
)
def test_what_breaks_the_schema_is_not_sent(action: str, payload: object, named: str) -> None:
    with pytest.raises(InvalidPayloadError, match=named):
        check_outgoing(action, payload)


def test_a_secret_that_is_too_long_is_not_repeated() -> None:
    secret = "s3cret" * 200
    row = {"attributeValue": secret, "component": {"name": "x"}, "variable": {"name": "BasicAuthPassword"}}
    with pytest.raises(InvalidPayloadError, match="at most 1000 characters") as caught:
        check_outgoing("SetVariables", {"setVariableData": [row]})
    assert "s3cret" not in str(caught.value)
