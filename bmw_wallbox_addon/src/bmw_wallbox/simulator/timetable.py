"""What happens at regular intervals, on one timer."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Job:
    """Something done every so often; an interval of None or 0 switches it off."""

    interval_s: Callable[[], float | None]
    run: Callable[[], None]
    since_s: float | None = None


class Timetable:
    """Runs jobs when due, tells `ran` of each, and sleeps in between."""

    def __init__(self, jobs: Sequence[Job], ran: Callable[[], None]) -> None:
        self._jobs = jobs
        self._ran = ran
        self._poked = asyncio.Event()

    def poke(self) -> None:
        """Look at the intervals again: something changed."""
        self._poked.set()

    async def run(self) -> None:
        """Run until cancelled; every interval starts to count now."""
        for job in self._jobs:
            job.since_s = None
        while True:
            self._poked.clear()
            now_s = asyncio.get_running_loop().time()
            waits = [wait for job in self._jobs if (wait := self._serve(job, now_s)) is not None]
            try:
                async with asyncio.timeout(min(waits, default=None)):
                    await self._poked.wait()
            except TimeoutError:
                continue

    def _serve(self, job: Job, now_s: float) -> float | None:
        """Run the job if it is due; return the seconds until it is due again."""
        interval_s = job.interval_s()
        if not interval_s:
            job.since_s = None
            return None
        if job.since_s is None:
            job.since_s = now_s
        elif now_s - job.since_s >= interval_s:
            job.since_s = now_s
            job.run()
            self._ran()
            interval_s = job.interval_s() or interval_s
        return max(0.0, job.since_s + interval_s - now_s)
