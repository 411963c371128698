"""What is read straight into types is what the general way reads, or it is left to that."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.csms.decode import decode
from bmw_wallbox.csms.rpc import Request, read_message
from bmw_wallbox.csms.schema import schema_of
from bmw_wallbox.csms.typed import read_typed
from tests.csms.fuzzing import mutated
from tests.csms.generated import AT, maximal, minimal
from tests.csms.messages import transaction_event

NOW = datetime(2026, 1, 1, 13, tzinfo=UTC)
SELDOM = {"customData", "signedMeterValue"}
ACTIONS = ("MeterValues", "TransactionEvent")


def without_seldom(node: Any) -> Any:  # noqa: ANN401  # JSON
    if isinstance(node, dict):
        return {key: without_seldom(value) for key, value in node.items() if key not in SELDOM}
    return [without_seldom(item) for item in node] if isinstance(node, list) else node


def call(action: str, payload: object) -> str:
    return json.dumps([2, "m1", action, payload])


def check(raw: str) -> None:
    """Fail if a message is read into types and the general way would have it otherwise."""
    typed, general = read_typed(raw), read_message(raw)
    if typed is None:
        return
    assert isinstance(general, Request)
    schema = schema_of(typed.action, "Request")
    assert schema is not None
    assert schema.is_valid(general.payload)
    assert (typed.id, typed.action) == (general.id, general.action)
    assert isinstance(typed.payload, dict)
    assert isinstance(general.payload, dict)
    assert decode(typed.action, typed.payload, NOW) == decode(general.action, general.payload, NOW)


SAMPLED = [
    {"value": 15, "measurand": "Current.Import", "phase": "L1", "unitOfMeasure": {"unit": "mA"}},
    {"value": 1.5, "unitOfMeasure": {"unit": "kWh", "multiplier": -1}},
    {"value": 2, "measurand": "SoC", "unitOfMeasure": {"unit": "parsec"}},
    {"value": 3, "measurand": "Voltage", "location": "Inlet", "context": "Trigger"},
]
FULL = transaction_event(meterValue=[{"timestamp": AT, "sampledValue": SAMPLED}], evse={"id": 1})


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("made", [minimal, maximal])
def test_what_keeps_the_schema_is_read_into_types(action: str, made: Any) -> None:  # noqa: ANN401  # either
    raw = call(action, without_seldom(made(action)))
    assert read_typed(raw) is not None
    check(raw)


@pytest.mark.parametrize(
    "raw",
    [
        call("Heartbeat", {}),
        call("TransactionEvent", maximal("TransactionEvent")),
        call("TransactionEvent", transaction_event(surprise=1)),
        call("TransactionEvent", transaction_event(triggerReason="Whim")),
        call("TransactionEvent", transaction_event(seqNo="1")),
        call("TransactionEvent", transaction_event(timestamp="")),
        call("TransactionEvent", transaction_event(timestamp="2026-02-30T12:00:00Z")),
        json.dumps([3, "m1", {}]),
        json.dumps([2, "m" * 37, "TransactionEvent", transaction_event()]),
        '[2,"m1","TransactionEvent",{]',
        "",
    ],
)
def test_everything_else_is_left_to_the_general_way(raw: str) -> None:
    assert read_typed(raw) is None


def test_values_mean_the_same_either_way() -> None:
    raw = call("TransactionEvent", FULL)
    assert read_typed(raw) is not None
    check(raw)


@given(st.data())
def test_no_fault_in_a_message_makes_a_difference(data: st.DataObject) -> None:
    payload = data.draw(mutated(FULL))
    for _ in range(data.draw(st.integers(0, 2))):
        payload = data.draw(mutated(payload))
    check(call("TransactionEvent", payload))
