"""Whether the owner took a station out of Home Assistant; kept over restarts, until asked for again."""

import logging

from bmw_wallbox.errors import StoreError
from bmw_wallbox.hass.announcement import Memory

_LOGGER = logging.getLogger(__name__)


class Absence:
    """One station's; `gone` may be set at any time, `keep` makes it last."""

    def __init__(self, memory: Memory, station: str) -> None:
        self._memory = memory
        self._station = station
        self._gone: bool | None = None
        self._kept: bool | None = None

    @property
    def gone(self) -> bool:
        """Whether the station stays away."""
        return self._gone or False

    @gone.setter
    def gone(self, gone: bool) -> None:
        self._gone = gone

    async def recall(self) -> None:
        """Take over what was kept, unless somebody decided since."""
        if self._kept is not None:
            return
        try:
            self._kept = await self._memory.removed(self._station)
        except StoreError as error:
            _LOGGER.warning("Whether %s was removed could not be read: %s", self._station, error)
            return
        if self._gone is None:
            self._gone = self._kept

    async def keep(self) -> None:
        """Store what was decided."""
        await self.recall()
        if self._kept is None or self.gone == self._kept:
            return
        try:
            await self._memory.set_removed(self._station, removed=self.gone)
        except StoreError as error:
            _LOGGER.warning("Whether %s was removed is not stored: %s", self._station, error)
        self._kept = self.gone
