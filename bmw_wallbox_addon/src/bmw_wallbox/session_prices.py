"""What sessions cost: the owner's tariffs, the prices that entities showed, and who is priced when."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.sessions import ChargingSession, Cost, Doubt
from bmw_wallbox.domain.sessions_energy import Growth
from bmw_wallbox.domain.tariffs import PriceSample, Samples, Tariffs, cost_of
from bmw_wallbox.storage import session_query as query
from bmw_wallbox.storage.codec import Record
from bmw_wallbox.storage.session_table import PriceShown
from bmw_wallbox.storage.store import Store

_HELD = timedelta(days=14)
"""How far back a session that still changes may reach."""
_KEY = "home"
_OF_PRICES = frozenset({Doubt.PRICE_MISSING, Doubt.PRICED_ANEW})


class Prices:
    """Owns the tariffs and the newest entity prices."""

    def __init__(self, store: Store, *, clock: Clock, zone: Callable[[], ZoneInfo]) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone
        self._samples: dict[str, list[PriceSample]] = {}
        self.tariffs = Tariffs()

    async def load(self) -> None:
        """Bring back what is stored.

        Raises:
            StoreError: it cannot be read.

        """
        self.tariffs = (await self._store.load(Tariffs)).get(_KEY, Tariffs())
        now = self._clock.now()
        held = await self._store.query(lambda db: query.read_prices(db, now - _HELD, now))
        self._samples = {entity_id: list(series) for entity_id, series in held.items()}

    async def save(self, tariffs: Tariffs) -> None:
        """Use other tariffs from now on; what was priced stays as it is.

        Raises:
            StoreError: they are in force, but only in memory yet.

        """
        self.tariffs = replace(tariffs, lists=tuple(sorted(tariffs.lists, key=lambda one: one.valid_from)))
        await self._store.save(Record.of(_KEY, self.tariffs))

    def note(self, entity_id: str, price_micros: int) -> None:
        """Note the price per kWh that an entity shows from now on."""
        series, now = self._samples.setdefault(entity_id, []), self._clock.now()
        if series and (series[-1].price_micros == price_micros or series[-1].at >= now):
            return
        series.append(PriceSample(now, price_micros))
        while len(series) > 1 and series[1].at < now - _HELD:
            del series[0]
        shown = PriceShown(entity_id=entity_id, at=now, price_micros=price_micros)
        self._store.save_soon(Record.of(f"{entity_id}/{now.isoformat()}", shown))

    async def samples(self, since: datetime, until: datetime) -> Samples:
        """Return the entities' prices in a range.

        Raises:
            StoreError: they cannot be read.

        """
        return await self._store.query(lambda db: query.read_prices(db, since, until))

    def cost(self, growths: Iterable[Growth], samples: Samples | None = None) -> tuple[Cost | None, bool]:
        """Return what energy costs by the present tariffs, and whether a price is missing."""
        return cost_of(self.tariffs, growths, self._zone(), self._samples if samples is None else samples)

    def priced(
        self,
        known: ChargingSession | None,
        session: ChargingSession,
        growths: Iterable[Growth],
        *,
        fresh: bool,
    ) -> ChargingSession:
        """Return a session with its cost; one that was priced when it ended keeps that price.

        Args:
            known: the row as it was.
            session: the row as the events tell it now.
            growths: when its energy flowed.
            fresh: whether a running session's cost may be worked out again now.

        """
        billed = known is not None and not known.running and known.cost is not None
        if known is not None and (
            (not known.running and not session.running and known.energy_wh == session.energy_wh)
            or (session.running and not fresh)
        ):
            kept = tuple(doubt for doubt in known.doubts if doubt in _OF_PRICES)
            return replace(session, cost=known.cost, doubts=(*session.doubts, *kept))
        cost, missing = self.cost(growths)
        anew = billed and known is not None and cost != known.cost
        doubts = {Doubt.PRICE_MISSING: missing, Doubt.PRICED_ANEW: anew}
        found = tuple(doubt for doubt, true in doubts.items() if true)
        return replace(session, cost=cost, doubts=(*session.doubts, *found))
