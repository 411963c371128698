"""The HTTP API, call by call."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from bmw_wallbox.domain.commands import (
    EndTransaction,
    Refresh,
    Restart,
    SetCurrentLimit,
    SetLedBrightness,
    StartCharging,
    StopCharging,
)
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.vocabulary import Admission, Outcome
from tests.web.memory import ID, KEY, NOW, MemoryBackend, charging_state
from tests.web.panel import Panel

STATION = f"/api/stations/{KEY}"
COMMANDS = f"{STATION}/commands"


async def test_health_is_good_while_the_store_answers(panel: Panel, backend: MemoryBackend) -> None:
    assert (await panel.get("/healthz")).status == 200
    backend.is_healthy = False
    assert (await panel.get("/healthz")).status == 503


async def test_info_tells_versions_and_problems(panel: Panel, backend: MemoryBackend) -> None:
    backend.problems = [Problem(key="mqtt_missing", message="No broker.", action="setup_mqtt")]
    info = await panel.json("/api/info")
    assert info["versions"] == {"app": "0.1.0"}
    assert info["problems"] == [
        {"key": "mqtt_missing", "message": "No broker.", "action": "setup_mqtt", "station": None}
    ]


async def test_stations_are_listed_with_their_admission(panel: Panel) -> None:
    (station,) = await panel.json("/api/stations")
    assert (station["id"], station["key"], station["admission"]) == (ID, KEY, "approved")
    assert station["last_seen"] == "2026-11-20T18:00:00Z"


@pytest.mark.parametrize("act", ["approve", "block", "forget"])
@pytest.mark.parametrize("name", [KEY, quote(ID, safe="")])
async def test_a_station_is_named_by_its_key_or_its_charge_point_id(
    panel: Panel, backend: MemoryBackend, act: str, name: str
) -> None:
    assert (await panel.post(f"/api/stations/{name}/{act}", {"confirm": act})).status == 200
    assert backend.calls == [(act, KEY)]


async def test_an_unknown_station_is_not_found(panel: Panel) -> None:
    for path in ("state", "messages", "sessions"):
        assert (await panel.get(f"/api/stations/nobody/{path}")).status == 404


async def test_a_pending_station_has_no_state(panel: Panel, backend: MemoryBackend) -> None:
    backend.admissions["NEW"] = Admission.PENDING
    assert (await panel.get("/api/stations/NEW/state")).status == 404


@pytest.mark.parametrize("minutes", [0, 15, 0.5])
async def test_pairing_is_opened_for_minutes(panel: Panel, backend: MemoryBackend, minutes: float) -> None:
    assert (await panel.post("/api/pairing", {"minutes": minutes})).status == 200
    assert backend.calls == [("pairing", minutes)]


@pytest.mark.parametrize("minutes", [-1, 1e9, "many", None, True, [], {}])
async def test_pairing_refuses_what_is_no_number_of_minutes(panel: Panel, minutes: object) -> None:
    response = await panel.post("/api/pairing", {"minutes": minutes})
    assert (response.status, (await response.json())["error"]) == (400, "invalid_payload")


async def test_the_state_has_the_keys_of_the_seed(panel: Panel) -> None:
    state = await panel.json(f"{STATION}/state")
    assert state["connected"] is True
    assert state["charging_state"] == "Charging"
    assert state["power"] == 7360
    assert state["current_limit"] == 16


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ({"command": "start_charging"}, StartCharging()),
        ({"command": "stop_charging"}, StopCharging()),
        ({"command": "allow_charging", "value": True}, StartCharging()),
        ({"command": "set_current_limit", "value": 10}, SetCurrentLimit(limit_a=10)),
        ({"command": "set_led_brightness", "value": 46}, SetLedBrightness(percent=46)),
        ({"command": "end_transaction", "confirm": True}, EndTransaction()),
        ({"command": "end_transaction", "confirm": "end_transaction"}, EndTransaction()),
        ({"command": "refresh"}, Refresh()),
        ({"command": "restart"}, Restart()),
        ({"command": "restart", "value": "immediate", "confirm": True}, Restart(when="immediate")),
    ],
)
async def test_a_command_is_taken_and_reported_at_once(
    panel: Panel, backend: MemoryBackend, body: object, command: object
) -> None:
    response = await panel.post(COMMANDS, body)
    assert response.status == 200
    report = await response.json()
    assert (report["id"], report["outcome"]) == ("c1", "pending")
    assert report["message"]
    assert backend.calls == [("execute", KEY, command, "panel")]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"command": None},
        {"command": 7},
        {"command": "fly"},
        {"command": "x" * 1000},
        {"command": "set_current_limit"},
        {"command": "set_current_limit", "value": 5},
        {"command": "set_current_limit", "value": "16; DROP"},
        {"command": "set_led_brightness", "value": 101},
        {"command": "restart", "value": "now"},
    ],
)
async def test_a_command_that_cannot_be_used_is_refused_in_words(
    panel: Panel, backend: MemoryBackend, body: object
) -> None:
    response = await panel.post(COMMANDS, body)
    assert (response.status, (await response.json())["error"]) == (400, "invalid_payload")
    assert backend.calls == []


async def test_the_limit_ends_at_the_installations_maximum(panel: Panel, backend: MemoryBackend) -> None:
    backend.states[KEY] = charging_state(max_current_a=16)
    body = {"command": "set_current_limit", "value": 17}
    assert (await panel.post(COMMANDS, body)).status == 400


@pytest.mark.parametrize("confirm", [None, False, "yes", 1])
@pytest.mark.parametrize(
    "body", [{"command": "end_transaction"}, {"command": "restart", "value": "immediate"}]
)
async def test_a_dangerous_command_must_be_confirmed(
    panel: Panel, backend: MemoryBackend, body: dict[str, object], confirm: object
) -> None:
    assert (await panel.post(COMMANDS, {**body, "confirm": confirm})).status == 400
    assert backend.calls == []


async def test_wait_answers_with_the_final_outcome(panel: Panel, backend: MemoryBackend) -> None:
    backend.final = Outcome.CAR_TAKES_LESS
    report = await (await panel.post(f"{COMMANDS}?wait=30", {"command": "refresh"})).json()
    assert report["outcome"] == "car_takes_less"


async def test_wait_ends_with_pending_when_the_time_is_over(panel: Panel, backend: MemoryBackend) -> None:
    backend.decided.clear()
    report = await (await panel.post(f"{COMMANDS}?wait=0.01", {"command": "refresh"})).json()
    assert report["outcome"] == "pending"


@pytest.mark.parametrize("wait", ["-1", "1e6", "nan", "x", ""])
async def test_wait_must_be_seconds(panel: Panel, backend: MemoryBackend, wait: str) -> None:
    assert (await panel.post(f"{COMMANDS}?wait={wait}", {"command": "refresh"})).status == 400
    assert backend.calls == []


async def test_a_command_can_be_followed_by_its_id(panel: Panel, backend: MemoryBackend) -> None:
    await panel.post(COMMANDS, {"command": "refresh"})
    backend.reports["c1"] = replace(backend.reports["c1"], outcome=Outcome.APPLIED)
    assert (await panel.json(f"{COMMANDS}/c1"))["outcome"] == "applied"
    assert (await panel.get(f"{COMMANDS}/c2")).status == 404


async def test_raw_ocpp_goes_out_and_its_answer_comes_back(panel: Panel, backend: MemoryBackend) -> None:
    payload = {"requestedMessage": "Heartbeat"}
    response = await panel.post(f"{STATION}/ocpp", {"action": "TriggerMessage", "payload": payload})
    assert await response.json() == {"status": "Accepted"}
    assert backend.calls == [("ocpp", KEY, "TriggerMessage", payload)]


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("Reset", {"type": "OnIdle"}),
        ("SetNetworkProfile", {}),
        ("UpdateFirmware", {}),
        ("ChangeAvailability", {}),
        ("ClearChargingProfile", {}),
        (
            "SetVariables",
            {
                "setVariableData": [
                    {
                        "attributeValue": "0123456789abcdef",
                        "component": {"name": "SecurityCtrlr"},
                        "variable": {"name": "basicAuthPASSWORD"},
                    }
                ]
            },
        ),
        ("SetVariables", {"setVariableData": "broken"}),
        ("SetVariables", {"setVariableData": [7]}),
    ],
)
async def test_dangerous_ocpp_must_be_confirmed(
    panel: Panel, backend: MemoryBackend, action: str, payload: dict[str, object]
) -> None:
    body = {"action": action, "payload": payload}
    assert (await panel.post(f"{STATION}/ocpp", body)).status == 400
    assert backend.calls == []
    assert (await panel.post(f"{STATION}/ocpp", {**body, "confirm": action})).status == 200


async def test_a_guest_may_read_by_ocpp_but_not_write(guest: Panel) -> None:
    reading = {"action": "GetVariables", "payload": {}}
    writing = {"action": "SetVariables", "payload": {"setVariableData": []}}
    assert (await guest.post(f"{STATION}/ocpp", reading)).status == 200
    assert (await guest.post(f"{STATION}/ocpp", writing)).status == 403


@pytest.mark.parametrize("body", [{}, {"action": ""}, {"action": 1}, {"action": "Reset", "payload": []}])
async def test_ocpp_without_a_usable_action_or_payload_is_refused(panel: Panel, body: object) -> None:
    assert (await panel.post(f"{STATION}/ocpp", body)).status == 400


async def test_messages_are_served(panel: Panel, backend: MemoryBackend) -> None:
    backend.expert.frames.record(ID, '[2,"1","Heartbeat",{}]', at=NOW, direction="in")
    (message,) = await panel.json(f"{STATION}/messages")
    assert (message["type"], message["action"], message["payload"]) == ("CALL", "Heartbeat", {})


async def test_home_assistant_is_set_up_and_left_by_one_call_each(
    panel: Panel, backend: MemoryBackend
) -> None:
    answer = await (await panel.post("/api/home_assistant/setup_mqtt")).json()
    assert answer == {"message": "MQTT is ready."}
    assert (await panel.post("/api/home_assistant/register_again")).status == 200
    assert (await panel.post("/api/home_assistant/remove", {"confirm": "remove"})).status == 200
    assert backend.calls == [("setup_mqtt",), ("register_again",), ("remove",)]
