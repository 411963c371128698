"""The set-up guide and every view of the settings, for everybody: axe finds nothing, and all fits."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.tariffs import Band, PriceList, Tariffs
from bmw_wallbox.domain.tokens import Token
from bmw_wallbox.domain.vocabulary import Admission
from tests.panel.axe import violations
from tests.panel.conftest import House
from tests.panel.past_charges import recorded
from tests.web.memory import NOW

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

VIEWS = (
    "setup",
    "settings",
    *(
        f"settings/{name}"
        for name in (
            "control",
            "wallbox",
            "tariffs",
            "solar",
            "cards",
            "vehicles",
            "notifications",
            "reports",
            "data",
            "security",
            "home",
        )
    ),
)
TARIFFS = Tariffs(
    currency="EUR",
    lists=(
        PriceList(
            name="Night", valid_from=NOW.date(), price_micros=327_500, bands=(Band(price_micros=199_000),)
        ),
        PriceList(name="Market", valid_from=NOW.date().replace(year=2027), entity_id="sensor.price"),
    ),
)
_OPEN = "() => document.querySelectorAll('.step details').forEach((fold) => { fold.open = true; })"
_TOO_SMALL = """
() => [...document.querySelectorAll(
    "button, input:not([type=checkbox]), select, textarea, summary, .day, .entry, .back")]
  .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 44)
  .map((node) => node.outerHTML)
"""


@pytest.mark.parametrize(
    ("theme", "width", "language"),
    [("light", 1280, "en"), ("dark", 360, "de"), ("dark", 2560, "en"), ("light", 320, "de")],
)
async def test_every_view_is_for_everybody(
    house: House, tmp_path: Path, theme: str, width: int, language: str
) -> None:
    backend = house.backend
    backend.admissions["NEW-1"] = Admission.BLOCKED
    backend.guide.finished_at = None
    backend.table = {"a": Token(key="a", id_token="04A1B2C3D4", name="Anna", vehicle="iX3", limit_a=10)}
    backend.present_settings = Settings(vehicles=("iX3",))
    backend.more_info = {"home_assistant": {"state": "connected", "mqtt": "not_set_up", "version": "2026.11"}}
    async with recorded(tmp_path, backend, []):
        assert backend.desk is not None
        await backend.desk.save_tariffs(TARIFFS)
        async with house.screen(
            theme=theme, system=theme, width=width, language=language, page="setup"
        ) as screen:
            for view in VIEWS:
                await screen.frame.evaluate("view => { location.hash = view; }", view)
                await screen.frame.wait_for_selector(f'[data-page="{view.partition("/")[0]}"] .page')
                if "/" in view:
                    await expect(screen.frame.locator(".pane .group:visible").first).to_be_visible()
                await screen.frame.evaluate(_OPEN)
                assert await violations(screen) == [], view
                assert await screen.frame.evaluate("document.documentElement.scrollWidth") <= width, view
                assert await screen.frame.evaluate(_TOO_SMALL) == [], view
            assert screen.faults == []
