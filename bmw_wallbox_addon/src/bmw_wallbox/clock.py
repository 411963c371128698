"""The one place where the time comes from."""

from datetime import UTC, datetime
from time import monotonic
from typing import Protocol


class Clock(Protocol):
    """A source of time; tests pass one that they move by hand."""

    def now(self) -> datetime:
        """Return the wall clock's time, UTC."""

    def monotonic_s(self) -> float:
        """Return seconds that only ever grow, for deadlines."""


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """Return the wall clock's time, UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Return seconds that only ever grow, for deadlines."""
        return monotonic()
