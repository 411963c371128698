"""What holds for every history of readings: nothing falls, nothing is lost, nothing is counted twice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.domain.energy import Ledger, Reading, account, roll
from bmw_wallbox.domain.periods import boundaries

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 27, 6, 0, tzinfo=UTC)
PERIODS = ("daily", "weekly", "monthly", "yearly")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    minutes: int
    growth_wh: int


steps = st.tuples(st.integers(1, 300), st.floats(0, 1)).map(
    lambda pair: Step(minutes=pair[0], growth_wh=int(22_000 * pair[0] / 60 * pair[1]))
)
sessions = st.lists(st.lists(steps, max_size=6), min_size=1, max_size=8)
"""Charging sessions: for each, what was delivered after its begin, minutes by minutes."""


def readings_of(history: Sequence[Sequence[Step]], lifetime_wh: int | None) -> list[Reading]:
    """Tell a history by a register that restarts (None), or that showed `lifetime_wh` before it."""
    readings: list[Reading] = []
    at, register_wh = START, lifetime_wh or 0
    for number, session in enumerate(history):
        at += timedelta(minutes=7)
        register_wh = register_wh if lifetime_wh is not None else 0
        for index, step in enumerate((Step(minutes=0, growth_wh=0), *session)):
            at += timedelta(minutes=step.minutes)
            register_wh += step.growth_wh
            readings.append(
                Reading(
                    transaction_id=f"t{number}",
                    register_wh=register_wh,
                    at=at,
                    received_at=at,
                    begin=index == 0,
                )
            )
    return readings


def delivered_wh(history: Sequence[Sequence[Step]]) -> int:
    return sum(step.growth_wh for session in history for step in session)


def ledger_of(readings: Sequence[Reading], ledger: Ledger | None = None) -> Ledger:
    ledger = ledger or Ledger()
    for reading in readings:
        ledger = account(ledger, reading, BERLIN)
    return ledger


def replayed(readings: Sequence[Reading]) -> list[Reading]:
    """Return readings as they arrive again, all after the newest of them."""
    received_at = max(reading.received_at for reading in readings)
    return [replace(reading, received_at=received_at) for reading in readings]


wild = st.builds(
    lambda number, minute, late, **values: Reading(
        transaction_id=None if number is None else f"t{number}",
        at=START + timedelta(minutes=minute),
        received_at=START + timedelta(minutes=minute + late),
        **values,
    ),
    number=st.none() | st.integers(0, 5),
    minute=st.integers(0, 20_000),
    late=st.integers(-2, 5000),
    register_wh=st.integers(0, 5000) | st.integers(0, 10**6) | st.integers(0, 10**12),
    begin=st.booleans(),
    offline=st.booleans(),
)


@given(st.lists(wild, max_size=30))
def test_whatever_comes_the_total_never_falls_and_is_the_sum_of_its_parts(readings: list[Reading]) -> None:
    ledger, total_wh = Ledger(), 0
    for reading in readings:
        ledger = account(ledger, reading, BERLIN)
        assert (ledger.total_wh or 0) >= total_wh
        total_wh = ledger.total_wh or 0
        if ledger.total_wh is not None:
            assert ledger.completed_wh is not None
            assert ledger.session_wh is not None
            assert ledger.completed_wh >= 0
            assert ledger.session_wh >= 0
            assert ledger.total_wh == ledger.completed_wh + ledger.session_wh


@given(sessions, st.integers(0, 10**7))
def test_both_kinds_of_register_count_what_was_delivered(history: list[list[Step]], offset_wh: int) -> None:
    restarting = ledger_of(readings_of(history, None))
    lifetime = ledger_of(readings_of(history, offset_wh))
    assert restarting.total_wh == delivered_wh(history)
    assert lifetime.total_wh == offset_wh + delivered_wh(history)
    assert restarting.session_wh == lifetime.session_wh == delivered_wh(history[-1:])


@given(sessions, st.none() | st.integers(201, 10**7))
def test_the_periods_sum_up_to_the_growth(history: list[list[Step]], offset_wh: int | None) -> None:
    ledger = Ledger()
    closed = dict.fromkeys(PERIODS, 0)
    for reading in readings_of(history, offset_wh):
        rolled = roll(ledger, reading.received_at, BERLIN)
        for name in PERIODS:
            if getattr(rolled, name).since != getattr(ledger, name).since:
                closed[name] += getattr(ledger, name).energy_wh
        ledger = account(rolled, reading, BERLIN)
    for name in PERIODS:
        assert closed[name] + getattr(ledger, name).energy_wh == delivered_wh(history)


@given(sessions, st.none() | st.integers(0, 10**7), st.randoms(use_true_random=False))
def test_a_replay_in_any_order_changes_nothing(
    history: list[list[Step]], offset_wh: int | None, random: Random
) -> None:
    readings = readings_of(history, offset_wh)
    once = ledger_of(readings)
    again = replayed(readings) * 2
    random.shuffle(again)
    assert ledger_of(again, once) == once


@given(sessions, st.none() | st.integers(0, 10**7), st.randoms(use_true_random=False))
def test_repetitions_on_the_way_change_nothing(
    history: list[list[Step]], offset_wh: int | None, random: Random
) -> None:
    readings = readings_of(history, offset_wh)
    ledger = Ledger()
    for index, reading in enumerate(readings):
        ledger = account(ledger, reading, BERLIN)
        repeated = replace(random.choice(readings[: index + 1]), received_at=reading.received_at)
        assert account(ledger, repeated, BERLIN) == ledger


@given(sessions, st.none() | st.integers(0, 10**7), st.randoms(use_true_random=False))
def test_readings_lost_on_the_way_cost_nothing_that_a_later_one_shows(
    history: list[list[Step]], offset_wh: int | None, random: Random
) -> None:
    readings = readings_of(history, offset_wh)
    last = {reading.transaction_id: reading for reading in readings}
    kept = [
        reading
        for reading in readings
        if reading.begin or reading is last[reading.transaction_id] or random.random() < 0.5
    ]
    assert ledger_of(kept).total_wh == ledger_of(readings).total_wh


@given(sessions, st.none() | st.integers(0, 10**7), st.integers(0, 60))
def test_a_restart_in_the_middle_changes_nothing(
    history: list[list[Step]], offset_wh: int | None, cut: int
) -> None:
    readings = readings_of(history, offset_wh)
    stored = msgspec.json.encode(ledger_of(readings[:cut]))
    restored = msgspec.json.decode(stored, type=Ledger)
    assert ledger_of(readings[cut:], restored) == ledger_of(readings)


@given(sessions, st.integers(1, 7))
def test_transactions_that_arrive_after_newer_ones_count_once(history: list[list[Step]], cut: int) -> None:
    readings = readings_of(history, None)
    live = [reading for reading in readings if int(str(reading.transaction_id)[1:]) >= cut]
    old = [reading for reading in replayed(readings) if int(str(reading.transaction_id)[1:]) < cut]
    if not live:
        return
    ledger = ledger_of([*live, *old, *old])
    tiny = 11 * cut  # what a session cannot prove about its register while it moved by no more than jitter
    assert delivered_wh(history) - tiny <= (ledger.total_wh or 0) <= delivered_wh(history)
    assert ledger.session_wh == delivered_wh(history[-1:])


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2045, 1, 1)),  # noqa: DTZ001 - the strategy takes naive limits
    st.sampled_from(
        ["Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "Pacific/Apia", "UTC"]
    ),
)
def test_every_instant_lies_in_its_periods(naive: datetime, name: str) -> None:
    zone, now = ZoneInfo(name), naive.replace(tzinfo=UTC)
    today = now.astimezone(zone).date()
    starts = boundaries(now, zone)
    assert all(start <= now for start in starts.values())
    assert starts["daily"].astimezone(zone).date() == today
    assert (starts["daily"] - timedelta(seconds=1)).astimezone(zone).date() < today
    assert starts["weekly"].astimezone(zone).isocalendar()[:2] == today.isocalendar()[:2]
    assert starts["yearly"] <= starts["monthly"] <= starts["daily"]
