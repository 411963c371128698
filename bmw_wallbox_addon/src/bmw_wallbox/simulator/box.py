"""A wallbox made of software: what its user can do with it, and what it tells of itself."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Any

from . import calls
from .config import SimulatorConfig
from .lifecycle import Lifecycle
from .quirks import BOX_PROFILES
from .rpc import Answer, Json, SimulatorCallError
from .transaction import Permission
from .watch import Watch

_REMEMBERED = 1_000
_CLOSE_TIMEOUT_S = 5.0

type Reply = Mapping[str, Any] | Exception | None
type SentRecord = tuple[str, Json, Json | SimulatorCallError | None]


class SimulatedWallbox:
    """One OCPP 2.0.1 charging station with one connector, and one car nearby.

    Raises:
        ValueError: The configuration names a profile that does not exist.
    """

    def __init__(self, config: SimulatorConfig) -> None:
        if config.profile not in BOX_PROFILES:
            raise ValueError(f"no profile {config.profile!r}, only {', '.join(BOX_PROFILES)}")
        self.config = config
        self.received: deque[tuple[str, Json]] = deque(maxlen=_REMEMBERED)
        """Requests of the CSMS: action and payload."""
        self.sent: deque[SentRecord] = deque(maxlen=_REMEMBERED)
        """Our requests and their answers: a payload, a CALLERROR, or None if none came."""
        self._scripted: defaultdict[str, deque[Reply]] = defaultdict(deque)
        self._watch = Watch()
        self._life = Lifecycle(config, handler=self._answer, changed=self._changed, record=self._record)
        self._parts = self._life.parts
        self._running: asyncio.Task[Any] | None = None

    async def run(self) -> None:
        """Connect, and reconnect with a growing wait, until closed or cancelled."""
        self._running = asyncio.current_task()
        try:
            await self._life.run()
        finally:
            self._running = None

    async def close(self) -> None:
        """Close the connection and wait until `run` has returned."""
        running = self._running
        await self._life.close()
        if running is not None and running is not asyncio.current_task():
            await asyncio.wait({running}, timeout=_CLOSE_TIMEOUT_S)

    async def wait_connected(self, timeout_s: float = 10) -> None:
        """Wait until the box is connected and its BootNotification, if any, is answered."""
        await self.wait_for(lambda box: box.connected, timeout_s)

    async def wait_for(self, predicate: Callable[["SimulatedWallbox"], bool], timeout_s: float = 10) -> None:
        """Wait until `predicate` holds for this box.

        Raises:
            TimeoutError: It did not hold in time.
        """
        await self._watch.until(lambda: predicate(self), timeout_s)

    async def plug(self) -> None:
        """Connect the car."""
        self._parts.charger.plug()
        self._changed()

    async def unplug(self) -> None:
        """Disconnect the car."""
        self._parts.charger.unplug()
        self._changed()

    async def car_pause(self) -> None:
        """Let the car stop charging on its own account (SuspendedEV)."""
        self._parts.charger.pause(paused=True)
        self._changed()

    async def car_resume(self) -> None:
        """Let the car want energy again."""
        self._parts.charger.pause(paused=False)
        self._changed()

    async def set_phases(self, n: int) -> None:
        """Let the car use `n` phases; an installation with fewer is extended.

        Raises:
            ValueError: `n` is not 1, 2 or 3.
        """
        if n not in {1, 2, 3}:
            raise ValueError(f"there are no {n} phases")
        self._parts.charger.set_phases(n)
        self._changed()

    async def fault(self) -> None:
        """Break: the connector is Faulted, a transaction is suspended."""
        self._parts.charger.set_fault(present=True)
        self._changed()

    async def clear_fault(self) -> None:
        """Repair what `fault` broke."""
        self._parts.charger.set_fault(present=False)
        self._changed()

    async def authorize(self, token: str, type: str = "ISO14443") -> None:  # noqa: A002 - OCPP's own name
        """Hold a card to the reader: Authorize, then start, or stop what the same card started.

        Offline the local list decides. Where AuthCtrlr is off the answer changes nothing.
        """
        id_token = {"idToken": token, "type": type}
        if self.connected:
            info = (await self.send_call("Authorize", {"idToken": id_token}))["idTokenInfo"]
        else:
            info = self._parts.local_list.get(token, {"status": "Unknown"})
        if info["status"] != "Accepted" or not self._parts.inventory.is_true("AuthCtrlr.Enabled"):
            return
        tx = self._parts.charger.transaction
        if tx is not None and tx.authorized:
            if tx.id_token == id_token:
                self._parts.charger.end("StopAuthorized", "Local")
        else:
            self._parts.charger.permit(Permission(id_token=id_token))
        self._changed()

    async def drop_connection(self) -> None:
        """Cut the connection without a goodbye; the box reconnects at once."""
        self._life.drop()

    async def go_offline(self) -> None:
        """Cut the connection and stay away until `go_online`."""
        self._life.hold(offline=True)
        await self.wait_for(lambda box: not box.connected)

    async def go_online(self) -> None:
        """Connect again after `go_offline`."""
        self._life.hold(offline=False)

    async def reboot(self) -> None:
        """Switch off and on: a transaction ends, a waiting car starts anew afterwards."""
        self._parts.charger.end("AbnormalCondition", "Reboot")
        self._life.reboot("PowerUp")
        self._changed()

    async def send_call(self, action: str, payload: Json) -> Json:
        """Send any request and return the payload of its answer.

        Raises:
            SimulatorCallError: The answer is a CALLERROR.
            SimulatorOfflineError: There is no connection.
            TimeoutError: No answer came in time.
        """
        return await self._life.call(action, payload)

    async def send_raw(self, text: str) -> None:
        """Send any text as a frame, readable or not.

        Raises:
            SimulatorOfflineError: There is no connection.
        """
        await self._life.send_raw(text)

    def next_reply(self, action: str, reply: Reply) -> None:
        """Answer the next request of that action with `reply` and change nothing.

        None leaves it unanswered, an exception becomes a CALLERROR. Several calls make a queue.
        """
        self._scripted[action].append(reply)

    @property
    def connected(self) -> bool:
        """Whether the box is connected and its BootNotification, if any, was answered."""
        return self._life.connected

    @property
    def boot_status(self) -> str | None:
        """The CSMS's last answer to BootNotification; None before the first."""
        return self._parts.boot_status

    @property
    def refused_status(self) -> int | None:
        """The HTTP status of the last handshake, if it was refused."""
        return self._life.refused_status

    @property
    def transaction_id(self) -> str | None:
        """The transaction in progress."""
        tx = self._parts.charger.transaction
        return None if tx is None else tx.id

    @property
    def charging_state(self) -> str | None:
        """The transaction's chargingState, None without one."""
        tx = self._parts.charger.transaction
        return None if tx is None else tx.charging_state

    @property
    def connector_status(self) -> str:
        """The connector's status as StatusNotification names it."""
        return self._parts.charger.connector_status

    @property
    def power_w(self) -> float:
        """Active power of all phases, W."""
        return self._parts.charger.meter.power_w

    @property
    def current_a(self) -> float:
        """Current of each loaded phase, A."""
        return self._parts.charger.meter.current_a

    @property
    def currents_a(self) -> tuple[float, ...]:
        """Current of each supply phase, A."""
        return self._parts.charger.meter.currents_a

    @property
    def register_wh(self) -> float:
        """The energy register, Wh."""
        return self._parts.charger.meter.register_wh

    @property
    def limit_a(self) -> float:
        """The composite limit now in force, A per phase."""
        return self._parts.charger.limit_a

    @property
    def profiles(self) -> tuple[Json, ...]:
        """The charging profiles in force, as the CSMS sent them."""
        return tuple(installed.profile for installed in self._parts.profiles.installed)

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables' values by path, for example `SampledDataCtrlr.TxUpdatedInterval`."""
        return self._parts.inventory.values

    def _answer(self, action: str, payload: Json) -> Answer:
        self.received.append((action, payload))
        try:
            if self._scripted[action]:
                return _scripted_answer(self._scripted[action].popleft())
            return calls.answer(self._parts, action, payload)
        finally:
            self._changed()

    def _record(self, action: str, payload: Json, response: Json | SimulatorCallError | None) -> None:
        self.sent.append((action, payload, response))
        self._changed()

    def _changed(self) -> None:
        self._watch.notify()
        self._life.poke()


def _scripted_answer(reply: Reply) -> Answer:
    if isinstance(reply, SimulatorCallError):
        raise reply
    if isinstance(reply, Exception):
        raise SimulatorCallError("InternalError", str(reply))
    return Answer(None if reply is None else dict(reply))
