"""What people set, look up and keep behind the page's folds."""

from dataclasses import asdict

import pytest
from playwright.async_api import expect

from bmw_wallbox.domain.settings import Settings
from tests.panel.conftest import House

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]


async def test_every_setting_has_a_field_and_each_is_saved_by_itself(house: House) -> None:
    async with house.screen() as screen:
        await screen.frame.get_by_text("Settings", exact=True).click()
        interval = screen.frame.get_by_role("spinbutton", name="Meter interval")
        await expect(interval).to_have_value("10")
        for key in asdict(Settings()):
            await expect(screen.frame.locator(f"#setting-{key}")).to_be_visible()
        await interval.fill("20")
        await interval.press("Enter")
        await expect(screen.frame.get_by_text("Saved.")).to_have_count(1)
        await screen.frame.get_by_role("switch", name="May restart the wallbox").press("Space")
        await expect(screen.frame.get_by_text("Saved.")).to_have_count(2)
        await screen.frame.get_by_label("Unknown cards").select_option("May not charge")
        await expect(screen.frame.get_by_text("Saved.")).to_have_count(3)
        expected = {"meter_interval_s": 20, "allow_reset": True, "unknown_tokens": "refuse"}
        assert asdict(house.backend.present_settings) == asdict(Settings()) | expected
        await expect(screen.frame.get_by_text("may then begin to charge by itself")).to_be_visible()
        assert screen.faults == []


async def test_a_setting_that_the_app_refuses_falls_back_with_the_reason(house: House) -> None:
    async with house.screen() as screen:
        await screen.frame.get_by_text("Settings", exact=True).click()
        interval = screen.frame.get_by_role("spinbutton", name="Meter interval")
        await expect(interval).to_have_value("10")
        await interval.fill("1")
        await interval.press("Enter")
        await expect(screen.frame.get_by_text("a whole number from 5 to 300 is needed")).to_be_visible()
        await expect(interval).to_have_value("10")
        assert house.backend.present_settings == Settings()


async def test_a_guest_sees_the_settings_and_cannot_change_them(house: House) -> None:
    async with house.screen(user_id="somebody", width=360) as screen:
        await screen.frame.get_by_text("Settings", exact=True).click()
        await expect(screen.frame.get_by_role("spinbutton", name="Meter interval")).to_have_value("10")
        fields = screen.frame.locator(".settings :is(input, select)")
        assert await fields.evaluate_all("fields => fields.every((field) => field.disabled)")
        await expect(screen.frame.get_by_text("They are shown only")).to_be_visible()
        width = await screen.frame.evaluate("document.documentElement.scrollWidth")
        assert width <= 360
        assert screen.faults == []
