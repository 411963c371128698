"""A session answers what it can, refuses what it must, and survives the rest."""

import asyncio
import json
import logging
import os
from contextlib import suppress
from typing import Any

import pytest

from bmw_wallbox.csms import session
from bmw_wallbox.csms.actions import CSMS_ACTIONS, STATION_ACTIONS
from bmw_wallbox.csms.frames import FrameLog
from bmw_wallbox.csms.server import CentralSystem
from bmw_wallbox.csms.session import Session
from bmw_wallbox.csms.validation import check_outgoing
from bmw_wallbox.domain.calls import GetBaseReport, Reset, SetVariables, VariableValue
from bmw_wallbox.domain.device_events import ReportPartReceived, ReportRefused, ReportRequested
from bmw_wallbox.domain.events import (
    Booted,
    HeartbeatReceived,
    MetersReported,
    TransactionReported,
)
from bmw_wallbox.errors import (
    CallError,
    CallNotSentError,
    CallRefusedError,
    CallTimeoutError,
    DisconnectedError,
    InvalidPayloadError,
    StationOfflineError,
)
from tests.csms.conftest import Listener
from tests.csms.messages import EXAMPLES, transaction_event
from tests.csms.wallbox import Wallbox, wallbox


async def test_an_endless_integer_costs_only_its_message(box: Wallbox) -> None:
    payload = json.dumps(transaction_event()).replace('"seqNo": 1', '"seqNo": ' + "9" * 5000)
    answer = await box.exchange(f'[2,"a","TransactionEvent",{payload}]')
    assert answer[:3] == [4, "a", "OccurrenceConstraintViolation"]
    await box.alive()


async def test_a_byte_order_mark_and_a_binary_frame_are_read(box: Wallbox) -> None:
    assert (await box.exchange('\ufeff[2,"a","Heartbeat",{}]'))[0] == 3
    assert (await box.exchange(b'[2,"b","Heartbeat",{}]'))[0] == 3


async def test_lone_surrogates_are_replaced_before_anybody_sees_them(
    box: Wallbox, listener: Listener
) -> None:
    station = '{"model":"\\ud800x","vendorName":"v"}'
    frame = f'[2,"a","BootNotification",{{"reason":"PowerUp","chargingStation":{station}}}]'
    assert (await box.exchange(frame))[0] == 3
    listener.of(Booted)[0].model.encode()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-1e999"])
async def test_a_value_that_is_no_number_costs_that_value_alone(
    box: Wallbox, listener: Listener, number: str
) -> None:
    values = f'[{{"value":{number}}},{{"value":7}}]'
    groups = f'[{{"timestamp":"2026-01-01T00:00:00Z","sampledValue":{values}}}]'
    answer = await box.exchange(f'[2,"a","MeterValues",{{"evseId":1,"meterValue":{groups}}}]')
    assert answer == [3, "a", {}]
    assert [sample.value for sample in listener.of(MetersReported)[0].samples] == [7.0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seqNo": True}, "TypeConstraintViolation"),
        ({"seqNo": "one"}, "TypeConstraintViolation"),
        ({"seqNo": 1.5}, "TypeConstraintViolation"),
        ({"timestamp": 12}, "TypeConstraintViolation"),
        ({"transactionInfo": []}, "TypeConstraintViolation"),
        ({"transactionInfo": {}}, "OccurrenceConstraintViolation"),
        ({"eventType": None}, "OccurrenceConstraintViolation"),
    ],
)
async def test_what_makes_an_event_unusable_is_refused_with_the_field_named(
    box: Wallbox, listener: Listener, change: dict[str, Any], code: str
) -> None:
    answer = await box.request("TransactionEvent", transaction_event() | change)
    assert answer[2] == code
    assert next(iter(change)) in answer[3]
    assert answer[4] == {}
    assert not listener.of(TransactionReported)


@pytest.mark.parametrize(
    "change",
    [
        {"seqNo": 1.0},
        {"seqNo": "1"},
        {"seqNo": -1},
        {"seqNo": 2**70},
        {"unheardOf": {"x": 1}},
        {"eventType": "Paused"},
        {"triggerReason": "VendorReason"},
        {"timestamp": "yesterday"},
        {"offline": "true"},
        {"meterValue": []},
        {"numberOfPhasesUsed": 7},
        {"evse": {"id": 99, "connectorId": 0}},
        {"customData": {"noVendor": 1}},
        {"customData": "x"},
        {"transactionInfo": {"transactionId": "x" * 37, "chargingState": "Dreaming"}},
        {
            "meterValue": [
                {"timestamp": "x", "sampledValue": [{"value": "7200.5", "measurand": "Vendor.Thing"}]}
            ]
        },
    ],
)
async def test_what_can_be_understood_is_accepted(
    box: Wallbox, listener: Listener, change: dict[str, Any]
) -> None:
    assert (await box.request("TransactionEvent", transaction_event() | change))[2] == {}
    assert listener.of(TransactionReported)[0].transaction_id


