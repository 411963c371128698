"""What sessions cost: the owner's tariffs, the prices that entities showed, and who is priced when."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.home_facts import HomeFacts
from bmw_wallbox.domain.sessions import ChargingSession, Cost, Doubt
from bmw_wallbox.domain.sessions_energy import Growth
from bmw_wallbox.domain.tariffs import Tariffs, cost_of
from bmw_wallbox.domain.tariffs_entity import PriceSample, Samples
from bmw_wallbox.grid_power import GridSamples
from bmw_wallbox.signals import Signal
from bmw_wallbox.storage import session_query as query
from bmw_wallbox.storage.codec import Record
from bmw_wallbox.storage.session_table import PriceShown
from bmw_wallbox.storage.store import Store

OF_PRICES = frozenset({Doubt.PRICE_MISSING, Doubt.PRICE_ESTIMATED, Doubt.PRICED_ANEW})
_HELD = timedelta(days=14)
"""How far back a session that still changes may reach."""
_NOTED_ANEW = timedelta(minutes=30)
"""How soon a price that stays is noted again: it proves that the entity still showed it."""
_KEY = "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicHolidays:
    """The public holidays of a country, or of a part of it, as far as they were worked out."""

    country: str = ""
    subdivision: str = ""
    years: tuple[int, ...] = ()
    days: tuple[date, ...] = ()


class Prices:
    """Owns the tariffs, what completes them, and the newest entity prices."""

    def __init__(self, store: Store, *, clock: Clock, zone: Callable[[], ZoneInfo]) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone
        self._samples: dict[str, list[PriceSample]] = {}
        self.tariffs = Tariffs()
        self._home = HomeFacts()
        self.public_holidays = PublicHolidays()
        self._complete = Tariffs()
        self.grid = GridSamples(store, clock)
        self.changes = Signal[()]()
        """Told whenever other prices, or another currency, are in force."""

    async def load(self) -> None:
        """Bring back what is stored.

        Raises:
            StoreError: it cannot be read.

        """
        self.tariffs = (await self._store.load(Tariffs)).get(_KEY, Tariffs())
        self._home = (await self._store.load(HomeFacts)).get(_KEY, HomeFacts())
        self.public_holidays = (await self._store.load(PublicHolidays)).get(_KEY, PublicHolidays())
        await self.grid.load()
        now = self._clock.now()
        held = await self._store.query(lambda db: query.read_prices(db, now - _HELD, now))
        self._samples = {entity_id: list(series) for entity_id, series in held.items()}
        self._put_in_force()

    @property
    def home(self) -> HomeFacts:
        """Return what Home Assistant says of the home."""
        return self._home

    @property
    def currency(self) -> str:
        """Return the currency: the owner's, else Home Assistant's; empty where neither is known."""
        return self.tariffs.currency or self.home.currency

    @property
    def place(self) -> tuple[str, str]:
        """Return the country and the part of it whose holidays count; no country: none do."""
        country = self.home.country if self.tariffs.country is None else self.tariffs.country
        return country, self.tariffs.subdivision if country else ""

    @property
    def holidays_worked_out(self) -> tuple[date, ...]:
        """Return the public holidays that count beside those entered by hand."""
        known = self.public_holidays
        return known.days if (known.country, known.subdivision) == self.place else ()

    @property
    def entity_ids(self) -> frozenset[str]:
        """Return the entities whose values are prices."""
        return frozenset(one.entity_id for one in self.tariffs.lists if one.entity_id is not None)

    async def save(self, tariffs: Tariffs) -> None:
        """Use other tariffs from now on; what was priced stays as it is.

        Raises:
            StoreError: they are in force, but only in memory yet.

        """
        self.tariffs = replace(tariffs, lists=tuple(sorted(tariffs.lists, key=lambda one: one.valid_from)))
        self._put_in_force()
        await self._store.save(Record.of(_KEY, self.tariffs))

    def learn(self, found: HomeFacts | PublicHolidays) -> None:
        """Take over what Home Assistant, or the calendar, says; it is kept."""
        if found in (self.home, self.public_holidays):
            return
        if isinstance(found, HomeFacts):
            self._home = found
        else:
            self.public_holidays = found
        self._store.save_soon(Record.of(_KEY, found))
        self._put_in_force()

    def note(self, entity_id: str, price_micros: int) -> None:
        """Note the price per kWh that an entity shows from now on."""
        series, now = self._samples.setdefault(entity_id, []), self._clock.now()
        if series and series[-1].at >= now:
            return
        if series and series[-1].price_micros == price_micros and now - series[-1].at < _NOTED_ANEW:
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

    def cost(
        self, growths: Iterable[Growth], samples: Samples | None = None
    ) -> tuple[Cost | None, frozenset[Doubt]]:
        """Return what energy costs by the present tariffs, and what of its price is in doubt."""
        return cost_of(self._complete, growths, self._zone(), self._samples if samples is None else samples)

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
            kept = tuple(doubt for doubt in known.doubts if doubt in OF_PRICES)
            doubts = (*session.doubts, *kept)
            return replace(session, cost=known.cost, solar_wh=known.solar_wh, doubts=doubts)
        growths = tuple(growths)
        cost, found = self.cost(growths)
        if billed and known is not None and cost != known.cost:
            found |= {Doubt.PRICED_ANEW}
        solar_wh = self.grid.solar_wh(growths) if growths else None
        doubts = (*session.doubts, *sorted(found))
        return replace(session, cost=cost, solar_wh=solar_wh, doubts=doubts)

    def _put_in_force(self) -> None:
        tariffs = self.tariffs
        days = (*tariffs.holidays, *self.holidays_worked_out)
        # Without a list nobody asked for prices: a default currency alone must not call them missing.
        currency = self.currency if tariffs.lists else tariffs.currency
        self._complete = replace(tariffs, currency=currency, holidays=days)
        self.changes.emit()
