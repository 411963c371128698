"""The page of past charges for everybody: what axe finds, both themes, both languages, every dialog."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.panel.axe import no_violations
from tests.panel.conftest import House
from tests.panel.past_charges import HOSTILE, charge, draw, recorded, year

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

LOOKS = [(1280, "light", "en"), (360, "dark", "de"), (1280, "dark", "de"), (360, "light", "en")]
FILE = {
    "name": "other.csv",
    "mimeType": "text/csv",
    "buffer": b"started_at;ended_at;energy_kwh\n2026-10-01 20:00;2026-10-01 23:00;12,5\nno;;\n",
}


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
async def test_the_list_and_its_dialogs_are_for_everybody(
    house: House, tmp_path: Path, width: int, theme: str, language: str
) -> None:
    async with (
        recorded(tmp_path, house.backend, year(), price_micros=400_000),
        house.screen(width=width, theme=theme, language=language, page="history") as screen,
    ):
        await screen.frame.wait_for_selector(".charges > li")
        await screen.frame.locator(".as-table summary").click()
        await screen.frame.locator("#history-range").select_option("custom")
        await screen.frame.wait_for_selector(".charges > li")
        await no_violations(screen)
        buttons, dialog = screen.frame.locator(".actions button"), screen.frame.get_by_role("dialog")
        for place, ready in ((2, "textarea"), (3, "input"), (4, "table")):
            await buttons.nth(place).click()
            await expect(dialog.locator(ready).first).to_be_visible()
            if place == 3:
                await dialog.locator("input").set_input_files(FILE)  # type: ignore[arg-type]  # a file's fields
                await expect(dialog.locator("table")).to_be_visible()
            await no_violations(screen)
            assert await screen.frame.evaluate("document.documentElement.scrollWidth") <= width
            await screen.page.keyboard.press("Escape")
            await expect(dialog).to_have_count(0)
        assert screen.faults == []


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
async def test_a_session_and_its_dialogs_are_for_everybody(
    house: House, tmp_path: Path, width: int, theme: str, language: str
) -> None:
    async with recorded(tmp_path, house.backend, [*year(), charge(1, note=HOSTILE)]) as store:
        await draw(store, charge(1))
        page = "history/000000000002"
        async with house.screen(width=width, theme=theme, language=language, page=page) as screen:
            await expect(screen.frame.locator(".curve canvas")).to_have_count(2)
            await screen.frame.locator(".signed summary").click()
            await no_violations(screen)
            buttons, dialog = screen.frame.locator(".correct button"), screen.frame.get_by_role("dialog")
            for place in (3, 2, 1, 0):
                await buttons.nth(place).click()
                await expect(dialog).to_be_visible()
                await no_violations(screen)
                await screen.page.keyboard.press("Escape")
                await expect(dialog).to_have_count(0)
            await buttons.first.click()
            await dialog.locator("textarea").fill("x")
            await dialog.locator("button[type=submit]").click()
            await expect(screen.frame.locator(".toast")).to_be_visible()
            await expect(screen.frame.locator(".trail li")).to_have_count(1)
            await no_violations(screen)
            assert screen.faults == []


async def test_a_guest_and_an_empty_list_are_for_everybody(house: House, tmp_path: Path) -> None:
    async with (
        recorded(tmp_path, house.backend, []),
        house.screen(page="history", user_id="somebody") as screen,
    ):
        await expect(screen.frame.locator(".empty")).to_be_visible()
        await no_violations(screen)