@pytest.mark.parametrize("action", sorted(STATION_ACTIONS))
async def test_every_request_of_a_station_gets_a_schema_valid_answer(box: Wallbox, action: str) -> None:
    answer = await box.request(action, EXAMPLES[action])
    assert answer[0] == 3
    check_outgoing(action, answer[2], "Response")


def test_every_action_has_its_handler() -> None:
    handled = {getattr(member, "_on_action", None) for member in vars(Session.__mro__[1]).values()}
    assert handled - {None} == STATION_ACTIONS
    assert {"DataTransfer"} == STATION_ACTIONS & CSMS_ACTIONS


async def test_a_token_is_judged_where_one_was_given(box: Wallbox, listener: Listener) -> None:
    token = {"idToken": "04AABBCC", "type": "ISO14443"}
    answer = await box.request("TransactionEvent", transaction_event() | {"idToken": token})
    assert answer[2] == {"idTokenInfo": {"status": "Accepted"}}
    assert (await box.request("Authorize", {"idToken": token}))[2] == {"idTokenInfo": {"status": "Accepted"}}
    assert listener.of(TransactionReported)[0].id_token == "04AABBCC"


async def test_a_message_sent_twice_is_answered_the_same_and_handled_once(
    system: CentralSystem, listener: Listener
) -> None:
    frame = json.dumps([2, "same", "TransactionEvent", transaction_event()])
    async with wallbox(system.port) as first:
        answer = await first.exchange(frame)
        assert await first.exchange(frame) == answer
    async with wallbox(system.port) as second:
        assert await second.exchange(frame) == answer
    assert len(listener.of(TransactionReported)) == 1


async def test_an_id_used_again_for_another_message_is_a_new_message(
    box: Wallbox, listener: Listener
) -> None:
    await box.exchange([2, "1", "TransactionEvent", transaction_event()])
    await box.exchange([2, "1", "TransactionEvent", transaction_event() | {"seqNo": 2}])
    assert [event.sequence_number for event in listener.of(TransactionReported)] == [1, 2]


async def test_a_station_that_booted_may_count_its_messages_from_the_start(
    box: Wallbox, listener: Listener
) -> None:
    await box.exchange([2, "1", "Heartbeat", {}])
    await box.exchange([2, "2", "BootNotification", EXAMPLES["BootNotification"]])
    await box.exchange([2, "1", "Heartbeat", {}])
    assert len(listener.of(HeartbeatReceived)) == 2


async def test_a_fault_of_ours_is_an_internal_error_and_the_repeated_message_is_tried_again(
    box: Wallbox, listener: Listener
) -> None:
    frame = [2, "a", "Heartbeat", {}]
    listener.fault = RuntimeError("secret")
    answer = await box.exchange(frame)
    assert answer == [4, "a", "InternalError", "", {}]
    listener.fault = None
    assert (await box.exchange(frame))[0] == 3


async def test_answers_that_nobody_asked_for_are_dropped(box: Wallbox, link: Session) -> None:
    for number in range(500):
        await box.send([3, f"u{number}", {}])
        await box.send([4, f"u{number}", "InternalError", "", {}])
    await box.send([3, "x"])
    await box.send([4])
    await box.alive()
    asking = asyncio.create_task(link.ask(Reset(type="OnIdle")))
    call = await box.receive()
    await box.send([3, call[1], {"status": "Accepted"}])
    assert (await asking).accepted


async def test_calls_go_out_one_at_a_time_and_take_their_own_answers(box: Wallbox, link: Session) -> None:
    asking = [asyncio.create_task(link.ask(Reset(type=kind))) for kind in ("OnIdle", "Immediate")]
    first = await box.receive()
    await box.alive()
    await box.send([3, "another", {"status": "Accepted"}])
    await box.send([3, first[1], {"status": "Scheduled"}])
    await box.send([3, first[1], {"status": "Rejected"}])
    second = await box.receive()
    await box.send([3, second[1], {"status": "Rejected", "statusInfo": {"reasonCode": "Busy"}}])
    answers = await asyncio.gather(*asking)
    assert [(answer.accepted, answer.status) for answer in answers] == [
        (True, "Scheduled"),
        (False, "Rejected"),
    ]
    assert answers[1].reason == "Busy"


