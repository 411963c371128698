"""What a session costs, whatever became of its events, over the nights when the clock changes too."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.domain.energy import Register
from bmw_wallbox.domain.events import AnyEvent
from bmw_wallbox.domain.sessions import Cost, Doubt
from bmw_wallbox.domain.sessions_book import rows
from bmw_wallbox.domain.sessions_energy import Growth
from bmw_wallbox.domain.tariffs import Band, PriceList, Tariffs, cost_of
from bmw_wallbox.domain.tariffs_entity import PriceSample, Samples, shown_at
from tests.domain.story import at
from tests.domain.test_sessions_properties import NOW, book_of, histories

BERLIN = ZoneInfo("Europe/Berlin")
NIGHTS = (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC))
NIGHT = Band(price_micros=120_000, from_minute=22 * 60, to_minute=2 * 60 + 30)
LISTS = (
    PriceList(name="hours", valid_from=date(2026, 1, 1), price_micros=330_000, bands=(NIGHT,)),
    PriceList(name="spot", valid_from=date(2026, 1, 1), entity_id="sensor.spot", fee_micros=50_000),
)
tariffs = st.sampled_from([Tariffs(currency="EUR", lists=(one,)) for one in LISTS])
nights = st.sampled_from(NIGHTS)
prices = st.lists(
    st.tuples(st.integers(-20_000, 90_000), st.integers(-50_000, 500_000)),
    max_size=12,
    unique_by=lambda p: p[0],
)
"""When an entity showed which price: seconds after the begin of the night."""

REGISTERS = {True: Register.LIFETIME, False: Register.PER_TRANSACTION}

type Row = tuple[int, Cost | None, frozenset[Doubt]]


def samples_of(shown: Sequence[tuple[int, int]], night: datetime) -> Samples:
    series = [PriceSample(night + timedelta(seconds=second), price) for second, price in sorted(shown)]
    return {"sensor.spot": series}


def priced(
    events: Sequence[AnyEvent], register: Register, tariff: Tariffs, night: datetime, samples: Samples
) -> dict[str | None, Row]:
    """Return energy, cost and doubts of every session, as if the first had begun with the night."""
    later = night - at(0)
    found: dict[str | None, Row] = {}
    for row, proof in rows(book_of(events), register, NOW).values():
        growths = [replace(g, since=g.since + later, until=g.until + later) for g in proof.growths]
        cost, doubts = cost_of(tariff, growths, BERLIN, samples)
        found[row.transaction_id] = (row.energy_wh, cost, doubts | set(row.doubts))
    return found


@given(histories(), tariffs, nights, prices, st.randoms(use_true_random=False), st.data())
def test_order_and_repetition_do_not_change_what_a_session_costs(
    history: tuple[list[AnyEvent], bool],
    tariff: Tariffs,
    night: datetime,
    shown: list[tuple[int, int]],
    random: Random,
    data: st.DataObject,
) -> None:
    events, lifetime = history
    shuffled = [*events, *data.draw(st.lists(st.sampled_from(events), max_size=20))]
    random.shuffle(shuffled)
    how = (REGISTERS[lifetime], tariff, night, samples_of(shown, night))
    assert priced(shuffled, *how) == priced(events, *how)


@given(histories(), tariffs, nights, prices, st.data())
def test_what_is_lost_changes_no_cost_unless_the_row_says_so(
    history: tuple[list[AnyEvent], bool],
    tariff: Tariffs,
    night: datetime,
    shown: list[tuple[int, int]],
    data: st.DataObject,
) -> None:
    events, lifetime = history
    kept = [event for event in events if data.draw(st.integers(0, 5))]
    how = (REGISTERS[lifetime], tariff, night, samples_of(shown, night))
    whole = priced(events, *how)
    for transaction_id, row in priced(kept, *how).items():
        assert row == whole[transaction_id] or row[2] - {Doubt.PRICE_MISSING, Doubt.PRICE_ESTIMATED}


@given(nights, prices, st.integers(0, 40_000), st.lists(st.integers(1, 9_000), min_size=1, max_size=4))
def test_an_entity_s_price_counts_to_the_second_over_the_change_of_the_clock(
    night: datetime, shown: list[tuple[int, int]], begin: int, lengths: list[int]
) -> None:
    samples = samples_of(shown, night)
    since = night + timedelta(seconds=begin)
    seconds = sum(lengths)
    whole = Growth(since=since, until=since + timedelta(seconds=seconds), energy_wh=seconds)
    cost, doubts = cost_of(Tariffs(currency="EUR", lists=LISTS[1:]), [whole], BERLIN, samples)
    told = [shown_at(samples["sensor.spot"], since + timedelta(seconds=n)) for n in range(seconds)]
    micros = sum(price for price, _ in told if price is not None) / 1000
    assert (Doubt.PRICE_MISSING in doubts) == any(price is None for price, _ in told)
    if cost is not None:
        assert abs(cost.micros - micros - 50_000) <= 1
        assert (Doubt.PRICE_ESTIMATED in doubts) == any(estimated for _, estimated in told)
