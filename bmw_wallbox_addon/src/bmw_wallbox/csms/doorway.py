"""The listening port: TCP, TLS and the WebSocket handshake, each within its time and number."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import cast

from websockets.asyncio.server import Server, ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import enable_server_permessage_deflate
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from bmw_wallbox.csms.backoff import Backoff
from bmw_wallbox.csms.caller import SILENCE_S, Caller
from bmw_wallbox.csms.diary import Diary, Visitor
from bmw_wallbox.csms.server_name import ASKED
from bmw_wallbox.csms.tls_faults import explain

SUBPROTOCOL = "ocpp2.0.1"
HANDSHAKE_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 3.0
MAX_FRAME_BYTES = 256 * 1024

_TLS_ON_PLAIN = (
    "tls_on_plain",
    "it spoke TLS, which the option ssl switches off; its address must begin with ws://",
)
_NO_HTTP = ("no_http", "it spoke no HTTP that can be understood")

_LOGGER = logging.getLogger(__name__)
# The library logs headers, passwords among them, and a trace for every stranger; our diary says what matters.
_LIBRARY_LOGGER = logging.getLogger(f"{__name__}.websockets")
_LIBRARY_LOGGER.setLevel(logging.CRITICAL)

type Check = Callable[[Caller, Request], Awaitable[Response | None]]
type Talk = Callable[[Caller], Awaitable[None]]


class Doorway:
    """Accepts sockets on one port and hands over those that completed the opening handshake.

    `check` answers a handshake with a refusal or with None; `talk` runs for as long as the socket lives.
    TLS is set up here and not by the loop's server, so that each handshake takes the newest certificate,
    counts against the limits, and its failure can be told.
    """

    def __init__(
        self,
        *,
        address: tuple[str, int],
        tls: Callable[[], ssl.SSLContext | None] | None,
        check: Check,
        talk: Talk,
        diary: Diary,
        backoff: Backoff,
    ) -> None:
        self._address = address
        self._backoff = backoff
        self._tls = tls
        self._check = check
        self._talk = talk
        self._diary = diary
        self._server: Server | None = None
        self._opening: dict[Caller, asyncio.Transport] = {}
        self._welcomes: set[asyncio.Task[None]] = set()
        self.probes: set[object] = set()
        """The peer addresses of our own handshakes, whose failures are held against nobody."""

    @property
    def port(self) -> int | None:
        """Return the port that is listened on, None while none is."""
        sockets = self._server.sockets if self._server else ()
        return int(sockets[0].getsockname()[1]) if sockets else None

    async def open(self) -> None:
        """Start to listen.

        Raises:
            OSError: the port cannot be had.

        """
        self._server = await Server(self._listen, self._serve, _LIBRARY_LOGGER)

    async def close(self) -> None:
        """Stop listening and close every socket, with 1001 where a WebSocket is open; idempotent."""
        server, self._server = self._server, None
        if server is None:
            return
        for task in self._welcomes:
            task.cancel()
        for transport in tuple(self._opening.values()):
            transport.abort()
        server.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(2 * CLOSE_TIMEOUT_S):
                await server.wait_closed()

    async def _listen(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: _Arrival(self._arrive), *self._address)

    def _arrive(self, arrival: "_Arrival", transport: asyncio.Transport) -> None:
        """Begin with a TCP connection that was just accepted, unless too many are being opened."""
        peer = transport.get_extra_info("peername")
        remote = str(peer[0]) if peer else "?"
        if self._server is None or not self._has_room(remote):
            transport.abort()
            return
        caller = self._caller(self._server, remote)
        self._opening[caller] = transport
        task = asyncio.get_running_loop().create_task(self._welcome(caller, arrival, transport))
        self._welcomes.add(task)
        task.add_done_callback(self._welcomes.discard)

    def _has_room(self, remote: str) -> bool:
        if self._backoff.refuses(remote):
            reason = "too many of its attempts failed lately; it is not listened to for a while"
            self._diary.note(Visitor(remote=remote), "refused", "too_many_failures", reason)
            return False
        limits = self._backoff.limits
        same = sum(caller.remote == remote for caller in self._opening)
        if len(self._opening) < limits.opening and same < limits.opening_per_address:
            return True
        _LOGGER.debug("Connection from %s dropped: too many handshakes under way", remote)
        return False

    def _caller(self, server: Server, remote: str) -> Caller:
        protocol = ServerProtocol(
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            extensions=enable_server_permessage_deflate(None),
            max_size=MAX_FRAME_BYTES,
            logger=_LIBRARY_LOGGER,
        )
        caller = Caller(protocol, server, ping_interval=SILENCE_S, close_timeout=CLOSE_TIMEOUT_S)
        caller.remote = remote
        return caller

    async def _welcome(self, caller: Caller, arrival: "_Arrival", transport: asyncio.Transport) -> None:
        """Set up TLS, then let the WebSocket handshake begin in its own task."""
        ready = transport if self._tls is None else await self._secure(caller, arrival, transport)
        if ready is None or ready.is_closing():
            self._opening.pop(caller, None)
            return
        ready.set_protocol(caller)
        caller.connection_made(ready)
        if arrival.received:
            caller.data_received(bytes(arrival.received))
        if self._tls is None:
            ready.resume_reading()

    async def _secure(
        self, caller: Caller, arrival: "_Arrival", transport: asyncio.Transport
    ) -> asyncio.Transport | None:
        """Return the encrypted transport, None if the handshake failed."""
        context = self._tls() if self._tls else None
        if context is None:
            transport.abort()
            return None
        ASKED.set(caller.asked)
        error: OSError | None = None
        ready: asyncio.Transport | None = None
        try:
            ready = await asyncio.get_running_loop().start_tls(
                transport,
                arrival,
                context,
                server_side=True,
                ssl_handshake_timeout=HANDSHAKE_TIMEOUT_S,
                ssl_shutdown_timeout=CLOSE_TIMEOUT_S,
            )
        except OSError as failed:
            error = failed
        peer = transport.get_extra_info("peername")
        if peer in self.probes:
            self.probes.discard(peer)
        elif ready is None:
            self._note_tls_fault(caller, error)
        return ready

    def _note_tls_fault(self, caller: Caller, error: OSError | None) -> None:
        fault = explain(error, greeted=caller.asked.greeted)
        if fault is None:
            _LOGGER.debug("TLS handshake with %s failed: %s", caller.remote, error)
            return
        visitor = Visitor(remote=caller.remote, tls=fault.alert, server_name=caller.asked.text)
        self._diary.note(visitor, "failed", fault.cause, fault.reason)
        self._backoff.failed(caller.remote)

    async def _serve(self, caller: ServerConnection) -> None:
        """Own one socket from the WebSocket handshake to its end."""
        assert isinstance(caller, Caller), "this doorway makes no others"
        try:
            opened = await self._open_websocket(caller)
            if opened:
                caller.server.all_connections.add(caller)
                caller.start_keepalive()
                async with caller:
                    await self._talk(caller)
        except Exception:  # a fault in one conversation ends that socket; the others and the port go on
            _LOGGER.exception("The conversation with %s ended", caller.remote)
            caller.transport.abort()
        finally:
            caller.server.all_connections.discard(caller)
            caller.server.handler_tasks.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _open_websocket(self, caller: Caller) -> bool:
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                await caller.handshake(self._check, server_header=None)  # type: ignore[arg-type]  # ours is a Caller
        except TimeoutError:
            self._fail(caller, "slow", "it did not complete the handshake in time")
        except (OSError, ConnectionClosed) as error:
            _LOGGER.debug("No WebSocket handshake with %s: %r", caller.remote, error)
        else:
            if caller.state is not State.OPEN and caller.request is None and not caller.said_nothing:
                self._fail(caller, *(_TLS_ON_PLAIN if caller.speaks_tls else _NO_HTTP))
        finally:
            self._opening.pop(caller, None)
        if caller.state is State.OPEN:
            return True
        caller.transport.abort()
        return False

    def _fail(self, caller: Caller, cause: str, reason: str) -> None:
        self._diary.note(caller.visitor, "failed", cause, reason)
        self._backoff.failed(caller.remote)


class _Arrival(asyncio.Protocol):
    """Holds a new connection, and what it sends right behind its TLS handshake, until a Caller takes over."""

    def __init__(self, arrive: Callable[["_Arrival", asyncio.Transport], None]) -> None:
        self._arrive = arrive
        self.received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Read nothing yet, so that no byte of the handshake gets lost."""
        accepted = cast("asyncio.Transport", transport)
        accepted.pause_reading()
        self._arrive(self, accepted)

    def data_received(self, data: bytes) -> None:
        """Keep what was encrypted and came before the Caller could take it."""
        self.received += data
