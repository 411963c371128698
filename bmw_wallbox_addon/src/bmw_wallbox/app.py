"""The composition root: builds the parts, wires them, runs them and takes them down in reverse."""

import asyncio
import logging
import signal
import sys
from contextlib import AsyncExitStack
from dataclasses import asdict
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from bmw_wallbox import garbage
from bmw_wallbox.bookkeeping import Bookkeeping
from bmw_wallbox.clock import SystemClock
from bmw_wallbox.config import LOG_LEVELS, Options, read_options
from bmw_wallbox.csms.certificate import TlsFiles
from bmw_wallbox.csms.frames import FrameLog
from bmw_wallbox.csms.server import CentralSystem
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.edge import Door, RawEdge, client_ca_path
from bmw_wallbox.errors import ConfigError
from bmw_wallbox.expert import Expert
from bmw_wallbox.guide import Guide
from bmw_wallbox.handling import ControlSettings
from bmw_wallbox.hass.client import ABSENT
from bmw_wallbox.hass.endpoint import Endpoint, choose_endpoint
from bmw_wallbox.home import HomeLink
from bmw_wallbox.launch import SIMULATED_ID, Launch
from bmw_wallbox.log_budget import LogBudget
from bmw_wallbox.panel import Panel
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.registry import Registry
from bmw_wallbox.storage.store import Store
from bmw_wallbox.tasks import keep_running
from bmw_wallbox.web.access import Access
from bmw_wallbox.web.server import PanelServer, PanelSettings
from bmw_wallbox.zone import local_zone

_LOGGER = logging.getLogger(__name__)
_LOG_FORMAT = "[%(asctime)s] %(levelname)s: %(message)s"
_WATCH_S = 2.0
_TICKS_PER_WATCH = 5
_STOP_S = 5.0


