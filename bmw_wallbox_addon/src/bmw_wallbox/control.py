"""The worker of one wallbox: pursues its owner's wish, carries out commands and keeps values fresh.

It is the only caller of the wallbox, one call at a time. Whatever happens wakes it; it then takes the next
steps and sleeps until the next thing is due.
"""

import asyncio
import itertools
import logging
from contextlib import suppress
from random import SystemRandom

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.calls import Answer, Call
from bmw_wallbox.domain.commands import Command
from bmw_wallbox.domain.event import Event
from bmw_wallbox.domain.events import (
    Booted,
    CommandProgressed,
    Connected,
    Disconnected,
    MeteringConfigured,
    MetersReported,
    TransactionReported,
)
from bmw_wallbox.domain.first_contact import Await, Conversation, Step, converse
from bmw_wallbox.domain.measurands import tell_flow
from bmw_wallbox.domain.state import Change, CommandReport
from bmw_wallbox.domain.vocabulary import Metering
from bmw_wallbox.errors import CallError, CallRefusedError, CallTimeoutError, StationOfflineError
from bmw_wallbox.executor import Executor
from bmw_wallbox.guard import Guard
from bmw_wallbox.handling import ControlSettings
from bmw_wallbox.jobs import Jobs
from bmw_wallbox.polling import Polling
from bmw_wallbox.pursuit import Pursuit
from bmw_wallbox.station import Link, Station

_LOGGER = logging.getLogger(__name__)
_SLOW_TIMER_S = 30.0
_CONTACT_INTERVAL_S = 30.0
"""The least time between two set-ups of one connection, for a wallbox that boots again and again."""
_PAUSE_S = 1.0
"""After a fault or a loss, so that one that stays cannot keep the loop busy."""


