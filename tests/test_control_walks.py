"""Whatever box, car, owner and line do: too much current never flows for long without a word of it."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bmw_wallbox.domain.calls import (
    Answer,
    Call,
    ClearChargingProfile,
    GetCompositeSchedule,
    RequestStopTransaction,
    Reset,
    SetChargingProfile,
)
from bmw_wallbox.domain.commands import SetCurrentLimit, StartCharging, StopCharging
from bmw_wallbox.errors import CallTimeoutError
from bmw_wallbox.handling import ControlSettings
from tests.control_rig import Rig
from tests.fakes.link import ACCEPTED, FakeLink, rejected

SETTLE_S, BEAT_S, TOLERANCE_A = 30.0, 10.0, 1.0
_PATIENCE_S = SETTLE_S + 2 * BEAT_S
"""The settling time, and what goes by until the next measured value."""


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
limits = st.sampled_from([6.0, 6.3, 8.0, 10.0, 16.0]).map(lambda limit_a: SetCurrentLimit(limit_a=limit_a))
steps = st.one_of(
    st.tuples(st.just("order"), limits | st.sampled_from([StartCharging(), StopCharging()])),
    st.tuples(st.just("mood"), st.sampled_from(MOODS)),
    st.tuples(st.just("wait"), st.integers(1, 12)),
    st.tuples(st.just("car"), st.sampled_from([0.0, 6.0, 16.0, 32.0])),
    st.tuples(st.just("line"), st.none()),
)
walks = st.lists(steps, min_size=5, max_size=40)


class Walk:
    """One walk, with an eye on how long too much flows."""

    def __init__(self) -> None:
        self.rig = Rig(ControlSettings(settle_s=SETTLE_S))
        self.box = Box("obeys")
        self.car_a = 32.0
        self.past: list[tuple[float, float, float]] = []
        """When how much flowed, and what was allowed."""

    async def play(self, walk: list[tuple[str, Any]]) -> None:
        async with asyncio.TaskGroup() as tasks:
            worker = tasks.create_task(self.rig.run())
            await self.rig.connect(self.box)
            await self.rig.plug_in("Charging")
            for kind, value in walk:
                await self._step(kind, value)
            await self._end()
            worker.cancel()

    async def _step(self, kind: str, value: Any) -> None:  # noqa: ANN401 - each kind has its own
        match kind:
            case "order":
                await self.rig.order(value)
            case "mood":
                self.box.mood = value
            case "car":
                self.car_a = value
            case "line":
                await self._reconnect()
            case _:
                assert kind == "wait"
        for _ in range(value if kind == "wait" else 1):
            await self._beat()

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

    async def _reconnect(self) -> None:
        await self.rig.disconnect()
        self.box, before = Box(self.box.mood, self.box.limit_a), self.box
        self.box.told_a = before.told_a
        await self.rig.connect(self.box)
        await self.rig.turn("Charging")
        self.past.clear()

    async def _end(self) -> None:
        """Let the box come to its senses: the wish is in force and the alarm is over."""
        self.box.mood = "obeys"
        for _ in range(200):
            await self._beat()
        state = self.rig.station.state
        target_a = state.desired.target_a
        assert self.box.flows_a(self.car_a) <= target_a + TOLERANCE_A
        assert self.box.limit_a <= 32.0
        assert state.control_alert == ""
        harsh = (RequestStopTransaction, Reset, ClearChargingProfile)
        assert not [call for call in self.box.calls if isinstance(call, harsh)]


def _walk(walk: list[tuple[str, Any]]) -> None:
    asyncio.run(Walk().play(walk))


def test_a_raging_car_that_gives_in_to_the_older_limit_only_is_told_of() -> None:
    rages, six = ("mood", "rages"), ("order", SetCurrentLimit(limit_a=6.0))
    _walk([rages, six, rages, ("car", 16.0), ("wait", 1)])


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(walks)
def test_a_broken_limit_never_lasts_unsaid(walk: list[tuple[str, Any]]) -> None:
    _walk(walk)


@pytest.mark.long
@pytest.mark.timeout(900)
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(walks)
def test_a_broken_limit_never_lasts_unsaid_in_a_thousand_walks(walk: list[tuple[str, Any]]) -> None:
    _walk(walk)
