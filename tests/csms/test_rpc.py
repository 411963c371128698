"""The RPC framework to the letter: OCPP 2.0.1 part 4 §4, clause by clause."""

import json
from typing import Any

import pytest

from bmw_wallbox.csms.actions import CSMS_ACTIONS, STATION_ACTIONS
from tests.csms.conftest import Listener
from tests.csms.messages import EXAMPLES, transaction_event
from tests.csms.wallbox import Wallbox

ERROR_CODES = {
    "FormatViolation",
    "GenericError",
    "InternalError",
    "MessageTypeNotSupported",
    "NotImplemented",
    "NotSupported",
    "OccurrenceConstraintViolation",
    "PropertyConstraintViolation",
    "ProtocolError",
    "RpcFrameworkError",
    "SecurityError",
    "TypeConstraintViolation",
}
"""Table 8; no other code may be sent."""

DEEP = '[2,"a","DataTransfer",{"vendorId":"x","data":' + "[" * 50_000 + "]" * 50_000 + "}]"
STATUS = EXAMPLES["StatusNotification"]

ERRORS: list[tuple[str, object, str, str]] = [
    # §4.1.2 and §4.2.3: what is no JSON, or no message at all, has no id to answer
    ("nothing", "", "-1", "RpcFrameworkError"),
    ("no JSON", "x", "-1", "RpcFrameworkError"),
    ("cut off", '[2,"a","Heartbeat",{', "a", "FormatViolation"),
    ("cut off before its id ends", '[2,"a', "-1", "RpcFrameworkError"),
    ("an object", "{}", "-1", "RpcFrameworkError"),
    ("null", "null", "-1", "RpcFrameworkError"),
    ("an empty list", "[]", "-1", "RpcFrameworkError"),
    ("a type alone", "[2]", "-1", "RpcFrameworkError"),
    ("endless depth", "[" * 200_000, "-1", "RpcFrameworkError"),
    ("a payload of endless depth", DEEP, "a", "FormatViolation"),
    # §4.1.3 and §4.4: only CALL, CALLRESULT and CALLERROR are known
    ("an unknown type", [9, "a", "Heartbeat", {}], "a", "MessageTypeNotSupported"),
    ("SEND of OCPP 2.1", [6, "a", "Heartbeat", {}], "a", "MessageTypeNotSupported"),
    ("a type as text", ["2", "a", "Heartbeat", {}], "a", "MessageTypeNotSupported"),
    ("a type that is an object", [{}, "a"], "a", "MessageTypeNotSupported"),
    ("a type that is true", [True, "a", "Heartbeat", {}], "a", "MessageTypeNotSupported"),
    # §4.1.4: a message id is a string of at most 36 characters
    ("an id that is a number", [2, 5, "Heartbeat", {}], "-1", "RpcFrameworkError"),
    ("an id that is null", [2, None, "Heartbeat", {}], "-1", "RpcFrameworkError"),
    ("an id that is an object", [2, {}, "Heartbeat", {}], "-1", "RpcFrameworkError"),
    ("an empty id", [2, "", "Heartbeat", {}], "-1", "RpcFrameworkError"),
    ("an id of 37", [2, "x" * 37, "Heartbeat", {}], "-1", "RpcFrameworkError"),
    ("an id of 10,000", [2, "x" * 10_000, "Heartbeat", {}], "-1", "RpcFrameworkError"),
    # §4.2.1: a CALL has four elements
    ("three elements", [2, "a", "Heartbeat"], "a", "RpcFrameworkError"),
    ("five elements", [2, "a", "Heartbeat", {}, 1], "a", "RpcFrameworkError"),
    # §4.1.6: the action is the message's name, case-sensitive, without "Request"
    ("an action that is a list", [2, "a", ["Heartbeat"], {}], "a", "RpcFrameworkError"),
    ("an action that is an object", [2, "a", {"x": 1}, {}], "a", "RpcFrameworkError"),
    ("an action that is a number", [2, "a", 7, {}], "a", "RpcFrameworkError"),
    ("an unknown action", [2, "a", "NoSuchAction", {}], "a", "NotImplemented"),
    ("an action in lower case", [2, "a", "heartbeat", {}], "a", "NotImplemented"),
    ("an action with its suffix", [2, "a", "HeartbeatRequest", {}], "a", "NotImplemented"),
    ("an action that is a path", [2, "a", "../../etc/passwd", {}], "a", "NotImplemented"),
    ("an action of the other side", [2, "a", "Reset", {"type": "Immediate"}], "a", "NotSupported"),
    # §4.1.5 and §4.1.7: the payload is an object with all required fields, each of its type
    ("a payload that is null", [2, "a", "Heartbeat", None], "a", "TypeConstraintViolation"),
    ("a payload that is a list", [2, "a", "Heartbeat", []], "a", "TypeConstraintViolation"),
    ("a payload that is text", [2, "a", "Heartbeat", "x"], "a", "TypeConstraintViolation"),
    ("no required field", [2, "a", "StatusNotification", {}], "a", "OccurrenceConstraintViolation"),
    (
        "a required field that is null",
        [2, "a", "StatusNotification", STATUS | {"evseId": None}],
        "a",
        "OccurrenceConstraintViolation",
    ),
    (
        "a field of another type",
        [2, "a", "StatusNotification", STATUS | {"evseId": []}],
        "a",
        "TypeConstraintViolation",
    ),
]


