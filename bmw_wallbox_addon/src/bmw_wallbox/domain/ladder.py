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
    tried: tuple[Rung, ...] = ()
    ended_s: float | None = None
    """When nothing was left to try."""


def measured(climb: Climb | None, state: StationState, now_s: float, tolerance_a: float) -> Climb | None:
    """Return where the ladder stands after a new measured value, None where the limit is kept."""
    flows_a, allowed_a = state.meter.current_a, state.desired.target_a
    if state.transaction is None or flows_a is None or flows_a <= allowed_a + tolerance_a:
        return None
    if climb is None or flows_a <= climb.allowed_a + tolerance_a:
        return Climb(allowed_a=allowed_a, since_s=now_s, measured_s=now_s, measured_a=flows_a)
    return replace(climb, measured_s=now_s, measured_a=flows_a)


def wished(climb: Climb, state: StationState) -> Climb:
    """Return where the ladder stands after a new wish: what was exhausted is tried again for it."""
    ended = climb.ended_s is not None
    return replace(
        climb,
        allowed_a=max(climb.allowed_a, state.desired.target_a),
        tried=() if ended else climb.tried,
        ended_s=None,
    )


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
