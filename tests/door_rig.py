"""The door with all that stands behind it: a store, the registry, and a listener on a real port."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from websockets.datastructures import HeadersLike
from websockets.exceptions import InvalidStatus

from bmw_wallbox.clock import Clock, SystemClock
from bmw_wallbox.config import Options
from bmw_wallbox.csms.certificate import TlsFiles
from bmw_wallbox.csms.frames import FrameLog
from bmw_wallbox.csms.limits import HOUSE, Limits
from bmw_wallbox.csms.server import CentralSystem
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.report_words import Language
from bmw_wallbox.domain.settings import changed
from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.edge import Door, RawEdge
from bmw_wallbox.expert import Expert
from bmw_wallbox.guide import Guide
from bmw_wallbox.handling import ControlSettings
from bmw_wallbox.initial_totals import InitialTotals
from bmw_wallbox.launch import Launch
from bmw_wallbox.panel import Panel
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.registry import Registry
from bmw_wallbox.session_desk import SessionDesk
from bmw_wallbox.session_reports import Reports
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.storage.store import Store
from tests.csms.conftest import eventually
from tests.csms.wallbox import IDENTITY, Wallbox, wallbox

KEY = "debmwetest1234567890ab"
OTHER = "DE*BMW*EOTHER"


@dataclass(frozen=True, slots=True)
class House:
    """One running installation without Home Assistant."""

    registry: Registry
    system: CentralSystem
    panel: Panel

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.registry.passwords.problems

    @property
    def last(self) -> dict[str, Any]:
        """The diary's latest entry."""
        return dict(self.panel.diary()[0])

    async def enter(
        self,
        charge_point_id: str = IDENTITY,
        *,
        headers: HeadersLike | None = None,
        context: ssl.SSLContext | None = None,
        source: str = "127.0.0.1",
    ) -> None:
        """Connect as a wallbox, prove that it is served, and leave."""
        path = f"/{charge_point_id}"
        async with wallbox(
            self.system.port, path=path, headers=headers, context=context, source=source
        ) as box:
            await served(box)

    async def status(
        self,
        charge_point_id: str = IDENTITY,
        *,
        headers: HeadersLike | None = None,
        context: ssl.SSLContext | None = None,
        source: str = "127.0.0.1",
    ) -> int:
        """Connect as a wallbox and return the HTTP status of the refusal, 101 where it was let in."""
        path = f"/{charge_point_id}"
        try:
            async with wallbox(self.system.port, path=path, headers=headers, context=context, source=source):
                return HTTPStatus.SWITCHING_PROTOCOLS
        except InvalidStatus as refusal:
            return refusal.response.status_code


async def served(box: Wallbox) -> None:
    """Make sure that a wallbox is served; the app's own calls, the limit first, stay unanswered."""
    await box.send([2, "still there", "Heartbeat", {}])
    while True:
        frame = await box.receive()
        if frame[1] == "still there":
            assert frame[0] == 3
            return


def login(password: str | bytes, user: str = IDENTITY) -> dict[str, str]:
    """Return the header of HTTP Basic."""
    secret = password.encode() if isinstance(password, str) else password
    return {"Authorization": "Basic " + b64encode(user.encode() + b":" + secret).decode()}


@asynccontextmanager
async def open_house(
    folder: Path,
    *,
    clock: Clock | None = None,
    tls: TlsFiles | None = None,
    configured: str | None = IDENTITY,
    limits: Limits = HOUSE,
) -> AsyncIterator[House]:
    """Run a house while the block lasts; `configured` is the id in the options."""
    clock = clock or SystemClock()
    store = await Store.open(folder, clock)
    registry = Registry(
        store,
        clock=clock,
        zone=lambda: ZoneInfo("Europe/Berlin"),
        settings=ControlSettings(),
        max_current_a=32,
        configured_id=configured,
        simulated_id=None,
    )
    await registry.load()
    frames = FrameLog()
    system = CentralSystem(
        host="127.0.0.1",
        port=0,
        tls=tls,
        gate=Door(registry),
        sinks=lambda charge_point_id: registry.resident(charge_point_id).station,
        clock=clock,
        frames=frames,
        watch_interval_s=0.02,
        limits=limits,
    )
    desk = desk_of(store, clock, registry)
    panel = Panel(
        registry,
        RawEdge(system, frames, supervised=False),
        None,
        ProblemBoard(),
        facts=dict,
        healthy=store.ping,
        sessions=desk,
        guide=Guide(store, clock, system, port=9000, tls=tls is not None),
        totals=InitialTotals(store, clock),
        reports=Reports(
            desk,
            clock=clock,
            states=list,
            settings=lambda: registry.settings,
            language=lambda: Language.EN,
            version="0",
        ),
        expert=Expert(Launch(options_file=folder, data=folder), Options(), store, frames, clock),
    )
    listening = asyncio.create_task(system.run())
    try:
        await eventually(lambda: system.listening)
        yield House(registry, system, panel)
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await registry.close()
        await store.close()


def desk_of(store: Store, clock: Clock, registry: Registry) -> SessionDesk:
    """Return a house's sessions, which no test of the door looks at."""

    def zone() -> ZoneInfo:
        return ZoneInfo("Europe/Berlin")

    sessions = Sessions(
        store,
        clock=clock,
        zone=zone,
        tokens=lambda: registry.tokens,
        settings=lambda: registry.settings,
    )
    return SessionDesk(store, sessions, clock=clock, zone=zone)


async def change_settings(house: House, **values: str | bool) -> None:
    """Change settings as the panel's API does."""
    await house.panel.save_settings(changed(house.panel.settings(), values))


def admissions(house: House) -> dict[str, Admission]:
    """Return how each station stands, by charge point id."""
    return {str(row["id"]): row["admission"] for row in house.panel.stations()}
