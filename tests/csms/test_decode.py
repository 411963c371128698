"""Payloads become events, whatever is in them (faults P12-P25)."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.csms.actions import STATION_ACTIONS
from bmw_wallbox.csms.decode import decode
from bmw_wallbox.csms.samples import read_samples
from bmw_wallbox.csms.timestamps import plausible, read_timestamp, write_timestamp
from bmw_wallbox.csms.validation import SchemaFault, repair
from bmw_wallbox.domain.device import (
    Attribute,
    CarNeeds,
    ExternalLimit,
    HeldProfile,
    Monitor,
    Variable,
    VendorMessage,
)
from bmw_wallbox.domain.device_events import DeviceEventsNotified, Noted, ReportPartReceived
from bmw_wallbox.domain.event import Event
from bmw_wallbox.domain.events import (
    Booted,
    ChargingLimitCleared,
    ChargingLimitNotified,
    ChargingNeedsNotified,
    ConnectorStatusReported,
    FirmwareStatusReported,
    HeartbeatReceived,
    MessageReceived,
    MetersReported,
    MonitorAlerted,
    Sample,
    SecurityEventReported,
    TransactionReported,
    VariablesReported,
)
from bmw_wallbox.domain.reports import ReportKind
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus, TransactionEventType
from tests.csms.messages import EXAMPLES, transaction_event

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

KEYS = st.sampled_from(
    [
        *sorted({key for example in EXAMPLES.values() for key in example}),
        *["sampledValue", "value", "unitOfMeasure", "multiplier", "unit", "measurand", "phase", "idToken"],
        *["component", "variable", "name", "trigger", "variableAttribute", "chargingState", "evse", "id"],
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("kWh"),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(KEYS, children, max_size=6),
    max_leaves=30,
)


@given(action=st.sampled_from(sorted(STATION_ACTIONS)), payload=st.dictionaries(KEYS, JSON, max_size=8))
def test_any_payload_becomes_events_and_none_is_an_error(action: str, payload: dict[str, Any]) -> None:
    events = decode(action, payload, AT)
    assert events
    assert all(isinstance(event, Event) and event.at == AT for event in events)


@given(action=st.sampled_from(sorted(STATION_ACTIONS)), data=st.data())
def test_one_wrong_value_is_repaired_or_refused_and_never_worse(action: str, data: st.DataObject) -> None:
    example = EXAMPLES[action]
    wrong = {key: data.draw(st.just(value) | JSON) for key, value in example.items()}
    with suppress(SchemaFault):
        repaired = repair(action, wrong | data.draw(st.dictionaries(KEYS, JSON, max_size=2)))
        assert decode(action, repaired.payload, AT)


@pytest.mark.parametrize("action", sorted(STATION_ACTIONS))
def test_a_right_payload_needs_no_repair(action: str) -> None:
    assert not repair(action, EXAMPLES[action]).notes


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("Heartbeat", HeartbeatReceived(at=AT)),
        ("Authorize", MessageReceived(at=AT)),
        (
            "DataTransfer",
            Noted(
                at=AT, note=VendorMessage(vendor_id="com.example", data={"SoCValue": [1, None]}, told_at=AT)
            ),
        ),
        (
            "NotifyDisplayMessages",
            ReportPartReceived(at=AT, kind=ReportKind.DISPLAY_MESSAGES, request_id=1),
        ),
        (
            "BootNotification",
            Booted(at=AT, reason="PowerUp", model="EIAW-E22KTSE6B04", vendor="BMW", serial="KG1"),
        ),
        (
            "StatusNotification",
            ConnectorStatusReported(at=AT, status=ConnectorStatus.AVAILABLE, station_at=NOON),
        ),
        ("ClearedChargingLimit", ChargingLimitCleared(at=AT, source="SO")),
        ("NotifyChargingLimit", ChargingLimitNotified(at=AT, source="SO")),
        (
            "SecurityEventNotification",
            SecurityEventReported(at=AT, type="SettingSystemTime", station_at=NOON),
        ),
        ("FirmwareStatusNotification", FirmwareStatusReported(at=AT, status="Idle")),
        (
            "NotifyEvent",
            VariablesReported(at=AT, variables=(Variable(component="EVSE", variable="Power", value="3"),)),
        ),
        (
            "NotifyReport",
            ReportPartReceived(
                at=AT,
                kind=ReportKind.VARIABLES,
                request_id=1,
                number=0,
                items=(Variable(component="EVSE", variable="Power", value="7360"),),
            ),
        ),
    ],
)
def test_an_action_becomes_its_event(action: str, expected: Event) -> None:
    assert decode(action, EXAMPLES[action], AT)[0] == expected


def test_a_transaction_event_keeps_all_that_it_tells() -> None:
    payload = transaction_event(
        eventType="Ended",
        seqNo=2**70,
        offline=True,
        numberOfPhasesUsed=3,
        transactionInfo={
            "transactionId": " tx\u202e ",
            "chargingState": "Idle",
            "stoppedReason": "EVDisconnected",
            "remoteStartId": 7,
        },
        idToken={"idToken": "04AABBCC", "type": "ISO14443"},
        evse={"id": 1, "connectorId": 1},
    )
    assert decode("TransactionEvent", payload, AT) == (
        TransactionReported(
            at=AT,
            event_type=TransactionEventType.ENDED,
            transaction_id=" tx\u202e ",
            sequence_number=2**63 - 1,
            trigger_reason="MeterValuePeriodic",
            station_at=NOON,
            charging_state=ChargingState.IDLE,
            stopped_reason="EVDisconnected",
            remote_start_id=7,
            id_token="04AABBCC",
            id_token_type="ISO14443",
            offline=True,
            phases_used=3,
            evse_id=1,
            connector_id=1,
        ),
    )


def test_an_event_without_a_charging_state_says_nothing_about_it() -> None:
    (event,) = decode("TransactionEvent", transaction_event(transactionInfo={"transactionId": "t"}), AT)
    assert isinstance(event, TransactionReported)
    assert event.charging_state is None


@pytest.mark.parametrize(
    ("sampled", "expected"),
    [
        ({"value": 5}, 5.0),
        ({"value": "7200.5"}, 7200.5),
        ({"value": 1.234, "unitOfMeasure": {"unit": "kWh"}}, 1234.0),
        ({"value": 1, "unitOfMeasure": {"unit": "wh"}}, 1.0),
        ({"value": 7.2, "measurand": "Power.Active.Import", "unitOfMeasure": {"unit": "kW"}}, 7200.0),
        (
            {"value": 7, "measurand": "Power.Active.Import", "unitOfMeasure": {"unit": "W", "multiplier": 3}},
            7000.0,
        ),
        ({"value": 7, "measurand": "Power.Active.Import"}, 7.0),
        ({"value": 7, "measurand": "Power.Active.Import", "unitOfMeasure": {"unit": "Wh"}}, 7.0),
        ({"value": 7, "measurand": "Power.Active.Import", "unitOfMeasure": {"unit": "kWh"}}, None),
        ({"value": 16000, "measurand": "Current.Import", "unitOfMeasure": {"unit": "mA"}}, 16.0),
        ({"value": 2301, "measurand": "Voltage", "unitOfMeasure": {"unit": "V", "multiplier": -1}}, 230.1),
        ({"value": 293.15, "measurand": "Temperature", "unitOfMeasure": {"unit": "K"}}, 20.0),
        ({"value": 20, "measurand": "Temperature", "unitOfMeasure": {"unit": "Celsius"}}, 20.0),
        ({"value": 95, "measurand": "Power.Factor", "unitOfMeasure": {"unit": "%"}}, 0.95),
        ({"value": 3, "measurand": "Vendor.Thing", "unitOfMeasure": {"unit": "bananas"}}, 3.0),
        ({"value": 1, "unitOfMeasure": {"multiplier": 400}}, None),
        ({"value": 1, "unitOfMeasure": {"multiplier": -400}}, None),
        ({"value": 1, "unitOfMeasure": {"multiplier": 0.5}}, None),
        ({"value": float("nan")}, None),
        ({"value": 1e308, "unitOfMeasure": {"multiplier": 12}}, None),
        ({"value": True}, None),
        ({}, None),
    ],
)
def test_a_sampled_value_is_read_in_its_base_unit(sampled: dict[str, Any], expected: float | None) -> None:
    samples = read_samples({"meterValue": [{"timestamp": "x", "sampledValue": [sampled]}]}, AT)
    assert [sample.value for sample in samples] == ([] if expected is None else [pytest.approx(expected)])


def test_what_a_sampled_value_leaves_out_has_its_default() -> None:
    assert read_samples({"meterValue": [{"sampledValue": [{"value": 1}]}]}, AT) == (
        Sample(measurand="Energy.Active.Import.Register", value=1.0, at=AT),
    )


@pytest.mark.parametrize("phase", ["L1", "L1-N", "L1-L2", "N", None])
def test_a_phase_is_kept_as_given(phase: str | None) -> None:
    sampled = {"value": 1, "measurand": "Voltage"} | ({"phase": phase} if phase else {})
    (event,) = decode(
        "MeterValues", {"evseId": 1, "meterValue": [{"timestamp": "", "sampledValue": [sampled]}]}, AT
    )
    assert isinstance(event, MetersReported)
    assert event.samples[0].phase == phase


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01T12:00:00Z", NOON),
        ("2026-01-01T12:00:00", NOON),
        ("2026-01-01T12:00:00z", NOON),
        ("2026-01-02T02:00:00+14:00", NOON),
        ("2026-01-01T12:00:00.123456789Z", NOON + timedelta(microseconds=123456)),
        ("2026-01-01T12:00:00.1234567891z", NOON + timedelta(microseconds=123456)),
        ("2026-01-01T11:59:60Z", NOON),
        ("2025-12-31T24:00:00Z", NOON - timedelta(hours=12)),
        ("2026-01-01 12:00:00 -00:30", NOON + timedelta(minutes=30)),
        ("20260101T120000Z", NOON),
    ],
)
def test_a_timestamp_is_read_in_any_of_its_spellings(text: str, expected: datetime) -> None:
    assert read_timestamp(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T24:00:00Z",
        5,
        None,
        [],
    ],
)
def test_rubbish_is_no_timestamp(text: object) -> None:
    assert read_timestamp(text) is None


@pytest.mark.parametrize(
    "text", ["1970-01-01T00:00:10Z", "2026-06-01T12:05:01Z", "9999-01-01T00:00:00Z", "x"]
)
def test_a_time_that_cannot_be_right_is_replaced_by_ours(text: str) -> None:
    assert plausible(text, AT) == AT


@given(st.text(max_size=40) | st.datetimes().map(str))
def test_reading_a_timestamp_never_fails(text: str) -> None:
    assert plausible(text, AT) <= AT + timedelta(minutes=5)


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(2000, 1, 1)))  # noqa: DTZ001  # hypothesis wants it bare
def test_a_written_timestamp_reads_back_to_the_millisecond(at: datetime) -> None:
    assert abs((read_timestamp(write_timestamp(at)) or NOON) - at) < timedelta(milliseconds=1)


def notified(component: str, variable: str, **fields: object) -> tuple[Event, ...]:
    row = {
        "eventId": 1,
        "timestamp": "2026-01-01T12:00:00Z",
        "trigger": "Delta",
        "actualValue": "true",
        "eventNotificationType": "PreconfiguredMonitor",
        "component": {"name": component, "evse": {"id": 1, "connectorId": 1}},
        "variable": {"name": variable},
    }
    return decode("NotifyEvent", {"generatedAt": "", "seqNo": 0, "eventData": [row | fields]}, AT)


def test_the_availability_of_a_connector_is_its_status() -> None:
    assert notified("Connector", "AvailabilityState", actualValue="Occupied")[0] == (
        ConnectorStatusReported(at=AT, status=ConnectorStatus.OCCUPIED, station_at=NOON)
    )


@pytest.mark.parametrize(
    ("fields", "cleared"),
    [
        ({}, False),
        ({"actualValue": "false"}, True),
        ({"cleared": True}, True),
        ({"trigger": "Alerting"}, False),
    ],
)
def test_a_problem_alerts_until_it_is_taken_back(fields: dict[str, Any], *, cleared: bool) -> None:
    event, kept = notified("EVSE", "Problem", **fields)
    assert isinstance(event, MonitorAlerted)
    assert (event.component, event.variable, event.cleared) == ("EVSE", "Problem", cleared)
    assert isinstance(kept, DeviceEventsNotified)
    assert (kept.events[0].name, kept.events[0].told_at) == ("EVSE@1.1/Problem", NOON)


def test_an_alerting_monitor_alerts_for_any_variable() -> None:
    event, kept = notified("Controller", "Temperature", trigger="Alerting", actualValue="91")
    assert isinstance(event, MonitorAlerted)
    assert (event.value, event.cleared) == ("91", False)
    assert isinstance(kept, DeviceEventsNotified)


def test_a_periodic_value_is_a_variable() -> None:
    event, kept = notified("MeteringCtrlr", "Aggregation", trigger="Periodic", actualValue="1,2,3")
    assert isinstance(event, VariablesReported)
    assert event.variables[0].value == "1,2,3"
    assert isinstance(kept, DeviceEventsNotified)


@pytest.mark.parametrize(
    ("schedules", "limit_a"),
    [
        ([("A", 10.0, None)], 10.0),
        ([("W", 6900.0, None)], 10.0),
        ([("W", 2300.0, 1)], 10.0),
        ([("A", 16.0, None), ("A", 8.0, None)], 8.0),
        ([], None),
    ],
)
def test_a_foreign_limit_is_told_per_phase(
    schedules: list[tuple[str, float, int | None]], limit_a: float | None
) -> None:
    rows = [
        {
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": [
                {"startPeriod": 60, "limit": 1.0},
                {"startPeriod": 0, "limit": limit} | ({"numberPhases": phases} if phases else {}),
            ],
        }
        for unit, limit, phases in schedules
    ]
    payload = {"chargingLimit": {"chargingLimitSource": "EMS"}, "chargingSchedule": rows}
    assert decode("NotifyChargingLimit", payload, AT) == (
        ChargingLimitNotified(at=AT, source="EMS", limit_a=limit_a),
        Noted(at=AT, note=ExternalLimit(source="EMS", schedules=tuple(rows), told_at=AT)),
    )


@pytest.mark.parametrize("kind", ["acChargingParameters", "dcChargingParameters"])
def test_what_the_car_asks_for_may_lie_ahead(kind: str) -> None:
    needs = {kind: {"energyAmount": 20000, "evMaxCurrent": 16}, "departureTime": "2026-06-02T06:00:00Z"}
    assert decode("NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": needs}, AT) == (
        ChargingNeedsNotified(
            at=AT,
            energy_wh=20000.0,
            max_current_a=16.0,
            departure_at=datetime(2026, 6, 2, 6, tzinfo=UTC),
        ),
        Noted(at=AT, note=CarNeeds(evse_id=1, needs=needs, told_at=AT)),
    )


def test_a_reported_variable_keeps_its_traits() -> None:
    row = {
        "component": {"name": "SampledDataCtrlr", "instance": "a"},
        "variable": {"name": "TxUpdatedMeasurands", "instance": "b"},
        "variableAttribute": [
            {"type": "Target", "value": "no"},
            {"value": "x" * 1500, "mutability": "ReadOnly"},
        ],
        "variableCharacteristics": {
            "dataType": "MemberList",
            "unit": "A",
            "minLimit": 1,
            "maxLimit": 9,
            "valuesList": "Voltage, Current.Import," + "y" * 500,
            "supportsMonitoring": False,
        },
    }
    (event,) = decode("NotifyReport", {"reportData": [row]}, AT)
    assert isinstance(event, ReportPartReceived)
    (variable,) = event.items
    assert isinstance(variable, Variable)
    assert variable.name == "SampledDataCtrlr.a/TxUpdatedMeasurands.b"
    assert variable.others == (Attribute(type="Target", value="no"),)
    assert (variable.value, variable.mutability, variable.unit) == ("x" * 1500, "ReadOnly", "A")
    assert (variable.minimum, variable.maximum) == (1.0, 9.0)
    assert variable.options == ("Voltage", "Current.Import", "y" * 500)


def test_what_is_too_long_to_be_kept_is_kept_without_its_length() -> None:
    schedule = {"id": 1, "chargingSchedulePeriod": [{"startPeriod": n, "limit": 16.0} for n in range(2000)]}
    told = {"id": 1, "stackLevel": 0, "chargingSchedule": [schedule]}
    payload = {"evseId": 1, "chargingLimitSource": "CSO", "chargingProfile": [told]}
    (event,) = decode("ReportChargingProfiles", payload, AT)
    assert isinstance(event, ReportPartReceived)
    (profile,) = event.items
    assert isinstance(profile, HeldProfile)
    assert profile.profile == {"id": 1, "stackLevel": 0}
    (sent,) = decode("DataTransfer", {"vendorId": "v", "data": "x" * 5000}, AT)
    assert sent == Noted(at=AT, note=VendorMessage(vendor_id="v", whole=False, told_at=AT))


def test_a_monitor_is_read_with_all_its_traits() -> None:
    held = {"id": 4, "transaction": True, "value": 3.5, "type": "Delta", "severity": 2}
    row = {"component": {"name": "EVSE"}, "variable": {"name": "Power"}, "variableMonitoring": [held]}
    (event,) = decode("NotifyMonitoringReport", {"requestId": 9, "seqNo": 0, "monitor": [row]}, AT)
    assert isinstance(event, ReportPartReceived)
    assert event.items == (
        Monitor(
            component="EVSE",
            variable="Power",
            id=4,
            type="Delta",
            value=3.5,
            severity=2,
            transaction=True,
            request_id=9,
        ),
    )


def test_names_are_fit_to_be_shown() -> None:
    station = {"model": "\u202eevil\x00\n", "vendorName": "v" * 300, "firmwareVersion": "  "}
    (event,) = decode("BootNotification", {"reason": "PowerUp", "chargingStation": station}, AT)
    assert isinstance(event, Booted)
    assert (event.model, len(event.vendor), event.firmware) == ("evil", 255, None)
