"""The calls behind the set-up guide."""

import pytest

from tests.web.memory import MemoryBackend
from tests.web.panel import Panel


async def test_the_guide_is_shown_with_the_address_to_type(panel: Panel) -> None:
    told = await panel.json("/api/guide")
    assert told["finished_at"] is not None
    assert told["address"]["hosts"][0]["name"] == "wallbox.example.org"
    assert told["address"]["port"] == 9000


async def test_the_guide_is_put_away_and_brought_back(panel: Panel, backend: MemoryBackend) -> None:
    assert await (await panel.send("PUT", "/api/guide", {"finished": False})).json() == {"finished_at": None}
    assert (await panel.json("/api/info"))["set_up"] is False
    assert (await panel.send("PUT", "/api/guide", {"finished": True})).status == 200
    assert backend.guide.finished_at is not None
    assert (await panel.send("PUT", "/api/guide", {"finished": "yes"})).status == 400


async def test_a_host_is_checked_in_lower_case(panel: Panel, backend: MemoryBackend) -> None:
    found = await (await panel.post("/api/guide/check", {"host": "Wallbox.Example.org"})).json()
    assert found["tls"]["cause"] == "trusted"
    assert backend.guide.checked == ["wallbox.example.org"]


@pytest.mark.parametrize("host", ["", "wss://x", "x:9000", "x/y", "a b", "ü.de", "x" * 254, 7, None])
async def test_what_is_no_host_name_is_refused_by_its_field(
    panel: Panel, backend: MemoryBackend, host: object
) -> None:
    response = await panel.post("/api/guide/check", {"host": host})
    assert response.status == 400
    assert (await response.json())["field"] == "host"
    assert backend.guide.checked == []


async def test_a_guest_may_look_but_not_touch(guest: Panel, backend: MemoryBackend) -> None:
    assert (await guest.get("/api/guide")).status == 200
    assert (await guest.send("PUT", "/api/guide", {"finished": False})).status == 403
    assert (await guest.post("/api/guide/check", {"host": "x"})).status == 403
    assert backend.guide.checked == []
