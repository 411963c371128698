"""The calls about who comes to the door: passwords and the diary."""

import pytest

from bmw_wallbox.domain.vocabulary import Admission
from tests.web.memory import ID, KEY, MemoryBackend
from tests.web.panel import Panel

ATTEMPT = {"remote": "192.168.1.9", "charge_point_id": ID, "verdict": "refused", "cause": "wrong_password"}


async def test_an_administrator_trusts_the_password_that_was_refused(
    panel: Panel, backend: MemoryBackend
) -> None:
    backend.refused[ID] = "192.168.1.9"
    (before,) = await panel.json("/api/stations")
    assert (before["password"], before["refused_from"]) == ("learned", "192.168.1.9")
    response = await panel.send("POST", f"/api/stations/{KEY}/trust_password", {"confirm": True})
    assert response.status == 200
    assert (await response.json())[0]["refused_from"] is None
    assert backend.calls == [("trust_password", KEY)]


@pytest.mark.parametrize("password", ["s3cret:with-colon", None])
async def test_a_password_is_set_or_given_up_and_never_shown(
    panel: Panel, backend: MemoryBackend, password: str | None
) -> None:
    response = await panel.send(
        "PUT", f"/api/stations/{KEY}/password", {"password": password, "confirm": "password"}
    )
    assert response.status == 200
    assert "s3cret" not in await response.text()
    assert backend.calls == [("set_password", KEY, password)]


@pytest.mark.parametrize("body", [{}, {"password": ""}, {"password": "topsecret" * 9}, {"password": 4711}])
async def test_a_password_that_cannot_be_one_is_refused_without_an_echo(
    panel: Panel, backend: MemoryBackend, body: dict[str, object]
) -> None:
    response = await panel.send("PUT", f"/api/stations/{KEY}/password", body)
    text = await response.text()
    assert response.status == 400
    assert "topsecret" not in text
    assert "4711" not in text
    assert not backend.calls


@pytest.mark.parametrize(
    ("method", "resource", "body"),
    [("POST", "trust_password", {}), ("PUT", "password", {"password": "x" * 16})],
)
async def test_only_administrators_touch_passwords(
    guest: Panel, backend: MemoryBackend, method: str, resource: str, body: dict[str, object]
) -> None:
    response = await guest.send(method, f"/api/stations/{KEY}/{resource}", body)
    assert response.status == 403
    assert not backend.calls


async def test_a_station_that_is_not_known_has_no_password(panel: Panel, backend: MemoryBackend) -> None:
    backend.admissions["DE*NEW"] = Admission.PENDING
    response = await panel.send("PUT", "/api/stations/nobody/password", {"password": "x" * 16})
    assert response.status == 404


async def test_everybody_in_the_house_reads_the_diary(guest: Panel, backend: MemoryBackend) -> None:
    backend.attempts = [ATTEMPT]
    assert await guest.json("/api/diary") == [ATTEMPT]
    assert (await guest.json("/api/info"))["diary"] == [ATTEMPT]