async def run_app(launch: Launch) -> None:
    """Run the app until SIGTERM or SIGINT, then take it down in order."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        app = App(launch)
        await app.start(stack)
        garbage.settle()
        await stop.wait()
        _LOGGER.info("Stopping")
        await app.say_goodbye()


class App:
    """All parts of the program, for one launch."""

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self._clock = SystemClock()
        self._board = ProblemBoard()
        self._frames = FrameLog()
        self._home: HomeLink | None = None

    async def start(self, stack: AsyncExitStack) -> None:
        """Build and start everything; `stack` takes it down again, the last part first."""
        launch = self._launch
        options, problems = await asyncio.to_thread(
            read_options, launch.options_file, supervised=launch.supervised
        )
        set_up_logging(options)
        zone, zone_problem = await asyncio.to_thread(local_zone, launch.environment)
        self._board.post("options", *problems)
        self._board.post("zone", *filter(None, (zone_problem,)))
        self._options = options
        self._store = await Store.open(launch.data, self._clock)
        stack.push_async_callback(self._store.close)
        self._registry = Registry(
            self._store,
            clock=self._clock,
            zone=lambda: zone,
            settings=ControlSettings(id_token=options.rfid_token or ""),
            max_current_a=options.max_current_a,
            configured_id=options.charge_point_id,
            simulated_id=SIMULATED_ID if launch.simulate else None,
            total_cost=lambda station, transaction: self._books.feed.total_cost(station, transaction),  # noqa: PLW0108 (the books come later)
        )
        stack.push_async_callback(self._registry.close)
        await self._registry.load()
        await self._keep_sessions(stack, zone)
        self._system = self._central_system(options)
        await self._keep_guide(options)
        endpoint = self._endpoint()
        if endpoint is not None:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            self._home = self._home_link(session, endpoint)
            self._books.reporting.follow(self._home.delivery)
            self._guide.home = self._home
        self._server = self._panel_server()
        await self._run(stack)

    async def _keep_sessions(self, stack: AsyncExitStack, zone: ZoneInfo) -> None:
        self._books = Bookkeeping(
            self._launch, self._store, self._registry, self._board, clock=self._clock, zone=zone
        )
        await self._books.load()
        stack.callback(self._books.sessions.flush)

    async def _keep_guide(self, options: Options) -> None:
        self._guide = Guide(
            self._store, self._clock, self._system, port=self._launch.ocpp_port, tls=options.ssl
        )
        await self._guide.load(resident.station.state for resident in self._registry)
        self._registry.subscribe(self._guide.on_change)

    async def say_goodbye(self) -> None:
        """Tell Home Assistant that the app is going, while the link still stands."""
        if self._home is not None:
            await self._home.stop()

    async def _run(self, stack: AsyncExitStack) -> None:
        work = [
            ("OCPP listener", self._system.run),
            ("Panel", self._server.run),
            ("Watch", self._watch),
            ("Panel address", self._print_address),
            *self._books.work,
        ]
        if self._home is not None:
            work.append(("Home Assistant", self._home.run))
        if self._launch.simulate:
            work.append(("Simulated wallbox", self._simulate))
        tasks = [asyncio.create_task(keep_running(name, part), name=name) for name, part in work]
        stack.push_async_callback(_cancel, tasks)

    def _central_system(self, options: Options) -> CentralSystem:
        settings = self._registry.settings
        tls = TlsFiles(
            certificate=options.ssl_cert,
            key=options.ssl_key,
            client_ca=client_ca_path(settings),
            rsa_ciphers=settings.rsa_ciphers,
        )
        return CentralSystem(
            host=self._launch.ocpp_host,
            port=self._launch.ocpp_port,
            tls=tls if options.ssl else None,
            gate=Door(self._registry),
            sinks=lambda charge_point_id: self._registry.resident(charge_point_id).station,
            clock=self._clock,
            frames=self._frames,
            strict=self._launch.strict,
        )

    def _endpoint(self) -> Endpoint | None:
        try:
            return choose_endpoint(self._launch.environment)
        except ConfigError as err:
            self._board.post("endpoint", Problem(key=err.error_key, message=str(err)))
            return None

    def _home_link(self, session: aiohttp.ClientSession, endpoint: Endpoint) -> HomeLink:
        return HomeLink(
            session,
            endpoint,
            registry=self._registry,
            books=self._books,
            store=self._store,
            board=self._board,
            clock=self._clock,
            app_version=version("bmw-wallbox"),
            data=self._launch.data,
        )

    def _panel_server(self) -> PanelServer:
        self._panel = panel = Panel(
            self._registry,
            RawEdge(self._system, self._frames, supervised=self._launch.supervised),
            self._home,
            self._board,
            facts=self._facts,
            healthy=self._store.ping,
            sessions=self._books.desk,
            guide=self._guide,
            totals=self._books.totals,
            reports=self._books.reporting.reports,
            expert=Expert(self._launch, self._options, self._store, self._frames, self._clock),
        )
        if self._home is not None:
            self._home.changes.subscribe(panel.info_changed)
        settings = PanelSettings(
            host=self._launch.panel_host,
            port=self._launch.panel_port,
            access=Access(password=self._launch.panel_password),
        )
        return PanelServer(
            panel,
            settings,
            self._clock,
            report=lambda problem: self._board.post("panel", *filter(None, (problem,)), said=True),
        )

    def _facts(self) -> dict[str, Any]:
        """Return what `api/info` says beside pairing and problems."""
        certificate = self._system.certificate
        return {
            "versions": {"app": version("bmw-wallbox"), "python": sys.version.split()[0]},
            "listeners": {
                "ocpp": {
                    "host": self._launch.ocpp_host,
                    "port": self._system.port,
                    "tls": self._options.ssl,
                    "security_profile": self._security_profile(),
                    "listening": self._system.listening,
                },
                "panel": {"host": self._launch.panel_host, "port": self._server.port},
            },
            "home_assistant": (
                {"state": ABSENT.state, "version": None, "message": ABSENT.message}
                if self._home is None
                else self._home.facts()
            ),
            "certificate": None if certificate is None else asdict(certificate),
            "checks": [
                {"key": check.key, "ok": check.ok, "message": check.message, "problem": check.problem}
                for check in self._system.checks
            ],
            "max_current": self._options.max_current_a,
        }

    def _security_profile(self) -> int:
        """Return the number of OCPP's security profile that stations have to follow (OCPP 2.0.1 A00)."""
        if not self._options.ssl:
            return 1
        return 3 if self._registry.settings.client_ca else 2

    async def _watch(self) -> None:
        """Collect what the parts have to complain of, and let periods turn over."""
        beat, told = 0, (0, False)
        while True:
            self._board.post("store", *self._store.problems, said=True)
            self._board.post("ocpp", *self._system.problems)
            self._board.post("passwords", *self._registry.passwords.problems)
            self._board.post("limit", *self._registry.alarms)
            await self._registry.post_notices(self._board.problems)
            news = (self._system.diary.entries, self._system.listening)
            if news != told:
                told = news
                self._panel.info_changed()
            if beat % _TICKS_PER_WATCH == 0:
                await self._registry.tick()
            beat += 1
            await asyncio.sleep(_WATCH_S)

    async def _print_address(self) -> None:
        """Tell who started the app from a shell where the panel is."""
        await self._server.listening.wait()
        if not self._launch.supervised:
            _LOGGER.info("Open the panel: http://%s:%s/", self._launch.panel_host, self._server.port)
        await asyncio.Event().wait()

    async def _simulate(self) -> None:
        from bmw_wallbox.demo import run_demo  # noqa: PLC0415  # only the demo needs the simulator

        await self._system.ready.wait()
        await run_demo(self._system.port, tls=self._options.ssl)


def set_up_logging(options: Options) -> None:
    """Write log lines as other apps do; the OCPP library's own would show whole payloads."""
    level = LOG_LEVELS[options.log_level]
    logging.basicConfig(level=level, format=_LOG_FORMAT, datefmt="%H:%M:%S", stream=sys.stdout, force=True)
    for handler in logging.getLogger().handlers:
        handler.addFilter(LogBudget(SystemClock()))
    for name in ("ocpp", "websockets", "aiohttp.access"):
        logging.getLogger(name).setLevel(logging.WARNING)


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=_STOP_S)