async def test_an_answer_after_the_deadline_does_not_reach_the_next_call(box: Wallbox, link: Session) -> None:
    with pytest.raises(CallTimeoutError):
        await link.ask(Reset(type="OnIdle"), timeout_s=0.01)
    late = await box.receive()
    asking = asyncio.create_task(link.ask(Reset(type="Immediate")))
    call = await box.receive()
    await box.send([3, late[1], {"status": "Accepted"}])
    await box.send([3, call[1], {"status": "Rejected"}])
    assert (await asking).status == "Rejected"


async def test_a_lost_link_fails_the_waiting_calls_at_once(
    box: Wallbox, link: Session, listener: Listener
) -> None:
    asking = [asyncio.create_task(link.ask(Reset(type="OnIdle"))) for _ in range(3)]
    await box.receive()
    await box.socket.close()
    async with asyncio.timeout(1):
        results = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(result) for result in results] == [DisconnectedError, *[StationOfflineError] * 2]
    await listener.until(lambda: listener.link is None)
    with pytest.raises(StationOfflineError):
        await link.ask(Reset(type="OnIdle"))


@pytest.mark.parametrize("code", ["SecurityError", "VendorNonsense"])
async def test_a_call_error_tells_the_caller_why(box: Wallbox, link: Session, code: str) -> None:
    asking = asyncio.create_task(link.ask(Reset(type="OnIdle")))
    call = await box.receive()
    await box.send([4, call[1], code, "not today", {"wish": [1]}])
    with pytest.raises(CallRefusedError, match=f"{code}: not today") as refusal:
        await asking
    assert (refusal.value.code, refusal.value.details) == (code, {"wish": [1]})


async def test_a_call_that_never_had_its_turn_was_not_sent(box: Wallbox, link: Session) -> None:
    first = asyncio.create_task(link.ask(Reset(type="OnIdle")))
    call = await box.receive()
    with pytest.raises(CallNotSentError):
        await link.ask(Reset(type="Immediate"), timeout_s=0.05)
    await box.send([3, call[1], {"status": "Accepted"}])
    assert (await first).accepted
    await box.alive()


@pytest.mark.parametrize("answer", [{}, {"status": 3}, [], None, "Accepted"])
async def test_an_unreadable_answer_fails_its_call_and_not_the_link(
    box: Wallbox, link: Session, answer: object
) -> None:
    asking = asyncio.create_task(link.ask(Reset(type="OnIdle")))
    call = await box.receive()
    await box.send([3, call[1], answer])
    with pytest.raises(CallError, match="cannot be read"):
        await asking
    await box.alive()


async def test_an_answer_with_more_than_the_schema_knows_is_read(box: Wallbox, link: Session) -> None:
    asking = asyncio.create_task(link.ask(Reset(type="OnIdle")))
    call = await box.receive()
    await box.send([3, call[1], {"status": "Accepted", "mood": "fine"}])
    assert (await asking).accepted


async def test_a_raw_call_is_checked_on_its_way_out_and_comes_back_as_it_is(
    box: Wallbox, link: Session
) -> None:
    with pytest.raises(InvalidPayloadError, match=r"chargingProfile.* required"):
        await link.call_raw("SetChargingProfile", {"evseId": 1})
    with pytest.raises(InvalidPayloadError, match="action"):
        await link.call_raw("Heartbeat", {})
    asking = asyncio.create_task(link.call_raw("ClearCache", {}))
    call = await box.receive()
    assert call[2:] == ["ClearCache", {}]
    await box.send([3, call[1], {"status": "Odd", "extra": {"SoCValue": 1}}])
    assert await asking == {"status": "Odd", "extra": {"SoCValue": 1}}


async def test_a_handler_that_waits_for_nothing_lets_both_sides_call_at_once(
    box: Wallbox, link: Session
) -> None:
    asking = asyncio.create_task(link.ask(Reset(type="OnIdle")))
    call = await box.receive()
    await box.alive()
    await box.send([3, call[1], {"status": "Accepted"}])
    assert (await asking).accepted


async def test_three_hundred_requests_are_answered_in_order(box: Wallbox) -> None:
    for number in range(300):
        await box.send([2, f"n{number}", "Heartbeat", {}])
    assert [(await box.receive())[1] for _ in range(300)] == [f"n{number}" for number in range(300)]


