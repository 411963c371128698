"""An outcome is what the wallbox showed after it accepted, never what it showed before."""

from dataclasses import replace

import pytest

from bmw_wallbox.domain.decide import Expect
from bmw_wallbox.domain.events import AnyEvent, Disconnected, Sample, WishChanged
from bmw_wallbox.domain.proof import judge
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus, Outcome
from tests.domain.story import (
    at,
    booted,
    charging,
    connected,
    current,
    ended,
    energy,
    fresh,
    meters,
    play,
    started,
    status,
    updated,
)

SINCE = at(100)
SUSPENDED_EV = updated(101, 9, charging_state=ChargingState.SUSPENDED_EV)
SUSPENDED_EVSE = updated(101, 9, charging_state=ChargingState.SUSPENDED_EVSE)
AVAILABLE = status(101, ConnectorStatus.AVAILABLE)


def flowing(seconds: float, amps: float) -> AnyEvent:
    return meters(seconds, *current(seconds, amps, amps, amps))


def outcome(state: StationState, expect: Expect, *, late: bool = False) -> Outcome | None:
    verdict = judge(state, expect, SINCE, late=late)
    assert verdict is None or verdict.text.endswith(".")
    return None if verdict is None else verdict.outcome


@pytest.mark.parametrize(
    ("events", "at_once", "in_the_end"),
    [
        ((), Outcome.APPLIED, Outcome.APPLIED),
        ((SUSPENDED_EVSE,), None, Outcome.TIMED_OUT),
        # a car on its way passes SuspendedEV
        ((SUSPENDED_EV,), None, Outcome.CAR_TAKES_LESS),
        ((AVAILABLE,), Outcome.APPLIED_NEXT_CHARGE, Outcome.APPLIED_NEXT_CHARGE),
        ((ended(101, 9),), None, Outcome.TIMED_OUT),
        ((status(101, ConnectorStatus.FAULTED), ended(102, 9)), None, Outcome.TIMED_OUT),
        # the state of an earlier connection proves nothing, a current of now does
        ((connected(100),), None, Outcome.TIMED_OUT),
        ((connected(100), flowing(101, 16)), Outcome.APPLIED, Outcome.APPLIED),
        ((connected(100), flowing(101, 0.4)), None, Outcome.TIMED_OUT),
    ],
)
def test_charging(events: tuple[AnyEvent, ...], at_once: Outcome | None, in_the_end: Outcome) -> None:
    state = play(charging(), *events)
    assert outcome(state, Expect.CHARGING) == at_once
    assert outcome(state, Expect.CHARGING, late=True) == in_the_end


@pytest.mark.parametrize(
    ("events", "at_once", "in_the_end"),
    [
        ((), None, Outcome.TIMED_OUT),
        ((SUSPENDED_EVSE,), Outcome.APPLIED, Outcome.APPLIED),
        ((SUSPENDED_EV,), Outcome.APPLIED, Outcome.APPLIED),
        ((ended(101, 9),), Outcome.APPLIED, Outcome.APPLIED),
        ((flowing(99, 0),), None, Outcome.TIMED_OUT),
        ((flowing(101, 0),), Outcome.APPLIED, Outcome.APPLIED),
        ((flowing(101, 16),), None, Outcome.TIMED_OUT),
        ((flowing(110, 16),), None, Outcome.IGNORED_BY_CAR),
        ((flowing(110, 16), flowing(120, 0.9)), Outcome.APPLIED, Outcome.APPLIED),
        ((connected(100),), None, Outcome.TIMED_OUT),
        ((connected(100), flowing(110, 16)), None, Outcome.IGNORED_BY_CAR),
    ],
)
def test_not_charging(events: tuple[AnyEvent, ...], at_once: Outcome | None, in_the_end: Outcome) -> None:
    state = play(charging(*current(3, 16, 16, 16)), *events)
    assert outcome(state, Expect.NOT_CHARGING) == at_once
    assert outcome(state, Expect.NOT_CHARGING, late=True) == in_the_end


