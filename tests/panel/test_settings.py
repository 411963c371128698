"""What people set: drafts, refusals, cards, vehicles, prices, admission, and the link to Home Assistant."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest
from playwright.async_api import expect

from bmw_wallbox.domain.device import PresentedCard
from bmw_wallbox.domain.device_records import Device
from bmw_wallbox.domain.learning import Learned
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.state import Facts
from bmw_wallbox.domain.tokens import Token
from bmw_wallbox.domain.vocabulary import Admission
from tests.panel.conftest import House, Screen, confirm
from tests.panel.past_charges import recorded
from tests.web.memory import KEY, NOW, charging_state

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

FORMS = ("control", "solar", "cards", "notifications", "reports", "data", "security")
ANNA = Token(key="a", id_token="04A1B2C3D4", type="ISO14443", name="Anna")


async def open_subject(screen: Screen, name: str) -> None:
    await screen.frame.locator(f'[href="#settings/{name}"]').click()
    await screen.frame.wait_for_selector(".pane:not([hidden]) h2")


async def fits(screen: Screen, width: int) -> bool:
    return bool(await screen.frame.evaluate("document.documentElement.scrollWidth") <= width)


async def test_every_setting_has_a_field_on_some_view(house: House) -> None:
    async with house.screen(page="settings", width=360) as screen:
        seen: set[str] = set()
        for name in FORMS:
            await open_subject(screen, name)
            await screen.frame.wait_for_selector(".settings li:not([hidden])")
            fields = screen.frame.locator('.settings li:visible [id^="setting-"]:is(input, select, textarea)')
            seen |= {str(await one.get_attribute("id")) for one in await fields.all()}
            assert await fits(screen, 360)
            await screen.frame.get_by_role("link", name="All settings").click()
        assert seen == {f"setting-{key}" for key in asdict(Settings()) if key != "vehicles"}
        assert screen.faults == []


async def test_changes_are_a_draft_until_they_are_saved_together(house: House) -> None:
    async with house.screen(page="settings/control") as screen:
        interval = screen.frame.get_by_role("spinbutton", name="Meter interval")
        await expect(interval).to_have_value("10")
        await interval.fill("20")
        await screen.frame.get_by_role("switch", name="May restart the wallbox").press("Space")
        await expect(screen.frame.get_by_text("may then begin to charge by itself")).to_be_visible()
        assert house.backend.present_settings == Settings()
        await screen.frame.get_by_role("link", name="All settings").click()
        await expect(screen.frame.get_by_role("link", name="Charging control")).to_contain_text(
            "Unsaved changes"
        )
        await open_subject(screen, "control")
        await expect(interval).to_have_value("20")
        await screen.frame.get_by_role("button", name="Save").click()
        await expect(screen.frame.get_by_text("Saved.")).to_be_visible()
        expected = Settings(meter_interval_s=20, allow_reset=True)
        assert house.backend.present_settings == expected
        await expect(screen.frame.get_by_role("button", name="Save")).to_be_hidden()
        assert screen.faults == []


async def test_a_draft_can_be_dropped(house: House) -> None:
    async with house.screen(page="settings/cards") as screen:
        unknown = screen.frame.get_by_label("Unknown cards")
        await expect(unknown).to_have_value("accept")
        await unknown.select_option("May not charge")
        await screen.frame.get_by_role("button", name="Discard").click()
        await expect(unknown).to_have_value("accept")
        await expect(screen.frame.get_by_role("button", name="Discard")).to_be_hidden()
        assert house.backend.present_settings == Settings()


async def test_what_the_app_refuses_is_said_beside_its_field_and_nothing_is_saved(house: House) -> None:
    async with house.screen(page="settings/control") as screen:
        interval = screen.frame.get_by_role("spinbutton", name="Meter interval")
        await expect(interval).to_have_value("10")
        await interval.fill("1")
        await screen.frame.get_by_role("spinbutton", name="Patience").fill("60")
        await screen.frame.get_by_role("button", name="Save").click()
        fault = screen.frame.locator("#setting-meter_interval_s-fault")
        await expect(fault).to_contain_text("a whole number from 5 to 300 is needed")
        await expect(screen.frame.locator("#setting-settle_s-fault")).to_be_hidden()
        await expect(interval).to_have_value("1")
        assert house.backend.present_settings == Settings()
        await interval.fill("5")
        await screen.frame.get_by_role("button", name="Save").click()
        await expect(fault).to_be_hidden()
        assert house.backend.present_settings == Settings(meter_interval_s=5, settle_s=60)


async def test_a_guest_sees_the_values_and_cannot_change_them(house: House, tmp_path: Path) -> None:
    house.backend.table = {ANNA.key: ANNA}
    async with (
        recorded(tmp_path, house.backend, []),
        house.screen(page="settings", user_id="somebody") as screen,
    ):
        for name in (*FORMS, "wallbox", "tariffs", "vehicles", "home"):
            await open_subject(screen, name)
            await expect(screen.frame.get_by_text("changing them takes an administrator")).to_be_visible()
            fields = screen.frame.locator(".pane :is(input, select, textarea):visible")
            assert await fields.evaluate_all("fields => fields.every((field) => field.disabled)"), name
            buttons = await screen.frame.locator(".pane button:visible").all_inner_texts()
            assert set(buttons) <= {"Restart…"}, name
            await screen.frame.get_by_role("link", name="All settings").click()
        assert screen.faults == []


async def test_a_card_is_learned_by_holding_it_to_the_wallbox(house: House) -> None:
    house.backend.present_settings = Settings(vehicles=("iX3",))
    async with house.screen(page="settings/cards", width=360) as screen:
        await screen.frame.get_by_role("button", name="Learn a card").click()
        learning = screen.frame.get_by_role("dialog", name="Learn a card")
        await expect(learning.get_by_text("Hold the card to the wallbox now")).to_be_visible()
        card = PresentedCard(id_token="04A1B2C3D4", type="ISO14443", status="Unknown", told_at=NOW)
        house.backend.become(
            charging_state(device=Device(presented_cards=(card, card)), last_heartbeat_at=NOW)
        )
        await expect(learning.get_by_role("radio")).to_have_count(1)
        await learning.get_by_role("button", name="Next").click()
        naming = screen.frame.get_by_role("dialog", name="Name the card")
        await naming.get_by_label("Name").fill("Anna")
        await naming.get_by_label("Vehicle").select_option("iX3")
        await naming.get_by_label("Limit per phase").fill("10")
        await naming.get_by_label("Valid until").fill("2030-12-31")
        assert await fits(screen, 360)
        await naming.get_by_role("button", name="Save").click()
        row = screen.frame.get_by_role("listitem").filter(has_text="Anna")
        await expect(row).to_contain_text("may charge · iX3 · at most 10")
        (kept,) = house.backend.tokens()
        assert (kept.name, kept.type, kept.limit_a, kept.vehicle) == ("Anna", "ISO14443", 10, "iX3")
        assert kept.expires is not None
        assert screen.faults == []


async def test_a_card_is_blocked_edited_and_deleted(house: House) -> None:
    house.backend.table = {ANNA.key: ANNA}
    async with house.screen(page="settings/cards") as screen:
        buttons = screen.frame.get_by_role("group", name="Anna")
        await buttons.get_by_role("button", name="Block").click()
        await expect(buttons.get_by_role("button", name="Let charge")).to_be_visible()
        await buttons.get_by_role("button", name="Edit").click()
        editing = screen.frame.get_by_role("dialog", name="Edit the card")
        await editing.get_by_label("Limit per phase").fill("3")
        await editing.get_by_role("button", name="Save").click()
        await expect(editing.get_by_text("a number from 6 to 32 is needed")).to_be_visible()
        await editing.get_by_role("button", name="Cancel").click()
        assert house.backend.table["a"] == replace(ANNA, status="Blocked")
        await buttons.get_by_role("button", name="Delete").click()
        question = screen.frame.get_by_role("dialog", name="Delete this card?")
        await question.get_by_role("button", name="Delete").click()
        await expect(screen.frame.get_by_text("No card has been added yet.")).to_be_visible()
        assert house.backend.tokens() == []


async def test_a_vehicle_is_added_renamed_with_its_cards_and_removed(house: House) -> None:
    house.backend.table = {ANNA.key: replace(ANNA, vehicle="i4")}
    async with house.screen(page="settings/vehicles") as screen:
        await expect(screen.frame.get_by_text("Cards: Anna")).to_be_visible()
        await screen.frame.get_by_role("button", name="Add a vehicle").click()
        await screen.frame.get_by_role("textbox", name="Name").fill("iX3")
        await screen.frame.get_by_role("button", name="Save").click()
        await expect(screen.frame.get_by_role("group", name="iX3")).to_be_visible()
        assert list(house.backend.present_settings.vehicles) == ["i4", "iX3"]
        await screen.frame.get_by_role("group", name="i4").get_by_role("button", name="Rename").click()
        await screen.frame.get_by_role("textbox", name="Name").fill("i4 M50")
        await screen.frame.get_by_role("button", name="Save").click()
        await expect(screen.frame.get_by_role("group", name="i4 M50")).to_be_visible()
        assert house.backend.table["a"].vehicle == "i4 M50"
        await screen.frame.get_by_role("group", name="i4 M50").get_by_role("button", name="Remove").click()
        await screen.frame.get_by_role("dialog").get_by_role("button", name="Remove").click()
        await expect(screen.frame.get_by_role("group", name="i4 M50")).to_have_count(0)
        assert list(house.backend.present_settings.vehicles) == ["iX3"]
        assert house.backend.table["a"].vehicle is None
        assert screen.faults == []


async def test_prices_by_hours_are_entered_and_saved(house: House, tmp_path: Path) -> None:
    async with (
        recorded(tmp_path, house.backend, []),
        house.screen(page="settings/tariffs", width=360) as screen,
    ):
        await screen.frame.get_by_label("Currency").fill("eur")
        await screen.frame.get_by_role("button", name="Add a price list").click()
        await screen.frame.get_by_label("Name").fill("Night and day")
        await screen.frame.get_by_label("Valid from").fill("2026-11-01")
        await screen.frame.get_by_label("Price per kWh").first.fill("0.3275")
        await screen.frame.get_by_label("Kind").select_option("By hours and days")
        await screen.frame.get_by_role("button", name="Add a band").click()
        band = screen.frame.locator(".band")
        await band.get_by_label("Price per kWh").fill("0.199")
        await band.get_by_label("Sat").check()
        await screen.frame.get_by_label("Your own holidays").fill("2026-12-24")
        assert await fits(screen, 360)
        await screen.frame.get_by_role("button", name="Save").click()
        await expect(screen.frame.get_by_text("Saved.")).to_be_visible()
        assert house.backend.desk is not None
        tariffs = house.backend.desk.tariffs
        assert (tariffs.currency, [day.isoformat() for day in tariffs.holidays]) == ("EUR", ["2026-12-24"])
        (prices,) = tariffs.lists
        assert (prices.name, prices.price_micros) == ("Night and day", 327_500)
        (kept,) = prices.bands
        assert (kept.price_micros, kept.weekdays, kept.from_minute, kept.to_minute) == (
            199_000,
            (0, 1, 2, 3, 4, 5),
            1320,
            360,
        )
        assert screen.faults == []


async def test_prices_that_the_app_refuses_stay_as_a_draft_with_the_reason(
    house: House, tmp_path: Path
) -> None:
    async with recorded(tmp_path, house.backend, []), house.screen(page="settings/tariffs") as screen:
        await screen.frame.get_by_label("Currency").fill("E1")
        await screen.frame.get_by_role("button", name="Save").click()
        await expect(screen.frame.get_by_text("three capital letters")).to_be_visible()
        await expect(screen.frame.get_by_label("Currency")).to_have_value("E1")


async def test_the_owner_chooses_how_a_wallbox_is_handled_and_has_it_forget(house: House) -> None:
    house.backend.states[KEY] = charging_state(
        facts=Facts(vendor="Example", model="AC 22"), learned=Learned(stack_level_zero_only=True)
    )
    async with house.screen(page="settings/wallbox") as screen:
        row = screen.frame.get_by_label("Handled as")
        await expect(row).to_have_value("")
        await row.select_option("BMW, MINI or Delta")
        await expect(screen.frame.get_by_text("replaced in place")).to_be_visible()
        await screen.frame.get_by_role("button", name="Forget what was learned").click()
        await expect(screen.frame.get_by_text("Nothing beyond that yet.")).to_be_visible()
        chosen = [call[1:] for call in house.backend.calls if call[0] == "choose_quirks"]
        assert chosen == [(KEY, "delta", False), (KEY, "delta", True)]
        assert screen.faults == []


async def test_admission_opens_the_door_and_changes_a_password(house: House) -> None:
    house.backend.admissions["BAD-1"] = Admission.BLOCKED
    async with house.screen(page="settings/wallbox", width=360) as screen:
        await screen.frame.get_by_role("button", name="Let a new wallbox ask").click()
        await expect(screen.frame.get_by_text("may ask for 15 minutes.")).to_be_visible()
        await screen.frame.get_by_role("group", name="BAD-1").get_by_role("button", name="Approve").click()
        await expect(
            screen.frame.get_by_role("group", name="BAD-1").get_by_role("button", name="Block")
        ).to_be_visible()
        await screen.frame.get_by_role("button", name="Change the password").first.click()
        await screen.frame.get_by_role("textbox", name="Password").fill("0123456789abcdef")
        await screen.frame.get_by_role("button", name="Save").click()
        await confirm(screen, "password")
        await expect(screen.frame.get_by_role("dialog")).to_have_count(0)
        assert ("set_password", KEY, "0123456789abcdef") in house.backend.calls
        assert await fits(screen, 360)
        assert screen.faults == []


async def test_leaving_home_assistant_asks_first(house: House) -> None:
    house.backend.more_info = {
        "home_assistant": {"state": "connected", "mqtt": "ready", "version": "2026.11"}
    }
    async with house.screen(page="settings/home") as screen:
        await expect(screen.frame.get_by_text("Sent by MQTT")).to_be_visible()
        remove = screen.frame.get_by_role("button", name="Remove from Home Assistant")
        await remove.click()
        question = screen.frame.get_by_role("dialog", name="Remove the wallbox from Home Assistant?")
        await question.get_by_role("button", name="Cancel").click()
        assert house.backend.calls == []
        await remove.click()
        await confirm(screen, "remove")
        await expect(screen.frame.get_by_text("The devices are removed.")).to_be_visible()
        await screen.frame.get_by_role("button", name="Announce the devices again").click()
        await expect(screen.frame.get_by_text("Done.")).to_be_visible()
        assert house.backend.calls == [("remove",), ("register_again",)]
        assert screen.faults == []
