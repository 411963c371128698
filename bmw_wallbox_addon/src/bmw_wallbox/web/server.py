"""The panel's HTTP server: one application, its guards, and a listener that does not give up."""

import asyncio
import errno
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat

from aiohttp import hdrs, web

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.web.access import Access, guard
from bmw_wallbox.web.api import api_routes
from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.console_api import ConsoleApi
from bmw_wallbox.web.diagnostics_api import DiagnosticsApi
from bmw_wallbox.web.files import Files
from bmw_wallbox.web.history_api import HistoryApi
from bmw_wallbox.web.hub import Hub
from bmw_wallbox.web.wire import MAX_BODY_BYTES, plain_errors

_LOGGER = logging.getLogger(__name__)

SHUTDOWN_TIMEOUT_S = 2

_CONTENT_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
)
"""The panel shares Home Assistant's origin, so a script smuggled into it would own the house."""
_SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "; ".join(_CONTENT_POLICY),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSettings:
    """Where the panel is served, and to whom."""

    host: str
    port: int
    """0 lets the system choose."""
    access: Access = field(default_factory=Access)
    retry_s: Sequence[float] = (1, 2, 5, 10, 30)
    """Pauses between attempts to listen; the last one repeats."""


class PanelServer:
    """Serves the panel and its API at one address.

    `report` learns of the one problem that the server can have, a listener that does not come up, and
    gets None once it is over.
    """

    def __init__(
        self,
        backend: Backend,
        settings: PanelSettings,
        clock: Clock,
        report: Callable[[Problem | None], None] = lambda _problem: None,
    ) -> None:
        self._backend = backend
        self._settings = settings
        self._clock = clock
        self._report = report
        self.port = settings.port
        """The port served, once `listening` is set."""
        self.listening = asyncio.Event()

    async def run(self) -> None:
        """Serve until cancelled; an address that cannot be had is tried again and again."""
        runner = web.AppRunner(
            await self._application(),
            access_log=None,
            handle_signals=False,
            shutdown_timeout=SHUTDOWN_TIMEOUT_S,
        )
        await runner.setup()
        try:
            await self._listen(runner)
            await asyncio.Event().wait()
        finally:
            self.listening.clear()
            await runner.cleanup()

    async def _application(self) -> web.Application:
        app = web.Application(
            middlewares=[plain_errors, guard(self._settings.access)], client_max_size=MAX_BODY_BYTES
        )
        hub = Hub(self._backend, self._clock)
        app.cleanup_ctx.append(hub.attached)
        app.on_shutdown.append(hub.close)
        app.on_response_prepare.append(_add_headers)
        app.add_routes(api_routes(self._backend))
        for part in (HistoryApi, ConsoleApi, DiagnosticsApi):
            app.add_routes(part(self._backend, self._clock).routes())
        app.add_routes((await Files.below()).routes())
        app.router.add_get("/ws", hub.handle)
        return app

    async def _listen(self, runner: web.AppRunner) -> None:
        host, port = self._settings.host, self._settings.port
        pauses = chain(self._settings.retry_s, repeat(self._settings.retry_s[-1]))
        failed = False
        while (fault := await _try_to_listen(runner, host, port)) is not None:
            if not failed:
                _LOGGER.error(
                    "The panel cannot be served on %s:%s, which is tried again: %s", host, port, fault
                )
                self._report(_problem(port, fault))
            failed = True
            await asyncio.sleep(next(pauses))
        if failed:
            self._report(None)
        self.port = runner.addresses[0][1]
        self.listening.set()
        _LOGGER.info("The panel is served on %s:%s", host, self.port)


async def _try_to_listen(runner: web.AppRunner, host: str, port: int) -> OSError | None:
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError as err:
        await site.stop()
        return err
    return None


def _problem(port: int, fault: OSError) -> Problem:
    taken = fault.errno == errno.EADDRINUSE
    cause = "another program uses it" if taken else fault.strerror or str(fault)
    return Problem(
        key="panel_port_unavailable",
        message=f"The panel cannot be served on port {port}: {cause}. It is tried again by itself.",
    )


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_SECURITY_HEADERS)
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
