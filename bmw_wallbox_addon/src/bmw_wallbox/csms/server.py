"""The central system: who may connect, and one session per station."""

import asyncio
import errno
import logging
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bmw_wallbox.clock import Clock
from bmw_wallbox.csms.backoff import Backoff
from bmw_wallbox.csms.caller import Caller
from bmw_wallbox.csms.certificate import Certificate, TlsFiles
from bmw_wallbox.csms.certificate_checks import Check
from bmw_wallbox.csms.diary import Diary
from bmw_wallbox.csms.doorway import CLOSE_TIMEOUT_S, Doorway
from bmw_wallbox.csms.duplicates import Answered
from bmw_wallbox.csms.frames import FrameLog
from bmw_wallbox.csms.gate import Gate
from bmw_wallbox.csms.limits import HOUSE, Limits
from bmw_wallbox.csms.pace import Pace
from bmw_wallbox.csms.ports import Sink
from bmw_wallbox.csms.probe import Probe, bound, shake_hands
from bmw_wallbox.csms.reception import Reception
from bmw_wallbox.csms.schema import preload
from bmw_wallbox.csms.session import Session
from bmw_wallbox.csms.tls import TlsKeeper
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.vocabulary import Admission

REPLACED = 4001
"""Our close code for a socket whose station opened a newer one."""
READMIT = 4002
"""Our close code for a socket that shall come back, because what was decided about it changed."""

_LOGGER = logging.getLogger(__name__)
# The library logs whole messages at INFO, passwords included.
logging.getLogger("ocpp").setLevel(logging.WARNING)
_LONGEST_PAUSE_S = 60.0


