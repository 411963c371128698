"""The page for experts: messages, the console, and what a wallbox holds."""

import json
import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from bmw_wallbox.csms.actions import CSMS_ACTIONS
from bmw_wallbox.csms.rpc import write_call, write_result
from tests.panel.conftest import House, Screen, confirm
from tests.panel.expert_house import exchange, furnish
from tests.web.memory import ID, KEY, NOW

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]


@pytest.fixture
def told_house(house: House) -> House:
    """A house whose wallbox has told much of itself."""
    furnish(house.backend)
    return house


def lines(screen: Screen) -> Locator:
    return screen.frame.locator(".exchanges > li")


async def test_a_request_is_shown_with_its_answer_as_they_come(told_house: House) -> None:
    async with told_house.screen(page="expert/messages") as screen:
        await expect(lines(screen)).to_have_count(4)
        frames = told_house.backend.expert.frames
        frames.record(
            ID, write_call("9", "Authorize", {"idToken": {"idToken": "04A1B2C3D4"}}), at=NOW, direction="in"
        )
        newest = lines(screen).first
        await expect(newest).to_have_attribute("data-kind", "waiting")
        frames.record(ID, write_result("9", {"idTokenInfo": {}}), at=NOW, direction="out", action="Authorize")
        await expect(newest).to_have_attribute("data-kind", "answered")
        await expect(newest.get_by_text("0 ms")).to_be_visible()
        await newest.locator("summary").click()
        await expect(newest.get_by_role("group", name="Request")).to_contain_text('"idToken": "…C3D4"')
        await expect(newest.get_by_role("group", name="Answer")).to_contain_text("idTokenInfo")
        assert screen.faults == []


async def test_messages_are_filtered_and_searched(told_house: House) -> None:
    async with told_house.screen(page="expert/messages") as screen:
        await expect(lines(screen)).to_have_count(4)
        await screen.frame.get_by_label("Direction").select_option("From the wallbox")
        await expect(lines(screen)).to_have_count(2)
        await screen.frame.get_by_label("Action").select_option("Heartbeat")
        await expect(lines(screen)).to_have_count(1)
        await screen.frame.get_by_label("Action").select_option("Every action")
        await screen.frame.get_by_label("Direction").select_option("Both directions")
        await screen.frame.get_by_label("Outcome").select_option("No answer yet")
        await expect(lines(screen)).to_have_count(1)
        await screen.frame.get_by_label("Outcome").select_option("Every outcome")
        await screen.frame.get_by_label("Search in the content").fill("CURRENTTIME")
        await expect(lines(screen)).to_have_count(1)
        await expect(screen.frame.get_by_text("1 of 4 shown")).to_be_visible()


async def test_a_pause_keeps_the_list_still_and_clearing_empties_it(told_house: House) -> None:
    async with told_house.screen(page="expert/messages") as screen:
        await expect(lines(screen)).to_have_count(4)
        await screen.frame.get_by_role("button", name="Pause").click()
        exchange(told_house.backend, "8", "MeterValues", {}, {})
        await expect(screen.frame.get_by_text("Paused;")).to_be_visible()
        await screen.frame.get_by_label("Direction").select_option("From the wallbox")
        await expect(lines(screen)).to_have_count(2)
        await screen.frame.get_by_label("Direction").select_option("Both directions")
        await expect(lines(screen)).to_have_count(4)
        await screen.frame.get_by_role("button", name="Go on").click()
        await expect(lines(screen)).to_have_count(5)
        await screen.frame.get_by_role("button", name="Clear").click()
        await expect(lines(screen)).to_have_count(0)


async def test_messages_are_saved_as_json_lines_oldest_first(told_house: House, tmp_path: Path) -> None:
    async with told_house.screen(page="expert/messages") as screen:
        await expect(lines(screen)).to_have_count(4)
        async with screen.page.expect_download() as saving:
            await screen.frame.get_by_role("button", name="Download").click()
        path = tmp_path / "messages"
        await (await saving.value).save_as(path)
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        assert [(row["type"], row["action"]) for row in rows][:2] == [
            ("CALL", "Heartbeat"),
            ("CALLRESULT", "Heartbeat"),
        ]
        assert len(rows) == 7


