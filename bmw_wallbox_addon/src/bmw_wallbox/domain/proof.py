"""Whether what the station shows proves that a command worked: never a guess, always with words."""

from dataclasses import dataclass
from datetime import datetime

from bmw_wallbox.domain.decide import Expect
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ChargingState, Outcome

TOLERANCE_A = 1.0
"""How much more than the limit a meter may show."""
SHORTFALL_A = 2.0
"""How much less a car may take before it is worth a word."""
_NO_FLOW = frozenset(
    {
        ChargingState.EV_CONNECTED,
        ChargingState.SUSPENDED_EV,
        ChargingState.SUSPENDED_EVSE,
        ChargingState.IDLE,
    }
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome and why."""

    outcome: Outcome
    text: str


def judge(state: StationState, expect: Expect, since: datetime, *, late: bool) -> Verdict | None:
    """Return the verdict on what was done at `since`, None while it is open; `late` demands one."""
    match expect:
        case Expect.CHARGING:
            return _charging(state, late=late)
        case Expect.NOT_CHARGING:
            return _not_charging(state, since, late=late)
        case Expect.WITHIN_LIMIT:
            return _within_limit(state, since, late=late)
        case Expect.ENDED:
            return _ended(state, late=late)
        case Expect.RESTARTING:
            return _restarting(state, since, late=late)
        case Expect.NOTHING:
            return None


def _charging(state: StationState, *, late: bool) -> Verdict | None:
    if state.charging_state is ChargingState.CHARGING:
        return Verdict(Outcome.APPLIED, "The car is charging.")
    if state.charging_state is ChargingState.SUSPENDED_EV:
        return Verdict(
            Outcome.CAR_TAKES_LESS, "Power is offered, but the car itself pauses: full, or its own timer."
        )
    if not late:
        return None
    return Verdict(
        Outcome.TIMED_OUT,
        "The wallbox accepted, but the car did not begin to charge. "
        "Unplug it, plug it in again, and see whether the car waits for a timer.",
    )


def _not_charging(state: StationState, since: datetime, *, late: bool) -> Verdict | None:
    if state.transaction is None or state.charging_state in _NO_FLOW:
        return Verdict(Outcome.APPLIED, "Charging is paused.")
    current_a = _fresh_current_a(state, since)
    if current_a is not None and current_a <= TOLERANCE_A:
        return Verdict(Outcome.APPLIED, "Charging is paused: no current flows.")
    return _overdue(current_a, 0.0) if late else None


def _within_limit(state: StationState, since: datetime, *, late: bool) -> Verdict | None:
    limit_a = state.desired.target_a
    if state.charging_state is not ChargingState.CHARGING:
        return Verdict(
            Outcome.APPLIED_NEXT_CHARGE, f"The wallbox accepted {limit_a:g} A; no car charges now."
        )
    current_a = _fresh_current_a(state, since)
    if current_a is None or current_a > limit_a + TOLERANCE_A:
        return _overdue(current_a, limit_a) if late else None
    if current_a >= limit_a - SHORTFALL_A:
        return Verdict(Outcome.APPLIED, f"The limit of {limit_a:g} A is in force: {current_a:.1f} A flow.")
    if not late:
        return None
    return Verdict(
        Outcome.CAR_TAKES_LESS, f"The limit of {limit_a:g} A is in force; the car takes {current_a:.1f} A."
    )


def _overdue(current_a: float | None, limit_a: float) -> Verdict:
    if current_a is None:
        return Verdict(
            Outcome.TIMED_OUT, f"The wallbox accepted {limit_a:g} A, but no measured value came to prove it."
        )
    return Verdict(
        Outcome.IGNORED_BY_CAR,
        f"The wallbox accepted {limit_a:g} A, yet {current_a:.1f} A flow. "
        "If that goes on, end the transaction or unplug the car.",
    )


def _ended(state: StationState, *, late: bool) -> Verdict | None:
    if state.transaction is None:
        return Verdict(Outcome.APPLIED, "The transaction ended. Unplug the car before the next charge.")
    return Verdict(Outcome.TIMED_OUT, "The wallbox accepted, but the transaction goes on.") if late else None


def _restarting(state: StationState, since: datetime, *, late: bool) -> Verdict | None:
    changed, booted = state.connection_changed_at, state.facts.booted_at
    if (changed is not None and changed >= since) or (booted is not None and booted >= since):
        return Verdict(Outcome.APPLIED, "The wallbox restarts; it is back in about a minute.")
    if not late:
        return None
    return Verdict(Outcome.APPLIED_NEXT_CHARGE, "The wallbox restarts once the running charge has ended.")


def _fresh_current_a(state: StationState, since: datetime) -> float | None:
    received = state.meter.received_at
    return state.meter.current_a if received is not None and received > since else None
