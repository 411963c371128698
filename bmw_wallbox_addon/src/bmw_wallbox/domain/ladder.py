"""The safety ladder: what is tried, and in which order, while more current flows than is allowed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import Rung

IN_WORDS: Mapping[Rung, str] = {
    Rung.PROFILE_AGAIN: "sent the limit again",
    Rung.OTHER_PURPOSE: "cleared its own profile and sent the limit as another one",
    Rung.STATION_MAX: "set the whole wallbox to 0 A",
    Rung.STOP_TRANSACTION: "ended the transaction",
    Rung.RESET: "restarted the wallbox",
}
HARSH = frozenset({Rung.STOP_TRANSACTION, Rung.RESET})
"""Taken only by the owner's standing permission, and rarely."""
CAPPED = (
    "The wallbox did not keep to its limit and is therefore held at 0 A. "
    "Unplug the car, then set the limit or start charging to lift that."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """A broken limit, and how far the ladder was climbed; times are on the monotonic clock."""

    allowed_a: float
    """The highest limit wished for since it began, so that ever new wishes never excuse it."""
    since_s: float
    """When it began, or the last rung was taken."""
    measured_s: float
    measured_a: float
    older: tuple[tuple[float, float], ...] = ()
    """Until when older wishes held and what they allowed, A; ever lower, as the rest excuses nothing."""
    tried: tuple[Rung, ...] = ()
    ended_s: float | None = None
    """When nothing was left to try."""


def measured(climb: Climb | None, state: StationState, now_s: float, tolerance_a: float) -> Climb | None:
    """Return where the ladder stands after a new measured value, None where the limit is kept."""
    flows_a, allowed_a = state.meter.current_a, state.desired.target_a
    if state.transaction is None or flows_a is None or flows_a <= allowed_a + tolerance_a:
        return None
    if climb is None:
        return Climb(allowed_a=allowed_a, since_s=now_s, measured_s=now_s, measured_a=flows_a)
    older = tuple(wish for wish in climb.older if flows_a > wish[1] + tolerance_a)
    climb = replace(climb, measured_s=now_s, measured_a=flows_a)
    if len(older) == len(climb.older):
        return climb
    excused_until_s = climb.older[-len(older) - 1][0]
    return replace(
        climb,
        older=older,
        allowed_a=max((allowed_a, *(limit_a for _, limit_a in older))),
        since_s=max(climb.since_s, excused_until_s),
        tried=climb.tried if climb.since_s > excused_until_s else (),
    )


def wished(climb: Climb, before: StationState, after: StationState, now_s: float) -> Climb:
    """Return where the ladder stands after a new wish: what was exhausted is tried again for it."""
    older_a, allowed_a = before.desired.target_a, after.desired.target_a
    older = (*(wish for wish in climb.older if wish[1] > older_a), (now_s, older_a))
    climb = replace(climb, older=older, allowed_a=max(climb.allowed_a, allowed_a))
    return climb if climb.ended_s is None else replace(begun_again(climb), since_s=now_s)


def begun_again(climb: Climb) -> Climb:
    """Return the ladder as if nothing had been tried, where all was; else as it is."""
    return climb if climb.ended_s is None else replace(climb, tried=(), ended_s=None)


def is_disproved(climb: Climb, settle_s: float) -> bool:
    """Return whether what was done last had its time, and still too much current was measured."""
    return climb.ended_s is None and climb.measured_s - climb.since_s >= settle_s


def next_rung(
    climb: Climb, state: StationState, ladder: Collection[Rung], permitted: Collection[Rung]
) -> Rung | None:
    """Return what to try next, None at the end; the harsh rungs only where `permitted`."""
    if state.station_cap:
        ladder = [rung for rung in ladder if rung is not Rung.STATION_MAX]
    left = (rung for rung in ladder if rung not in climb.tried)
    return next((rung for rung in left if rung not in HARSH or rung in permitted), None)


def in_words(climb: Climb) -> str:
    """Return what the owner should know and do."""
    found = f"{climb.measured_a:.1f} A flow, although {climb.allowed_a:g} A are allowed."
    tried = ", then ".join(IN_WORDS[rung] for rung in climb.tried)
    done = f" The app {tried}." if tried else ""
    if climb.ended_s is None:
        return f"{found}{done}"
    return f"{found}{done} It did not help. Unplug the car, or switch the wallbox off at its breaker."


def kept_again(last: Rung | None) -> str:
    """Return what to say once no more flows than is allowed."""
    return f"The limit is kept again, after the app {IN_WORDS[last]}." if last else "The limit is kept again."