@pytest.mark.parametrize(
    ("frame", "message_id", "code"), [pytest.param(*row[1:], id=row[0]) for row in ERRORS]
)
async def test_what_is_no_valid_call_gets_the_error_of_its_clause(
    box: Wallbox, frame: object, message_id: str, code: str
) -> None:
    answer = await box.exchange(frame)
    assert answer[:3] == [4, message_id, code]
    # §4.2.3: five elements, a description of at most 255 characters, details that are an empty object
    assert len(answer) == 5
    assert isinstance(answer[3], str)
    assert len(answer[3]) <= 255
    assert answer[4] == {}
    assert code in ERROR_CODES
    await box.alive()


@pytest.mark.parametrize(
    "message_id", ["x", "x" * 36, "-1", "0", " ", 'quote " and \\', "ü€😀", "<b>", "\u0001", "null"]
)
async def test_a_result_has_three_elements_and_the_very_id_of_its_call(box: Wallbox, message_id: str) -> None:
    # §4.1.4, §4.2.2
    answer = await box.exchange([2, message_id, "Heartbeat", {}])
    assert answer[:2] == [3, message_id]
    assert len(answer) == 3
    assert list(answer[2]) == ["currentTime"]


@pytest.mark.parametrize(
    "frame",
    [
        [3],
        [3, "x"],
        [3, 5, {}],
        [3, "x", {}, {}],
        [3, "nobody asked", {}],
        [4],
        [4, "x"],
        [4, None, "InternalError", "", {}],
        [4, "x", 7, "", {}],
        [4, "nobody asked", "NoSuchCode", "", {}],
    ],
)
async def test_no_answer_is_answered(box: Wallbox, frame: list[Any]) -> None:
    # §4.2.3: a CALLERROR answers a CALL; anything else could go back and forth for ever
    await box.send(frame)
    await box.alive()


@pytest.mark.parametrize(
    "payload",
    [
        {"idToken": ["SECRET-TOKEN"]},
        {"idToken": {"idToken": {"SECRET-TOKEN": 1}, "type": "ISO14443"}},
        {"idToken": {"idToken": "SECRET-TOKEN"}},
        {"idToken": "SECRET-TOKEN"},
        {"certificate": "SECRET-TOKEN"},
    ],
)
async def test_an_error_repeats_nothing_of_what_was_sent(box: Wallbox, payload: dict[str, Any]) -> None:
    answer = await box.request("Authorize", payload)
    assert answer[0] == 4
    assert "SECRET" not in json.dumps(answer)


async def test_actions_are_known_of_the_side_that_may_start_them(box: Wallbox) -> None:
    # Table 8: NotSupported is recognised, NotImplemented is not
    for action in sorted(CSMS_ACTIONS - STATION_ACTIONS):
        assert (await box.request(action, {}))[2] == "NotSupported"


async def test_each_call_is_answered_before_the_next_one_is_handled(box: Wallbox, listener: Listener) -> None:
    # §4.1.1 asks a station to wait; one that does not is answered in its order
    frames = [[2, f"{n}", "TransactionEvent", transaction_event() | {"seqNo": n}] for n in range(20)]
    for frame in frames:
        await box.send(frame)
    assert [(await box.receive())[1] for _ in frames] == [frame[1] for frame in frames]
    assert len(listener.events) == 20
