"""What people see and press."""

from dataclasses import replace

import pytest
from playwright.async_api import expect

from bmw_wallbox.domain.commands import Refresh, Restart, SetCurrentLimit, StartCharging, StopCharging
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.state import Connector, DesiredState
from bmw_wallbox.domain.vocabulary import Admission, ConnectorStatus, Outcome
from bmw_wallbox.web.files import STATIC
from tests.panel.conftest import House, confirm
from tests.web.memory import KEY, charging_state

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]


async def test_it_says_in_words_what_the_wallbox_does(house: House) -> None:
    async with house.screen() as screen:
        card = screen.frame.get_by_role("article", name="Charging")
        await expect(card.get_by_role("heading", name="Charging")).to_be_visible()
        await expect(card.get_by_role("img", name="7.36")).to_be_visible()
        await expect(card.get_by_text("A car is plugged in")).to_be_visible()
        await expect(card.get_by_text("10.7")).not_to_have_count(0)
        assert screen.faults == []


async def test_changes_appear_by_themselves(house: House) -> None:
    async with house.screen() as screen:
        await expect(screen.frame.get_by_role("heading", name="Charging")).to_be_visible()
        house.backend.become(
            charging_state(
                transaction=None, connector=Connector(status=ConnectorStatus.AVAILABLE, reported_at=None)
            )
        )
        await expect(screen.frame.get_by_role("heading", name="Ready")).to_be_visible()
        house.backend.become(charging_state(connected=False))
        await expect(screen.frame.get_by_role("heading", name="Not connected")).to_be_visible()
        assert screen.faults == []


async def test_start_and_stop_send_their_commands_and_tell_the_outcome(house: House) -> None:
    async with house.screen() as screen:
        await screen.frame.get_by_role("button", name="Stop").click()
        await expect(screen.frame.get_by_text("Stop: done")).to_be_visible()
        await screen.frame.get_by_role("button", name="Start", exact=True).click()
        await expect(screen.frame.get_by_text("Start: done")).to_be_visible()
        await expect(screen.frame.get_by_text("The wallbox confirmed it.")).to_be_visible()
        await screen.frame.get_by_role("button", name="Refresh").click()
        await expect(screen.frame.get_by_text("Refresh: done")).to_be_visible()
        assert [call[2] for call in house.backend.calls] == [StopCharging(), StartCharging(), Refresh()]
        assert screen.faults == []


async def test_the_limit_is_sent_once_where_the_slider_stays(house: House) -> None:
    async with house.screen() as screen:
        slider = screen.frame.get_by_role("slider", name="Limit per phase")
        await expect(slider).to_have_value("16")
        await slider.focus()
        for _ in range(4):
            await slider.press("ArrowLeft")
        await expect(screen.frame.get_by_text("Limit 12 A: done")).to_be_visible()
        assert house.backend.calls == [("execute", KEY, SetCurrentLimit(limit_a=12), "panel")]
        assert [await slider.get_attribute(name) for name in ("min", "max")] == ["6", "32"]
        assert screen.faults == []


async def test_a_limit_between_two_amperes_is_not_rounded(house: House) -> None:
    async with house.screen() as screen:
        await expect(screen.frame.get_by_role("slider", name="Limit per phase")).to_have_value("16")
        held = house.backend.states[KEY]
        house.backend.become(replace(held, desired=DesiredState(limit_a=12.5)))
        await expect(screen.frame.get_by_text("of 12.5\u00a0A")).to_be_visible()


async def test_a_wish_shows_at_once_and_falls_back_with_the_reason(house: House) -> None:
    house.backend.decided.clear()
    house.backend.final = Outcome.REFUSED
    house.backend.final_message = "The wallbox rejected the profile."
    async with house.screen() as screen:
        slider = screen.frame.get_by_role("slider", name="Limit per phase")
        await slider.fill("10")
        await expect(screen.frame.get_by_text("Limit 10 A: under way")).to_be_visible()
        await expect(slider).to_have_value("10")
        house.backend.decided.set()
        await expect(screen.frame.get_by_text("Limit 10 A: refused by the wallbox")).to_be_visible()
        await expect(screen.frame.get_by_text("The wallbox rejected the profile.")).to_be_visible()
        await expect(slider).to_have_value("16")
        assert screen.faults == []


