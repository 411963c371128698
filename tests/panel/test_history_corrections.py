"""Corrections of sessions in the panel: each asks first, says what came of it, and can be taken back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from bmw_wallbox.domain.sessions_list import SessionFilter
from tests.panel.conftest import House, Screen
from tests.panel.past_charges import HOSTILE, charge, draw, recorded
from tests.web.memory import KEY

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

FIRST = "history/000000000001"
DASH = "\u2013"


@asynccontextmanager
async def at(house: House, folder: Path, page: str, **options: int) -> AsyncIterator[Screen]:
    """Open a page over three sessions, of which the newest has a curve; no fault may come up."""
    rows = [charge(number) for number in range(3)]
    async with recorded(folder, house.backend, rows, price_micros=400_000) as store:
        await draw(store, rows[0])
        async with house.screen(page=page, **options) as screen:  # type: ignore[arg-type]  # the width
            yield screen
            assert screen.faults == []


async def press(screen: Screen, name: str) -> Locator:
    """Press a button of the page and return the dialog that it opens."""
    await screen.frame.get_by_role("button", name=name, exact=True).click()
    dialog = screen.frame.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    return dialog


async def toast(screen: Screen, words: str) -> Locator:
    found = screen.frame.locator(".toast")
    await expect(found).to_contain_text(words)
    return found


async def kept(house: House) -> list[tuple[str, int]]:
    """Return who charged how much, newest first."""
    page = await house.backend.sessions.page(SessionFilter(station=KEY))
    return [(row.person or "", row.energy_wh) for row in page.sessions]


async def test_person_vehicle_and_note_are_edited_and_the_trail_tells_it(
    house: House, tmp_path: Path
) -> None:
    async with at(house, tmp_path, FIRST, width=360) as screen:
        dialog = await press(screen, "Edit…")
        await dialog.get_by_label("Person").fill(HOSTILE)
        await dialog.get_by_label("Note").fill("Business trip")
        await dialog.get_by_role("button", name="Save").click()
        await expect(screen.frame.locator(".note")).to_have_text("Business trip")
        trail = screen.frame.locator(".trail")
        await expect(trail).to_contain_text(f"Person: Anna → {HOSTILE}")
        await expect(screen.frame.locator(".facts-card")).to_contain_text("Corrected by hand")
        assert await screen.frame.evaluate("document.documentElement.scrollWidth") <= 360
        await (await toast(screen, "Saved.")).get_by_role("button", name="Undo").click()
        await toast(screen, "That was undone.")
        await expect(trail).to_contain_text("undone since")
        assert (await kept(house))[0] == ("Anna", 10_500)


async def test_a_correction_that_the_app_refuses_leaves_the_dialog_open_with_the_reason(
    house: House, tmp_path: Path
) -> None:
    async with at(house, tmp_path, "history") as screen:
        dialog = await press(screen, "Add by hand…")
        await dialog.get_by_label("Began").fill("2026-11-10T20:00")
        await dialog.get_by_label("Ended").fill("2026-11-10T19:00")
        await dialog.get_by_label("Energy (kWh)").fill("5")
        await dialog.get_by_role("button", name="Add", exact=True).click()
        await expect(dialog.get_by_role("alert")).to_contain_text("it must not be before the start")
        assert len(await kept(house)) == 3
        screen.faults = [fault for fault in screen.faults if "400" not in fault]


async def test_a_session_is_added_by_hand_in_local_time_priced_and_marked(
    house: House, tmp_path: Path
) -> None:
    async with at(house, tmp_path, "history") as screen:
        dialog = await press(screen, "Add by hand…")
        await dialog.get_by_label("Began").fill("2026-11-10T20:00")
        await dialog.get_by_label("Ended").fill("2026-11-10T21:30")
        await dialog.get_by_label("Energy (kWh)").fill("5.25")
        await dialog.get_by_label("Person").fill("Carla")
        await dialog.get_by_role("button", name="Add", exact=True).click()
        row = screen.frame.locator(".charges > li").filter(has_text="Carla")
        await expect(row).to_contain_text(f"Tue, Nov 10, 8:00 PM {DASH} 9:30 PM")
        await expect(row).to_contain_text("€2.10")
        await expect(row).to_contain_text("by hand")
        await row.get_by_role("link").click()
        dialog = await press(screen, "Edit…")
        await dialog.get_by_label("Energy (kWh)").fill("6")
        await dialog.get_by_role("button", name="Save").click()
        await expect(screen.frame.locator(".trail")).to_contain_text(
            "Energy (kWh): 5.25\u00a0kWh → 6.00\u00a0kWh"
        )


async def test_a_session_is_split_by_keyboard_at_a_moment_and_put_together_again(
    house: House, tmp_path: Path
) -> None:
    async with at(house, tmp_path, FIRST) as screen:
        dialog = await press(screen, "Split…")
        slider = dialog.get_by_role("slider", name="Where to cut")
        await slider.focus()
        await screen.page.keyboard.press("Home")
        await expect(slider).to_have_attribute("aria-valuetext", "Thu, Nov 19, 2026, 7:01 PM")
        await slider.fill("60")
        await expect(dialog).to_contain_text("First part: about 4.54\u00a0kWh")
        await dialog.get_by_role("button", name="Split", exact=True).click()
        heading = screen.frame.get_by_role("heading", level=2, name="7:00 PM")
        await expect(heading).to_have_text(f"Thu, Nov 19, 2026, 7:00 PM {DASH} 8:00 PM")
        await expect(screen.frame.get_by_role("link", name="Later")).to_be_visible()
        assert [wh for _, wh in await kept(house)] == [6_300, 4_200, 10_500, 10_500]
        dialog = await press(screen, "Merge…")
        await dialog.get_by_role("radio", name="Session after").check()
        await dialog.get_by_role("button", name="Merge", exact=True).click()
        await expect(
            screen.frame.get_by_role("heading", level=2, name=f"7:00 PM {DASH} 9:30 PM")
        ).to_be_visible()
        assert [wh for _, wh in await kept(house)] == [10_500, 10_500, 10_500]


async def test_a_session_is_deleted_after_a_question_and_comes_back(house: House, tmp_path: Path) -> None:
    async with at(house, tmp_path, FIRST) as screen:
        dialog = await press(screen, "Delete…")
        await dialog.get_by_role("button", name="Cancel").click()
        assert len(await kept(house)) == 3
        dialog = await press(screen, "Delete…")
        await dialog.get_by_role("button", name="Delete", exact=True).click()
        await expect(screen.frame.locator(".charges > li")).to_have_count(2)
        await (await toast(screen, "The session was deleted.")).get_by_role("button", name="Undo").click()
        await toast(screen, "That was undone.")
        assert len(await kept(house)) == 3


async def test_a_deleted_session_is_found_and_brought_back_later(house: House, tmp_path: Path) -> None:
    async with at(house, tmp_path, "history") as screen:
        await house.backend.sessions.delete(KEY, "000000000002", "panel")
        await screen.frame.get_by_label("Show", exact=True).select_option("Deleted ones")
        rows = screen.frame.locator(".charges > li")
        await expect(rows).to_have_count(1)
        await rows.get_by_role("link").click()
        await expect(screen.frame.get_by_text("This session was deleted")).to_be_visible()
        await expect(screen.frame.get_by_role("button", name="Split…")).to_be_disabled()
        await screen.frame.locator(".trail").get_by_role("button", name="Undo").click()
        await expect(screen.frame.get_by_text("This session was deleted")).to_have_count(0)
        assert len(await kept(house)) == 3


async def test_new_costs_are_shown_beside_the_old_before_they_are_used(house: House, tmp_path: Path) -> None:
    async with at(house, tmp_path, "history") as screen:
        dialog = await press(screen, "Recalculate costs…")
        await expect(dialog.get_by_role("row", name="Sum")).to_contain_text("€9.45€12.60")
        await dialog.get_by_role("button", name="Cancel").click()
        await expect(screen.frame.locator(".charges > li").first).to_contain_text("€3.15")
        dialog = await press(screen, "Recalculate costs…")
        await dialog.get_by_role("button", name="Use the new costs").click()
        await expect(screen.frame.locator(".charges > li").first).to_contain_text("€4.20")
        await (await toast(screen, "The costs of 3 sessions")).get_by_role("button", name="Undo").click()
        await toast(screen, "That was undone.")
        await screen.frame.get_by_label("Search").fill("anna")
        await expect(screen.frame.locator(".charges > li").first).to_contain_text("€3.15")


async def test_a_file_is_shown_line_by_line_before_it_comes_in(house: House, tmp_path: Path) -> None:
    text = (
        "started_at;ended_at;energy_kwh;person\r\n"
        f"2026-10-01 20:00;2026-10-01 23:00;12,5;{HOSTILE}\r\n"
        "yesterday;2026-10-01 23:00;1;Bert\r\n"
    )
    async with at(house, tmp_path, "history") as screen:
        dialog = await press(screen, "Import…")
        file = {"name": "other.csv", "mimeType": "text/csv", "buffer": text.encode("cp1252")}
        await dialog.get_by_label("File").set_input_files(file)  # type: ignore[arg-type]  # a file's fields
        await expect(dialog).to_contain_text(
            "To be added: 1. There already: 0. Lines that cannot be read: 1."
        )
        await expect(dialog).to_contain_text("Line 3: started_at 'yesterday' is no ISO 8601 date and time")
        await expect(dialog.get_by_role("row", name="Oct 1")).to_contain_text(HOSTILE)
        assert len(await kept(house)) == 3
        await dialog.get_by_role("button", name="Add them").click()
        await expect(screen.frame.locator(".charges > li").filter(has_text="imported")).to_have_count(1)
        await (await toast(screen, "Sessions added: 1.")).get_by_role("button", name="Undo").click()
        await toast(screen, "That was undone.")
        assert len(await kept(house)) == 3


async def test_a_file_that_is_no_table_is_refused_in_words(house: House, tmp_path: Path) -> None:
    async with at(house, tmp_path, "history") as screen:
        dialog = await press(screen, "Import…")
        file = {"name": "empty.csv", "mimeType": "text/csv", "buffer": b""}
        await dialog.get_by_label("File").set_input_files(file)  # type: ignore[arg-type]  # a file's fields
        await expect(dialog).to_contain_text("the text of a CSV file is needed")
        await dialog.get_by_role("button", name="Add them").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("Choose a file that can be read first.")
        screen.faults = [fault for fault in screen.faults if "400" not in fault]


async def test_a_running_session_says_why_it_cannot_be_cut(house: House, tmp_path: Path) -> None:
    row = charge(0, ended_at=None, closed_by=None, end=None, end_reason=None)
    async with recorded(tmp_path, house.backend, [row]), house.screen(page=FIRST) as screen:
        await expect(screen.frame.get_by_text("While it runs, only person, vehicle and note")).to_be_visible()
        await expect(screen.frame.get_by_role("button", name="Split…")).to_be_disabled()
        await expect(screen.frame.get_by_role("button", name="Edit…")).to_be_enabled()
        assert screen.faults == []
