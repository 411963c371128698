"""Waiting for a condition that somebody else brings about."""

import asyncio
from collections.abc import Callable


class Watch:
    """Wakes whoever waits each time something changed."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Say that something changed."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, predicate: Callable[[], bool], timeout_s: float) -> None:
        """Return as soon as `predicate` holds.

        Raises:
            TimeoutError: It did not hold within `timeout_s`.
        """
        async with asyncio.timeout(timeout_s):
            while not predicate():
                waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiters.add(waiter)
                try:
                    await waiter
                finally:
                    self._waiters.discard(waiter)
