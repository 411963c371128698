"""The panel in a real browser, inside a page that plays Home Assistant."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Frame, Page, async_playwright

from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.session_desk import SessionDesk
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.storage.store import Store
from tests.fakes.clock import HandClock
from tests.panel.host import PREFIX, Host
from tests.web.memory import ADMIN, MemoryBackend
from tests.web.panel import make_server, running

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS = 10_000
ZONE = ZoneInfo("Europe/Berlin")

_WATCH = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI} ${event.sample}`));
"""


@dataclass(slots=True)
class Screen:
    """One open panel and everything that went wrong in it."""

    page: Page
    host: Host
    faults: list[str] = field(default_factory=list)

    @property
    def frame(self) -> Frame:
        return next(frame for frame in self.page.frames if PREFIX in frame.url)


async def confirm(screen: Screen, name: str) -> None:
    """Type what a dangerous action asks for."""
    question = screen.frame.get_by_role("dialog").last
    await question.get_by_role("textbox", name=f"To confirm, type {name}").fill(name)
    await question.get_by_role("button", name="Do it").click()


@dataclass(slots=True)
class Window:
    """A browser and the port of a panel, ready to open it."""

    browser: Browser
    panel_port: int

    @asynccontextmanager
    async def screen(
        self,
        *,
        width: int = 1280,
        theme: str = "light",
        language: str = "en",
        system: str = "light",
        user_id: str = ADMIN,
        page: str = "now",
    ) -> AsyncIterator[Screen]:
        """Open a page of the panel in a window; every error that it makes ends in `faults`.

        `page` is an address within the panel, as after its `#`: `settings/tariffs`.
        """
        async with Host.before(self.panel_port, user_id) as host:
            context = await self.browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme="dark" if system == "dark" else "light",
                reduced_motion="reduce",
                locale="en-GB",
            )
            context.set_default_timeout(PATIENCE_MS)
            await context.add_init_script(_WATCH)
            screen = Screen(await context.new_page(), host)
            screen.page.on("pageerror", lambda error: screen.faults.append(str(error)))
            screen.page.on(
                "console",
                lambda line: screen.faults.append(line.text) if line.type in {"error", "warning"} else None,
            )
            query = urlencode({"theme": theme, "language": language, "page": page})
            await screen.page.goto(f"http://127.0.0.1:{host.port}/?{query}")
            await screen.frame.wait_for_selector("main .page", state="attached")
            try:
                yield screen
            finally:
                await context.close()


@dataclass(slots=True)
class House(Window):
    """A browser and an app in memory, ready to open panels."""

    backend: MemoryBackend
    store: Store
    """Of the charging sessions."""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start a browser, and end it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            async with asyncio.timeout(PATIENCE_MS / 1000):
                await browser.close()


@asynccontextmanager
async def sessions_of(backend: MemoryBackend, folder: Path) -> AsyncIterator[Store]:
    """Give the app a store of charging sessions, and return it."""
    clock = HandClock()
    store = await Store.open(folder, clock)
    try:
        sessions = Sessions(store, clock=clock, zone=lambda: ZONE, tokens=backend.tokens, settings=Settings)
        await sessions.load()
        backend.desk = SessionDesk(store, sessions, clock=clock, zone=lambda: ZONE)
        yield store
    finally:
        await store.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    backend = MemoryBackend()
    async with (
        sessions_of(backend, tmp_path / "house") as store,
        running(make_server(backend)) as server,
        chromium() as browser,
    ):
        yield House(browser, server.port, backend, store)
