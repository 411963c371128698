"""The whole app with a simulated wallbox, as seen and steered from the panel."""

import re

import pytest
from playwright.async_api import expect

from tests.conftest import WALLBOX_ID, MakeApp, MakeBox
from tests.panel.axe import no_violations
from tests.panel.conftest import PATIENCE_MS, Window, chromium

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

SETTLES_MS = 4 * PATIENCE_MS


async def test_a_charge_is_seen_and_steered_from_the_panel(make_app: MakeApp, make_wallbox: MakeBox) -> None:
    app = await make_app()
    async with chromium() as browser, Window(browser, app.panel_port).screen(width=360) as screen:
        await expect(screen.frame.get_by_role("heading", name="Not connected")).to_be_visible()
        box = await make_wallbox(app, phases=3)
        await expect(screen.frame.get_by_role("heading", name="Ready")).to_be_visible(timeout=SETTLES_MS)
        await app.panel.sample_every_second(WALLBOX_ID)
        await box.plug()
        await box.authorize("04A1B2C3D4")
        await expect(screen.frame.get_by_role("heading", name="Charging")).to_be_visible(timeout=SETTLES_MS)
        await expect(screen.frame.get_by_text(re.compile(r"^Charging at [1-9]"))).to_be_visible(
            timeout=SETTLES_MS
        )
        await screen.frame.get_by_role("slider", name="Limit per phase").fill("10")
        await expect(screen.frame.get_by_text("Limit 10 A: done")).to_be_visible(timeout=SETTLES_MS)
        reader = screen.frame.get_by_role("slider", name="Read the values: Last hours")
        await expect(reader).to_have_attribute(
            "aria-valuetext", re.compile("L1 .*L2 .*L3 "), timeout=SETTLES_MS
        )
        await no_violations(screen)
        await screen.frame.get_by_role("button", name="Stop").click()
        await expect(screen.frame.get_by_text("Stop: done")).to_be_visible(timeout=SETTLES_MS)
        assert screen.faults == []


async def test_the_last_hours_outlast_a_restart_of_the_app(make_app: MakeApp, make_wallbox: MakeBox) -> None:
    app = await make_app()
    async with chromium() as browser, Window(browser, app.panel_port).screen() as screen:
        box = await make_wallbox(app, phases=3)
        await expect(screen.frame.get_by_role("heading", name="Ready")).to_be_visible(timeout=SETTLES_MS)
        await app.panel.sample_every_second(WALLBOX_ID)
        await box.plug()
        await box.authorize("04A1B2C3D4")
        await expect(screen.frame.get_by_text(re.compile(r"^Charging at [1-9]"))).to_be_visible(
            timeout=SETTLES_MS
        )
        await app.stop()
        await expect(screen.frame.get_by_text("Reconnecting…")).to_be_visible()
        await app.start()
        await expect(screen.frame.get_by_text("Reconnecting…")).to_have_count(0, timeout=SETTLES_MS)
        told = await app.panel.get(f"api/stations/{WALLBOX_ID}/history")
        assert max(row[1] for row in told["points"]) > 1000