async def test_messages_come_again_after_a_lost_link(told_house: House) -> None:
    async with told_house.screen(page="expert/messages") as screen:
        await expect(lines(screen)).to_have_count(4)
        await screen.host.cut()
        exchange(told_house.backend, "8", "MeterValues", {}, {})
        await expect(lines(screen)).to_have_count(5)
        exchange(told_house.backend, "9", "MeterValues", {}, {})
        await expect(lines(screen)).to_have_count(6)


async def test_messages_are_followed_only_while_they_are_shown(told_house: House) -> None:
    frames = told_house.backend.expert.frames
    async with told_house.screen(page="expert/messages") as screen:
        await expect(lines(screen)).to_have_count(4)
        assert len(frames._listeners) == 1
        await screen.frame.get_by_role("link", name="Audit").click()
        await expect(screen.frame.get_by_role("link", name="Audit")).to_have_attribute("aria-current", "page")
        await expect(lines(screen)).to_have_count(0)
        exchange(told_house.backend, "8", "MeterValues", {}, {})
        await screen.frame.get_by_role("link", name="Messages").click()
        await expect(lines(screen).first).to_contain_text(re.compile("MeterValues"))


async def test_a_request_is_filled_in_and_its_answer_is_shown(told_house: House) -> None:
    async with told_house.screen(page="expert/console") as screen:
        await screen.frame.get_by_label("Action").select_option("SetChargingProfile")
        form = screen.frame.locator(".schema")
        await form.get_by_label("evseId *").fill("1")
        await form.get_by_label("id *", exact=True).first.fill("5")
        await form.get_by_label("stackLevel *").fill("0")
        await form.get_by_label("chargingProfilePurpose *").select_option("TxDefaultProfile")
        await form.get_by_label("chargingProfileKind *").select_option("Absolute")
        profile = form.get_by_role("group", name="chargingProfile *")
        await profile.get_by_label("Optional part").last.select_option("validFrom")
        await profile.get_by_role("button", name="Add", exact=True).last.click()
        await form.get_by_label("validFrom", exact=True).fill("2026-12-24T18:00:00")
        schedule = form.get_by_role("group", name="chargingSchedule *")
        await schedule.get_by_label("id *", exact=True).fill("1")
        await schedule.get_by_label("chargingRateUnit *").select_option("A")
        await schedule.get_by_label("startPeriod *").fill("0")
        await schedule.get_by_label("limit *").fill("10.5")
        await screen.frame.get_by_role("button", name="Send", exact=True).click()
        await expect(screen.frame.get_by_role("group", name="Answer")).to_contain_text("Accepted")
        (call,) = told_house.backend.calls
        assert isinstance(call[3], dict)
        assert call[:3] == ("ocpp", KEY, "SetChargingProfile")
        assert call[3]["evseId"] == 1
        assert call[3]["chargingProfile"]["chargingSchedule"][0]["chargingSchedulePeriod"] == [
            {"startPeriod": 0, "limit": 10.5}
        ]
        assert call[3]["chargingProfile"]["validFrom"].startswith("2026-12-24T")
        assert screen.faults == []


async def test_a_fault_is_said_and_shown_at_its_field(told_house: House) -> None:
    async with told_house.screen(page="expert/console") as screen:
        await screen.frame.get_by_label("Action").select_option("GetVariables")
        await screen.frame.get_by_role("button", name="Send", exact=True).click()
        await expect(screen.frame.get_by_text("getVariableData.0.component.name")).to_be_visible()
        await expect(screen.frame.locator("[aria-invalid]")).to_be_focused()
        assert told_house.backend.calls == []
        assert all("400" in fault for fault in screen.faults)


