"""The worker of one wallbox: pursues its owner's wish, carries out commands and keeps values fresh.

It is the only caller of the wallbox, one call at a time. Whatever happens wakes it; it then takes the next
steps and sleeps until the next thing is due.
"""

import asyncio
import itertools
import logging
from dataclasses import dataclass
from random import SystemRandom

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.calls import Answer, Call
from bmw_wallbox.domain.commands import Command
from bmw_wallbox.domain.events import (
    Booted,
    CommandProgressed,
    Connected,
    Event,
    MetersReported,
    TransactionReported,
)
from bmw_wallbox.domain.first_contact import Await, Conversation, Step, converse
from bmw_wallbox.domain.state import Change, CommandReport
from bmw_wallbox.domain.vocabulary import ProfileStrategy
from bmw_wallbox.errors import CallRefusedError, CallTimeoutError, StationOfflineError
from bmw_wallbox.executor import Executor
from bmw_wallbox.jobs import Jobs
from bmw_wallbox.polling import Polling
from bmw_wallbox.pursuit import Pursuit
from bmw_wallbox.station import Station

_LOGGER = logging.getLogger(__name__)
_SLOW_TIMER_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSettings:
    """How a wallbox is handled."""

    strategy: ProfileStrategy = ProfileStrategy.AUTO
    id_token: str = ""
    """Sent in RequestStartTransaction; empty means NoAuthorization."""
    meter_interval_s: int = 10
    settle_s: float = 30.0
    """How long a command may wait for its proof."""
    raise_interval_s: float = 5.0
    """The least time between a profile and one that raises the limit; a reduction goes at once."""
    retry_s: float = 60.0
    """How long a refused profile rests."""


class Control:
    """Works for one station; `run` is its task."""

    def __init__(self, station: Station, settings: ControlSettings, clock: Clock) -> None:
        self._station = station
        self._settings = settings
        self._clock = clock
        self._wake = asyncio.Event()
        self._ids = itertools.count(SystemRandom().randrange(1, 2**30))
        self._jobs = Jobs()
        self._pursuit = Pursuit(
            station,
            self._ask,
            clock,
            strategy=settings.strategy,
            raise_interval_s=settings.raise_interval_s,
            retry_s=settings.retry_s,
        )
        self._executor = Executor(
            station,
            self._jobs,
            self._pursuit,
            self._ask,
            clock,
            id_token=settings.id_token,
            settle_s=settings.settle_s,
            next_id=self._next_id,
        )
        self._polling = Polling(clock, settings.meter_interval_s)
        self._contact: Conversation | None = None
        self._step: Step | None = None
        self._step_deadline_s = 0.0
        station.subscribe(self._saw)

    def submit(self, command: Command, asked_by: str) -> CommandReport:
        """Take on a command and return at once; `wait` follows it."""
        job = self._jobs.add(command, asked_by, self._station.now())
        self._wake.set()
        return job.report

    def report(self, command_id: str) -> CommandReport:
        """Return what is known of a command.

        Raises:
            NotFoundError: it is unknown, or too long ago.

        """
        return self._jobs.report(command_id)

    async def wait(self, command_id: str, timeout_s: float) -> CommandReport:
        """Return the report of a command once it is final, or as it is after `timeout_s`.

        Raises:
            NotFoundError: it is unknown, or too long ago.

        """
        return await self._jobs.wait(command_id, timeout_s)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._wake.clear()
            try:
                await self._work()
            except StationOfflineError:
                _LOGGER.debug("%s: connection lost during a call", self._station.state.key)
            except Exception:  # the worker outlives a fault of its own; the wish stays stored and is retried
                _LOGGER.exception("%s: the control worker failed and goes on", self._station.state.key)
                await asyncio.sleep(1)
            try:
                async with asyncio.timeout(self._idle_s()):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _work(self) -> None:
        await self._executor.store_wishes()
        if self._station.link is not None:
            await self._pursuit.step()
        await self._executor.step()
        if self._station.link is not None:
            await self._talk()
            await self._poll()

    async def _talk(self) -> None:
        """Take the next steps of the first contact until it waits, ends, or a command came in between."""
        while self._contact is not None and self._station.link is not None:
            if self._jobs.unstarted():
                self._wake.set()
                return
            step, answer = self._step, None
            if isinstance(step, Await):
                if not step.condition() and self._clock.monotonic_s() < self._step_deadline_s:
                    return
            elif step is not None:
                answer = await self._take(step)
            self._advance(answer)

    async def _take(self, step: Step) -> Answer | None:
        if isinstance(step, Event):
            await self._station.apply(step)
            return None
        assert not isinstance(step, Await)
        return await self._ask(step)

    def _advance(self, answer: Answer | None) -> None:
        assert self._contact is not None
        try:
            self._step = self._contact.send(answer)
        except StopIteration:
            self._contact = self._step = None
            state = self._station.state
            _LOGGER.info("%s: set up, values are %s", state.key, state.metering)
            return
        if isinstance(self._step, Await):
            self._step_deadline_s = self._clock.monotonic_s() + self._step.timeout_s

    async def _poll(self) -> None:
        if self._polling.due_in_s(self._station.state) == 0.0:
            answer = await self._ask(self._polling.next_call(self._station.state))
            self._polling.answered(accepted=answer.accepted)

    async def _ask(self, call: Call) -> Answer:
        """Return the answer; silence and CALLERROR are answers of their own kind.

        Raises:
            StationOfflineError: there is no connection any more.

        """
        try:
            return await self._station.ask(call)
        except CallTimeoutError as err:
            return Answer(accepted=False, status="timed_out", reason=str(err))
        except CallRefusedError as err:
            return Answer(accepted=False, status=err.code, reason=str(err))

    def _saw(self, change: Change) -> None:
        """Wake up for whatever may concern the worker."""
        match change.cause:
            case CommandProgressed():
                return
            case Connected():
                self._pursuit.forget()
                self._executor.reconsider()
                self._begin_contact()
            case Booted() if change.before.facts.firmware != change.after.facts.firmware:
                self._begin_contact()
            case TransactionReported() | MetersReported() if change.after.meter != change.before.meter:
                self._polling.saw_values()
            case _:
                pass
        self._wake.set()

    def _begin_contact(self) -> None:
        self._contact = converse(
            lambda: self._station.state, self._station.now, self._next_id, self._settings.meter_interval_s
        )
        self._step = None

    def _next_id(self) -> int:
        return next(self._ids) % 2**31

    def _idle_s(self) -> float:
        """Return how long nothing is due."""
        now_s = self._clock.monotonic_s()
        dues = [_SLOW_TIMER_S, self._executor.due_in_s()]
        if self._station.link is not None:
            dues += [self._pursuit.due_in_s(), self._polling.due_in_s(self._station.state)]
            if isinstance(self._step, Await):
                dues.append(self._step_deadline_s - now_s)
        return max(0.0, min(due for due in dues if due is not None))
