"""A control worker over a fake connection, on a clock that a test moves."""

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from bmw_wallbox.control import Control
from bmw_wallbox.domain.calls import (
    Answer,
    Call,
    RequestStopTransaction,
    Reset,
    SetChargingProfile,
    TriggerMessage,
)
from bmw_wallbox.domain.commands import Command, EndTransaction, Restart
from bmw_wallbox.domain.events import AnyEvent, MessageReceived, MeteringConfigured
from bmw_wallbox.domain.state import Change, CommandReport, DesiredState, Inventory
from bmw_wallbox.domain.tokens import TokenAnswer
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus, Metering
from bmw_wallbox.errors import StoreError
from bmw_wallbox.handling import ControlSettings
from bmw_wallbox.station import Station
from tests.domain.story import ZONE, booted, current, fresh, meters, play, started, status, updated
from tests.fakes.clock import NOON, HandClock
from tests.fakes.link import FakeLink

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

DEADLINE_S = 5.0
SETTLE_S = 30.0


class Keeper:
    """Keeps nothing, or fails at it."""

    def __init__(self) -> None:
        self.broken = False

    async def keep(self, _change: Change) -> None:
        if self.broken:
            raise StoreError("the disk is full")


class Rig:
    """One station, its worker, and the wallbox at the other end."""

    def __init__(self, settings: ControlSettings, *, known: bool = True) -> None:
        self.clock = HandClock()
        self.keeper = Keeper()
        self.link = FakeLink()
        state = fresh(desired=DesiredState(limit_a=16.0))
        if known:
            state = play(
                fresh(inventory=Inventory(complete_for_firmware="01.20.06.71")),
                booted(-100),
                MeteringConfigured(at=NOON, metering=Metering.STREAMING),
            )
        self.station = Station(
            state,
            zone=lambda: ZONE,
            keeper=self.keeper,
            clock=self.clock,
            judge_token=lambda _presented: TokenAnswer(status="Accepted"),
        )
        self.control = Control(self.station, replace(settings, gather_s=0.0), self.clock)
        self.outcomes: list[tuple[str, str]] = []
        self._stirred = asyncio.Event()
        self.station.subscribe(self._saw)
        self._asked: set[type[Command]] = set()
        self._sequence_number = 0
        self._links: list[FakeLink] = []

    def _saw(self, change: Change) -> None:
        report = change.after.last_command
        if report is not None and report is not change.before.last_command:
            self.outcomes.append((report.command, report.outcome))
        self._stirred.set()

    async def until(self, condition: "Callable[[], object]") -> None:
        """Return once `condition` holds."""
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                self._stirred.clear()
                await self._stirred.wait()

    async def quiet(self) -> None:
        """Return once the worker did all that it can do now: it has had its turn again and again."""
        for _ in range(50):
            await asyncio.sleep(0)

    async def connect(self, link: FakeLink | None = None) -> FakeLink:
        """Connect and let the worker do what it does then."""
        self.attach(link)
        await self.until(lambda: len(self.link.of(TriggerMessage)) >= 3)
        await self.quiet()
        return self.link

    def attach(self, link: FakeLink | None = None) -> None:
        self.link = link or FakeLink()
        self.link.heard = self._stirred.set
        self._links.append(self.link)
        self.station.attach(self.link, "192.0.2.7")

    async def disconnect(self) -> None:
        """Lose the connection as csms tells it: the calls in flight fail, then the station learns of it."""
        self.link.drop()
        await self.station.detach(self.link)

    async def tell(self, *events: AnyEvent) -> None:
        await self.station.apply(*events)
        await self.quiet()

    async def plug_in(self, charging_state: str = "Charging", trigger: str = "Authorized") -> None:
        """Let a car come and its transaction reach a state."""
        now = self.seconds
        await self.tell(status(now, ConnectorStatus.OCCUPIED), started(now, 0))
        await self.turn(charging_state, trigger)

    async def turn(self, charging_state: str, trigger: str = "ChargingStateChanged", *amps: float) -> None:
        """Let the transaction go over to another state."""
        self._sequence_number += 1
        await self.tell(
            updated(
                self.seconds,
                self._sequence_number,
                charging_state=ChargingState(charging_state),
                trigger_reason=trigger,
                samples=current(self.seconds, *amps),
            )
        )

    async def measure(self, *amps: float) -> None:
        """Let the meter speak."""
        await self.tell(meters(self.seconds, *current(self.seconds, *amps)))

    async def pass_time(self, seconds: float) -> None:
        """Move the clock and have the worker look at it."""
        self.clock.advance(seconds)
        await self.tell(MessageReceived(at=self.clock.now()))

    @property
    def seconds(self) -> float:
        return (self.clock.now() - NOON).total_seconds()

    def submit(self, command: Command) -> str:
        self._asked.add(type(command))
        return self.control.submit(command, "test").id

    async def order(self, command: Command) -> str:
        """Submit and let the worker do what it can."""
        command_id = self.submit(command)
        await self.quiet()
        return command_id

    def report(self, command_id: str) -> CommandReport:
        return self.control.report(command_id)

    def outcome(self, command_id: str) -> str:
        return str(self.report(command_id).outcome)

    async def run(self) -> None:
        with suppress(asyncio.CancelledError):
            await self.control.run()

    def check(self) -> None:
        """Fail if a connection saw two calls at once, or what nobody asked for."""
        for link in self._links:
            assert link.most_in_flight <= 1
            assert all(isinstance(call, SetChargingProfile) for call in link.calls[:1])
            assert EndTransaction in self._asked or not link.of(RequestStopTransaction)
            assert Restart in self._asked or not link.of(Reset)


@asynccontextmanager
async def working(rig: Rig) -> "AsyncIterator[Rig]":
    """Let the worker run while the block lasts, and check what it sent."""
    async with asyncio.TaskGroup() as tasks:
        worker = tasks.create_task(rig.run())
        yield rig
        worker.cancel()
    rig.check()


def answers(*given: Answer) -> "Callable[[Call], Answer]":
    """Return a script that gives one answer after another, the last one for ever."""
    left = list(given)
    return lambda _call: left.pop(0) if len(left) > 1 else left[0]
