"""Measures the panel in a real browser: until it is usable, how fast it draws and changes, what it keeps."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import aiohttp
from playwright.async_api import Browser, CDPSession, expect

from bmw_wallbox.simulator import SimulatedWallbox, SimulatorConfig
from tests.bench.table import Row, Rows, percentile, render, write_json
from tests.conftest import WALLBOX_ID
from tests.panel.conftest import House, Screen, Window, chromium, sessions_of
from tests.panel.running_charge import charge_for
from tests.support.app_process import AppProcess
from tests.web.memory import KEY, MemoryBackend
from tests.web.panel import make_server, running

_PHONE_SLOWDOWN = 4
_PHONE_BYTES_PER_S = 10_000_000 // 8
_PHONE_LATENCY_MS = 20
_LOADS = 5
_CHANGES = 50
_PAUSES = 10
_UPDATES = 360
_SETTLES_MS = 60_000
_STEP_MS = 10_000

_USABLE = """
new Promise((resolve) => {
  const look = () => document.querySelector(".station .status")?.textContent
    && document.querySelector(".slider output")?.textContent
    ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
    : setTimeout(look, 5);
  look();
})
"""
_DRAW = """
async () => {
  const { chart } = await import(new URL("./static/chart.js", location.href).href);
  const phases = [1, 2, 3].map((phase) => ({ label: `L${phase}`, unit: "A", side: "right" }));
  const one = chart({ label: "Power", series: [{ label: "Power", unit: "kW" }, ...phases] });
  document.querySelector(".outlet").prepend(one.element);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const times = Array.from({ length: 8640 }, (_, place) => 1795000000 + place * 10);
  const taken = [];
  for (let round = 0; round < 20; round += 1) {
    const line = (size) => times.map((_, place) => size + Math.sin(place / 200 + round) + Math.random() / 5);
    const columns = [times, line(7), line(10), line(11), line(12)];
    const begin = performance.now();
    one.setData(columns, { summary: "" });
    await null;
    await null;
    // Reading a pixel makes the browser paint now what it has only noted.
    one.element.querySelector("canvas").getContext("2d").getImageData(0, 0, 1, 1);
    taken.push(performance.now() - begin);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  }
  one.destroy();
  return taken;
}
"""
_WATCH = """
(selector) => {
  window.seen = [];
  const node = document.querySelector(selector);
  new MutationObserver(() => window.seen.push([node.textContent, Date.now()]))
    .observe(node, { childList: true, characterData: true, subtree: true });
}
"""
_SHIFT_CLOCK = """
window.shiftMs = 0;
const realNow = Date.now;
Date.now = () => realNow() + window.shiftMs;
"""


async def measure() -> Rows:
    """Return the panel's figures."""
    with tempfile.TemporaryDirectory() as folder:
        async with _house(Path(folder)) as house:
            usable = [await _until_usable(house) for _ in range(_LOADS)]
            async with house.screen() as screen:
                drawn = await screen.frame.evaluate(_DRAW)
                changed = await _changes(house, screen)
            grown = await _hour(house)
            told = await _from_the_box(house.browser, Path(folder))
    return (
        Row(name="Usable on a phone, median", unit="ms", app=percentile(usable, 50), bar="< 1000"),
        Row(name="Draw 24 h at 10 s, median", unit="ms", app=percentile(drawn, 50), bar="< 50"),
        Row(name="Draw 24 h at 10 s, 95 %", unit="ms", app=percentile(drawn, 95), bar="< 50"),
        Row(name="Change to page, median", unit="ms", app=percentile(changed, 50), bar="< 200"),
        Row(name="Change to page, 95 %", unit="ms", app=percentile(changed, 95), bar="< 200"),
        Row(name="Wallbox to page, median", unit="ms", app=percentile(told, 50), bar="< 200"),
        Row(name="Wallbox to page, 95 %", unit="ms", app=percentile(told, 95), bar="< 200"),
        Row(name="Heap after an hour of changes", unit="kB", app=grown / 1000, bar="< 2000"),
    )


@asynccontextmanager
async def _house(folder: Path) -> AsyncIterator[House]:
    backend = MemoryBackend()
    async with (
        sessions_of(backend, folder) as store,
        running(make_server(backend)) as server,
        chromium() as browser,
    ):
        await charge_for(store, 24 * 60)
        yield House(browser, server.port, backend, store)


