"""Dangerous actions are confirmed, and the audit tells who did them."""

from typing import Any

import pytest

from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.errors import StationOfflineError
from bmw_wallbox.web.server import PanelServer
from tests.web.memory import ADMIN, ID, KEY, MemoryBackend
from tests.web.panel import INGRESS, Panel

BASE = f"/api/stations/{KEY}"
RESET = {"action": "Reset", "payload": {"type": "Immediate"}, "confirm": "Reset"}
DANGEROUS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", f"{BASE}/ocpp", RESET),
    ("POST", f"{BASE}/commands", {"command": "restart", "value": "immediate", "confirm": "restart"}),
    ("POST", f"{BASE}/commands", {"command": "end_transaction", "confirm": "end_transaction"}),
    ("POST", f"{BASE}/block", {"confirm": "block"}),
    ("POST", f"{BASE}/forget", {"confirm": "forget"}),
    ("POST", f"{BASE}/trust_password", {"confirm": "trust_password"}),
    ("PUT", f"{BASE}/password", {"password": "s3cret-of-the-box", "confirm": "password"}),
    ("POST", "/api/home_assistant/remove", {"confirm": "remove"}),
]


async def test_the_audit_names_who_did_what_to_what_and_how_it_ended(server: PanelServer) -> None:
    headers = {"X-Remote-User-Id": ADMIN, "X-Remote-User-Display-Name": "Anna"}
    async with Panel.at(server, INGRESS, headers) as anna:
        assert (await anna.post(f"{BASE}/ocpp", RESET)).status == 200
        (row,) = await anna.json("/api/audit")
    assert row["who"] == f"Anna ({ADMIN})"
    assert (row["action"], row["target"]) == ("Reset", ID)
    assert row["details"] == '{"type":"Immediate"}'
    assert (row["outcome"], row["note"]) == ("done", "Accepted")


@pytest.mark.parametrize(("method", "path", "body"), DANGEROUS)
async def test_what_is_dangerous_leaves_a_row_without_secrets(
    panel: Panel, method: str, path: str, body: dict[str, Any]
) -> None:
    assert (await panel.send(method, path, body)).status == 200
    (row,) = await panel.json("/api/audit")
    assert row["action"] == body["confirm"]
    assert row["outcome"] == "done"
    assert "s3cret" not in str(row)


@pytest.mark.parametrize(("method", "path", "body"), DANGEROUS)
async def test_what_is_dangerous_has_to_be_confirmed_by_its_name(
    panel: Panel, backend: MemoryBackend, method: str, path: str, body: dict[str, Any]
) -> None:
    response = await panel.send(method, path, {**body, "confirm": "something else"})
    assert response.status == 400
    assert (await response.json())["field"] == "confirm"
    assert backend.calls == []
    assert await panel.json("/api/audit") == []


async def test_what_failed_says_why(panel: Panel, backend: MemoryBackend) -> None:
    backend.error = StationOfflineError("Reset")
    assert (await panel.post(f"{BASE}/ocpp", RESET)).status == 409
    (row,) = await panel.json("/api/audit")
    assert row["outcome"] == "failed"
    assert row["note"] == str(backend.error)


async def test_a_stranger_at_the_door_is_turned_away_without_a_question(
    panel: Panel, backend: MemoryBackend
) -> None:
    backend.admissions["NEW-1"] = Admission.PENDING
    assert (await panel.post("/api/stations/NEW-1/block")).status == 200
    assert backend.calls == [("block", "new1")]


async def test_only_administrators_read_the_audit(guest: Panel) -> None:
    assert (await guest.get("/api/audit")).status == 403
