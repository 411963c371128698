"""The token table."""

import pytest

from bmw_wallbox.domain.tokens import Token
from tests.web.memory import MemoryBackend
from tests.web.panel import Panel

ANNA = {
    "id_token": "04A1B2C3D4",
    "type": "ISO14443",
    "status": "Accepted",
    "group_id": "family",
    "expires": "2030-01-01T00:00:00Z",
    "name": "Anna",
    "vehicle": "i4",
    "limit_a": 10,
}


async def test_a_token_is_created_under_a_key_of_ours(panel: Panel) -> None:
    response = await panel.post("/api/tokens", ANNA)
    assert response.status == 201
    created = await response.json()
    key = created.pop("key")
    assert created == ANNA
    assert ANNA["id_token"] not in key
    assert await panel.json("/api/tokens") == [{"key": key, **ANNA}]


async def test_what_is_left_out_has_a_default(panel: Panel) -> None:
    token = await (await panel.post("/api/tokens", {"id_token": "04"})).json()
    assert (token["type"], token["status"], token["expires"]) == (None, "Accepted", None)


async def test_a_token_is_replaced_and_removed_by_its_key(panel: Panel, backend: MemoryBackend) -> None:
    key = (await (await panel.post("/api/tokens", ANNA)).json())["key"]
    assert (await panel.send("PUT", f"/api/tokens/{key}", {**ANNA, "status": "Blocked"})).status == 200
    assert backend.table[key].status == "Blocked"
    assert (await panel.send("DELETE", f"/api/tokens/{key}")).status == 200
    assert backend.table == {}


@pytest.mark.parametrize(("method", "body"), [("PUT", ANNA), ("DELETE", None)])
async def test_an_unknown_key_is_not_found(panel: Panel, method: str, body: object) -> None:
    assert (await panel.send(method, "/api/tokens/nothing", body)).status == 404


@pytest.mark.parametrize(
    "change",
    [
        {"id_token": None},
        {"id_token": ""},
        {"id_token": 4},
        {"id_token": "x" * 37},
        {"type": "NoAuthorization"},
        {"type": "Magic"},
        {"status": "Perhaps"},
        {"expires": "tomorrow"},
        {"expires": 5},
        {"name": "x" * 101},
        {"group_id": ["a"]},
        {"limit_a": 5},
        {"limit_a": 33},
        {"limit_a": "much"},
    ],
)
async def test_a_token_that_ocpp_cannot_carry_is_refused(
    panel: Panel, backend: MemoryBackend, change: dict[str, object]
) -> None:
    response = await panel.post("/api/tokens", {**ANNA, **change})
    assert (response.status, (await response.json())["error"]) == (400, "invalid_payload")
    assert backend.table == {}


async def test_the_same_token_is_not_taken_twice(panel: Panel) -> None:
    await panel.post("/api/tokens", ANNA)
    response = await panel.post("/api/tokens", {**ANNA, "id_token": "04a1b2c3d4"})
    assert response.status == 400
    assert "04a1b2c3d4" not in await response.text()


async def test_one_number_of_two_types_is_two_tokens(panel: Panel) -> None:
    await panel.post("/api/tokens", ANNA)
    assert (await panel.post("/api/tokens", {**ANNA, "type": "eMAID"})).status == 201


async def test_only_an_admin_sees_whole_tokens(guest: Panel, backend: MemoryBackend) -> None:
    backend.table["k"] = Token(key="k", id_token="04A1B2C3D4", group_id="family1", name="Anna")
    (token,) = await guest.json("/api/tokens")
    assert (token["id_token"], token["group_id"], token["name"]) == ("…C3D4", "…ily1", "Anna")
