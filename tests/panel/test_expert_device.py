"""The page for experts: what a wallbox holds and told, the file for bug reports, and the audit."""

import zipfile
from pathlib import Path

import pytest
from playwright.async_api import expect

from bmw_wallbox.domain.commands import Refresh, SetVariable
from bmw_wallbox.domain.vocabulary import Outcome
from tests.panel.conftest import House
from tests.panel.expert_house import HOSTILE, furnish
from tests.web.memory import ID, KEY

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

SCHEDULE = {
    "evseId": 1,
    "duration": 3600,
    "scheduleStart": "2026-11-20T18:00:00Z",
    "chargingRateUnit": "A",
    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}, {"startPeriod": 1800, "limit": 6}],
}


@pytest.fixture
def told_house(house: House) -> House:
    """A house whose wallbox has told much of itself."""
    furnish(house.backend)
    return house


async def test_variables_are_searched_and_filtered(told_house: House) -> None:
    async with told_house.screen(page="expert/device") as screen:
        groups = screen.frame.locator(".components > details")
        await expect(groups).to_have_count(5)
        await screen.frame.get_by_role("searchbox", name="Search").fill("backoff")
        await expect(groups).to_have_count(1)
        await expect(groups.get_by_text("RetryBackOffRandomRange")).to_be_visible()
        await screen.frame.get_by_role("searchbox", name="Search").fill("")
        await screen.frame.get_by_label("Which").select_option("Can be set here")
        await expect(screen.frame.get_by_text("3 of 5 variables shown")).to_be_visible()
        await screen.frame.get_by_label("Component").select_option("ChargingStation")
        await screen.frame.get_by_text("StatusLedBrightness").click()
        for words in ("integer", "Target", "75 (ReadWrite)"):
            await expect(groups.get_by_text(words, exact=True)).to_be_visible()
        assert screen.faults == []


async def test_a_variable_is_set_and_its_outcome_is_said(told_house: House) -> None:
    backend = told_house.backend
    backend.final_message = "The wallbox has taken it."
    async with told_house.screen(page="expert/device", width=360) as screen:
        await expect(screen.frame.get_by_text("takes effect at the next restart")).to_be_visible()
        await screen.frame.get_by_label("Component").select_option("OCPPCommCtrlr")
        await screen.frame.get_by_text("RetryBackOffRandomRange").click()
        await screen.frame.get_by_label("New value").fill("7")
        await screen.frame.get_by_role("button", name="Set", exact=True).click()
        await expect(screen.frame.get_by_text("The wallbox has taken it.")).to_be_visible()
        await expect(screen.frame.locator(".value")).to_have_text("7")
        wanted = SetVariable(variable="OCPPCommCtrlr/RetryBackOffRandomRange", value="7")
        assert backend.calls == [("execute", KEY, wanted, "panel")]
        backend.final, backend.final_message = Outcome.REFUSED, "It is out of range."
        await screen.frame.get_by_label("New value").fill("9999")
        await screen.frame.get_by_role("button", name="Set", exact=True).click()
        await expect(screen.frame.get_by_text("It is out of range.")).to_be_visible()
        await expect(screen.frame.locator(".value")).to_have_text("7")
        assert screen.faults == []


async def test_the_wallbox_is_asked_for_everything_again(told_house: House) -> None:
    async with told_house.screen(page="expert/device") as screen:
        await screen.frame.get_by_role("button", name="Ask the wallbox for everything again").click()
        await expect(screen.frame.get_by_text("The wallbox confirmed it.")).to_be_visible()
        assert told_house.backend.calls == [("execute", KEY, Refresh(), "panel")]


async def test_the_composite_schedule_is_drawn_and_told_in_words(told_house: House) -> None:
    told_house.backend.answers["GetCompositeSchedule"] = {"status": "Accepted", "schedule": SCHEDULE}
    async with told_house.screen(page="expert/profiles") as screen:
        await screen.frame.get_by_role("button", name="Ask the wallbox").first.click()
        await expect(screen.frame.get_by_text("between 6 and 16 A")).to_be_visible()
        await expect(screen.frame.locator(".chart canvas")).to_be_visible()
        (call,) = told_house.backend.calls
        assert call[3] == {"evseId": 1, "duration": 3600, "chargingRateUnit": "A"}
        told_house.backend.answers["GetCompositeSchedule"] = {"status": "Rejected"}
        await screen.frame.get_by_role("button", name="Ask the wallbox").first.click()
        await expect(screen.frame.get_by_text("tells no schedule: Rejected")).to_be_visible()
        assert screen.faults == []


async def test_profiles_that_were_sent_and_that_are_held_are_listed(told_house: House) -> None:
    async with told_house.screen(page="expert/profiles") as screen:
        await expect(screen.frame.get_by_role("group", name="Sent by the app")).to_contain_text("16 A")
        held = screen.frame.get_by_role("group", name="TxDefaultProfile 1")
        await expect(held).to_contain_text("10 A")
        await screen.frame.get_by_role("button", name="Ask the wallbox").last.click()
        await expect(screen.frame.get_by_text("Its profiles arrive now.")).to_be_visible()
        assert [call[2] for call in told_house.backend.calls] == ["GetChargingProfiles"]


async def test_events_are_told_the_latest_first_and_hostile_words_are_text(told_house: House) -> None:
    async with told_house.screen(page="expert/events") as screen:
        events = screen.frame.get_by_role("group", name="Events", exact=True)
        await expect(events.get_by_role("row")).to_have_count(3)
        await expect(events.get_by_role("row").nth(1)).to_contain_text("true (over)")
        await expect(events.get_by_text(HOSTILE).first).to_be_visible()
        security = screen.frame.get_by_role("group", name="Security events")
        await expect(security.get_by_text(HOSTILE)).to_be_visible()
        await expect(screen.frame.get_by_text("Downloading")).to_be_visible()
        assert await screen.frame.locator(".expert img").count() == 0
        assert screen.faults == []


async def test_the_file_for_a_bug_report_is_saved(told_house: House, tmp_path: Path) -> None:
    async with told_house.screen(page="expert/diagnostics") as screen:
        async with screen.page.expect_download() as saving:
            await screen.frame.get_by_role("button", name="Download the file").click()
        path = tmp_path / "diagnostics.zip"
        await (await saving.value).save_as(path)
        assert "info.json" in zipfile.ZipFile(path).namelist()
        await expect(screen.frame.get_by_text("Your browser has it now.")).to_be_visible()
        assert screen.faults == []


async def test_the_audit_lists_what_was_done(told_house: House) -> None:
    async with told_house.screen(page="expert/audit") as screen:
        row = screen.frame.locator(".deeds > li")
        await expect(row).to_have_count(1)
        for words in ("Reset", "Done", ID, HOSTILE, "Accepted"):
            await expect(row.get_by_text(words, exact=words != HOSTILE)).to_be_visible()
        assert screen.faults == []


async def test_who_is_no_administrator_is_told_so_and_sees_what_everybody_may(told_house: House) -> None:
    async with told_house.screen(page="expert/console", user_id="guest") as screen:
        await expect(screen.frame.get_by_text("You may send what only reads.")).to_be_visible()
        await screen.frame.get_by_role("link", name="Audit").click()
        await expect(screen.frame.get_by_text("Only administrators of Home Assistant")).to_be_visible()
        await screen.frame.get_by_role("link", name="Diagnostics").click()
        await expect(screen.frame.get_by_role("button", name="Download the file")).to_be_hidden()
        await screen.frame.get_by_role("link", name="Device model").click()
        await expect(screen.frame.get_by_text("5 of 5 variables shown")).to_be_visible()
        assert screen.faults == []
