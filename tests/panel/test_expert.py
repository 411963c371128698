"""The page for experts: messages, the console, and what a wallbox holds."""

import json
import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from bmw_wallbox.csms.rpc import write_call, write_result
from tests.panel.conftest import House, Screen
from tests.panel.expert_house import exchange, furnish
from tests.web.memory import ID, NOW

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
        await expect(newest.get_by_role("region", name="Request")).to_contain_text('"idToken": "…C3D4"')
        await expect(newest.get_by_role("region", name="Answer")).to_contain_text("idTokenInfo")
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