class CentralSystem:
    """Listens for charging stations, as long as `run` runs.

    What keeps it from listening is told by `problems` and tried again: the port with growing pauses, the
    certificate whenever a file changes.

    Args:
        tls: None to listen without TLS, behind a proxy or in a test.
        gate: judges who may come in.
        sinks: the station of an approved charge point id.
        watch_interval_s: how often the certificate's files are looked at.
        limits: how much is taken from whom.
        strict: check all that goes out against the schema, for tests and debugging.

    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        tls: TlsFiles | None,
        gate: Gate,
        sinks: Callable[[str], Sink],
        clock: Clock,
        frames: FrameLog,
        watch_interval_s: float = 10.0,
        limits: Limits = HOUSE,
        strict: bool = False,
    ) -> None:
        self.diary = Diary(clock)
        self.ready = asyncio.Event()
        """Set once the port is open."""
        self._address = host, port
        self._sinks = sinks
        self._clock = clock
        self._frames = frames
        self._watch_interval_s = watch_interval_s
        self._limits = limits
        self._strict = strict
        self._backoff = Backoff(clock, limits)
        self._reception = Reception(gate, self.diary, self._backoff)
        self._keeper = TlsKeeper(tls, clock) if tls else None
        self._doorway = Doorway(
            address=self._address,
            tls=self._context if tls else None,
            check=self._reception.check,
            talk=self._talk,
            diary=self.diary,
            backoff=self._backoff,
        )
        self._sessions: dict[str, Session] = {}
        self._answered: dict[str, Answered] = {}
        self._paces: dict[str, Pace] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._fault: Problem | None = None

    @property
    def listening(self) -> bool:
        """Return whether stations can connect."""
        return self._doorway.port is not None

    @property
    def port(self) -> int:
        """Return the port in use; the one asked for while there is none."""
        return self._doorway.port or self._address[1]

    @property
    def certificate(self) -> Certificate | None:
        """Return the facts of the certificate in use."""
        return self._keeper.certificate if self._keeper else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what keeps stations out, or soon will."""
        return ((self._fault,) if self._fault else ()) + (self._keeper.problems if self._keeper else ())

    @property
    def checks(self) -> tuple[Check, ...]:
        """Return what was found of the certificate, in words."""
        return self._keeper.checks(self._reception.server_names) if self._keeper else ()

    def forgive(self) -> None:
        """Listen again to who was turned away for failing too often: the owner changed what failed."""
        self._backoff.forgive()

    async def change_tls(self, *, client_ca: Path | None, rsa_ciphers: bool) -> None:
        """Ask other things of the stations from the next handshake on.

        Raises:
            CertificateError: the file with the authority cannot be used; nothing has changed.

        """
        if self._keeper is None:
            return
        files = replace(self._keeper.files, client_ca=client_ca, rsa_ciphers=rsa_ciphers)
        if files == self._keeper.files:
            return
        await self._keeper.change(files)

    async def probe(self, host: str) -> Probe:
        """Return what a strict client that was told to go to `host` makes of this listener."""
        if not self.listening:
            return Probe(ok=False, cause="not_listening")
        async with bound(self._address[0]) as sock:
            address = sock.getsockname()
            self._doorway.probes.add(address)
            try:
                await asyncio.get_running_loop().sock_connect(sock, (address[0], self.port))
            except OSError as error:
                self._doorway.probes.discard(address)
                return Probe(ok=False, cause="no_answer", detail=error.strerror or "")
            return await shake_hands(sock, host)

    def session(self, charge_point_id: str) -> Session | None:
        """Return the connection of an approved station."""
        session = self._sessions.get(charge_point_id)
        return None if session is None or session.pending else session

    async def disconnect(self, charge_point_id: str) -> None:
        """Close a station's socket, so that it is judged anew when it comes back."""
        self._reception.server_names.pop(charge_point_id, None)
        session = self._sessions.get(charge_point_id)
        if session is not None:
            session.retire()
            await session.connection.close(READMIT, "admission changed")

    async def disconnect_all(self) -> None:
        """Close every socket, so that each station is judged anew."""
        async with asyncio.TaskGroup() as closing:
            for charge_point_id in tuple(self._sessions):
                closing.create_task(self.disconnect(charge_point_id))

    async def run(self) -> None:
        """Listen until cancelled; then close every socket with 1001 (going away)."""
        pause_s = 1.0
        await asyncio.to_thread(preload)
        try:
            while True:
                if self._keeper is not None:
                    await self._keeper.refresh()
                if self.listening or (self._keeper is not None and self._keeper.context is None):
                    await asyncio.sleep(self._watch_interval_s)
                elif await self._listen():
                    pause_s = 1.0
                else:
                    await asyncio.sleep(pause_s)
                    pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        finally:
            await self._doorway.close()
            if self._closing:
                await asyncio.wait(self._closing, timeout=CLOSE_TIMEOUT_S)

    async def _listen(self) -> bool:
        try:
            await self._doorway.open()
        except OSError as error:
            self._fault = _listen_problem(self._address[1], error)
            return False
        self._fault = None
        self.ready.set()
        _LOGGER.info("Listening for the wallbox on port %s (%s)", self.port, "wss" if self._keeper else "ws")
        return True

    def _context(self) -> ssl.SSLContext | None:
        return self._keeper.context if self._keeper else None

    async def _talk(self, caller: Caller) -> None:
        """Serve an accepted socket to its end; it takes the place of the station's earlier one."""
        identity = caller.charge_point_id
        session = self._session_for(caller)
        earlier, self._sessions[identity] = self._sessions.get(identity), session
        if earlier is not None:
            _LOGGER.info("%s opened a new connection; the earlier one is closed", identity)
            self._let_go(earlier)
        caller.pace = self._pace(identity, pending=session.pending)
        if session.sink is None:
            self._make_room()
            _LOGGER.info("%s connected from %s and waits for approval", identity, caller.remote)
        else:
            if earlier is None:
                _LOGGER.info("%s connected from %s", identity, caller.remote)
            session.sink.attach(session, caller.remote)
        try:
            await session.start()
        finally:
            if self._sessions.get(identity) is session:
                del self._sessions[identity]
                _LOGGER.info("%s is no longer connected", identity)
            if session.sink is not None:
                await session.sink.detach(session)

    def _session_for(self, caller: Caller) -> Session:
        identity = caller.charge_point_id
        approved = caller.verdict.admission is Admission.APPROVED
        return Session(
            identity,
            caller,
            sink=self._sinks(identity) if approved else None,
            clock=self._clock,
            frames=self._frames if approved else None,
            answered=self._answered.setdefault(identity, Answered()) if approved else None,
            strict=self._strict,
        )

    def _pace(self, identity: str, *, pending: bool) -> Pace:
        limits = self._limits
        if pending:
            return Pace(identity, self._clock, burst=limits.pending_burst, per_s=limits.pending_per_s)
        fresh = Pace(identity, self._clock, burst=limits.burst, per_s=limits.messages_per_s)
        return self._paces.setdefault(identity, fresh)

    def _make_room(self) -> None:
        """Send away who waits longest for approval, once too many do; a wallbox comes again."""
        waiting = [session for session in self._sessions.values() if session.pending]
        for session in waiting[: -self._limits.waiting]:
            self._let_go(session)

    def _let_go(self, earlier: Session) -> None:
        """Close a socket whose place is taken; nothing waits, since it may be half open."""
        earlier.retire()
        task = asyncio.get_running_loop().create_task(earlier.connection.close(REPLACED, "replaced"))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _listen_problem(port: int, error: OSError) -> Problem:
    if error.errno == errno.EADDRINUSE:
        message = f"Port {port} is taken by another program. Stop that, or choose another port."
        return Problem(key="port_in_use", message=message)
    return Problem(key="port_failed", message=f"Port {port} cannot be opened: {error.strerror or error}.")
