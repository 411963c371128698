"""The price that a Home Assistant entity shows: how it is read, and for how long it holds."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from bmw_wallbox.errors import InvalidPayloadError

SURE = timedelta(hours=1)
"""For how long a price that was shown is beyond doubt; one that stays is noted anew more often than this."""
HELD = timedelta(hours=6)
"""For how long it counts, as an estimate, while the entity shows nothing."""
MAX_PRICE_MICROS = 10**12
_MICROS = 1_000_000
_MONEY: Mapping[str, str] = MappingProxyType({"€": "EUR", "£": "GBP", "$": "", "kr": "", "¥": ""})
"""The currency of a sign; empty where several currencies share it."""
_HUNDREDTHS = frozenset({"c", "ct", "cent", "cents", "¢", "p", "øre", "öre", "rp", "gr", "st"})
_PER_KWH: Mapping[str, Decimal] = MappingProxyType(
    {"wh": Decimal(1000), "kwh": Decimal(1), "mwh": Decimal("0.001")}
)
_UNIT = re.compile(r"\s*(?P<money>[^\s/]+)\s*/\s*(?P<energy>[kM]?Wh)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PriceSample:
    """The price that an entity showed from an instant on."""

    at: datetime
    price_micros: int
    """Per kWh."""


type Samples = Mapping[str, Sequence[PriceSample]]


def price_micros_of(entity_id: str, shown: object, unit: object, currency: str) -> int:
    """Return the price per kWh, millionths of the currency's unit, that an entity shows.

    Raises:
        InvalidPayloadError: it is no price in that currency, in words.

    """
    found = _UNIT.fullmatch(str(unit or ""))
    if found is None:
        raise InvalidPayloadError(entity_id, unit, f"a unit such as {currency or 'EUR'}/kWh is needed")
    money = found["money"]
    hundredths = money.lower() in _HUNDREDTHS
    told = "" if hundredths else _MONEY.get(money.lower(), money.upper())
    if told not in {"", currency}:
        raise InvalidPayloadError(entity_id, unit, f"the tariffs are in {currency or 'no currency'}")
    try:
        price = (
            Decimal(str(shown))
            * _PER_KWH[found["energy"].lower()]
            * (1 if not hundredths else Decimal("0.01"))
        )
    except InvalidOperation:
        raise InvalidPayloadError(entity_id, shown, "a number is needed") from None
    if not price.is_finite() or abs(price * _MICROS) > MAX_PRICE_MICROS:
        raise InvalidPayloadError(entity_id, shown, "a price within reason is needed")
    return round(price * _MICROS)


def shown_at(samples: Sequence[PriceSample], moment: datetime) -> tuple[int | None, bool]:
    """Return the price that held at an instant, None where none did, and whether it is an estimate."""
    index = bisect_right(samples, moment, key=lambda sample: sample.at)
    if not index:
        return None, False
    sample = samples[index - 1]
    age = moment - sample.at
    return (sample.price_micros, age >= SURE) if age < HELD else (None, False)


def changes_between(samples: Samples, since: datetime, until: datetime) -> Iterator[datetime]:
    """Return every instant between, at which a price that an entity showed begins, wavers or ends."""
    for series in samples.values():
        for sample in series:
            for at in (sample.at, sample.at + SURE, sample.at + HELD):
                if since < at < until:
                    yield at
