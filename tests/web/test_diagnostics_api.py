"""The file for a bug report: complete enough, bounded, and without anybody's secrets."""

import io
import json
import zipfile
from dataclasses import replace

import pytest

from bmw_wallbox.domain.device import PresentedCard, Variable
from bmw_wallbox.domain.device_records import Device
from bmw_wallbox.domain.state import Inventory, LastEvent
from bmw_wallbox.domain.tokens import Token
from bmw_wallbox.web import diagnostics
from bmw_wallbox.web.diagnostics import Diagnosis, packed
from tests.web.memory import ID, KEY, NOW, MemoryBackend
from tests.web.panel import Panel

SECRETS = (
    "04A1B2C3D4E5F6",
    "TOKENOFTHETABLE1",
    "CARDOFASTRANGER2",
    "supervisor-token-of-this-house",
    'pass"word-ü-of-the-panel',
    "password-in-a-variable",
    "password-in-a-message",
    "token-in-a-message-7777",
)


def plant(backend: MemoryBackend) -> None:
    """Hide a secret wherever one can be."""
    table, stranger, ingress, password, variable, message, token = SECRETS[1:]
    backend.table["a"] = Token(key="a", id_token=table, name="Anna")
    card = PresentedCard(id_token=stranger, type="ISO14443", status="Invalid", told_at=NOW)
    secret = Variable(component="SecurityCtrlr", variable="BasicAuthPassword", value=variable)
    backend.states[KEY] = replace(
        backend.states[KEY],
        last_event=LastEvent(id_token=SECRETS[0]),
        device=Device(presented_cards=(card,)),
        inventory=Inventory(variables={secret.name: secret}),
    )
    backend.expert.hidden = [ingress, password]
    backend.attempts = [{"reason": f"{stranger.lower()} and {ingress} and {password}"}]
    backend.more_info = {"note": table}
    data = {"setVariableData": [{"attributeValue": message, "variable": {"name": "BasicAuthPassword"}}]}
    for number, payload in enumerate((data, {"idToken": {"idToken": token}})):
        text = json.dumps([2, str(number), "SetVariables", payload])
        backend.expert.frames.record(ID, text, at=NOW, direction="out")


async def bundle(panel: Panel) -> zipfile.ZipFile:
    response = await panel.get("/api/diagnostics")
    assert response.status == 200
    assert response.content_type == "application/zip"
    return zipfile.ZipFile(io.BytesIO(await response.read()))


async def test_no_secret_is_in_any_file(panel: Panel, backend: MemoryBackend) -> None:
    plant(backend)
    archive = await bundle(panel)
    for name in archive.namelist():
        text = archive.read(name).decode().lower()
        for secret in SECRETS:
            assert secret.lower() not in text, name
            assert json.dumps(secret, ensure_ascii=False)[1:-1].lower() not in text, name


async def test_everything_that_a_bug_report_needs_is_there(panel: Panel, backend: MemoryBackend) -> None:
    plant(backend)
    archive = await bundle(panel)
    assert set(archive.namelist()) == {
        "README.txt",
        "info.json",
        "stations.json",
        "settings.json",
        "diary.jsonl",
        "audit.jsonl",
        "options.json",
        "store.json",
        "system.json",
        f"{KEY}/state.json",
        f"{KEY}/device.json",
        f"{KEY}/messages.jsonl",
    }
    assert json.loads(archive.read("info.json"))["versions"] == {"app": "0.1.0"}
    assert json.loads(archive.read(f"{KEY}/state.json"))["power"] == 7360
    assert len(archive.read(f"{KEY}/messages.jsonl").splitlines()) == 2


def test_a_file_that_is_too_long_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnostics, "MOST_CHARACTERS", 100)
    body = packed(Diagnosis(at=NOW, documents={"a.json": {"x": "y" * 500}}, secrets=()))
    text = zipfile.ZipFile(io.BytesIO(body)).read("a.json").decode()
    assert len(text) < 150
    assert "cut here" in text


async def test_only_administrators_get_it(guest: Panel) -> None:
    assert (await guest.get("/api/diagnostics")).status == 403
