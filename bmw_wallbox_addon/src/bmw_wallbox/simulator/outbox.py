"""The messages that wait to be sent, in order, transaction messages surviving a lost connection."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from .rpc import Json, SimulatorCallError

_LOGGER = logging.getLogger(__name__)

_MAX_TRANSACTION_MESSAGES = 10_000
_MAX_OTHER_MESSAGES = 1_000

type Call = Callable[[str, Json], Awaitable[Json]]
type OnReply = Callable[[Json], None]


class Emit(Protocol):
    """Puts a message on its way to the CSMS."""

    def __call__(
        self,
        action: str,
        payload: Json,
        *,
        keep: bool = False,
        on_reply: OnReply | None = None,
    ) -> None:
        """Queue the message; `keep` holds it until it is answered."""


@dataclass(slots=True, kw_only=True)
class _Message:
    number: int
    action: str
    payload: Json
    on_reply: OnReply | None
    attempts: int = 0
    not_before_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRule:
    """How often a refused transaction message is tried, and the wait that grows with each (E13)."""

    attempts: int
    interval_s: float


class Outbox:
    """Two queues, one order: what belongs to a transaction is kept, the rest dies with the connection.

    Both are bounded; the oldest message gives way.
    """

    def __init__(self, retry_rule: Callable[[], RetryRule]) -> None:
        self._retry_rule = retry_rule
        self._numbers = count()
        self._kept: deque[_Message] = deque(maxlen=_MAX_TRANSACTION_MESSAGES)
        self._fleeting: deque[_Message] = deque(maxlen=_MAX_OTHER_MESSAGES)
        self._open = self._open_for_kept = False
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()

    @property
    def transaction_messages(self) -> int:
        """How many transaction messages wait for an answer."""
        return len(self._kept)

    def put(self, action: str, payload: Json, *, keep: bool = False, on_reply: OnReply | None = None) -> None:
        """Append a message; `keep` holds it until it is answered, over any number of connections."""
        queue = self._kept if keep else self._fleeting
        queue.append(_Message(number=next(self._numbers), action=action, payload=payload, on_reply=on_reply))
        self._filled.set()
        if keep:
            self._emptied.clear()

    def open(self, *, kept: bool) -> None:
        """Let messages out; those of transactions only if `kept` (a pending box holds them, B02.FR.01)."""
        self._open, self._open_for_kept = True, kept
        self._filled.set()

    def shut(self) -> frozenset[str]:
        """Hold everything back; drop what makes no sense on another connection and return its actions."""
        self._open = self._open_for_kept = False
        dropped = frozenset(message.action for message in self._fleeting)
        self._fleeting.clear()
        return dropped

    async def drain(self, call: Call) -> None:
        """Send for ever, one after the other, until `call` raises ConnectionError."""
        while True:
            self._filled.clear()
            message, wait_s = self._next()
            if message is not None:
                await self._deliver(message, call)
                continue
            try:
                async with asyncio.timeout(wait_s):
                    await self._filled.wait()
            except TimeoutError:
                continue

    async def wait_empty(self, timeout_s: float) -> None:
        """Return when no transaction message waits for an answer.

        Raises:
            TimeoutError: Some still wait after `timeout_s`.
        """
        async with asyncio.timeout(timeout_s):
            await self._emptied.wait()

    def _next(self) -> tuple[_Message | None, float | None]:
        now_s = asyncio.get_running_loop().time()
        gates = ((self._kept, self._open_for_kept), (self._fleeting, self._open))
        heads = [queue[0] for queue, is_open in gates if queue and is_open]
        ready = [message for message in heads if message.not_before_s <= now_s]
        if ready:
            return min(ready, key=lambda message: message.number), None
        return None, min((message.not_before_s - now_s for message in heads), default=None)

    async def _deliver(self, message: _Message, call: Call) -> None:
        try:
            reply = await call(message.action, message.payload)
        except (SimulatorCallError, TimeoutError) as err:
            self._retry_or_drop(message, err)
            return
        self._remove(message)
        if message.on_reply is not None:
            message.on_reply(reply)

    def _retry_or_drop(self, message: _Message, err: Exception) -> None:
        rule = self._retry_rule()
        message.attempts += 1
        if message in self._kept and message.attempts < rule.attempts:
            wait_s = rule.interval_s * message.attempts
            message.not_before_s = asyncio.get_running_loop().time() + wait_s
            _LOGGER.warning("%s failed, again in %s s: %s", message.action, wait_s, err)
            return
        _LOGGER.warning("%s failed: %s", message.action, err)
        self._remove(message)

    def _remove(self, message: _Message) -> None:
        for queue in (self._kept, self._fleeting):
            if queue and queue[0] is message:
                queue.popleft()
        if not self._kept:
            self._emptied.set()
