"""The life of the box: it connects, boots, works, loses the connection, comes back, reboots."""

import asyncio
import logging
from collections.abc import Callable

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidHandshake, InvalidStatus

from . import notices
from .assembly import assemble
from .config import SimulatorConfig
from .link import open_socket
from .outbox import OnReply
from .rpc import Handler, Json, Peer, SimulatorCallError, SimulatorOfflineError
from .timetable import Timetable
from .transaction import utc_now
from .works import jobs

_LOGGER = logging.getLogger(__name__)

_MAX_BACK_OFF_S = 15.0
_FLUSH_S = 5.0
"""How long a reboot waits for the answers to the last transaction messages (B12.FR.05)."""
_BOOT_RETRY_S = 60.0

type Record = Callable[[str, Json, Json | SimulatorCallError | None], None]


class Lifecycle:
    """Owns the parts of the box and its connection; `run` is its only task."""

    def __init__(
        self, config: SimulatorConfig, *, handler: Handler, changed: Callable[[], None], record: Record
    ) -> None:
        self._config = config
        self._handler = handler
        self._changed = changed
        self._record = record
        self._socket: ClientConnection | None = None
        self._peer: Peer | None = None
        self._closed = self._held = False
        self._reboot_reason: str | None = None
        self._boot_reason: str | None = "PowerUp"
        self._starting = True
        self._lost = False
        self._wake, self._boot_now, self._reboot_asked = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.connected = False
        self.refused_status: int | None = None
        self.parts = assemble(
            config,
            emit=self.emit,
            is_online=lambda: self._peer is not None,
            on_idle=self._when_idle,
            reboot=self.reboot,
            boot_again=self._boot_again,
        )
        self._timetable = Timetable(jobs(self.parts, lambda: self.connected), changed)

    async def run(self) -> None:
        """Connect and reconnect until closed or cancelled."""
        async with asyncio.TaskGroup() as group:
            clockwork = group.create_task(self._timetable.run())
            await self._stay_connected()
            clockwork.cancel()

    async def close(self) -> None:
        """End `run` and the connection."""
        self._closed = True
        self._wake.set()
        if self._socket is not None:
            await self._socket.close()

    def drop(self) -> None:
        """Lose the connection without a goodbye, as a pulled network cable does."""
        if self._socket is not None:
            self._socket.transport.abort()

    def hold(self, *, offline: bool) -> None:
        """Stay offline, or stop doing so."""
        self._held = offline
        self._wake.set()
        if offline:
            self.drop()

    def reboot(self, reason: str) -> None:
        """Restart; `reason` goes into BootNotification."""
        self._reboot_reason = reason
        self.parts.charger.power_down()
        self._reboot_asked.set()
        self._wake.set()

    def poke(self) -> None:
        """Something changed that may change an interval."""
        self._timetable.poke()

    def emit(
        self, action: str, payload: Json, *, keep: bool = False, on_reply: OnReply | None = None
    ) -> None:
        """Queue a message; offline only those of transactions are kept."""
        if keep or self._peer is not None:
            self.parts.outbox.put(action, payload, keep=keep, on_reply=on_reply)
        self._changed()

    async def call(self, action: str, payload: Json) -> Json:
        """Send one request and return its answer.

        Raises:
            SimulatorCallError: The answer is a CALLERROR.
            SimulatorOfflineError: There is no connection.
            TimeoutError: No answer came in time.
        """
        if self._peer is None:
            raise SimulatorOfflineError(action)
        response: Json | SimulatorCallError | None = None
        try:
            response = await self._peer.call(action, payload)
        except SimulatorCallError as err:
            response = err
            raise
        finally:
            self._record(action, payload, response)
        return response

    async def send_raw(self, text: str) -> None:
        """Send any text as a frame.

        Raises:
            SimulatorOfflineError: There is no connection.
        """
        if self._peer is None:
            raise SimulatorOfflineError(text[:20])
        await self._peer.send_raw(text)

    def _when_idle(self) -> None:
        if self.parts.inoperative_when_idle:
            self.parts.inoperative_when_idle = False
            self.parts.charger.set_operative(operative=False)
        if self.parts.reset_when_idle:
            self.parts.reset_when_idle = False
            self.reboot("RemoteReset")

    def _boot_again(self) -> None:
        if self.parts.boot_status == "Accepted":
            self.emit("BootNotification", notices.boot(self.parts.quirks, "Triggered"))
        else:
            self._boot_reason = "Triggered"
            self._boot_now.set()

    async def _stay_connected(self) -> None:
        back_off_s = self._config.reconnect_s / 2
        while not self._closed:
            self._wake.clear()
            if self._reboot_reason is not None:
                await self._restart(self._reboot_reason)
            elif self._held:
                await self._wake.wait()
            else:
                worked = await self._connect_once()
                back_off_s = self._config.reconnect_s if worked else min(_MAX_BACK_OFF_S, back_off_s * 2)
                await self._pause(back_off_s)

    async def _pause(self, wait_s: float) -> None:
        try:
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _restart(self, reason: str) -> None:
        loop = asyncio.get_running_loop()
        up_again_s = loop.time() + self._config.reboot_s
        while not self._closed and (left_s := up_again_s - loop.time()) > 0:
            self._wake.clear()
            await self._pause(left_s)
        self._reboot_reason, self._boot_reason, self._starting = None, reason, True
        self._reboot_asked.clear()

    async def _connect_once(self) -> bool:
        """Live through one connection; return whether the box could work on it."""
        inventory = self.parts.inventory
        try:
            socket = await open_socket(
                self._config,
                password=inventory.text("SecurityCtrlr.BasicAuthPassword"),
                ping_interval_s=inventory.number("OCPPCommCtrlr.WebSocketPingInterval"),
            )
        except (InvalidHandshake, OSError) as err:
            self.refused_status = err.response.status_code if isinstance(err, InvalidStatus) else None
            if not self._lost:
                _LOGGER.warning("No connection, trying on: %s", err)
            self._lost = True
            self._start_up()
            self._changed()
            return False
        self.refused_status = None
        return await self._live(socket)

    async def _live(self, socket: ClientConnection) -> bool:
        self._socket, self._peer = socket, Peer(socket, self._handler, self._message_timeout_s)
        if self._closed or self._held:
            self.drop()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._peer.read())
                group.create_task(self._work())
                group.create_task(self.parts.outbox.drain(self.call))
                group.create_task(self._leave_for_reboot())
        except* SimulatorOfflineError as group_error:
            _LOGGER.info("Connection lost: %s", group_error.exceptions[0])
        finally:
            self._socket = self._peer = None
            worked, self.connected = self.connected, False
            if "StatusNotification" in self.parts.outbox.shut():
                self.parts.charger.reported_status = None
            await socket.close()
            self._changed()
        return worked

    def _message_timeout_s(self) -> float:
        return self.parts.inventory.number("OCPPCommCtrlr.MessageTimeout[Default]")

    async def _work(self) -> None:
        if self._config.boot_on_reconnect and self._boot_reason is None:
            self._boot_reason = "PowerUp"
        if self._boot_reason is not None:
            await self._boot()
        self.parts.outbox.open(kept=True)
        self._start_up()
        self.parts.charger.report_status()
        self.connected, self._lost = True, False
        _LOGGER.info("Connected as %s", self._config.charge_point_id)
        self._changed()

    async def _boot(self) -> None:
        while self._boot_reason is not None:
            self._boot_now.clear()
            wait_s = await self._boot_once(self._boot_reason)
            if self.parts.boot_status == "Accepted":
                self._boot_reason = None
                break
            self.parts.outbox.open(kept=False)
            self.connected = True
            self._changed()
            try:
                async with asyncio.timeout(wait_s):
                    await self._boot_now.wait()
            except TimeoutError:
                continue
        quirks = self.parts.quirks
        if quirks.boot_security_event is not None:
            event = notices.security_event(quirks.boot_security_event, utc_now())
            self.emit("SecurityEventNotification", event)
        if quirks.charging_limit_interval_s is not None:
            self.emit("NotifyChargingLimit", notices.charging_limit())

    async def _boot_once(self, reason: str) -> float:
        """Send BootNotification; return the wait before the next, should it be needed (B01 to B03)."""
        try:
            reply = await self.call("BootNotification", notices.boot(self.parts.quirks, reason))
        except (SimulatorCallError, TimeoutError) as err:
            _LOGGER.warning("BootNotification failed: %s", err)
            return _BOOT_RETRY_S
        self.parts.boot_status = reply["status"]
        interval_s = int(reply["interval"])
        if reply["status"] == "Accepted" and interval_s > 0 and not self.parts.quirks.own_heartbeat:
            self.parts.inventory.put("OCPPCommCtrlr.HeartbeatInterval", str(interval_s))
        return interval_s or _BOOT_RETRY_S

    def _start_up(self) -> None:
        """Power up the electric half, once after each start."""
        if self._starting:
            self._starting = False
            self.parts.charger.power_up()

    async def _leave_for_reboot(self) -> None:
        await self._reboot_asked.wait()
        try:
            await self.parts.outbox.wait_empty(_FLUSH_S)
        except TimeoutError:
            _LOGGER.warning("Rebooting with %s messages unsent", self.parts.outbox.transaction_messages)
        raise SimulatorOfflineError("rebooting")
