"""The ladder is climbed rung by rung, by the box's row and the owner's permissions, and never for nothing."""

from dataclasses import replace

import pytest

from bmw_wallbox.domain.ladder import HARSH, Climb, in_words, is_disproved, measured, next_rung, wished
from bmw_wallbox.domain.quirks import row_of
from bmw_wallbox.domain.state import Facts, StationState
from bmw_wallbox.domain.vocabulary import Rung
from tests.domain.story import charging, current, ended, play

DELTA = row_of(Facts(vendor="BMW", model="EIAW-E22KTSE6B04"))
SPECIFICATION = row_of(Facts(vendor="Example", model="Plain AC 22"))
SETTLE_S, TOLERANCE_A = 30.0, 1.0


def flowing(amps: float, limit_a: float = 16.0) -> StationState:
    state = charging(*current(3, amps, amps, amps))
    return replace(state, desired=replace(state.desired, limit_a=limit_a))


def climbed(*tried: Rung) -> Climb:
    return Climb(allowed_a=16.0, since_s=0.0, measured_s=40.0, measured_a=32.0, tried=tried)


def rungs(ladder: tuple[Rung, ...], permitted: frozenset[Rung]) -> list[Rung]:
    """Return the whole way up."""
    way: list[Rung] = []
    while (rung := next_rung(climbed(*way), flowing(32.0), ladder, permitted)) is not None:
        way.append(rung)
    return way


@pytest.mark.parametrize(
    ("ladder", "permitted", "way"),
    [
        (DELTA.ladder, frozenset(), [Rung.PROFILE_AGAIN]),
        (DELTA.ladder, HARSH, [Rung.PROFILE_AGAIN, Rung.STOP_TRANSACTION, Rung.RESET]),
        (DELTA.ladder, frozenset({Rung.RESET}), [Rung.PROFILE_AGAIN, Rung.RESET]),
        (SPECIFICATION.ladder, frozenset(), [Rung.PROFILE_AGAIN, Rung.OTHER_PURPOSE, Rung.STATION_MAX]),
        (SPECIFICATION.ladder, HARSH, list(Rung)),
    ],
)
def test_the_way_up(ladder: tuple[Rung, ...], permitted: frozenset[Rung], way: list[Rung]) -> None:
    assert rungs(ladder, permitted) == way


@pytest.mark.parametrize(("amps", "broken"), [(16.0, False), (17.0, False), (17.1, True), (0.0, False)])
def test_a_limit_is_broken_beyond_the_tolerance(amps: float, *, broken: bool) -> None:
    assert (measured(None, flowing(amps), 5.0, TOLERANCE_A) is not None) is broken


def test_without_a_transaction_nothing_is_broken() -> None:
    assert measured(climbed(), play(flowing(32.0), ended(9, 9)), 5.0, TOLERANCE_A) is None


def test_a_pause_allows_nothing() -> None:
    state = flowing(6.0)
    paused = replace(state, desired=replace(state.desired, charging_allowed=False))
    climb = measured(None, paused, 5.0, TOLERANCE_A)
    assert climb is not None
    assert climb.allowed_a == 0.0


@pytest.mark.parametrize(("measured_s", "disproved"), [(29.9, False), (30.0, True)])
def test_a_rung_is_disproved_by_what_was_measured_after_the_settling_time(
    measured_s: float, *, disproved: bool
) -> None:
    assert is_disproved(replace(climbed(), measured_s=measured_s), SETTLE_S) is disproved
    assert not is_disproved(replace(climbed(), measured_s=measured_s, ended_s=50.0), SETTLE_S)


LOWERED = flowing(32.0, limit_a=6.0)


def test_a_current_that_the_older_wish_allowed_is_measured_by_the_newer_one_from_its_first_moment() -> None:
    climb = wished(climbed(Rung.PROFILE_AGAIN), flowing(32.0), LOWERED, 20.0)
    assert (climb.allowed_a, climb.since_s) == (16.0, 0.0)
    assert measured(climb, flowing(16.0, limit_a=6.0), 50.0, TOLERANCE_A) == Climb(
        allowed_a=6.0, since_s=20.0, measured_s=50.0, measured_a=16.0
    )


def test_a_current_beyond_the_older_wish_too_is_measured_by_that() -> None:
    climb = wished(climbed(Rung.PROFILE_AGAIN), flowing(32.0), LOWERED, 20.0)
    assert measured(climb, LOWERED, 50.0, TOLERANCE_A) == replace(climb, measured_s=50.0)


def test_a_rung_taken_after_the_newer_wish_has_its_settling_time() -> None:
    climb = wished(climbed(), flowing(32.0), LOWERED, 20.0)
    again = replace(climb, since_s=40.0, tried=(Rung.PROFILE_AGAIN,))
    after = measured(again, flowing(16.0, limit_a=6.0), 50.0, TOLERANCE_A)
    assert after is not None
    assert (after.since_s, after.tried) == (40.0, (Rung.PROFILE_AGAIN,))


def test_only_wishes_that_no_newer_one_covers_are_remembered() -> None:
    climb, before = climbed(), flowing(32.0)
    for second, limit_a in enumerate([6.0, 10.0, 8.0, 9.0, 7.0]):
        after = flowing(32.0, limit_a=limit_a)
        climb, before = wished(climb, before, after, 20.0 + second), after
    assert climb.older == ((20.0, 16.0), (22.0, 10.0), (24.0, 9.0))
    assert climb.allowed_a == 16.0


def test_a_new_wish_makes_an_exhausted_ladder_new_and_gives_it_time() -> None:
    exhausted = replace(climbed(Rung.PROFILE_AGAIN), ended_s=50.0)
    raised = wished(exhausted, flowing(32.0), flowing(32.0, limit_a=20.0), 60.0)
    older = ((60.0, 16.0),)
    assert raised == replace(climbed(), allowed_a=20.0, since_s=60.0, older=older)


def test_the_words_name_the_current_the_limit_what_was_tried_and_what_to_do() -> None:
    words = in_words(replace(climbed(Rung.PROFILE_AGAIN, Rung.RESET), ended_s=50.0))
    for part in ("32.0 A flow", "16 A are allowed", "sent the limit again, then restarted", "Unplug the car"):
        assert part in words