class Control:
    """Works for one station; `run` is its task."""

    def __init__(self, station: Station, settings: ControlSettings, clock: Clock) -> None:
        self._station = station
        self._settings = settings
        self._clock = clock
        self._wake = asyncio.Event()
        self._link_changed = asyncio.Event()
        self._later: asyncio.TimerHandle | None = None
        self._gather_s = settings.gather_s
        self._link: Link | None = None
        self._ids = itertools.count(SystemRandom().randrange(1, 2**30))
        self._jobs = Jobs()
        self._pursuit = Pursuit(station, self._ask, clock, lambda: self._settings)
        self._guard = Guard(station, self._pursuit, self._ask, clock, lambda: self._settings)
        self._executor = Executor(
            station,
            self._jobs,
            self._pursuit,
            self._ask,
            clock,
            settings=lambda: self._settings,
            next_id=self._next_id,
        )
        self._polling = Polling(clock, settings.meter_interval_s)
        self._contact: Conversation | None = None
        self._contact_s = clock.monotonic_s()
        self._step: Step | None = None
        self._step_deadline_s = 0.0
        station.subscribe(self._saw)

    def submit(self, command: Command, asked_by: str) -> CommandReport:
        """Take on a command and return at once; `wait` follows it."""
        job = self._jobs.add(command, asked_by, self._station.now())
        self._wake.set()
        return job.report

    async def reconfigure(self, settings: ControlSettings) -> None:
        """Handle the wallbox by other settings from now on, and tell the wallbox at once what concerns it."""
        interval_changed = settings.meter_interval_s != self._settings.meter_interval_s
        group_changed = settings.master_pass_group_id != self._settings.master_pass_group_id
        self._settings = settings
        self._guard.reconsider()
        self._polling.interval_s = settings.meter_interval_s
        if interval_changed:
            unknown = MeteringConfigured(at=self._station.now(), metering=Metering.UNKNOWN)
            await self._station.apply(unknown)
        if interval_changed or group_changed:
            self._begin_contact()
        self._wake.set()

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
            # Whatever keeps waking the worker, everybody else gets a turn.
            await asyncio.sleep(0)
            self._wake.clear()
            try:
                await self._work()
            except StationOfflineError:
                _LOGGER.debug("%s: connection lost during a call", self._station.state.key)
                await self._until_link_changes()
            except Exception:  # the worker outlives a fault of its own; the wish stays stored and is retried
                _LOGGER.exception("%s: the control worker failed and goes on", self._station.state.key)
                await asyncio.sleep(_PAUSE_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._idle_s()):
                    await self._wake.wait()

    async def _until_link_changes(self) -> None:
        """Rest until the lost link is gone or replaced: a socket needs the loop's time to close."""
        if self._station.link is not self._link:
            return
        self._link_changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_PAUSE_S):
                await self._link_changed.wait()

    async def _work(self) -> None:
        """Take the next steps, on one connection: a newer one begins with the limit again."""
        await self._executor.store_wishes()
        self._link = self._station.link
        if self._link is not None:
            await self._pursuit.step()
        await self._executor.step()
        if self._link is not None:
            await self._guard.step()
        if self._link is not None:
            await self._talk()
            await self._poll()

    async def _talk(self) -> None:
        """Take the next steps of the first contact until it waits, ends, or a command came in between."""
        if self._contact_due_in_s() == 0.0:
            self._begin_contact()
        while (contact := self._contact) is not None:
            if self._jobs.unstarted() or self._pursuit.due_in_s() == 0.0:
                self._wake.set()
                return
            step, answer = self._step, None
            if isinstance(step, Await):
                if not step.condition() and self._clock.monotonic_s() < self._step_deadline_s:
                    return
            elif step is not None:
                answer = await self._take(step)
            if self._contact is contact:
                self._advance(contact, answer)

    async def _take(self, step: Step) -> Answer | None:
        if isinstance(step, Event):
            await self._station.apply(step)
            return None
        assert not isinstance(step, Await)
        return await self._ask(step)

    def _advance(self, contact: Conversation, answer: Answer | None) -> None:
        try:
            self._step = contact.send(answer)
        except StopIteration:
            self._contact = self._step = None
            state = self._station.state
            _LOGGER.info("%s: set up, values are %s", state.key, state.metering)
            return
        if isinstance(self._step, Await):
            self._step_deadline_s = self._clock.monotonic_s() + self._step.timeout_s

    async def _poll(self) -> None:
        if self._polling.due_in_s(self._station.state) == 0.0 and not self._jobs.unstarted():
            answer = await self._ask(self._polling.next_call(self._station.state))
            self._polling.answered(accepted=answer.accepted)

    async def _ask(self, call: Call) -> Answer:
        """Return the answer; silence and CALLERROR are answers of their own kind.

        Raises:
            StationOfflineError: the connection that this work began on is gone.

        """
        answer: Answer | None = None
        if self._station.link is self._link:
            answer = await self._answer(call)
        if answer is None or self._station.link is not self._link:
            raise StationOfflineError(type(call).__name__)
        return answer

    async def _answer(self, call: Call) -> Answer:
        try:
            return await self._station.ask(call)
        except StationOfflineError:
            raise
        except CallError as err:
            status = err.code if isinstance(err, CallRefusedError) else err.error_key
            if isinstance(err, CallTimeoutError):
                status = CallTimeoutError.error_key
            return Answer(accepted=False, status=status, reason=str(err))

    def _saw(self, change: Change) -> None:
        """Wake up for whatever may concern the worker."""
        self._guard.saw(change)
        if isinstance(change.cause, Connected | Disconnected):
            self._link_changed.set()
        match change.cause:
            case CommandProgressed():
                return
            case Connected():
                self._pursuit.forget()
                self._executor.reconsider()
                self._begin_contact()
            case Disconnected():
                self._executor.reconsider()
            case Booted():
                self._pursuit.try_again()
                if change.before.facts.firmware != change.after.facts.firmware:
                    self._begin_contact()
            case TransactionReported(samples=samples) | MetersReported(samples=samples):
                if tell_flow(samples) and change.after.samples != change.before.samples:
                    self._polling.saw_values()
                if self._can_wait(change):
                    self._wake_later()
                    return
            case _:
                pass
        self._wake.set()

    def _can_wait(self, change: Change) -> bool:
        """Return whether values may gather before they are looked at, since nobody waits for a proof."""
        before, after = change.before.transaction, change.after.transaction
        return (
            self._contact is None
            and not any(self._jobs)
            and before is not None
            and after is not None
            and (before.id, before.charging_state) == (after.id, after.charging_state)
        )

    def _wake_later(self) -> None:
        loop = asyncio.get_running_loop()
        if self._later is None or self._later.when() <= loop.time():
            self._later = loop.call_later(self._gather_s, self._wake.set)

    def _begin_contact(self) -> None:
        self._contact = converse(
            lambda: self._station.state,
            self._station.now,
            self._next_id,
            self._settings.meter_interval_s,
            self._settings.master_pass_group_id,
        )
        self._step = None
        self._contact_s = self._clock.monotonic_s()

    def _contact_due_in_s(self) -> float | None:
        """Return in how many seconds a wallbox that booted since the last set-up may have another one."""
        if self._contact is not None or self._station.state.metering is not Metering.UNKNOWN:
            return None
        return max(0.0, self._contact_s + _CONTACT_INTERVAL_S - self._clock.monotonic_s())

    def _next_id(self) -> int:
        return next(self._ids) % 2**31

    def _idle_s(self) -> float:
        """Return how long nothing is due."""
        now_s = self._clock.monotonic_s()
        dues = [_SLOW_TIMER_S, self._executor.due_in_s()]
        if self._station.link is not None:
            dues += [self._pursuit.due_in_s(), self._polling.due_in_s(self._station.state)]
            dues.append(self._contact_due_in_s())
            if isinstance(self._step, Await):
                dues.append(self._step_deadline_s - now_s)
        return max(0.0, min(due for due in dues if due is not None))