async def test_a_report_is_awaited_before_its_first_part_which_may_precede_the_answer(
    box: Wallbox, link: Session, listener: Listener
) -> None:
    asking = asyncio.create_task(link.ask(GetBaseReport(request_id=5)))
    call = await box.receive()
    part = EXAMPLES["NotifyReport"] | {"requestId": 5, "seqNo": 0, "tbc": False}
    await box.request("NotifyReport", part)
    await box.send([3, call[1], {"status": "Accepted"}])
    assert (await asking).accepted
    (requested,), (received,) = listener.of(ReportRequested), listener.of(ReportPartReceived)
    assert listener.events.index(requested) < listener.events.index(received)
    assert (requested.request_id, requested.scope) == (5, {"reportBase": "FullInventory"})
    assert not listener.of(ReportRefused)


@pytest.mark.parametrize(
    ("answer", "status", "empty"),
    [
        ([3, {"status": "NotSupported"}], "NotSupported", False),
        ([3, {"status": "EmptyResultSet"}], "EmptyResultSet", True),
        ([4, "InternalError", "", {}], "InternalError", False),
    ],
)
async def test_a_report_that_is_refused_is_awaited_no_longer(
    box: Wallbox, link: Session, listener: Listener, answer: list[Any], status: str, *, empty: bool
) -> None:
    asking = asyncio.create_task(link.call_raw("GetMonitoringReport", {"requestId": 3}))
    call = await box.receive()
    await box.send([answer[0], call[1], *answer[1:]])
    with suppress(CallRefusedError):
        await asking
    (refused,) = listener.of(ReportRefused)
    assert (refused.request_id, refused.status, refused.empty) == (3, status, empty)


async def test_whose_information_was_asked_for_is_not_kept(
    box: Wallbox, link: Session, listener: Listener
) -> None:
    asked = {"requestId": 1, "report": True, "clear": False, "customerIdentifier": "Anna"}
    asking = asyncio.create_task(link.call_raw("CustomerInformation", asked))
    call = await box.receive()
    await box.send([3, call[1], {"status": "Accepted"}])
    await asking
    assert "Anna" not in repr(listener.events)
    assert listener.of(ReportRequested)


async def test_nothing_secret_reaches_the_log_or_the_frames(
    box: Wallbox, link: Session, frames: FrameLog, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    token = {"idToken": "04DEADBEEF77", "type": "ISO14443"}
    await box.request("TransactionEvent", transaction_event() | {"idToken": token, "unknown": "x"})
    items = (
        VariableValue(component="SecurityCtrlr", variable="BasicAuthPassword", value="hunter2hunter2xx"),
    )
    asking = asyncio.create_task(link.ask(SetVariables(items=items)))
    call = await box.receive()
    assert call[3]["setVariableData"][0]["attributeValue"] == "hunter2hunter2xx"
    await box.send([4, call[1], "InternalError", "no", {}])
    with pytest.raises(CallRefusedError):
        await asking
    shown = json.dumps(frames.to_json(link.charge_point_id)) + caplog.text
    assert "04DEADBEEF77" not in shown
    assert "hunter2" not in shown
    rows = frames.to_json(link.charge_point_id)
    assert [row["type"] for row in rows[-2:]] == ["CALL", "CALLERROR"]
    assert rows[-1]["action"] == "SetVariables"


async def test_an_empty_result_set_is_no_acceptance(box: Wallbox, link: Session) -> None:
    asking = asyncio.create_task(link.ask(GetBaseReport(request_id=1)))
    call = await box.receive()
    await box.send([3, call[1], {"status": "EmptyResultSet"}])
    assert not (await asking).accepted


async def test_a_station_that_reads_nothing_is_cut_off(
    box: Wallbox, link: Session, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "SEND_TIMEOUT_S", 0.1)
    box.socket.transport.pause_reading()
    while listener.link is link:
        with suppress(CallError):
            await link.call_raw(
                "DataTransfer", {"vendorId": "x", "data": os.urandom(2**20).hex()}, timeout_s=0.2
            )
    box.socket.transport.abort()


async def test_thousands_of_sampled_values_are_read_at_once(box: Wallbox, listener: Listener) -> None:
    values = [{"value": str(number), "phase": "L1", "odd": 1} for number in range(4000)]
    group = {"timestamp": "2026-01-01T00:00:00Z", "sampledValue": values}
    assert (await box.request("MeterValues", {"evseId": 1, "meterValue": [group]}))[0] == 3
    assert len(listener.of(MetersReported)[0].samples) == 4000
