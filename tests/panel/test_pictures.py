"""Every page in every look; where BMW_WALLBOX_PICTURES names a folder, some of them are drawn there."""

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from bmw_wallbox.domain.state import InstalledProfile
from bmw_wallbox.domain.vocabulary import ProfilePurpose
from bmw_wallbox.storage.store import Record
from tests.panel.axe import no_violations
from tests.panel.conftest import House, Screen
from tests.panel.past_charges import charge
from tests.panel.running_charge import charge_for
from tests.web.memory import KEY, NOW, charging_state

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PAGES = ("now", "history", "setup", "settings", "expert")
PICTURES = {
    ("now", "light", 1280, "en"),
    ("now", "dark", 360, "en"),
    ("history", "light", 1280, "en"),
    ("setup", "light", 1280, "en"),
}
"""Those that are shown to people who have not installed the app yet."""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["en", "de"])
async def test_every_page_is_for_everybody(house: House, theme: str, width: int, language: str) -> None:
    await charge_for(house.store, 80)
    await house.store.save(*(Record.of(row.id, row) for row in map(charge, range(40))))
    profile = InstalledProfile(limit_a=16, accepted_at=NOW)
    house.backend.states[KEY] = charging_state(profiles={ProfilePurpose.TX_DEFAULT: profile})
    async with house.screen(theme=theme, width=width, language=language) as screen:
        for page in PAGES:
            await screen.frame.locator(f'nav [href="#{page}"]').click()
            await screen.frame.wait_for_selector(f'[data-page="{page}"] .page', state="attached")
            await _settled(screen)
            await no_violations(screen)
            assert await screen.frame.evaluate("document.documentElement.scrollWidth") <= width, page
            if (page, theme, width, language) in PICTURES:
                await _picture(screen, f"{page}-{theme}-{width}.png")
        assert screen.faults == []


async def _settled(screen: Screen) -> None:
    """Wait until what the page asked for has come and is drawn."""
    await screen.page.wait_for_load_state("networkidle")
    for canvas in await screen.frame.locator(".plot:visible").all():
        await expect(canvas.locator("canvas")).to_be_visible()


async def _picture(screen: Screen, name: str) -> None:
    folder = os.environ.get("BMW_WALLBOX_PICTURES")
    if folder:
        await screen.frame.evaluate("document.activeElement.blur()")
        await screen.page.mouse.move(1, 1)
        await screen.page.screenshot(path=Path(folder) / name)
