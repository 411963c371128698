"""The console: any OCPP request by hand, checked, and remembered."""

import pytest

from bmw_wallbox.errors import CallTimeoutError
from tests.web.memory import KEY, MemoryBackend
from tests.web.panel import Panel

BASE = f"/api/stations/{KEY}"
START = {"idToken": {"idToken": "04A1B2C3D4", "type": "ISO14443"}, "remoteStartId": 7, "evseId": 1}


async def test_every_request_has_a_schema_and_a_risk(panel: Panel) -> None:
    actions = await panel.json("/api/ocpp/actions")
    risks = {row["action"]: row["risk"] for row in actions}
    assert (risks["GetVariables"], risks["SetVariables"], risks["Reset"]) == ("reads", "changes", "dangerous")
    for action in risks:
        schema = await panel.json(f"/api/ocpp/schemas/{action}")
        assert schema["type"] == "object"


async def test_an_action_that_does_not_exist_has_no_schema(panel: Panel) -> None:
    assert (await panel.get("/api/ocpp/schemas/BootNotification")).status == 404


async def test_a_payload_is_checked_without_being_sent(panel: Panel, backend: MemoryBackend) -> None:
    path = "/api/ocpp/schemas/Reset/check"
    fault = await panel.post(path, {"type": "Never"})
    assert fault.status == 400
    assert (await fault.json())["field"] == "type"
    assert await (await panel.post(path, {"type": "OnIdle"})).json() == {"risk": "dangerous"}
    assert backend.calls == []


async def test_what_was_sent_is_remembered_with_its_answer_and_without_secrets(panel: Panel) -> None:
    await panel.post(f"{BASE}/ocpp", {"action": "RequestStartTransaction", "payload": START})
    (row,) = await panel.json(f"{BASE}/console")
    assert row["action"] == "RequestStartTransaction"
    assert row["payload"]["idToken"]["idToken"] == "…C3D4"
    assert row["masked"] is True
    assert row["answer"] == {"status": "Accepted"}
    assert (row["error"], row["duration_ms"], row["who"]) == (None, 0, "panel")


async def test_what_was_sent_can_be_sent_again_as_it_was(panel: Panel, backend: MemoryBackend) -> None:
    await panel.post(f"{BASE}/ocpp", {"action": "RequestStartTransaction", "payload": START})
    (row,) = await panel.json(f"{BASE}/console")
    assert (await panel.post(f"{BASE}/ocpp", {"again": row["id"]})).status == 200
    assert backend.calls == [("ocpp", KEY, "RequestStartTransaction", START)] * 2
    assert (await panel.post(f"{BASE}/ocpp", {"again": "nothing"})).status == 404


async def test_to_send_again_what_is_dangerous_asks_again(panel: Panel, backend: MemoryBackend) -> None:
    body = {"action": "Reset", "payload": {"type": "OnIdle"}, "confirm": True}
    await panel.post(f"{BASE}/ocpp", body)
    (row,) = await panel.json(f"{BASE}/console")
    assert (await panel.post(f"{BASE}/ocpp", {"again": row["id"]})).status == 400
    assert len(backend.calls) == 1


async def test_a_failure_is_remembered_in_words(panel: Panel, backend: MemoryBackend) -> None:
    backend.error = CallTimeoutError("GetVariables", 30)
    await panel.post(f"{BASE}/ocpp", {"action": "GetVariables", "payload": {"getVariableData": []}})
    (row,) = await panel.json(f"{BASE}/console")
    assert (row["answer"], row["error"]) == (None, str(backend.error))


async def test_only_the_latest_are_remembered(panel: Panel) -> None:
    for number in range(52):
        await panel.post(f"{BASE}/ocpp", {"action": "GetLocalListVersion", "payload": {"n": number}})
    rows = await panel.json(f"{BASE}/console")
    assert [row["payload"]["n"] for row in rows] == list(range(51, 1, -1))


@pytest.mark.parametrize("payload", [[], "x", 4])
async def test_a_payload_that_is_no_object_is_refused(panel: Panel, payload: object) -> None:
    assert (await panel.post(f"{BASE}/ocpp", {"action": "Reset", "payload": payload})).status == 400
