"""Whatever a wallbox says is text: every field that it fills holds markup, on every page and every view."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.panel.conftest import PATIENCE_MS, House
from tests.panel.hostile_house import HOSTILE, invade, spoilt_session
from tests.panel.past_charges import recorded

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

VIEWS = {
    "now": ("now",),
    "history": ("history", "history/000000000001"),
    "setup": ("setup",),
    "settings": ("settings/wallbox", "settings/cards", "settings/vehicles", "settings/home"),
    "expert": tuple(
        f"expert/{view}"
        for view in ("messages", "console", "device", "profiles", "events", "diagnostics", "audit")
    ),
}
SILENT = {"expert/console", "expert/diagnostics"}
"""Views that show nothing of what a wallbox says before something is asked there."""


@pytest.mark.parametrize("page", VIEWS)
async def test_what_a_wallbox_says_is_text(house: House, tmp_path: Path, page: str) -> None:
    invade(house.backend)
    async with (
        recorded(tmp_path, house.backend, [spoilt_session()]),
        house.screen(width=360, page=VIEWS[page][0]) as screen,
    ):
        await screen.frame.evaluate(_UNFOLD)
        for view in VIEWS[page]:
            await screen.frame.evaluate("(view) => (location.hash = view)", view)
            await screen.page.wait_for_load_state("networkidle")
            if view not in SILENT:
                seen = screen.frame.locator("main .outlet").get_by_text(HOSTILE).locator("visible=true")
                await expect(seen, view).not_to_have_count(0, timeout=PATIENCE_MS)
            assert await screen.frame.locator("img, main script").count() == 0, view
            assert await screen.frame.evaluate("document.documentElement.scrollWidth") <= 360, view
        assert screen.faults == []


async def test_a_card_that_was_held_to_the_wallbox_is_text(house: House, tmp_path: Path) -> None:
    invade(house.backend)
    async with recorded(tmp_path, house.backend, []), house.screen(page="settings/cards") as screen:
        await screen.frame.get_by_role("button", name="Learn a card").click()
        await expect(screen.frame.get_by_role("dialog").get_by_text(HOSTILE).first).to_be_visible()
        assert await screen.frame.locator("img, main script, dialog script").count() == 0
        assert screen.faults == []


_UNFOLD = """
new MutationObserver(() => document.querySelectorAll("details").forEach((fold) => (fold.open = true)))
  .observe(document, { childList: true, subtree: true });
"""
