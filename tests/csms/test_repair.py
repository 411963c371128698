"""What a message holds is kept as far as it can be read, and each departure is noted."""

from typing import Any

import pytest

from bmw_wallbox.csms.validation import SchemaFault, repair
from tests.csms.messages import transaction_event

GROUP = {"timestamp": "2026-01-01T12:00:00Z"}


def repaired(**change: object) -> tuple[dict[str, object], str]:
    result = repair("TransactionEvent", transaction_event(**change))
    return result.payload, "; ".join(result.notes)


def test_a_valid_payload_comes_back_itself() -> None:
    payload = transaction_event()
    result = repair("TransactionEvent", payload)
    assert result.payload is payload
    assert not result.notes


@pytest.mark.parametrize(
    ("change", "field", "value", "note"),
    [
        ({"seqNo": 1.0}, "seqNo", 1, ""),
        ({"seqNo": "7"}, "seqNo", 7, "seqNo is written as a string"),
        ({"offline": "True"}, "offline", True, "offline is written as a string"),
        ({"triggerReason": "Odd"}, "triggerReason", "Odd", "triggerReason has the unknown value 'Odd'"),
        ({"meterValue": []}, "meterValue", None, "meterValue is empty"),
        ({"evse": None}, "evse", None, "evse is empty"),
        ({"odd": 1}, "odd", None, "unknown field 'odd' left out"),
        ({"customData": {"x": 1}}, "customData", {"x": 1}, ""),
        ({"customData": [1]}, "customData", None, "customData is empty"),
    ],
)
def test_a_departure_is_mended_and_noted(
    change: dict[str, Any], field: str, value: object, note: str
) -> None:
    payload, notes = repaired(**change)
    assert payload.get(field) == value
    assert notes == note


def test_custom_data_keeps_what_nobody_knows() -> None:
    custom = {"vendorId": "x", "SoCValue": [{"deep": None}]}
    payload, notes = repaired(customData=custom, odd=1)
    assert payload["customData"] == custom
    assert "odd" in notes


def test_one_bad_sampled_value_costs_that_value() -> None:
    values = [{"value": "x"}, {}, {"value": 1}, {"value": "2.5", "measurand": "Temperature"}, "no"]
    payload, notes = repaired(meterValue=[GROUP | {"sampledValue": values}])
    group = payload["meterValue"]
    assert isinstance(group, list)
    assert group[0]["sampledValue"] == [{"value": 1}, {"value": 2.5, "measurand": "Temperature"}]
    assert "item left out" in notes


def test_an_empty_list_that_is_required_is_kept_empty() -> None:
    result = repair("MeterValues", {"evseId": 1, "meterValue": []})
    assert result.payload == {"evseId": 1, "meterValue": []}


def test_an_overlong_string_is_kept_whole() -> None:
    station = {"model": "m" * 21, "vendorName": "v" * 51, "serialNumber": "s" * 26}
    result = repair("BootNotification", {"reason": "PowerUp", "chargingStation": station})
    assert result.payload["chargingStation"] == station
    assert "chargingStation.model is longer than 20" in result.notes


@pytest.mark.parametrize(
    ("payload", "code", "path"),
    [
        ([], "TypeConstraintViolation", ""),
        (None, "TypeConstraintViolation", ""),
        ({}, "OccurrenceConstraintViolation", "eventType"),
        (
            transaction_event(transactionInfo={}),
            "OccurrenceConstraintViolation",
            "transactionInfo.transactionId",
        ),
        (transaction_event(seqNo=True), "TypeConstraintViolation", "seqNo"),
        (transaction_event(seqNo=float("nan")), "TypeConstraintViolation", "seqNo"),
        (transaction_event(evse={"id": "one"}), "TypeConstraintViolation", "evse.id"),
        (transaction_event(meterValue={}), "TypeConstraintViolation", "meterValue"),
        (transaction_event(meterValue=[{}]), "OccurrenceConstraintViolation", "meterValue[].timestamp"),
        (transaction_event(timestamp=1), "TypeConstraintViolation", "timestamp"),
    ],
)
def test_what_makes_a_message_unusable_is_named(payload: object, code: str, path: str) -> None:
    with pytest.raises(SchemaFault) as caught:
        repair("TransactionEvent", payload)
    assert (caught.value.code, caught.value.path) == (code, path)


def test_notes_have_a_bound() -> None:
    result = repair("Heartbeat", {f"odd{number}": "x" * 1000 for number in range(1000)})
    assert result.payload == {}
    assert len(result.notes) <= 16
