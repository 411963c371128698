"""The first page: what the wallbox does, the session, the last hours, and what is wrong."""

import re
from dataclasses import replace

import pytest
from playwright.async_api import expect

from bmw_wallbox.domain.state import InstalledProfile, Meter
from bmw_wallbox.domain.vocabulary import ConnectorStatus, ProfilePurpose
from tests.panel.axe import no_violations
from tests.panel.conftest import House
from tests.panel.running_charge import charge_for
from tests.web.memory import KEY, NOW, charging_state

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]


async def test_it_says_in_one_sentence_what_happens_and_who_decides(house: House) -> None:
    profile = InstalledProfile(limit_a=16, accepted_at=NOW)
    house.backend.states[KEY] = charging_state(
        profiles={ProfilePurpose.TX_DEFAULT: profile}, meter=Meter(power_w=7200, current_a=15.8)
    )
    async with house.screen() as screen:
        await expect(
            screen.frame.get_by_text("Charging at 7.2\u00a0kW, limited to 16\u00a0A by you.")
        ).to_be_visible()


async def test_a_setting_that_waits_for_a_restart_shows_a_badge(house: House) -> None:
    state = charging_state()
    house.backend.states[KEY] = replace(state, facts=replace(state.facts, reboot_required=True))
    async with house.screen() as screen:
        badge = screen.frame.get_by_text("Restart needed for a changed setting")
        await expect(badge).to_be_visible()
        house.backend.become(state)
        await expect(badge).to_be_hidden()


async def test_it_shows_car_person_time_and_cost_of_the_session(house: House) -> None:
    await charge_for(house.store, 80)
    async with house.screen() as screen:
        await expect(screen.frame.get_by_text("i4 is plugged in")).to_be_visible()
        await expect(screen.frame.get_by_text("Anna")).to_be_visible()
        tile = screen.frame.locator(".tile").filter(has_text="This session")
        await expect(tile).to_contain_text("8.42\u00a0kWh")
        await expect(tile).to_contain_text("1 h 20 min")
        await expect(tile).to_contain_text("€2.53")
        assert screen.faults == []


async def test_the_last_hours_are_drawn_per_phase_and_read_by_keyboard_and_as_a_table(house: House) -> None:
    await charge_for(house.store, 80)
    async with house.screen() as screen:
        chart = screen.frame.get_by_role("figure", name="Last hours")
        await expect(chart.locator("figcaption")).to_have_text(
            "9.74\u00a0kWh in the last 6 hours, at most 7.4\u00a0kW."
        )
        reader = chart.get_by_role("slider", name="Read the values: Last hours")
        await expect(reader).to_have_attribute(
            "aria-valuetext",
            "Fri 06:00 PM, Power 7.4\u00a0kW, L1 10.7\u00a0A, L2 10.6\u00a0A, L3 10.7\u00a0A",
        )
        await reader.press("Home")
        await expect(reader).to_have_attribute("aria-valuenow", "0")
        await expect(reader).to_have_attribute(
            "aria-valuetext",
            "Fri 04:39 PM, Power 0.0\u00a0kW, L1 0.0\u00a0A, L2 0.0\u00a0A, L3 0.0\u00a0A",
        )
        await chart.get_by_text("Values as a table").click()
        await expect(chart.get_by_role("row").last).to_contain_text("10.7\u00a0A")
        assert 24 < await chart.get_by_role("row").count() < 50
        assert screen.faults == []


async def test_a_change_is_on_the_chart_and_in_the_words_at_once(house: House) -> None:
    async with house.screen() as screen:
        reader = screen.frame.get_by_role("slider", name="Read the values: Last hours")
        await expect(reader).to_have_attribute("aria-valuetext", re.compile("L3 10.7\u00a0A"))
        meter = replace(
            house.backend.state(KEY).meter, power_w=3680, current_l1_a=16, current_l2_a=0, current_l3_a=0
        )
        house.backend.become(charging_state(meter=meter))
        await expect(reader).to_have_attribute("aria-valuetext", re.compile("L1 16.0\u00a0A"))
        await expect(screen.frame.get_by_text("Charging at 3.7\u00a0kW")).to_be_visible()


