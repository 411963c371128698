"""The audit of dangerous actions: written before they are done, kept over restarts, the newest only."""

import secrets
from contextlib import suppress
from dataclasses import replace

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.deeds import Deed, DeedOutcome
from bmw_wallbox.errors import StoreError
from bmw_wallbox.storage.codec import Record, kind_of
from bmw_wallbox.storage.store import Store

MOST_DEEDS = 1000
_LONGEST_DETAILS = 500


class AuditTrail:
    """Keeps the newest `most` deeds.

    A disk that is out of order keeps nobody from acting: the rows stay in memory until it is back.
    """

    def __init__(self, store: Store, clock: Clock, *, most: int = MOST_DEEDS) -> None:
        self._store = store
        self._clock = clock
        self._most = most
        self._deeds: dict[str, Deed] = {}
        self._loaded = False

    async def deeds(self) -> list[Deed]:
        """Return what is known, the newest first; raise StoreError where it cannot be read."""
        await self._load()
        return [self._deeds[key] for key in sorted(self._deeds, reverse=True)]

    async def begin(self, who: str, action: str, target: str, details: str) -> Deed:
        """Keep that something is about to be done."""
        with suppress(StoreError):
            await self._load()
        now = self._clock.now()
        deed = Deed(
            id=f"{now:%Y%m%d%H%M%S%f}-{secrets.token_hex(3)}",
            at=now,
            who=who,
            action=action,
            target=target,
            details=details[:_LONGEST_DETAILS],
        )
        await self._keep(deed)
        for old in sorted(self._deeds)[: -self._most]:
            del self._deeds[old]
            with suppress(StoreError):
                await self._store.delete(kind_of(Deed), old)
        return deed

    async def end(self, deed: Deed, outcome: DeedOutcome, note: str) -> None:
        """Keep what became of it."""
        await self._keep(replace(deed, outcome=outcome, note=note[:_LONGEST_DETAILS]))

    async def _keep(self, deed: Deed) -> None:
        self._deeds[deed.id] = deed
        with suppress(StoreError):
            await self._store.save(Record.of(deed.id, deed))

    async def _load(self) -> None:
        if not self._loaded:
            self._deeds = {**await self._store.load(Deed), **self._deeds}
            self._loaded = True
