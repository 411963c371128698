"""How fast a station's messages are read: at once as long as it keeps within bounds, else in time."""

import asyncio
import logging

from bmw_wallbox.clock import Clock

_LOGGER = logging.getLogger(__name__)


class Pace:
    """A token bucket; what is beyond it is delayed and never lost, since TCP holds the sender back."""

    def __init__(self, owner: str, clock: Clock, *, burst: int, per_s: float) -> None:
        self._owner = owner
        self._clock = clock
        self._burst = burst
        self._per_s = per_s
        self._left = float(burst)
        self._at_s = clock.monotonic_s()
        self._told = False

    async def keep(self) -> None:
        """Return when the next message may be handled."""
        now_s = self._clock.monotonic_s()
        self._left = min(self._burst, self._left + (now_s - self._at_s) * self._per_s) - 1
        self._at_s = now_s
        if self._left >= 0:
            return
        if not self._told:
            self._told = True
            _LOGGER.warning("%s sends too much; its messages are read more slowly", self._owner)
        await asyncio.sleep(-self._left / self._per_s)
