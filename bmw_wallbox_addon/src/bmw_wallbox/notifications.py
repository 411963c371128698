"""Notifications on their way to Home Assistant: each once, in order, and never a flood."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.notices import Notice
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.errors import HomeAssistantError, StoreError
from bmw_wallbox.hass.client import HomeAssistantClient
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.storage.codec import Record
from bmw_wallbox.storage.store import Store

_LOGGER = logging.getLogger(__name__)
TARGET_PROBLEM = "notify_target_unusable"
"""The key of the problem that notifications do not reach the target that is set."""
_KEY = "app"
_SOURCE = "notifications"
_RETRY_S = 30.0
_MOST_WAITING = 30
_TOO_OLD = timedelta(hours=12)
_MOST_TOLD = 300
_BURST, _BURST_S = 10, 600.0
_LINK_DOWN = frozenset({"not_connected", "connection_lost", "timeout"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldNotices:
    """What was told and when, by key; kept over restarts."""

    at: Mapping[str, datetime] = field(default_factory=dict)


class Delivery:
    """Sends one notification to the target that is set, or else has Home Assistant show it."""

    def __init__(self, client: HomeAssistantClient, board: ProblemBoard, target: Callable[[], str]) -> None:
        self.client = client
        self._board = board
        self._target = target

    async def send(self, notification_id: str, title: str, message: str, *, show: bool = False) -> None:
        """Send it; where the target cannot be used, Home Assistant shows it and the board says why.

        Args:
            notification_id: its place in Home Assistant.
            title: one line.
            message: the rest.
            show: whether Home Assistant shows it beside the target, too.

        Raises:
            HomeAssistantError: it was not delivered.

        """
        target = self._target()
        reached = bool(target) and await self._reach(target, title, message)
        if target in {"", "notify.persistent_notification"} or reached:
            self._board.post(_SOURCE)
        if reached and not show:
            return
        data = {"notification_id": notification_id, "title": title, "message": message}
        await self._call("persistent_notification", "create", data)

    async def _reach(self, target: str, title: str, message: str) -> bool:
        """Try the target as a service, then as an entity; return whether it took the message."""
        words = {"title": title, "message": message}
        name = target.partition(".")[2]
        try:
            if await self._is_entity(target):
                await self._call("notify", "send_message", words, entity_id=target)
            else:
                await self._call("notify", name, words)
        except HomeAssistantError as err:
            if err.code in _LINK_DOWN:
                raise
            text = (
                f"Notifications do not reach {target}, and are shown in Home Assistant instead: {err}"
                " Choose another target in the settings."
            )
            self._board.post(_SOURCE, Problem(key=TARGET_PROBLEM, message=text))
            return False
        return True

    async def _is_entity(self, target: str) -> bool:
        """Return whether Home Assistant has an entity of that name; a call to none would just be lost."""
        try:
            await self.client.call("config/entity_registry/get", entity_id=target)
        except HomeAssistantError as err:
            if err.code in _LINK_DOWN:
                raise
            return False
        return True

    async def _call(
        self, domain: str, service: str, data: Mapping[str, str], entity_id: str | None = None
    ) -> None:
        target = {} if entity_id is None else {"entity_id": entity_id}
        await self.client.call(
            "call_service", domain=domain, service=service, service_data=data, target=target
        )


class Notifier:
    """Holds what is to be told until Home Assistant took it; `run` is its task."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: dict[str, Notice] = {}
        self._told: dict[str, datetime] = {}
        self._sent_s: deque[float] = deque(maxlen=_BURST)
        self._changed = asyncio.Event()

    async def load(self) -> None:
        """Bring back what was told."""
        try:
            held = (await self._store.load(ToldNotices)).get(_KEY, ToldNotices())
        except StoreError as err:
            _LOGGER.warning("What was told already could not be read: %s", err)
            return
        self._told = {**held.at, **self._told}

    def post(self, notice: Notice) -> None:
        """Have something told, unless it was, or is too old to be news."""
        if self._clock.now() - notice.at > _TOO_OLD:
            return
        told_at = self._told.get(notice.key)
        if told_at is not None and (notice.again_after is None or notice.at - told_at < notice.again_after):
            return
        self._waiting.setdefault(notice.key, notice)
        while len(self._waiting) > _MOST_WAITING:
            oldest = next(iter(self._waiting))
            _LOGGER.warning("Too many notifications wait; %s is dropped", self._waiting.pop(oldest).kind)
        self._changed.set()

    def forget(self, key: str) -> None:
        """Let something be told again, since it is over."""
        self._waiting.pop(key, None)
        if self._told.pop(key, None) is not None:
            self._keep()

    async def run(self, delivery: Delivery) -> None:
        """Deliver until cancelled."""
        delivery.client.on_status(lambda _status: self._changed.set())
        while True:
            self._changed.clear()
            pause_s = None if await self._deliver(delivery) else _RETRY_S
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._changed.wait()

    async def _deliver(self, delivery: Delivery) -> bool:
        """Return whether nothing waits any more."""
        for key, notice in tuple(self._waiting.items()):
            now_s = self._clock.monotonic_s()
            late = self._clock.now() - notice.at > _TOO_OLD
            flood = len(self._sent_s) == _BURST and now_s - self._sent_s[0] < _BURST_S
            if not late and not flood:
                try:
                    await delivery.send(notice.notification_id, notice.title, notice.message)
                except HomeAssistantError as err:
                    _LOGGER.debug("A notification could not be sent: %s", err)
                    return False
                self._sent_s.append(now_s)
                self._told[key] = notice.at
                self._keep()
            else:
                why = "too late" if late else "one of too many"
                _LOGGER.warning("A notification of %s is dropped: %s", notice.kind, why)
            if self._waiting.get(key) is notice:
                del self._waiting[key]
        return True

    def _keep(self) -> None:
        newest = sorted(self._told.items(), key=lambda item: item[1])[-_MOST_TOLD:]
        self._told = dict(newest)
        self._store.save_soon(Record.of(_KEY, ToldNotices(at=self._told)))
