"""The limit for the time that the app is away: where a wallbox can hold one, and what it does else."""

from dataclasses import dataclass

from bmw_wallbox.domain.quirks import resolve, row_for
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ProfileStrategy

VALID_FOR_S = 900.0
"""Renewed at half of it: eight profiles an hour, and only while a car charges, are what the flash memory is
given for an app that may be gone (OCPP 2.0.1 K01.FR.27)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineLimit:
    """What the owner wants for the time without the app."""

    limit_a: float = 0.0
    """Per phase; 0 wants nothing."""
    valid_for_s: float = VALID_FOR_S
    """How long the online limit outlives the app."""

    def below(self, target_a: float) -> float | None:
        """Return the limit to fall to, None where that would be none: it never allows more than the wish."""
        return self.limit_a if 0 < self.limit_a < target_a else None


NO_OFFLINE_LIMIT = OfflineLimit()


def can_fall(state: StationState, strategy: ProfileStrategy) -> bool:
    """Return whether the wallbox falls to another limit by itself.

    It takes two profiles: one for every transaction, and one above it that expires (K01, validTo). A Delta
    holds the first kind only, and OCPP 2.0.1 knows no variable for it.
    """
    return row_for(state).may_clear and resolve(strategy, state) is ProfileStrategy.TX


def in_words(state: StationState, strategy: ProfileStrategy, offline: OfflineLimit) -> str:
    """Return what the wallbox does while the app is away."""
    if offline.limit_a == 0:
        return "The last limit stays in force while the app is away."
    if not can_fall(state, strategy):
        return (
            "This wallbox keeps the last limit while the app is away: it takes one charging profile only, "
            "which cannot expire in favour of another one."
        )
    minutes = max(1, round(offline.valid_for_s / 60))
    return (
        f"While the app is away, at most {offline.limit_a:g} A are allowed: to a car that comes at once, to "
        f"one that charges after {minutes} minutes at the latest."
    )
