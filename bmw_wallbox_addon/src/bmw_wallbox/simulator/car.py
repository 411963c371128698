"""The car at the cable: what it would draw if it were allowed to."""

from dataclasses import dataclass

MIN_CURRENT_A = 6.0
"""Below this no car charges (IEC 61851-1); a lower limit means pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Car:
    """One car; `paused` means it wants no energy now (full, scheduled, too warm)."""

    plugged: bool = False
    paused: bool = False
    phases: int = 1
    max_current_a: float = 32.0
    energy_wanted_wh: float = 40_000.0

    def draw_a(self, limit_a: float) -> float:
        """Return the current per phase in A that the car takes under `limit_a`."""
        if not self.plugged or self.paused or limit_a < MIN_CURRENT_A:
            return 0.0
        return min(limit_a, self.max_current_a)
