"""Whether what the station shows proves that a command worked: never a guess, always with words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bmw_wallbox.domain.decide import Expect, Situation, situation
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import Outcome

TOLERANCE_A = 1.0
"""How much more than the limit a meter may show, unless the owner chose otherwise."""
SHORTFALL_A = 2.0
"""How much less a car may take before it is worth a word."""
REACTION = timedelta(seconds=5)
"""How long a car may take to follow a new limit (IEC 61851-1); what was measured sooner accuses nobody."""
_MAY_CHARGE = frozenset({Situation.CHARGING, Situation.UNCLEAR})


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome and why."""

    outcome: Outcome
    text: str


def judge(
    state: StationState, expect: Expect, since: datetime, *, late: bool, tolerance_a: float = TOLERANCE_A
) -> Verdict | None:
    """Return the verdict on what was done at `since`, None while it is open; `late` demands one."""
    match expect:
        case Expect.CHARGING:
            return _charging(state, since, late=late)
        case Expect.NOT_CHARGING:
            return _not_charging(state, since, late=late, tolerance_a=tolerance_a)
        case Expect.WITHIN_LIMIT:
            return _within_limit(state, since, late=late, tolerance_a=tolerance_a)
        case Expect.ENDED:
            return _ended(state, late=late)
        case Expect.RESTARTING:
            return _restarting(state, since, late=late)
        case Expect.NOTHING:
            return None


def _charging(state: StationState, since: datetime, *, late: bool) -> Verdict | None:
    now, current_a = situation(state), _fresh_current_a(state, since)
    flows = now is Situation.UNCLEAR and current_a is not None and current_a > TOLERANCE_A
    if now is Situation.CHARGING or flows:
        return Verdict(Outcome.APPLIED, "The car is charging.")
    if now is Situation.NO_CAR:
        return Verdict(
            Outcome.APPLIED_NEXT_CHARGE, "The car is gone. Charging starts when one is plugged in."
        )
    if not late:
        return None
    if now is Situation.SUSPENDED_EV:
        return Verdict(
            Outcome.CAR_TAKES_LESS, "Power is offered, but the car itself pauses: full, or its own timer."
        )
    return Verdict(
        Outcome.TIMED_OUT,
        "The wallbox accepted, but the car did not begin to charge.",
    )


def _not_charging(state: StationState, since: datetime, *, late: bool, tolerance_a: float) -> Verdict | None:
    if situation(state) not in _MAY_CHARGE:
        return Verdict(Outcome.APPLIED, "Charging is paused.")
    current_a = _fresh_current_a(state, since)
    if current_a is not None and current_a <= tolerance_a:
        return Verdict(Outcome.APPLIED, "Charging is paused: no current flows.")
    return _overdue(state, since, 0.0) if late else None


def _within_limit(state: StationState, since: datetime, *, late: bool, tolerance_a: float) -> Verdict | None:
    limit_a, now = state.desired.limit_a, situation(state)
    if not state.desired.charging_allowed:
        return Verdict(
            Outcome.APPLIED_NEXT_CHARGE, "Charging is paused. The limit applies when it is allowed again."
        )
    if now is Situation.SUSPENDED_EVSE and not late:
        return None
    if now not in _MAY_CHARGE:
        return Verdict(
            Outcome.APPLIED_NEXT_CHARGE, f"The wallbox accepted {limit_a:g} A; no car charges now."
        )
    current_a = _fresh_current_a(state, since)
    if current_a is None or current_a > limit_a + tolerance_a:
        return _overdue(state, since, limit_a) if late else None
    if current_a >= limit_a - SHORTFALL_A:
        return Verdict(Outcome.APPLIED, f"The limit of {limit_a:g} A is in force: {current_a:.1f} A flow.")
    if not late:
        return None
    if _fresh_current_a(state, since + REACTION) is None:  # it may still be on its way up
        return _overdue(state, since, limit_a)
    return Verdict(
        Outcome.CAR_TAKES_LESS, f"The limit of {limit_a:g} A is in force; the car takes {current_a:.1f} A."
    )


def _overdue(state: StationState, since: datetime, limit_a: float) -> Verdict:
    current_a = _fresh_current_a(state, since + REACTION)
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
    if state.transaction is None:
        return Verdict(Outcome.TIMED_OUT, "The wallbox accepted, but it has not restarted yet.")
    return Verdict(Outcome.APPLIED_NEXT_CHARGE, "The wallbox restarts once the running charge has ended.")


def _fresh_current_a(state: StationState, since: datetime) -> float | None:
    received = state.meter.current_received_at
    return state.meter.current_a if received is not None and received > since else None
