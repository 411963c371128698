"""One wallbox: the only place where its state changes, and where everybody learns of it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.calls import Answer, Call
from bmw_wallbox.domain.events import AnyEvent, Connected, Disconnected
from bmw_wallbox.domain.reduce import reduce
from bmw_wallbox.domain.state import Change, StationState
from bmw_wallbox.domain.tokens import PresentedToken, TokenAnswer
from bmw_wallbox.errors import CallTimeoutError, StationOfflineError, StoreError
from bmw_wallbox.signals import Signal


def _no_cost(_transaction_id: str) -> float | None:
    """Return no cost: nobody set a tariff."""
    return None


class Link(Protocol):
    """A connection to the wallbox on which calls can be made."""

    async def ask(self, call: Call) -> Answer:
        """Return the wallbox's answer.

        Raises:
            CallError: the wallbox is away, silent, or answered with CALLERROR.

        """


class Keeper(Protocol):
    """Where what must survive is kept."""

    async def keep(self, change: Change) -> None:
        """Return once what `change` moved is durable, as far as it must be before the box is answered.

        Raises:
            StoreError: it could not be written; it is kept in memory and written later.

        """


class Station:
    """Owns one wallbox's state; `apply` is the only way to change it.

    Listeners are called synchronously and in order; the fault of one never stops the next.
    """

    def __init__(
        self,
        state: StationState,
        *,
        zone: Callable[[], ZoneInfo],
        keeper: Keeper,
        clock: Clock,
        judge_token: Callable[[PresentedToken], TokenAnswer],
        total_cost: Callable[[str], float | None] = _no_cost,
    ) -> None:
        self._state = state
        self._zone = zone
        self._keeper: Keeper | None = keeper
        self._clock = clock
        self._changes = Signal[Change]()
        self._link: Link | None = None
        self.judge_token = judge_token
        self.total_cost = total_cost
        """Returns what the transaction of that id costs so far; None where nobody knows."""

    @property
    def state(self) -> StationState:
        """Return the present state."""
        return self._state

    @property
    def link(self) -> Link | None:
        """Return the present connection."""
        return self._link

    def limit_a(self) -> float:
        """Return the current per phase that the car may take by the owner's wish, A."""
        return self._state.desired.target_a

    def now(self) -> datetime:
        """Return the time by the clock that stamps events."""
        return self._clock.now()

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` at every change from now on; returns what ends that."""
        return self._changes.subscribe(listener)

    async def apply(self, *events: AnyEvent) -> None:
        """Reduce `events`, tell the listeners, and return once what must be durable is.

        A store that is out of order delays nothing: the change stays in memory and the store reports itself.
        """
        changes = [change for event in events if (change := self._record(event)) is not None]
        for change in changes:
            with suppress(StoreError):
                if self._keeper is not None:
                    await self._keeper.keep(change)

    def retire(self) -> None:
        """Keep nothing from now on: what is still on its way must not come back after a deletion."""
        self._keeper = None

    def _record(self, event: AnyEvent) -> Change | None:
        before = self._state
        after = reduce(before, event, self._zone())
        if after == before:
            return None
        self._state = after
        change = Change(before, after, event)
        self._changes.emit(change)
        return change

    def attach(self, link: Link, remote: str) -> None:
        """Take `link` as the connection; the newest one wins."""
        self._link = link
        self._record(Connected(at=self.now(), remote=remote))

    async def detach(self, link: Link) -> None:
        """Forget `link`, unless a newer one took its place already."""
        if self._link is link:
            self._link = None
            await self.apply(Disconnected(at=self.now()))

    async def ask(self, call: Call, timeout_s: float = 35.0) -> Answer:
        """Return the wallbox's answer to `call`.

        Raises:
            CallError: the wallbox is away, silent, or answered with CALLERROR.

        """
        if self._link is None:
            raise StationOfflineError(type(call).__name__)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._link.ask(call)
        except CallTimeoutError:
            raise
        except TimeoutError:
            raise CallTimeoutError(type(call).__name__, timeout_s) from None
