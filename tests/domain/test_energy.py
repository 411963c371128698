"""The rules of the energy ledger, one row or one test each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bmw_wallbox.domain.energy import Ledger, Reading, Register, account, finish, with_initial_total

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 6, 10, 10, 0, tzinfo=UTC)


def read(
    register_wh: int,
    minute: float,
    transaction_id: str | None = "a",
    *,
    begin: bool = False,
    began_minute: float | None = None,
) -> Reading:
    at = NOON + timedelta(minutes=minute)
    began_at = None if began_minute is None else NOON + timedelta(minutes=began_minute)
    return Reading(
        transaction_id=transaction_id,
        register_wh=register_wh,
        at=at,
        received_at=max(at, NOON),
        begin=begin,
        began_at=began_at,
    )


def ledger_of(*readings: Reading, ledger: Ledger | None = None) -> Ledger:
    ledger = ledger or Ledger()
    for reading in readings:
        ledger = account(ledger, reading, BERLIN)
    return ledger


def sums(ledger: Ledger) -> tuple[int | None, int | None, int | None, int | None]:
    return ledger.total_wh, ledger.completed_wh, ledger.session_wh, ledger.daily_wh


A = "a"
B = "b"

CASES: dict[str, tuple[list[Reading], tuple[int, int, int, int]]] = {
    "the first reading is the total, and no growth": ([read(5000, 0)], (5000, 0, 5000, 0)),
    "a lifetime register's first reading is the total too": (
        [read(1_234_000, 0), read(1_234_500, 10)],
        (1_234_500, 0, 1_234_500, 500),
    ),
    "the first transaction counts to the day if it began before our eyes": (
        [read(0, 0, begin=True), read(900, 5)],
        (900, 0, 900, 900),
    ),
    "a begin that came without a register makes the first reading count to the day": (
        [read(900, 5, began_minute=0)],
        (900, 0, 900, 900),
    ),
    "a first register that cannot be new since the begin is a base only": (
        [read(90_000, 5, began_minute=0)],
        (90_000, 0, 90_000, 0),
    ),
    "a lifetime register's begin is the session's zero": (
        [read(80_000, 0, begin=True), read(80_700, 5)],
        (80_700, 80_000, 700, 700),
    ),
    "a register that restarts with the transaction": (
        [read(0, 0, begin=True), read(4000, 60), read(0, 90, B, begin=True), read(600, 95, B)],
        (4600, 4000, 600, 4600),
    ),
    "a restarting register whose begin was missed": (
        [read(0, 0, begin=True), read(4000, 60), read(600, 95, B)],
        (4600, 4000, 600, 4600),
    ),
    "a restarting register whose begin was missed and that is already higher": (
        [
            read(0, 0, begin=True),
            read(900, 60),
            read(0, 70, B, begin=True),
            read(600, 75, B),
            read(2000, 200, "c"),
        ],
        (3500, 1500, 2000, 3500),
    ),
    "a lifetime register goes on in the next transaction": (
        [read(80_000, 0, begin=True), read(84_000, 60), read(84_000, 90, B, begin=True), read(84_600, 95, B)],
        (84_600, 84_000, 600, 4600),
    ),
    "what a lifetime register counted before a begin belongs to no session": (
        [read(80_000, 0, begin=True), read(84_000, 60), read(86_000, 90, B, begin=True), read(86_600, 95, B)],
        (86_600, 86_000, 600, 6600),
    ),
    "a lifetime register's transaction without a begin starts at the last reading": (
        [read(80_000, 0, begin=True), read(84_000, 60), read(84_600, 95, B)],
        (84_600, 84_000, 600, 4600),
    ),
    "a lifetime register that is reset once loses nothing": (
        [
            read(80_000, 0, begin=True),
            read(84_000, 60),
            read(0, 90, B, begin=True),
            read(600, 95, B),
            read(600, 100, "c", begin=True),
            read(900, 105, "c"),
        ],
        (84_900, 84_600, 300, 4900),
    ),
    "a box that restarts within the transaction and begins it again": (
        [read(0, 0, begin=True), read(4000, 60), read(20, 70, begin=True), read(520, 75)],
        (4520, 0, 4520, 4520),
    ),
    "a box that goes on with the same transaction after a restart": (
        [read(0, 0, begin=True), read(4000, 60), read(4100, 90)],
        (4100, 0, 4100, 4100),
    ),
    "a lower register with an older time is a late event": (
        [read(0, 0, begin=True), read(4000, 60), read(3000, 45), read(0, 0, begin=True), read(4500, 70)],
        (4500, 0, 4500, 4500),
    ),
    "a register that falls by its rounding has not moved": (
        [read(0, 0, begin=True), read(400, 10), read(399, 11), read(399, 12), read(400, 13), read(410, 14)],
        (410, 0, 410, 410),
    ),
    "a single low value is held, and the next good one goes on": (
        [read(0, 0, begin=True), read(4000, 60), read(0, 61), read(4200, 62)],
        (4200, 0, 4200, 4200),
    ),
    "a single huge value is held, and the next good one goes on": (
        [read(0, 0, begin=True), read(400, 10), read(10**12, 11), read(600, 12)],
        (600, 0, 600, 600),
    ),
    "a unit slip is held": (
        [read(0, 0, begin=True), read(400, 10), read(500_000, 11), read(600_000, 12), read(700_000, 13)],
        (400, 0, 400, 400),
    ),
    "a jump that is confirmed is the new base and was not delivered": (
        [read(0, 0, begin=True), read(400, 10), read(900_000, 11), read(900_100, 12), read(900_200, 13)],
        (600, 0, 600, 600),
    ),
    "a drop that is confirmed is the new base": (
        [read(0, 0, begin=True), read(4000, 60), read(100, 61), read(300, 62), read(500, 63)],
        (4400, 0, 4400, 4400),
    ),
    "a register that counts in whole kilowatt hours loses none": (
        [
            read(0, 0, begin=True),
            *(
                read(1000 * (minute // 8), minute + second / 60)
                for minute in range(1, 33)
                for second in (0, 20, 40)
            ),
        ],
        (4000, 0, 4000, 4000),
    ),
    "values of no transaction count to the open session": (
        [read(0, 0, begin=True), read(400, 10, None), read(600, 12)],
        (600, 0, 600, 600),
    ),
    "a station that never names its transaction": (
        [
            read(0, 0, None, begin=True),
            read(400, 10, None),
            read(0, 20, None, begin=True),
            read(300, 30, None),
        ],
        (700, 400, 300, 700),
    ),
    "an older transaction with a restarting register arrives after the live one": (
        [
            read(0, 120, B, begin=True),
            read(500, 125, B),
            read(0, 0, begin=True),
            read(2000, 30),
            read(4000, 60),
            read(900, 130, B),
        ],
        (4900, 4000, 900, 4900),
    ),
    "an older transaction with a lifetime register is contained in what followed": (
        [
            read(76_000, -60, "z", begin=True),
            read(80_000, 60, B, begin=True),
            read(80_500, 125, B),
            read(76_000, -30, begin=True),
            read(80_000, 30),
        ],
        (80_500, 80_000, 500, 4500),
    ),
    "the end of a transaction arrives after the next one began": (
        [
            read(0, 0, begin=True),
            read(4000, 60),
            read(0, 90, B, begin=True),
            read(4300, 80),
            read(100, 95, B),
        ],
        (4400, 4300, 100, 4400),
    ),
    "a late transaction counts in full once it tells that the register restarts": (
        [read(3000, 120, B), read(0, 0, begin=True), read(2000, 30), read(4000, 60)],
        (7000, 4000, 3000, 4000),
    ),
    "two open transactions keep their own registers": (
        [
            read(0, 0, begin=True),
            read(1000, 60),
            read(0, 70, B, begin=True),
            read(1100, 75),
            read(100, 80, B),
            read(1200, 85),
        ],
        (1300, 100, 1200, 1300),
    ),
    "a first register beyond any household is doubted": ([read(10**12, 0), read(700, 1)], (700, 0, 700, 0)),
}


@pytest.mark.parametrize(("readings", "expected"), CASES.values(), ids=CASES.keys())
def test_rules(readings: list[Reading], expected: tuple[int, int, int, int]) -> None:
    assert sums(ledger_of(*readings)) == expected


@pytest.mark.parametrize("readings", [case[0] for case in CASES.values()], ids=CASES.keys())
def test_a_replay_of_everything_changes_nothing(readings: list[Reading]) -> None:
    once = ledger_of(*readings)
    late = max(reading.received_at for reading in readings)
    again = [replace(reading, received_at=late) for reading in readings]
    assert sums(ledger_of(*again, ledger=once)) == sums(once)


def test_nothing_read_is_nothing_known() -> None:
    assert sums(Ledger()) == (None, None, None, None)
    assert (Ledger().weekly_wh, Ledger().monthly_wh, Ledger().yearly_wh) == (None, None, None)


def test_a_doubted_reading_is_shown_until_a_good_one_follows() -> None:
    ledger = ledger_of(read(0, 0, begin=True), read(10**12, 1))
    assert ledger.suspect == read(10**12, 1)
    assert ledger_of(read(10, 2), ledger=ledger).suspect is None


def test_a_doubted_first_reading_leaves_everything_unknown() -> None:
    ledger = ledger_of(read(10**12, 0))
    assert sums(ledger) == (None, None, None, None)
    assert ledger.suspect is not None


@pytest.mark.parametrize("register_wh", [-1, 2**70])
def test_a_register_out_of_all_bounds_is_not_even_held(register_wh: int) -> None:
    assert ledger_of(read(register_wh, 0)).suspect is None


def test_the_last_session_stays_after_its_end_and_idle_growth_is_not_its_own() -> None:
    ledger = finish(ledger_of(read(80_000, 0, begin=True), read(80_500, 10)), "a")
    assert sums(ledger) == (80_500, 80_000, 500, 500)
    assert sums(ledger_of(read(80_600, 20, None), ledger=ledger)) == (80_600, 80_100, 500, 600)


def test_the_end_of_an_unknown_transaction_and_a_second_end_change_nothing() -> None:
    ledger = finish(ledger_of(read(0, 0, begin=True)), "a")
    assert finish(ledger, "a") is ledger
    assert finish(ledger, "unknown") is ledger


def test_the_register_is_understood() -> None:
    lifetime = ledger_of(read(80_000, 0, begin=True))
    restarting = ledger_of(read(0, 0, begin=True), read(900, 10), read(0, 20, B, begin=True))
    assert lifetime.register is Register.LIFETIME
    assert restarting.register is Register.PER_TRANSACTION
    assert ledger_of(read(0, 0, begin=True)).register is None


def test_an_initial_total_is_continued_from() -> None:
    ledger = with_initial_total(Ledger(), 1_500_000)
    assert sums(ledger) == (1_500_000, 1_500_000, None, None)
    ledger = ledger_of(read(80_000, 0), read(80_100, 10), ledger=ledger)
    assert sums(ledger) == (1_500_100, 1_500_000, 100, 100)


def test_an_initial_total_lifts_a_total_that_was_begun() -> None:
    ledger = with_initial_total(ledger_of(read(0, 0, begin=True), read(500, 10)), 1_500_000)
    assert sums(ledger) == (1_500_000, 1_499_500, 500, 500)


def test_an_initial_total_is_set_once_and_lowers_nothing() -> None:
    with pytest.raises(ValueError, match="less"):
        with_initial_total(ledger_of(read(500, 0)), 499)
    with pytest.raises(ValueError, match="once"):
        with_initial_total(with_initial_total(Ledger(), 1), 2)


def test_accounts_are_bounded_and_what_is_forgotten_is_not_counted_again() -> None:
    readings = [
        read(wh, 100 * number + minute, f"t{number}", begin=wh == 0)
        for number in range(50)
        for minute, wh in ((0, 0), (30, 2000))
    ]
    ledger = ledger_of(*readings)
    assert ledger.total_wh == 100_000
    assert len(ledger.accounts) == 20
    late = max(reading.received_at for reading in readings)
    tails = [read(2100, 100 * number + 31, f"t{number}") for number in range(20)]
    replayed = [replace(reading, received_at=late) for reading in (*readings, *tails)]
    assert ledger_of(*replayed, ledger=ledger) == ledger


def test_a_thousand_old_events_after_the_live_one_count_once() -> None:
    live = [read(0, 10_000, "live", begin=True), read(300, 10_002, "live")]
    old = [
        read(20 * step, 200 * number + step, f"t{number}", begin=step == 0)
        for number in range(10)
        for step in range(100)
    ]
    old = [replace(reading, received_at=live[-1].at) for reading in old]
    ledger = ledger_of(*live, *old, *old)
    assert sums(ledger) == (10 * 99 * 20 + 300, 10 * 99 * 20, 300, 300)
