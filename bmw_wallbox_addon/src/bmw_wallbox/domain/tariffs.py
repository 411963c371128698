"""What energy costs: dated price lists, exact to the millionth of the currency's unit.

Prices are millionths per kWh, so that no sum of theirs is ever rounded but the session's own, once.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bmw_wallbox.domain.sessions import Cost, Doubt
from bmw_wallbox.domain.sessions_energy import Growth
from bmw_wallbox.domain.tariffs_entity import (
    MAX_PRICE_MICROS,
    Samples,
    changes_between,
    shown_at,
)
from bmw_wallbox.domain.tariffs_time import boundaries
from bmw_wallbox.errors import InvalidPayloadError

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
SUNDAY = 6
MINUTES_A_DAY = 1440
MAX_LISTS = 200
MAX_HOLIDAYS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A price for certain hours of certain days, by the local clock on the wall."""

    price_micros: int
    """Per kWh."""
    weekdays: tuple[int, ...] = EVERY_DAY
    """0 is Monday; a holiday counts as a Sunday."""
    from_minute: int = 0
    """Of the local day."""
    to_minute: int = MINUTES_A_DAY
    """Exclusive; at most `from_minute` where the band runs over midnight."""

    def covers(self, weekday: int, weekday_before: int, minute: int) -> bool:
        """Return whether the band holds at a minute of a weekday; the part after midnight is yesterday's."""
        if self.from_minute < self.to_minute:
            return weekday in self.weekdays and self.from_minute <= minute < self.to_minute
        evening = weekday in self.weekdays and minute >= self.from_minute
        return evening or (weekday_before in self.weekdays and minute < self.to_minute)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """The prices from a local day on, until the next list begins."""

    name: str
    valid_from: date
    price_micros: int | None = None
    """Per kWh, where no band holds and no sample is known; None: then there is no price."""
    bands: tuple[Band, ...] = ()
    """The first one that holds decides."""
    entity_id: str | None = None
    """The Home Assistant entity whose value is the price; bands do not count then."""
    fee_micros: int = 0
    """Fixed, for each session with energy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariffs:
    """Everything the owner entered about prices."""

    currency: str = ""
    """ISO 4217; empty: Home Assistant's, and where none is known sessions are not priced."""
    lists: tuple[PriceList, ...] = ()
    """In order of `valid_from`."""
    holidays: tuple[date, ...] = ()
    """Local days that count as Sundays."""
    country: str | None = None
    """Whose public holidays count too (ISO 3166-1 alpha-2); None: Home Assistant's; empty: nobody's."""
    subdivision: str = ""
    """The part of the country, as ISO 3166-2 names it after the hyphen."""


def checked(tariffs: Tariffs) -> Tariffs:
    """Return the tariffs.

    Raises:
        InvalidPayloadError: a value that they cannot have.

    """
    for key, (value, sound, expected) in (_demands(tariffs) | _demands_on_lists(tariffs)).items():
        if not sound:
            raise InvalidPayloadError(key, value, expected)
    return tariffs


def _demands(tariffs: Tariffs) -> dict[str, tuple[object, bool, str]]:
    code = tariffs.currency
    return {
        "currency": (
            code,
            not code or (len(code) == 3 and _is_capitals(code)),
            "three capital letters (ISO 4217) are needed, or none",
        ),
        "country": (
            tariffs.country,
            not tariffs.country or (len(tariffs.country) == 2 and _is_capitals(tariffs.country)),
            "two capital letters (ISO 3166-1) are needed, none for no country, or null for Home Assistant's",
        ),
        "subdivision": (
            tariffs.subdivision,
            len(tariffs.subdivision) <= 30 and tariffs.subdivision.isprintable(),
            "the part after the hyphen of an ISO 3166-2 code is needed, or nothing",
        ),
    }


def _is_capitals(code: str) -> bool:
    return code.isascii() and code.isalpha() and code.isupper()


def _demands_on_lists(tariffs: Tariffs) -> dict[str, tuple[object, bool, str]]:
    bands = [band for prices in tariffs.lists for band in prices.bands]
    amounts = [band.price_micros for band in bands]
    for prices in tariffs.lists:
        amounts += [prices.price_micros or 0, prices.fee_micros]
    starts = [prices.valid_from for prices in tariffs.lists]
    names = [prices.name for prices in tariffs.lists]
    return {
        "lists": (
            len(names),
            len(names) <= MAX_LISTS and len(bands) <= MAX_LISTS and len(tariffs.holidays) <= MAX_HOLIDAYS,
            f"at most {MAX_LISTS} lists and bands and {MAX_HOLIDAYS} holidays can be kept",
        ),
        "name": (names, all(0 < len(name) <= 100 for name in names), "1 to 100 characters are needed"),
        "valid_from": (starts, len(set(starts)) == len(starts), "each list needs a day of its own"),
        "price_micros": (
            amounts,
            all(abs(amount) <= MAX_PRICE_MICROS for amount in amounts),
            f"at most {MAX_PRICE_MICROS} either way",
        ),
        "weekdays": (
            [band.weekdays for band in bands],
            all(day in EVERY_DAY for band in bands for day in band.weekdays),
            "0 (Monday) to 6 (Sunday)",
        ),
        "from_minute": (
            [(band.from_minute, band.to_minute) for band in bands],
            all(
                0 <= band.from_minute < MINUTES_A_DAY and 0 <= band.to_minute <= MINUTES_A_DAY
                for band in bands
            ),
            "minutes of the day, 0 to 1439, and to 1440 for the end",
        ),
    }


