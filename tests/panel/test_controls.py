"""The controls that ask first, or that only some wallboxes have."""

import pytest
from playwright.async_api import expect

from bmw_wallbox.domain.commands import EndTransaction, SetLedBrightness
from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.state import Inventory
from tests.panel.conftest import House, confirm
from tests.web.memory import KEY, charging_state

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]


async def test_a_transaction_is_ended_only_after_its_consequence_was_read(house: House) -> None:
    async with house.screen() as screen:
        end = screen.frame.get_by_role("button", name="End transaction…")
        question = screen.frame.get_by_role("dialog", name="End the transaction?")
        await end.click()
        await expect(question.get_by_text("only once the car was unplugged")).to_be_visible()
        await question.get_by_role("button", name="Cancel").click()
        assert house.backend.calls == []
        await end.click()
        await confirm(screen, "end_transaction")
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


async def test_a_dialog_that_could_not_be_loaded_opens_at_the_next_try(house: House) -> None:
    async with house.screen() as screen:
        end = screen.frame.get_by_role("button", name="End transaction…")
        await screen.page.route("**/view/dialog.js", lambda route: route.abort())
        async with screen.page.expect_event("pageerror"):
            await end.click()
        await screen.page.unroute_all()
        await end.click()
        await expect(screen.frame.get_by_role("dialog", name="End the transaction?")).to_be_visible()
