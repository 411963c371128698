"""What people set, look up and keep behind the page's folds."""

from dataclasses import asdict

import pytest
from playwright.async_api import expect

from bmw_wallbox.domain.commands import EndTransaction, SetLedBrightness
from bmw_wallbox.domain.device import PresentedCard, Variable
from bmw_wallbox.domain.device_records import Device
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.state import Inventory
from tests.panel.conftest import House
from tests.web.memory import KEY, NOW, charging_state

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]


async def test_every_setting_has_a_field_and_each_is_saved_by_itself(house: House) -> None:
    async with house.screen(page="settings") as screen:
        await screen.frame.locator("summary").get_by_text("Settings", exact=True).click()
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
    async with house.screen(page="settings") as screen:
        await screen.frame.locator("summary").get_by_text("Settings", exact=True).click()
        interval = screen.frame.get_by_role("spinbutton", name="Meter interval")
        await expect(interval).to_have_value("10")
        await interval.fill("1")
        await interval.press("Enter")
        await expect(screen.frame.get_by_text("a whole number from 5 to 300 is needed")).to_be_visible()
        await expect(interval).to_have_value("10")
        assert house.backend.present_settings == Settings()


async def test_a_guest_sees_the_settings_and_cannot_change_them(house: House) -> None:
    async with house.screen(page="settings", user_id="somebody", width=360) as screen:
        await screen.frame.locator("summary").get_by_text("Settings", exact=True).click()
        await expect(screen.frame.get_by_role("spinbutton", name="Meter interval")).to_have_value("10")
        fields = screen.frame.locator(".settings :is(input, select)")
        assert await fields.evaluate_all("fields => fields.every((field) => field.disabled)")
        await expect(screen.frame.get_by_text("They are shown only")).to_be_visible()
        width = await screen.frame.evaluate("document.documentElement.scrollWidth")
        assert width <= 360
        assert screen.faults == []


async def test_a_card_that_was_shown_is_added_named_blocked_and_deleted(house: House) -> None:
    card = PresentedCard(id_token="04A1B2C3D4", type="ISO14443", status="Unknown", told_at=NOW)
    house.backend.states[KEY] = charging_state(device=Device(presented_cards=(card, card)))
    async with house.screen(page="settings") as screen:
        await screen.frame.get_by_text("Cards", exact=True).click()
        await screen.frame.get_by_role("button", name="Add").click()
        name = screen.frame.get_by_role("textbox", name="Name of card 04A1B2C3D4")
        await expect(name).to_be_focused()
        await expect(screen.frame.get_by_role("button", name="Add")).to_have_count(0)
        await name.fill("Anna")
        await name.press("Enter")
        buttons = screen.frame.get_by_role("group", name="Anna")
        await buttons.get_by_role("button", name="Block").click()
        await expect(buttons.get_by_role("button", name="Let charge")).to_be_visible()
        (kept,) = house.backend.tokens()
        assert (kept.name, kept.status, kept.type) == ("Anna", "Blocked", "ISO14443")
        await buttons.get_by_role("button", name="Delete").click()
        question = screen.frame.get_by_role("dialog", name="Delete this card?")
        await question.get_by_role("button", name="Delete").click()
        await expect(screen.frame.get_by_text("No card has been added yet.")).to_be_visible()
        assert house.backend.tokens() == []
        assert screen.faults == []


async def test_a_guest_sees_no_cards(house: House) -> None:
    async with house.screen(page="settings", user_id="somebody") as screen:
        await expect(screen.frame.locator("summary").get_by_text("Settings", exact=True)).to_be_visible()
        await expect(screen.frame.get_by_text("Cards", exact=True)).to_be_hidden()


async def test_a_transaction_is_ended_only_after_its_consequence_was_read(house: House) -> None:
    async with house.screen() as screen:
        end = screen.frame.get_by_role("button", name="End transaction…")
        question = screen.frame.get_by_role("dialog", name="End the transaction?")
        await end.click()
        await expect(question.get_by_text("only once the car was unplugged")).to_be_visible()
        await question.get_by_role("button", name="Cancel").click()
        assert house.backend.calls == []
        await end.click()
        await question.get_by_role("button", name="End the transaction").click()
        await expect(screen.frame.get_by_text("End the transaction: done")).to_be_visible()
        assert house.backend.calls == [("execute", KEY, EndTransaction(), "panel")]
        house.backend.become(charging_state(transaction=None))
        await expect(end).to_be_hidden()
        assert screen.faults == []


async def test_the_light_has_a_slider_where_the_wallbox_tells_its_brightness(house: House) -> None:
    async with house.screen(width=360) as screen:
        slider = screen.frame.get_by_role("slider", name="LED brightness")
        await expect(screen.frame.get_by_role("slider", name="Limit per phase")).to_be_visible()
        await expect(slider).to_have_count(0)
        light = Variable(component="StatusLED", variable="Brightness", value="40")
        house.backend.become(charging_state(inventory=Inventory(variables={light.name: light})))
        await expect(slider).to_have_value("40")
        await slider.fill("70")
        await expect(screen.frame.get_by_text("LED brightness 70 %: done")).to_be_visible()
        assert house.backend.calls == [("execute", KEY, SetLedBrightness(percent=70), "panel")]
        assert await screen.frame.evaluate("document.documentElement.scrollWidth") <= 360
        assert screen.faults == []
