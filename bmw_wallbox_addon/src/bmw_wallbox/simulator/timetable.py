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
    """Runs jobs when due and sleeps in between; `poke` makes it look at the intervals again."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._poked = asyncio.Event()

    def poke(self) -> None:
        """Something changed that may change an interval."""
        self._poked.set()

    async def run(self) -> None:
        """Run until cancelled; every interval starts to count now."""
        for job in self._jobs:
            job.since_s = None
        while True:
            self._poked.clear()
            now_s = asyncio.get_running_loop().time()
            waits = [wait for job in self._jobs if (wait := _serve(job, now_s)) is not None]
            try:
                async with asyncio.timeout(min(waits, default=None)):
                    await self._poked.wait()
            except TimeoutError:
                continue


def _serve(job: Job, now_s: float) -> float | None:
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
        interval_s = job.interval_s() or interval_s
    return max(0.0, job.since_s + interval_s - now_s)