async def test_restart_asks_first(house: House) -> None:
    async with house.screen() as screen:
        restart = screen.frame.get_by_role("button", name="Restart…")
        question = screen.frame.get_by_role("dialog", name="Restart the wallbox?")
        await restart.click()
        await question.get_by_role("button", name="Cancel").click()
        await expect(question).to_have_count(0)
        await restart.click()
        await expect(question).to_be_visible()
        await screen.page.keyboard.press("Escape")
        await expect(question).to_have_count(0)
        assert house.backend.calls == []
        await restart.click()
        async with screen.page.expect_response("**/commands?wait=30"):
            await question.get_by_role("button", name="After charging").click()
        await restart.click()
        await question.get_by_role("button", name="At once").click()
        async with screen.page.expect_response("**/commands?wait=30"):
            await confirm(screen, "restart")
        assert [call[2] for call in house.backend.calls] == [Restart(), Restart(when="immediate")]
        await expect(screen.frame.get_by_text("Restart: done")).to_be_visible()
        assert screen.faults == []


async def test_a_request_that_the_app_refuses_is_told_with_its_reason(house: House) -> None:
    async with house.screen() as screen:
        await expect(screen.frame.get_by_role("slider", name="Limit per phase")).to_have_attribute(
            "max", "32"
        )
        house.backend.states[KEY] = charging_state(max_current_a=16)  # the page has not heard of it
        await screen.frame.get_by_role("slider", name="Limit per phase").fill("20")
        await expect(screen.frame.get_by_text("Limit 20 A: failed")).to_be_visible()
        await expect(screen.frame.get_by_text("a number from 6 to 16 A is needed")).to_be_visible()
        await expect(screen.frame.get_by_role("slider", name="Limit per phase")).to_have_value("16")
        assert all("400" in fault for fault in screen.faults)


async def test_a_new_wallbox_is_let_in_or_kept_out_by_one_click(house: House) -> None:
    house.backend.admissions = {"NEW-1": Admission.PENDING, "NEW-2": Admission.PENDING}
    house.backend.states = {}
    async with house.screen() as screen:
        await expect(screen.frame.get_by_role("heading", name="No wallbox yet")).to_be_visible()
        first, second = (
            screen.frame.get_by_role("article").filter(has_text=name) for name in ("NEW-1", "NEW-2")
        )
        await first.get_by_role("button", name="Approve").click()
        await expect(screen.frame.get_by_role("heading", name="Charging")).to_be_visible()
        await expect(screen.frame.get_by_role("heading", name="No wallbox yet")).to_be_hidden()
        await second.get_by_role("button", name="Block").click()
        await expect(second).to_have_count(0)
        assert house.backend.calls == [("approve", "new1"), ("block", "new2")]
        assert screen.faults == []


async def test_a_problem_says_what_to_do_and_one_click_does_it(house: House) -> None:
    house.backend.problems = [Problem(key="mqtt_missing", message="There is no MQTT.", action="setup_mqtt")]
    async with house.screen() as screen:
        await expect(screen.frame.get_by_text("There is no MQTT.")).to_be_visible()
        await screen.frame.get_by_role("button", name="Set up MQTT").click()
        await expect(screen.frame.get_by_text("MQTT is ready.")).to_be_visible()
        assert house.backend.calls == [("setup_mqtt",)]
        house.backend.problems = []
        house.backend.inform()
        await expect(screen.frame.get_by_text("There is no MQTT.")).to_have_count(0)
        assert screen.faults == []


async def test_a_guest_can_charge_and_is_told_what_needs_an_admin(house: House) -> None:
    house.backend.problems = [Problem(key="mqtt_missing", message="There is no MQTT.", action="setup_mqtt")]
    async with house.screen(user_id="somebody") as screen:
        await screen.frame.get_by_role("button", name="Stop").click()
        await expect(screen.frame.get_by_text("Stop: done")).to_be_visible()
        await screen.frame.get_by_role("button", name="Set up MQTT").click()
        await expect(screen.frame.get_by_text("Only an administrator")).to_be_visible()
        await screen.frame.get_by_role("button", name="Restart…").click()
        await expect(screen.frame.get_by_role("button", name="At once")).to_have_count(0)
        assert [call[0] for call in house.backend.calls] == ["execute"]