async def test_other_hours_are_one_click_away(house: House) -> None:
    await charge_for(house.store, 80)
    async with house.screen() as screen:
        one = screen.frame.get_by_role("button", name="1 h", exact=True)
        await one.click()
        await expect(one).to_have_attribute("aria-pressed", "true")
        await expect(screen.frame.get_by_text("in the last hour, at most 7.4\u00a0kW")).to_be_visible()


@pytest.mark.parametrize(
    ("changes", "text", "step"),
    [
        ({"connected": False}, "no connection to the app", "has power and network"),
        ({"control_alert": "It takes 20 A."}, "It takes 20 A.", "Set the limit anew or press Stop."),
        ({"alerts": {"EVSE/Problem": "Too hot"}}, "Too hot", "If this stays, restart the wallbox."),
    ],
)
async def test_what_is_wrong_is_said_with_the_next_step(
    house: House, changes: dict[str, object], text: str, step: str
) -> None:
    house.backend.states[KEY] = charging_state(**changes)
    async with house.screen() as screen:
        await expect(screen.frame.locator(".hero").get_by_text(text)).to_have_count(1)
        await expect(screen.frame.locator(".trouble")).to_contain_text(step)


async def test_nothing_is_called_wrong_while_all_is_well(house: House) -> None:
    async with house.screen() as screen:
        await expect(screen.frame.get_by_role("heading", name="Charging")).to_be_visible()
        await expect(screen.frame.locator(".trouble")).to_be_hidden()


async def test_history_that_cannot_be_read_is_said_and_the_rest_works(house: House) -> None:
    house.backend.desk = None
    async with house.screen() as screen:
        await expect(screen.frame.locator(".live .refusal")).not_to_be_empty()
        await expect(screen.frame.get_by_role("figure", name="Last hours")).to_be_visible()
        await screen.frame.get_by_role("button", name="Stop").click()
        await expect(screen.frame.get_by_text("Stop: done")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "language"), [(360, "de"), (1280, "en")])
async def test_everybody_can_use_it(house: House, theme: str, width: int, language: str) -> None:
    await charge_for(house.store, 80)
    house.backend.states[KEY] = charging_state(alerts={"EVSE/Problem": "Too hot"})
    async with house.screen(theme=theme, width=width, language=language) as screen:
        await expect(screen.frame.get_by_role("figure")).to_be_visible()
        await no_violations(screen)
        assert screen.faults == []


@pytest.mark.parametrize("width", [320, 2560])
async def test_it_fits_the_smallest_and_the_widest_window(house: House, width: int) -> None:
    await charge_for(house.store, 80)
    async with house.screen(width=width, language="de") as screen:
        await expect(screen.frame.get_by_role("figure")).to_be_visible()
        assert await screen.frame.evaluate("document.documentElement.scrollWidth") <= width
        assert await screen.frame.evaluate(_CUT_OFF) == []
        assert screen.faults == []


async def test_a_faulted_wallbox_is_explained(house: House) -> None:
    state = charging_state()
    house.backend.states[KEY] = replace(
        state, transaction=None, connector=replace(state.connector, status=ConnectorStatus.FAULTED)
    )
    async with house.screen() as screen:
        await expect(screen.frame.get_by_text("call an electrician")).to_be_visible()


_CUT_OFF = """
() => [...document.querySelectorAll("main *")]
  .filter((node) => node.checkVisibility() && !node.closest("svg, .plot, h1"))
  .filter((node) => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX === "visible"
    && getComputedStyle(node).display !== "inline" && node.clientWidth > 0)
  .map((node) => node.outerHTML.slice(0, 100))
"""
