"""The listening port: TCP, TLS and the WebSocket handshake, each within its time and number."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import cast

from websockets.asyncio.server import Server, ServerConnection
from websockets.extensions.permessage_deflate import enable_server_permessage_deflate
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from bmw_wallbox.csms.diary import Diary
from bmw_wallbox.csms.ports import Verdict

SUBPROTOCOL = "ocpp2.0.1"
HANDSHAKE_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 3.0
MAX_FRAME_BYTES = 256 * 1024
MAX_OPENING = 32
"""Handshakes under way at once, in all; a TLS connection costs about 300 KiB."""
MAX_OPENING_PER_ADDRESS = 8

_LOGGER = logging.getLogger(__name__)
# The library logs headers, passwords among them, and a trace for every stranger; our diary says what matters.
_LIBRARY_LOGGER = logging.getLogger(f"{__name__}.websockets")
_LIBRARY_LOGGER.setLevel(logging.CRITICAL)

type Check = Callable[["Caller", Request], Awaitable[Response | None]]
type Talk = Callable[["Caller"], Awaitable[None]]


class Caller(ServerConnection):
    """A socket, who it claims to be, and what was decided about it."""

    charge_point_id = ""
    remote = ""
    verdict = Verdict()


class Doorway:
    """Accepts sockets on one port and hands over those that completed the opening handshake.

    `check` answers a handshake with a refusal or with None; `talk` runs for as long as the socket lives.
    TLS is set up here and not by the loop's server, so that each handshake takes the newest certificate,
    counts against the limits, and its failure can be told.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        tls: Callable[[], ssl.SSLContext] | None,
        check: Check,
        talk: Talk,
        diary: Diary,
    ) -> None:
        self._address = (host, port)
        self._tls = tls
        self._check = check
        self._talk = talk
        self._diary = diary
        self._server: Server | None = None
        self._opening: dict[Caller, asyncio.Transport] = {}
        self._welcomes: set[asyncio.Task[None]] = set()

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
        same = sum(caller.remote == remote for caller in self._opening)
        if self._server is None or len(self._opening) >= MAX_OPENING or same >= MAX_OPENING_PER_ADDRESS:
            transport.abort()
            _LOGGER.debug("Connection from %s dropped: too many handshakes under way", remote)
            return
        caller = self._caller(self._server, remote)
        self._opening[caller] = transport
        task = asyncio.get_running_loop().create_task(self._welcome(caller, arrival, transport))
        self._welcomes.add(task)
        task.add_done_callback(self._welcomes.discard)

    def _caller(self, server: Server, remote: str) -> Caller:
        protocol = ServerProtocol(
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            extensions=enable_server_permessage_deflate(None),
            max_size=MAX_FRAME_BYTES,
            logger=_LIBRARY_LOGGER,
        )
        caller = Caller(protocol, server, ping_interval=20, ping_timeout=20, close_timeout=CLOSE_TIMEOUT_S)
        caller.remote = remote
        return caller

    async def _welcome(self, caller: Caller, arrival: "_Arrival", transport: asyncio.Transport) -> None:
        """Set up TLS, then let the WebSocket handshake begin in its own task."""
        ready = (
            transport if self._tls is None else await self._secure(caller, arrival, transport, self._tls())
        )
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
        self, caller: Caller, arrival: "_Arrival", transport: asyncio.Transport, context: ssl.SSLContext
    ) -> asyncio.Transport | None:
        """Return the encrypted transport, None if the handshake failed."""
        try:
            return await asyncio.get_running_loop().start_tls(
                transport,
                arrival,
                context,
                server_side=True,
                ssl_handshake_timeout=HANDSHAKE_TIMEOUT_S,
                ssl_shutdown_timeout=CLOSE_TIMEOUT_S,
            )
        except OSError as error:
            explained = _explained(error)
            if explained:
                self._diary.note(caller.remote, "failed", explained)
            else:
                _LOGGER.debug("TLS handshake with %s failed: %s", caller.remote, error)
            return None

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
        except (TimeoutError, OSError) as error:
            _LOGGER.debug("No WebSocket handshake with %s: %r", caller.remote, error)
        finally:
            self._opening.pop(caller, None)
        if caller.state is State.OPEN:
            return True
        caller.transport.abort()
        return False


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


def _explained(error: OSError) -> str | None:
    """Return what a failed TLS handshake means to the owner, None for noise."""
    reason = (error.reason if isinstance(error, ssl.SSLError) else None) or ""
    if reason == "HTTP_REQUEST":
        return "it spoke plain text; the address must begin with wss://"
    if "UNKNOWN_CA" in reason or "CERTIFICATE" in reason:
        return (
            f"it does not trust the certificate ({reason}); that must come from a public authority, "
            "chain included, for the host name in the wallbox's settings"
        )
    if reason in {"UNSUPPORTED_PROTOCOL", "NO_SHARED_CIPHER", "VERSION_TOO_LOW"}:
        return f"no common TLS version or cipher ({reason}); TLS 1.2 is the least"
    return None