@pytest.mark.parametrize(
    ("events", "at_once", "in_the_end"),
    [
        ((), None, Outcome.TIMED_OUT),
        ((flowing(99, 16),), None, Outcome.TIMED_OUT),
        ((flowing(100, 16),), None, Outcome.TIMED_OUT),
        ((flowing(101, 16),), Outcome.APPLIED, Outcome.APPLIED),
        ((flowing(101, 17),), Outcome.APPLIED, Outcome.APPLIED),
        ((flowing(101, 14),), Outcome.APPLIED, Outcome.APPLIED),
        ((flowing(110, 13.9),), None, Outcome.CAR_TAKES_LESS),
        ((flowing(110, 0),), None, Outcome.CAR_TAKES_LESS),
        # on its way up, as far as anybody knows
        ((flowing(101, 0),), None, Outcome.TIMED_OUT),
        # one second is less than a car may take to follow
        ((flowing(101, 17.1),), None, Outcome.TIMED_OUT),
        ((flowing(110, 17.1),), None, Outcome.IGNORED_BY_CAR),
        ((flowing(110, 32), flowing(120, 16)), Outcome.APPLIED, Outcome.APPLIED),
        # news without a current leaves the old current as it was
        ((flowing(90, 16), meters(110, energy(110, 5))), None, Outcome.TIMED_OUT),
        ((SUSPENDED_EV,), Outcome.APPLIED_NEXT_CHARGE, Outcome.APPLIED_NEXT_CHARGE),
        # a pause that ends just now
        ((SUSPENDED_EVSE,), None, Outcome.APPLIED_NEXT_CHARGE),
        ((AVAILABLE,), Outcome.APPLIED_NEXT_CHARGE, Outcome.APPLIED_NEXT_CHARGE),
        ((connected(100),), None, Outcome.TIMED_OUT),
        ((connected(100), flowing(101, 16)), Outcome.APPLIED, Outcome.APPLIED),
    ],
)
def test_within_the_limit(events: tuple[AnyEvent, ...], at_once: Outcome | None, in_the_end: Outcome) -> None:
    state = play(charging(*current(3, 16, 16, 16)), *events)
    assert outcome(state, Expect.WITHIN_LIMIT) == at_once
    assert outcome(state, Expect.WITHIN_LIMIT, late=True) == in_the_end


def test_a_limit_waits_for_the_end_of_a_pause_that_came_after_it() -> None:
    state = play(charging(), WishChanged(at=at(101), charging_allowed=False, asked_by="test"))
    assert outcome(state, Expect.WITHIN_LIMIT) is Outcome.APPLIED_NEXT_CHARGE


@pytest.mark.parametrize("amps", [(1.0, 1.0, 16.0), (16.0, 1.0, 1.0), (16.0,)])
def test_the_highest_phase_is_measured_by_the_limit(amps: tuple[float, ...]) -> None:
    samples: tuple[Sample, ...] = current(110, *amps)
    assert outcome(play(charging(), meters(110, *samples)), Expect.WITHIN_LIMIT) is Outcome.APPLIED


def test_ending() -> None:
    state = charging()
    assert outcome(state, Expect.ENDED) is None
    assert outcome(state, Expect.ENDED, late=True) is Outcome.TIMED_OUT
    assert outcome(play(state, ended(101, 9)), Expect.ENDED) is Outcome.APPLIED


@pytest.mark.parametrize("sign", [Disconnected(at=at(100)), connected(130), booted(131)])
def test_a_restart_shows_itself(sign: AnyEvent) -> None:
    assert outcome(play(charging(), sign), Expect.RESTARTING) is Outcome.APPLIED


def test_a_restart_waits_for_the_end_of_a_charge_and_for_nothing_else() -> None:
    assert outcome(charging(), Expect.RESTARTING) is None
    assert outcome(charging(), Expect.RESTARTING, late=True) is Outcome.APPLIED_NEXT_CHARGE
    idle = play(fresh(), connected(), booted(1), status(2, ConnectorStatus.AVAILABLE))
    assert outcome(idle, Expect.RESTARTING) is None
    assert outcome(idle, Expect.RESTARTING, late=True) is Outcome.TIMED_OUT


@pytest.mark.parametrize("expect", [expect for expect in Expect if expect is not Expect.NOTHING])
def test_in_the_end_there_is_a_verdict_in_any_state(expect: Expect) -> None:
    for state in (fresh(), charging(), play(fresh(), connected()), play(fresh(), started(0))):
        for desired in (state.desired, replace(state.desired, charging_allowed=False)):
            assert outcome(replace(state, desired=desired), expect, late=True) is not None
