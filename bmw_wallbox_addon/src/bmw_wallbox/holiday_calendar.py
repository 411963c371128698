"""Keeps the public holidays of the owner's country at hand for the tariffs."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from zoneinfo import ZoneInfo

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.tariffs import SUNDAY, Tariffs
from bmw_wallbox.errors import InvalidPayloadError
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.public_holidays import holidays_of
from bmw_wallbox.session_prices import Prices, PublicHolidays

_LOGGER = logging.getLogger(__name__)
_LOOK_S = 6 * 3600.0
_MOST_YEARS = 10


class HolidayCalendar:
    """Works the holidays out when country, year or tariffs change; `run` is its task."""

    def __init__(
        self, prices: Prices, board: ProblemBoard, *, clock: Clock, zone: Callable[[], ZoneInfo]
    ) -> None:
        self._prices = prices
        self._board = board
        self._clock = clock
        self._zone = zone
        self._wake = asyncio.Event()
        prices.changes.subscribe(self._wake.set)

    async def run(self) -> None:
        """Follow the tariffs and the years until cancelled."""
        while True:
            self._wake.clear()
            await self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await self._wake.wait()

    async def look(self) -> None:
        """Work out what is missing; what cannot be is said, and the days entered by hand still count."""
        country, subdivision = self._prices.place
        known, years = self._prices.public_holidays, self._years()
        problems = []
        wanted = (country, subdivision, years)
        if country and years and wanted != (known.country, known.subdivision, known.years):
            try:
                days = tuple(await holidays_of(country, subdivision, years))
            except InvalidPayloadError as err:
                problems.append(Problem(key="holidays_unknown", message=_WORDS.format(reason=err)))
            else:
                _LOGGER.info("%s public holidays of %s count in the tariffs", len(days), country)
                found = PublicHolidays(country=country, subdivision=subdivision, years=years, days=days)
                self._prices.learn(found)
        self._board.post("holidays", *problems)

    def _years(self) -> tuple[int, ...]:
        """Return the years whose holidays prices may depend on; none where every day costs the same."""
        if not _asks(self._prices.tariffs):
            return ()
        this = self._clock.now().astimezone(self._zone()).year
        first = min(one.valid_from.year for one in self._prices.tariffs.lists)
        return tuple(range(max(first, this - _MOST_YEARS), this + 2))


_WORDS = "The public holidays are not known, so only the days entered by hand count as such. {reason}"


def _asks(tariffs: Tariffs) -> bool:
    """Tell whether a band treats Sundays, and so holidays, unlike another day."""
    bands = [band for prices in tariffs.lists for band in prices.bands]
    return any(0 < len(set(band.weekdays)) < SUNDAY + 1 for band in bands)
