"""Tasks that outlive their own faults."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

_LOGGER = logging.getLogger(__name__)
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_CALM_S = 300.0


async def keep_running(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` until cancelled; after a fault begin it anew, with growing pauses."""
    pause_s = _FIRST_PAUSE_S
    loop = asyncio.get_running_loop()
    while True:
        began_s = loop.time()
        try:
            await work()
        except Exception:  # the rest of the app goes on while this part is begun anew
            _LOGGER.exception("%s failed and is started again in %g s", name, pause_s)
        if loop.time() - began_s > _CALM_S:
            pause_s = _FIRST_PAUSE_S
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