async def test_an_admin_is_recognised_once_home_assistant_answers(house: House) -> None:
    house.backend.knows_users = False
    async with house.screen() as screen:
        end = screen.frame.get_by_role("button", name="End transaction…")
        await expect(screen.frame.get_by_role("heading", name="Charging")).to_be_visible()
        await expect(end).to_be_hidden()
        house.backend.knows_users = True
        house.backend.inform()
        await expect(end).to_be_visible()
        assert screen.faults == []


async def test_a_lost_connection_is_said_and_comes_back_with_fresh_values(house: House) -> None:
    async with house.screen() as screen:
        await expect(screen.frame.get_by_role("heading", name="Charging")).to_be_visible()
        screen.host.reachable = False
        await screen.host.cut()
        await expect(screen.frame.get_by_text("Reconnecting…")).to_be_visible()
        house.backend.become(replace(house.backend.state(KEY), connected=False))
        screen.host.reachable = True
        await expect(screen.frame.get_by_role("heading", name="Not connected")).to_be_visible()
        await expect(screen.frame.get_by_text("Reconnecting…")).to_have_count(0)


async def test_a_wallbox_that_is_away_shows_no_old_measurements(house: House) -> None:
    house.backend.states[KEY] = charging_state(connected=False)
    async with house.screen() as screen:
        await expect(screen.frame.get_by_role("heading", name="Not connected")).to_be_visible()
        await expect(screen.frame.get_by_text("7.36")).to_have_count(0)
        await expect(screen.frame.get_by_text("230")).to_have_count(0)
        await expect(screen.frame.get_by_role("button", name="Start", exact=True)).to_be_enabled()
        await expect(screen.frame.get_by_role("button", name="Restart…")).to_be_disabled()


@pytest.mark.parametrize(
    ("theme", "system", "background"),
    [
        ("light", "dark", "rgb(250, 250, 250)"),
        ("dark", "light", "rgb(17, 17, 17)"),
        ("", "light", "rgb(250, 250, 250)"),
        ("", "dark", "rgb(17, 17, 17)"),
    ],
)
@pytest.mark.parametrize("width", [360, 1280])
async def test_it_fits_the_window_and_the_theme(
    house: House, theme: str, system: str, background: str, width: int
) -> None:
    house.backend.admissions["DE*BMW*E" + "9" * 40] = Admission.PENDING
    async with house.screen(theme=theme, system=system, width=width) as screen:
        await expect(screen.frame.get_by_role("heading", name="Charging")).to_be_visible()
        body = screen.frame.locator("body")
        assert await body.evaluate("body => getComputedStyle(body).backgroundColor") == background
        assert await body.evaluate("body => document.documentElement.scrollWidth") <= width
        assert await screen.frame.evaluate(_TOO_SMALL) == []
        assert screen.faults == []


async def test_a_theme_that_changes_is_followed(house: House) -> None:
    async with house.screen(theme="light") as screen:
        html = screen.frame.locator("html")
        await expect(html).to_have_attribute("data-scheme", "light")
        await screen.page.evaluate(
            "document.documentElement.style.setProperty('--primary-background-color', '#222')"
        )
        await expect(html).to_have_attribute("data-scheme", "dark")
        await expect(screen.frame.locator("body")).to_have_css("background-color", "rgb(34, 34, 34)")


def test_no_file_of_the_panel_turns_text_into_markup_or_reaches_outside() -> None:
    for path in STATIC.rglob("*.js"):
        code = path.read_text()
        for forbidden in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "eval(",
            "document.write",
            "https://",
        ):
            assert forbidden not in code, path.name


_TOO_SMALL = """
() => [...document.querySelectorAll("button, input, summary, nav a")]
  .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 44)
  .map((node) => node.outerHTML)
"""