async def test_raw_json_is_checked_as_it_is_written(told_house: House) -> None:
    async with told_house.screen(page="expert/console") as screen:
        await screen.frame.get_by_label("Action").select_option("Reset")
        await screen.frame.get_by_role("button", name="JSON").click()
        raw = screen.frame.get_by_label("Payload as JSON")
        await expect(raw).to_have_value("{}")
        await raw.fill("{")
        await expect(screen.frame.get_by_text("This is not JSON")).to_be_visible()
        await raw.fill('{"type": "Never"}')
        await expect(screen.frame.get_by_text("expected one of")).to_be_visible()
        await raw.fill('{"type": "OnIdle"}')
        await expect(screen.frame.get_by_text("It fits the schema.")).to_be_visible()
        await screen.frame.get_by_role("button", name="Form").click()
        await expect(screen.frame.get_by_label("type *")).to_have_value("OnIdle")


async def test_what_is_dangerous_is_sent_only_once_its_name_was_typed(told_house: House) -> None:
    async with told_house.screen(page="expert/console", width=360) as screen:
        await screen.frame.get_by_label("Action").select_option("Reset")
        await expect(screen.frame.get_by_text("the wallbox restarts")).to_be_visible()
        await screen.frame.get_by_label("type *").select_option("Immediate")
        send = screen.frame.get_by_role("button", name="Send", exact=True)
        await send.click()
        question = screen.frame.get_by_role("dialog", name="Send Reset?")
        await question.get_by_role("textbox").fill("reset")
        await question.get_by_role("button", name="Do it").click()
        await expect(question.get_by_text("That is not “Reset”.")).to_be_visible()
        await screen.page.keyboard.press("Escape")
        assert told_house.backend.calls == []
        await send.click()
        await confirm(screen, "Reset")
        await expect(screen.frame.get_by_role("group", name="Answer")).to_contain_text("Accepted")
        assert told_house.backend.calls == [("ocpp", KEY, "Reset", {"type": "Immediate"})]
        assert screen.faults == []


async def test_what_was_sent_is_sent_again_or_changed(told_house: House) -> None:
    async with told_house.screen(page="expert/console") as screen:
        await screen.frame.get_by_label("Action").select_option("TriggerMessage")
        await screen.frame.get_by_label("requestedMessage *").select_option("Heartbeat")
        await screen.frame.get_by_role("button", name="Send", exact=True).click()
        sent = screen.frame.locator(".exchanges > li")
        await expect(sent).to_have_count(1)
        await screen.frame.get_by_role("button", name="Send again").click()
        await expect(sent).to_have_count(2)
        assert [call[3] for call in told_house.backend.calls] == [{"requestedMessage": "Heartbeat"}] * 2
        await screen.frame.get_by_label("Action").select_option("GetLocalListVersion")
        await sent.first.get_by_role("button", name="Change").click()
        await expect(screen.frame.get_by_label("requestedMessage *")).to_have_value("Heartbeat")
        assert screen.faults == []


async def test_every_action_has_a_form(told_house: House) -> None:
    async with told_house.screen(page="expert/console") as screen:
        action = screen.frame.get_by_label("Action", exact=True)
        await expect(action).to_have_value("GetVariables")
        for name in sorted(CSMS_ACTIONS):
            await action.select_option(name)
            await screen.frame.wait_for_function(
                "name => document.querySelector('.payload').dataset.action === name", arg=name
            )
        assert screen.faults == []


async def test_a_view_that_cannot_be_loaded_says_so(told_house: House) -> None:
    async with told_house.screen(page="expert/messages") as screen:
        await expect(lines(screen)).to_have_count(4)
        await screen.page.route(re.compile(r".*/view/expert/audit\.js"), lambda route: route.abort())
        await screen.frame.get_by_role("link", name="Audit").click()
        await expect(screen.frame.get_by_text("The app cannot be reached.")).to_be_visible()
        await screen.frame.get_by_role("link", name="Messages").click()
        await expect(lines(screen)).to_have_count(4)
        assert all("ERR_FAILED" in fault for fault in screen.faults)
