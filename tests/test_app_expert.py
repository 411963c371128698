"""The whole program for experts: requests by hand, messages live, the audit, the file for a bug report."""

import io
import json
import zipfile
from urllib.parse import quote

import aiohttp
import pytest
from playwright.async_api import expect

from tests.conftest import WALLBOX_ID, MakeApp, MakeBox
from tests.panel.conftest import PATIENCE_MS, Window, chromium, confirm

STATION = f"api/stations/{quote(WALLBOX_ID, safe='')}"
TOKEN, CARD = "04DEADBEEF99", "04A1B2C3D4E5"


@pytest.mark.timeout(60)
async def test_who_restarted_the_wallbox_is_known_after_a_restart_of_the_app(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app()
    await make_wallbox(app)
    reset = {"action": "Reset", "payload": {"type": "OnIdle"}, "confirm": "Reset"}
    assert (await app.panel.post(f"{STATION}/ocpp", reset))["status"] == "Accepted"
    await app.stop()
    await app.start()
    (row,) = await app.panel.get("api/audit")
    assert (row["who"], row["action"], row["target"]) == ("panel", "Reset", WALLBOX_ID)
    assert (row["outcome"], row["note"]) == ("done", "Accepted")


@pytest.mark.timeout(60)
async def test_the_file_for_a_bug_report_holds_the_house_and_no_secret(
    make_app: MakeApp, make_wallbox: MakeBox, http_session: aiohttp.ClientSession
) -> None:
    app = await make_app(rfid_token=TOKEN)
    box = await make_wallbox(app, password="the-wallbox-password")
    await app.panel.post("api/tokens", {"id_token": CARD, "name": "Anna"})
    await box.plug()
    await box.authorize(CARD)
    await app.panel.until(lambda view: view.state.get("transaction_id"))
    async with http_session.get(f"http://127.0.0.1:{app.panel_port}/api/diagnostics") as response:
        archive = zipfile.ZipFile(io.BytesIO(await response.read()))
    files = {name: archive.read(name).decode() for name in archive.namelist()}
    for name, text in files.items():
        assert not [secret for secret in (TOKEN, CARD, "the-wallbox-password") if secret in text], name
    key = json.loads(files["stations.json"].splitlines()[0])["key"]
    assert "BootNotification" in files[f"{key}/messages.jsonl"]
    assert json.loads(files["store.json"])["tables"]["rows"]["document"] > 0


@pytest.mark.browser
@pytest.mark.timeout(120)
async def test_an_expert_sees_the_wallbox_talk_and_asks_it_by_hand(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app()
    box = await make_wallbox(app, phases=3)
    async with (
        chromium() as browser,
        Window(browser, app.panel_port).screen(page="expert/messages") as screen,
    ):
        frame = screen.frame
        lines = frame.locator(".exchanges > li")
        await expect(lines.filter(has_text="BootNotification")).to_have_count(1)
        await box.plug()
        await expect(lines.filter(has_text="TransactionEvent").first).to_have_attribute(
            "data-kind", "answered"
        )
        await frame.get_by_role("link", name="Charging profiles").click()
        await frame.get_by_role("button", name="Ask the wallbox").first.click()
        await expect(frame.locator(".chart canvas")).to_be_visible(timeout=2 * PATIENCE_MS)
        await frame.get_by_role("button", name="Ask the wallbox").last.click()
        await expect(frame.get_by_role("group", name="TxDefaultProfile")).to_be_visible(
            timeout=2 * PATIENCE_MS
        )
        await frame.get_by_role("link", name="Console").click()
        await frame.get_by_label("Action", exact=True).select_option("Reset")
        await frame.get_by_label("type *").select_option("OnIdle")
        await frame.get_by_role("button", name="Send", exact=True).click()
        await confirm(screen, "Reset")
        await expect(frame.get_by_role("group", name="Answer")).to_contain_text("Scheduled")
        await frame.get_by_role("link", name="Audit").click()
        await expect(frame.locator(".deeds > li")).to_have_count(1)
        assert screen.faults == []
