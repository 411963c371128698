"""Whoever holds the current down is named, and nobody is accused without a word of the wallbox."""

from dataclasses import replace

import pytest

from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.events import (
    ChargingLimitNotified,
    Disconnected,
    ProfileAccepted,
    VariablesReported,
    WishChanged,
)
from bmw_wallbox.domain.reasons import LimitReason, active_limit_a, limit_reason
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ChargingState
from tests.domain.story import at, charging, current, play, updated


def limited(limit_a: float = 16.0, *variables: Variable, flows_a: float = 16.0) -> StationState:
    """Return a station that charges under a limit of ours and told some variables."""
    state = charging(*current(3, flows_a, flows_a, flows_a))
    state = replace(state, desired=replace(state.desired, limit_a=limit_a))
    return play(
        state,
        ProfileAccepted(at=at(4), purpose="TxDefaultProfile", limit_a=limit_a),
        VariablesReported(at=at(5), variables=variables),
    )


def by_card() -> StationState:
    """Return a station whose charge is held to 10 A by the card that pays for it."""
    state = limited(10.0, flows_a=10.0)
    return replace(state, desired=replace(state.desired, limit_a=16.0, card_limit_a=10.0))


def own_profile(valid_for_s: float | None = None) -> StationState:
    """Return a station whose transaction has a profile of its own above the default one of 6 A."""
    state = limited()
    assert state.transaction is not None
    return play(
        state,
        ProfileAccepted(at=at(6), purpose="TxDefaultProfile", limit_a=6.0),
        ProfileAccepted(
            at=at(7),
            purpose="TxProfile",
            limit_a=16.0,
            transaction_id=state.transaction.id,
            valid_for_s=valid_for_s,
        ),
    )


def paused(*variables: Variable, seconds: float = 60) -> StationState:
    """Return a station that pauses a car by itself, so long after it accepted our limit."""
    state = limited(16.0, *variables)
    return play(state, updated(seconds, 9, charging_state=ChargingState.SUSPENDED_EVSE))


def paused_by_the_owner() -> StationState:
    return play(
        limited(),
        WishChanged(at=at(6), charging_allowed=False, asked_by="test"),
        ProfileAccepted(at=at(7), purpose="TxDefaultProfile", limit_a=0.0),
    )


TIMETABLE = Variable(
    component="LocalSmartChargingCtrlr",
    component_instance="ScheduledCharging",
    variable="Enabled",
    value="true",
)
BREAKER = Variable(component="MainCircuitBreaker", variable="MaxCurrent", value="13")
BOX = Variable(component="ChargingStation", variable="ACCurrent", value="0", maximum=13.0)
POWER_LIMITED = Variable(component="LocalSmartChargingCtrlr", variable="ChargingPowerLimited", value="true")


ROWS: list[tuple[StationState, float, str]] = [
    (paused_by_the_owner(), 0, "not_allowed"),
    (play(limited(), ChargingLimitNotified(at=at(9), source="SO", limit_a=8.0)), 8, "station"),
    (limited(), 16, "user"),
    (limited(32.0, flows_a=32.0), 32, "maximum"),
    (limited(16.0, BREAKER), 13, "hardware"),
    (limited(16.0, BOX), 13, "hardware"),
    (limited(10.0, BREAKER, BOX, flows_a=10.0), 10, "user"),
    (limited(16.0, replace(BREAKER, value="much")), 16, "user"),
    (limited(flows_a=8.0), 16, "car"),
    (limited(16.0, POWER_LIMITED, flows_a=8.0), 16, "station"),
    (limited(16.0, replace(POWER_LIMITED, value="false"), flows_a=8.0), 16, "car"),
    (play(limited(), Disconnected(at=at(9))), 16, "offline_default"),
    (
        play(limited(), ProfileAccepted(at=at(9), purpose="ChargingStationMaxProfile", limit_a=0.0)),
        0,
        "safety",
    ),
    (paused(), 16, "station"),
    (paused(TIMETABLE), 16, "schedule"),
    (paused(TIMETABLE, replace(TIMETABLE, component_instance="DLC", variable="Enabled")), 16, "station"),
    (paused(TIMETABLE, seconds=20), 16, "user"),
    (play(paused(TIMETABLE), Disconnected(at=at(99))), 16, "offline_default"),
    (own_profile(), 16, "user"),
    (by_card(), 10, "card"),
    (own_profile(valid_for_s=900.0), 16, "user"),
    (play(own_profile(), Disconnected(at=at(9))), 16, "offline_default"),
    (play(own_profile(valid_for_s=900.0), Disconnected(at=at(9))), 6, "offline_default"),
    (replace(limited(), station_cap=True, profiles={}), 0, "safety"),
]


@pytest.mark.parametrize(("state", "limit_a", "reason"), ROWS)
def test_the_reason_is_named(state: StationState, limit_a: float, reason: str) -> None:
    assert (active_limit_a(state), limit_reason(state)) == (limit_a, reason)


def test_every_reason_is_reached() -> None:
    assert {reason for _, _, reason in ROWS} == set(LimitReason)


def test_what_no_answer_proves_has_no_reason() -> None:
    assert limit_reason(replace(limited(), profiles={})) is None