_NO_SAMPLES: Samples = MappingProxyType({})


def cost_of(
    tariffs: Tariffs,
    growths: Iterable[Growth],
    zone: ZoneInfo,
    samples: Samples = _NO_SAMPLES,
) -> tuple[Cost | None, frozenset[Doubt]]:
    """Return the cost of energy that flowed, and whether a part's price is missing or an estimate.

    Args:
        tariffs: the price lists.
        growths: the energy; within each it flowed evenly.
        zone: whose clock the lists follow.
        samples: the prices that entities showed, by entity id, each in order of time.

    """
    growths = sorted(growths, key=lambda growth: growth.since)
    if not tariffs.currency:
        return None, frozenset()
    if not growths:
        return Cost(micros=0, currency=tariffs.currency, price_list=""), frozenset()
    total, doubts = Fraction(0), set[Doubt]()
    used: dict[str, int] = {}
    cuts = _cuts(tariffs, growths, zone, samples)
    for growth in growths:
        for since, energy_wh in _parts(growth, cuts):
            prices, price_micros, estimated = price_at(tariffs, since, zone, samples)
            if estimated:
                doubts.add(Doubt.PRICE_ESTIMATED)
            if prices is not None:
                used.setdefault(prices.name, prices.fee_micros)
            if price_micros is None:
                doubts.add(Doubt.PRICE_MISSING)
            else:
                total += energy_wh * price_micros / 1000
    if Doubt.PRICE_MISSING in doubts and not total:
        return None, frozenset({Doubt.PRICE_MISSING})
    fee_micros = next(iter(used.values()), 0)
    micros = round(total) + fee_micros
    return Cost(micros=micros, currency=tariffs.currency, price_list=", ".join(used)), frozenset(doubts)


def price_at(
    tariffs: Tariffs, moment: datetime, zone: ZoneInfo, samples: Samples = _NO_SAMPLES
) -> tuple[PriceList | None, int | None, bool]:
    """Return the list in force at an instant, its price per kWh in millionths, and if that is an estimate."""
    local = moment.astimezone(zone)
    prices = list_on(tariffs, local.date())
    if prices is None:
        return None, None, False
    if prices.entity_id is not None:
        shown, estimated = shown_at(samples.get(prices.entity_id, ()), moment)
        return prices, prices.price_micros if shown is None else shown, estimated
    minute = local.hour * 60 + local.minute
    today = _weekday(tariffs, local.date())
    before = _weekday(tariffs, date.fromordinal(local.date().toordinal() - 1))
    band = next((band for band in prices.bands if band.covers(today, before, minute)), None)
    return prices, prices.price_micros if band is None else band.price_micros, False


def list_on(tariffs: Tariffs, day: date) -> PriceList | None:
    """Return the price list in force on a local day."""
    begun = [prices for prices in tariffs.lists if prices.valid_from <= day]
    return max(begun, key=lambda prices: prices.valid_from, default=None)


def _weekday(tariffs: Tariffs, day: date) -> int:
    return SUNDAY if day in tariffs.holidays else day.weekday()


def _cuts(tariffs: Tariffs, growths: Sequence[Growth], zone: ZoneInfo, samples: Samples) -> list[datetime]:
    """Return every instant, in order, at which the price may change while the energy flowed."""
    since, until = growths[0].since, growths[-1].until
    bands = [band for prices in tariffs.lists for band in prices.bands]
    minutes = {minute for band in bands for minute in (band.from_minute, band.to_minute)}
    moments = set(boundaries(since, until, minutes, zone))
    return sorted(moments | set(changes_between(samples, since, until)))


def _parts(growth: Growth, cuts: Sequence[datetime]) -> Iterator[tuple[datetime, Fraction]]:
    """Cut a growth where the price may change; return each part's begin and energy."""
    if growth.until <= growth.since:
        yield growth.until, Fraction(growth.energy_wh)
        return
    inner = cuts[bisect_right(cuts, growth.since) : bisect_left(cuts, growth.until)]
    whole = _length(growth.since, growth.until)
    for since, until in pairwise((growth.since, *inner, growth.until)):
        yield since, growth.energy_wh * Fraction(_length(since, until), whole)


def _length(since: datetime, until: datetime) -> int:
    return (until - since) // timedelta(microseconds=1)