async def _until_usable(house: House) -> float:
    """Return the ms from the frame's navigation to its first values, on a slow phone with an empty cache."""
    async with house.screen(width=360) as screen:
        session = await screen.page.context.new_cdp_session(screen.page)
        await session.send("Network.enable")
        await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        await session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": _PHONE_LATENCY_MS,
                "downloadThroughput": _PHONE_BYTES_PER_S,
                "uploadThroughput": _PHONE_BYTES_PER_S,
            },
        )
        await session.send("Emulation.setCPUThrottlingRate", {"rate": _PHONE_SLOWDOWN})
        await screen.page.reload(wait_until="commit")
        await screen.page.wait_for_selector("iframe")
        await screen.page.wait_for_function("frames[0].location.href !== 'about:blank'")
        taken: float = await screen.frame.evaluate(_USABLE)
        return taken


async def _changes(house: House, screen: Screen) -> list[float]:
    """Return the ms from a change of the station's state to the page that shows it."""
    await screen.frame.evaluate(_WATCH, ".gauge .power")
    began: dict[str, float] = {}
    for number in range(_CHANGES):
        state = house.backend.state(KEY)
        power_w = 1000 + 10 * number
        began[f"{power_w / 1000:.2f}"] = time.time() * 1000
        house.backend.become(replace(state, meter=replace(state.meter, power_w=power_w)))
        await asyncio.sleep(0.1)
    seen: list[tuple[str, float]] = await screen.frame.evaluate("window.seen")
    return [at - began[text] for text, at in seen if text in began]


async def _from_the_box(browser: Browser, folder: Path) -> list[float]:
    """Return the ms from a wallbox that sends a message to the page that shows it, through the whole app."""
    async with aiohttp.ClientSession() as session:
        app = AppProcess(folder / "app", session, options={"charge_point_id": WALLBOX_ID, "ssl": False})
        await app.start()
        box = SimulatedWallbox(SimulatorConfig(url=app.url, charge_point_id=WALLBOX_ID))
        life = asyncio.create_task(box.run())
        try:
            await box.wait_connected()
            async with Window(browser, app.panel_port).screen() as screen:
                return await _pauses(app, box, screen)
        finally:
            life.cancel()
            await asyncio.gather(life, return_exceptions=True)
            await app.kill()


async def _pauses(app: AppProcess, box: SimulatedWallbox, screen: Screen) -> list[float]:
    status = screen.frame.locator(".station .status")
    await expect(status).to_have_text("Ready", timeout=_SETTLES_MS)
    await box.plug()
    await box.authorize("04A1B2C3D4")
    await expect(status).to_have_text("Charging", timeout=_SETTLES_MS)
    await screen.frame.evaluate(_WATCH, ".station .status")
    taken: list[float] = []
    for _ in range(_PAUSES):
        for act, text in ((box.car_pause, "Paused by the car"), (box.car_resume, "Charging")):
            await act()
            await expect(status).to_have_text(text, timeout=_SETTLES_MS)
            shown_at = await screen.frame.evaluate("window.seen.at(-1)[1]")
            taken.append(shown_at - await _heard_at(app))
    return taken


async def _heard_at(app: AppProcess) -> float:
    """Return when the last change of the charging state reached the app, ms since 1970."""
    frames = await app.panel.get(f"api/stations/{WALLBOX_ID}/messages")
    events = [one for one in frames if one["direction"] == "in" and "ChargingStateChanged" in str(one)]
    return datetime.fromisoformat(events[-1]["at"]).timestamp() * 1000


async def _hour(house: House) -> float:
    """Return by how many bytes the page's heap grows in an hour of a value every ten seconds."""
    async with house.screen() as screen:
        session = await screen.page.context.new_cdp_session(screen.page)
        await screen.frame.evaluate(_SHIFT_CLOCK)
        await _live(house, screen, 30)
        before = await _heap(session)
        await _live(house, screen, _UPDATES)
        return await _heap(session) - before


async def _live(house: House, screen: Screen, updates: int) -> None:
    for number in range(updates):
        state = house.backend.state(KEY)
        power_w = 5000 + 10 * number
        meter = replace(state.meter, power_w=power_w, current_l1_a=10 + number / 100)
        await screen.frame.evaluate(f"window.shiftMs += {_STEP_MS}")
        house.backend.become(replace(state, meter=meter))
        await screen.frame.wait_for_function(
            "(text) => document.querySelector('.gauge .power').textContent === text",
            arg=f"{power_w / 1000:.2f}",
        )


async def _heap(session: CDPSession) -> float:
    for _ in range(3):
        await session.send("HeapProfiler.collectGarbage")
    usage = await session.send("Runtime.getHeapUsage")
    return float(usage["usedSize"])


def main() -> None:
    """Measure, and print it."""
    parser = argparse.ArgumentParser(prog="script/bench panel", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    chosen = parser.parse_args()
    rows = asyncio.run(measure())
    sys.stdout.write(render("panel", rows, ()) + "\n")
    if chosen.json is not None:
        write_json(chosen.json, {"panel": rows})


if __name__ == "__main__":
    main()
