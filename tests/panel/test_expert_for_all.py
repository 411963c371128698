"""Every view of the expert page, for everybody: axe finds nothing, and all fits."""

import pytest
from playwright.async_api import expect

from bmw_wallbox.domain.vocabulary import Admission
from tests.panel.axe import violations
from tests.panel.conftest import House
from tests.panel.expert_house import furnish
from tests.panel.test_expert_device import SCHEDULE
from tests.web.memory import charging_state

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

VIEWS = {
    "messages": ".exchanges > li",
    "console": ".schema .field",
    "device": ".components > details",
    "profiles": ".expert table",
    "events": ".expert table",
    "diagnostics": ".expert details",
    "audit": ".deeds > li",
}
_OPEN = """
() => document.querySelectorAll(".expert details").forEach((fold) => { fold.open = true; })
"""
_TOO_SMALL = """
() => [...document.querySelectorAll(".expert :is(button, input, select, textarea, summary, a)")]
  .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 44)
  .map((node) => node.outerHTML)
"""


@pytest.mark.parametrize(
    ("theme", "width", "language"),
    [("light", 1280, "en"), ("dark", 360, "de"), ("dark", 2560, "en"), ("light", 320, "de")],
)
async def test_every_view_is_for_everybody(house: House, theme: str, width: int, language: str) -> None:
    backend = house.backend
    furnish(backend)
    backend.admissions["NEW-1"] = Admission.APPROVED
    backend.states["new1"] = charging_state(key="new1", charge_point_id="NEW-1")
    backend.answers["GetCompositeSchedule"] = {"status": "Accepted", "schedule": SCHEDULE}
    async with house.screen(
        theme=theme, system=theme, width=width, language=language, page="expert"
    ) as screen:
        for view, shows in VIEWS.items():
            await screen.frame.evaluate("view => { location.hash = view; }", f"expert/{view}")
            await expect(
                screen.frame.locator(f'.subtabs [href="#expert/{view}"][aria-current]')
            ).to_be_visible()
            await expect(screen.frame.locator(shows).first).to_be_visible()
            if view == "profiles":
                await screen.frame.locator("button.primary").click()
                await expect(screen.frame.locator(".chart canvas")).to_be_visible()
            await screen.frame.evaluate(_OPEN)
            assert await violations(screen) == [], view
            assert await screen.frame.evaluate("document.documentElement.scrollWidth") <= width, view
            assert await screen.frame.evaluate(_TOO_SMALL) == [], view
        assert screen.faults == []
