"""Whatever box, car, owner and line do: too much current never flows for long without a word of it."""

import asyncio

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from bmw_wallbox.domain.calls import (
    Answer,
    Call,
    ClearChargingProfile,
    GetCompositeSchedule,
    RequestStopTransaction,
    Reset,
    SetChargingProfile,
)
from bmw_wallbox.domain.commands import Command, SetCurrentLimit, StartCharging, StopCharging
from bmw_wallbox.errors import CallTimeoutError
from bmw_wallbox.handling import ControlSettings
from tests.control_rig import Rig
from tests.fakes.link import ACCEPTED, FakeLink, rejected

SETTLE_S, BEAT_S, TOLERANCE_A = 30.0, 10.0, 1.0
_PATIENCE_S = SETTLE_S + BEAT_S
"""The settling time, and what goes by until the first measured value that shows it."""


class Box(FakeLink):
    """A box of some mood, with a car that takes what it gets."""

    def __init__(self, mood: str, limit_a: float = 32.0) -> None:
        super().__init__()
        self.mood = mood
        self.limit_a = self.told_a = limit_a
        self.script = {
            SetChargingProfile: self._limit,
            GetCompositeSchedule: lambda _call: Answer(accepted=True, status="Accepted", limit_a=self.told_a),
        }

    def _limit(self, call: Call) -> Answer:
        assert isinstance(call, SetChargingProfile)
        match self.mood:
            case "refuses":
                return rejected("Busy")
            case "is silent":
                raise CallTimeoutError("SetChargingProfile", 30)
            case "lies":
                self.told_a = call.limit_a
            case "obeys" | "rages":
                self.limit_a = self.told_a = call.limit_a
            case _:
                assert self.mood == "ignores"
        return ACCEPTED

    def flows_a(self, car_a: float) -> float:
        if self.mood == "rages":
            return car_a
        return min(car_a, self.limit_a) if self.limit_a >= 6.0 else 0.0


MOODS = ("obeys", "refuses", "ignores", "lies", "rages", "is silent")
LIMITS = [SetCurrentLimit(limit_a=limit_a) for limit_a in (6.0, 6.3, 8.0, 10.0, 16.0)]


class Walk:
    """One walk, with an eye on how long too much flows."""

    def __init__(self) -> None:
        self.rig = Rig(ControlSettings(settle_s=SETTLE_S))
        self.box = Box("obeys")
        self.car_a = 32.0
        self.past: list[tuple[float, float, float]] = []
        """When how much flowed, and what was allowed."""

    async def begin(self) -> None:
        self._worker = asyncio.create_task(self.rig.run())
        await self.rig.connect(self.box)
        await self.rig.plug_in("Charging")

    async def order(self, command: Command) -> None:
        await self.rig.order(command)
        await self.wait(1)

    async def wait(self, beats: int) -> None:
        for _ in range(beats):
            await self._beat()

    async def reconnect(self) -> None:
        await self.rig.disconnect()
        self.box, before = Box(self.box.mood, self.box.limit_a), self.box
        self.box.told_a = before.told_a
        await self.rig.connect(self.box)
        await self.rig.turn("Charging")
        self.past.clear()
        await self.wait(1)

    async def end(self) -> None:
        """Let the box come to its senses: the wish is in force and the alarm is over."""
        self.box.mood = "obeys"
        await self.wait(200)
        state = self.rig.station.state
        target_a = state.desired.target_a
        assert self.box.flows_a(self.car_a) <= target_a + TOLERANCE_A
        assert self.box.limit_a <= 32.0
        assert state.control_alert == ""
        harsh = (RequestStopTransaction, Reset, ClearChargingProfile)
        assert not [call for call in self.box.calls if isinstance(call, harsh)]

    async def leave(self) -> None:
        self._worker.cancel()
        await self._worker

    async def _beat(self) -> None:
        """Let ten seconds go by, look at the current, and judge."""
        rig = self.rig
        rig.clock.advance(BEAT_S)
        flows_a = self.box.flows_a(self.car_a)
        await rig.measure(flows_a, flows_a, flows_a)
        self.past.append((rig.seconds, flows_a, rig.station.state.desired.target_a))
        assert self._over_s() < _PATIENCE_S or rig.station.state.control_alert

    def _over_s(self) -> float:
        """Return for how long neither what flowed then nor what flows now was allowed."""
        now_s, now_a, _ = self.past[-1]
        fine = (at_s for at_s, at_a, limit_a in self.past if min(at_a, now_a) <= limit_a + TOLERANCE_A)
        return now_s - max(fine, default=self.past[0][0])


class Walks(RuleBasedStateMachine):
    """Takes any steps in any order; after each, ten seconds go by and the current is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.Runner()
        self._walk = Walk()
        self._loop.run(self._walk.begin())

    @rule(command=st.sampled_from([*LIMITS, StartCharging(), StopCharging()]))
    def order(self, command: Command) -> None:
        self._loop.run(self._walk.order(command))

    @rule(mood=st.sampled_from(MOODS))
    def change_mood(self, mood: str) -> None:
        self._walk.box.mood = mood
        self._loop.run(self._walk.wait(1))

    @rule(car_a=st.sampled_from([0.0, 6.0, 10.0, 16.0, 32.0]))
    def change_car(self, car_a: float) -> None:
        self._walk.car_a = car_a
        self._loop.run(self._walk.wait(1))

    @rule(beats=st.integers(1, 12))
    def wait(self, beats: int) -> None:
        self._loop.run(self._walk.wait(beats))

    @rule()
    def lose_the_line(self) -> None:
        self._loop.run(self._walk.reconnect())

    def teardown(self) -> None:
        try:
            self._loop.run(self._walk.end())
        finally:
            self._loop.run(self._walk.leave())
            self._loop.close()


def test_a_raging_car_that_gives_in_to_the_older_limit_only_is_told_of() -> None:
    walks = Walks()
    try:
        walks.change_mood("rages")
        walks.order(SetCurrentLimit(limit_a=6.0))
        walks.change_mood("rages")
        walks.change_car(16.0)
        walks.wait(2)
    finally:
        walks.teardown()


def _walk(walks: int, steps: int, *, derandomize: bool) -> None:
    chosen = settings(
        max_examples=walks,
        stateful_step_count=steps,
        derandomize=derandomize,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Walks, settings=chosen)


def test_a_broken_limit_never_lasts_unsaid() -> None:
    _walk(15, 30, derandomize=True)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_broken_limit_never_lasts_unsaid_in_a_thousand_walks() -> None:
    _walk(1000, 40, derandomize=False)
