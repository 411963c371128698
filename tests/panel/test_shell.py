"""What is around every page: tabs, addresses, loading, notices, the theme and the parent's menu."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.web.files import STATIC, Files
from tests.panel.axe import no_violations
from tests.panel.conftest import House
from tests.panel.running_charge import charge_for
from tests.web.memory import KEY, charging_state
from tests.web.panel import make_server, running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

PAGES = {"now": "Now", "history": "History", "setup": "Set-up", "settings": "Settings", "expert": "Expert"}
FIRST_LOAD_BYTES = 150_000


async def test_every_tab_opens_its_page_and_says_so(house: House) -> None:
    async with house.screen() as screen:
        tabs = screen.frame.get_by_role("navigation", name="Pages")
        for page, name in reversed(PAGES.items()):
            tab = tabs.get_by_role("link", name=name, exact=True)
            await tab.press("Enter")
            await expect(tab).to_have_attribute("aria-current", "page")
            await expect(screen.frame.get_by_role("heading", level=1)).to_have_text(name)
            await expect(screen.frame.get_by_role("heading", level=1)).to_be_focused()
            await expect(
                screen.frame.locator(f"[data-page={page}] .outlet > :not(.loading)")
            ).to_be_attached()
            assert (await screen.frame.title()).startswith(name)
        await expect(tabs.locator("[aria-current]")).to_have_count(1)
        assert screen.faults == []


async def test_an_address_opens_its_page_without_taking_the_focus(house: House) -> None:
    async with house.screen(page="settings") as screen:
        await expect(screen.frame.get_by_role("heading", level=1)).to_have_text("Settings")
        await expect(screen.frame.get_by_role("heading", level=1)).not_to_be_focused()


async def test_an_address_of_no_page_is_home(house: House) -> None:
    async with house.screen(page="nowhere/at/all") as screen:
        await expect(screen.frame.get_by_role("link", name="Now", exact=True)).to_have_attribute(
            "aria-current", "page"
        )
        assert screen.faults == []


async def test_back_returns_to_the_page_before(house: House) -> None:
    async with house.screen() as screen:
        await screen.frame.get_by_role("link", name="Expert").click()
        await expect(screen.frame.get_by_role("heading", level=1)).to_have_text("Expert")
        await screen.frame.evaluate("history.back()")
        await expect(screen.frame.get_by_role("heading", level=1)).to_have_text("Now")
        await expect(screen.frame.get_by_role("heading", name="Charging")).to_be_visible()


async def test_a_page_loads_only_once_it_is_opened(house: House) -> None:
    asked: list[str] = []
    async with house.screen() as screen:
        screen.page.on("request", lambda request: asked.append(request.url.rsplit("/static/")[-1]))
        for _ in range(2):
            await screen.frame.get_by_role("link", name="Expert").click()
            await expect(screen.frame.get_by_role("heading", level=1)).to_have_text("Expert")
            await screen.frame.wait_for_selector("[data-page=expert] .page", state="attached")
            await screen.frame.get_by_role("link", name="Now", exact=True).click()
        for name in ("pages/expert.js", "pages/expert.css", "i18n/en/expert.json"):
            assert asked.count(name) == 1


async def test_a_page_that_cannot_be_loaded_says_so_and_comes_at_the_next_try(house: House) -> None:
    async with house.screen() as screen:
        broken = re.compile(r".*/static/pages/expert\.js")
        await screen.page.route(broken, _unavailable)
        await screen.frame.get_by_role("link", name="Expert").click()
        await expect(screen.frame.get_by_role("alert")).to_contain_text("This page could not be loaded.")
        again = screen.frame.get_by_role("button", name="Try again")
        await again.click()
        await expect(screen.frame.get_by_text("The app cannot be reached.")).to_be_visible()
        await screen.frame.get_by_role("link", name="Now", exact=True).click()
        await expect(screen.frame.get_by_role("heading", name="Charging")).to_be_visible()
        await screen.frame.get_by_role("link", name="Expert").click()
        await expect(again).to_be_visible()
        await screen.page.unroute(broken)
        await again.click()
        await screen.frame.wait_for_selector("[data-page=expert] .page", state="attached")


@pytest.mark.parametrize("page", PAGES)
async def test_problems_and_a_lost_link_are_shown_on_every_page(house: House, page: str) -> None:
    house.backend.problems = [Problem(key="mqtt_missing", message="There is no MQTT.", action="setup_mqtt")]
    async with house.screen(page=page) as screen:
        await expect(screen.frame.get_by_text("There is no MQTT.").first).to_be_visible()
        screen.host.reachable = False
        await screen.host.cut()
        await expect(screen.frame.get_by_text("Reconnecting…")).to_be_visible()
        screen.host.reachable = True
        await expect(screen.frame.get_by_text("Reconnecting…")).to_have_count(0)


async def test_the_keyboard_skips_the_tabs(house: House) -> None:
    async with house.screen() as screen:
        skip = screen.frame.get_by_role("link", name="Skip to the content")
        await skip.press("Enter")
        await expect(screen.frame.get_by_role("heading", level=1)).to_be_focused()


async def test_a_narrow_window_offers_the_menu_of_home_assistant(house: House) -> None:
    async with house.screen(width=360) as screen:
        await screen.frame.get_by_role("button", name="Open the menu").click()
        await screen.page.wait_for_function("told.at(-1).type === 'home-assistant/toggle-menu'")
        below = screen.frame.locator("nav")
        await expect(below).to_have_css("padding-bottom", "20px")
        assert screen.faults == []


async def test_a_custom_theme_is_followed_and_readable(house: House) -> None:
    async with house.screen(theme="custom") as screen:
        card = screen.frame.locator(".card").first
        await expect(card).to_have_css("border-radius", "2px")
        await expect(card).to_have_css("background-color", "rgb(255, 253, 245)")
        await expect(screen.frame.locator("body")).to_have_css("font-family", "serif")
        await expect(screen.frame.get_by_role("figure")).to_be_visible()
        await no_violations(screen)


@pytest.mark.parametrize("language", ["en", "de"])
async def test_the_first_load_is_light(house: House, language: str) -> None:
    await charge_for(house.store, 24 * 60)
    async with house.screen(language=language) as screen:
        await expect(screen.frame.get_by_role("figure")).to_be_visible()
        sizes = screen.host.sizes
    assert {"", "static/main.js", "static/vendor/uplot.js"} <= sizes.keys()
    assert sizes.total() < FIRST_LOAD_BYTES, sizes.most_common()


@pytest.mark.parametrize("number", [1, 2])
async def test_two_wallboxes_are_shown_side_by_side(house: House, number: int) -> None:
    if number == 2:
        house.backend.admissions["NEW-2"] = house.backend.admissions["DE*BMW*ETEST1234567890AB"]
        house.backend.states["new2"] = charging_state(key="new2", charge_point_id="NEW-2")
    async with house.screen(width=2560) as screen:
        await expect(screen.frame.get_by_role("article", name="Charging")).to_have_count(number)
        assert KEY in house.backend.states
        assert await screen.frame.evaluate("document.documentElement.scrollWidth") <= 2560


async def _unavailable(route: Route) -> None:
    await route.fulfill(status=502, body="502: Bad Gateway")


async def test_a_language_is_added_by_its_files_and_lacks_nothing(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "static"
    shutil.copytree(STATIC, folder)
    (folder / "i18n" / "fr").mkdir()
    (folder / "i18n" / "fr" / "common.json").write_text('{"page.now": "Maintenant"}', encoding="utf-8")
    files = await Files.below(folder)
    monkeypatch.setattr(Files, "below", lambda: _soon(files))
    async with running(make_server(house.backend)) as server:
        french = replace(house, panel_port=server.port)
        async with french.screen(language="fr") as screen:
            await expect(screen.frame.get_by_role("heading", level=1)).to_have_text("Maintenant")
            await expect(screen.frame.get_by_role("heading", name="Charging")).to_be_visible()
            await expect(screen.frame.locator("html")).to_have_attribute("lang", "fr")
            assert screen.faults == []


async def _soon(files: Files) -> Files:
    return files


def test_no_text_in_the_code_goes_over_lines_whose_indents_are_not_served() -> None:
    for path in STATIC.rglob("*.js"):
        if path.parent.name != "vendor":
            assert all(line.count("`") % 2 == 0 for line in path.read_text("utf-8").splitlines()), path.name
