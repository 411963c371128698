"""Broken limits as notifications in Home Assistant: one per wallbox, however often its words change."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.notifications import Delivery
from bmw_wallbox.problem_board import ProblemBoard

LIMIT_BROKEN = "limit_broken"
"""The key of the problem."""
_LOGGER = logging.getLogger(__name__)
_TITLE = "BMW Wallbox: more current than allowed"
_RETRY_S = 30.0


class Alarms:
    """Follows the problem board; `run` is its task."""

    def __init__(
        self, delivery: Delivery, board: ProblemBoard, wanted: Callable[[], bool] = lambda: True
    ) -> None:
        self._delivery = delivery
        self._board = board
        self._wanted = wanted
        self._changed = asyncio.Event()
        self._shown: dict[str | None, str] = {}
        delivery.client.on_status(lambda _status: self._changed.set())

    async def run(self) -> None:
        """Notify until cancelled. A notification stays until somebody dismisses it."""
        unsubscribe = self._board.subscribe(self._changed.set)
        try:
            while True:
                self._changed.clear()
                pause_s = None if await self._show() else _RETRY_S
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause_s):
                        await self._changed.wait()
        finally:
            unsubscribe()

    async def _show(self) -> bool:
        """Return whether Home Assistant shows every alarm."""
        present = {p.station: p.message for p in self._board.problems if p.key == LIMIT_BROKEN}
        self._shown = {station: text for station, text in self._shown.items() if station in present}
        for station, text in present.items():
            if self._shown.get(station) == text or not self._wanted():
                continue
            try:
                await self._delivery.send(f"bmw_wallbox_{station}_{LIMIT_BROKEN}", _TITLE, text, show=True)
            except HomeAssistantError as err:
                _LOGGER.debug("The alarm could not be shown in Home Assistant: %s", err)
                return False
            self._shown[station] = text
        return True
