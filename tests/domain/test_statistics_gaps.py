"""What is filled into Home Assistant's statistics: each missing hour once, and no sum ever falls."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.domain.statistics_gaps import HourRow, filling

BEGIN = datetime(2026, 11, 1, 0, 0, tzinfo=UTC)
ENERGY = [0, 2000, 3000, 0, 1000, 500, 0, 4000]


def hour(number: int) -> datetime:
    return BEGIN + timedelta(hours=number)


def counted(energy: list[int]) -> dict[datetime, int]:
    return {hour(number): energy_wh for number, energy_wh in enumerate(energy) if energy_wh}


def whole(energy: list[int], offset_kwh: float = 100.0) -> list[HourRow]:
    """Return what Home Assistant has when nothing ever failed; its sums begin at 7."""
    rows, total = [], 0.0
    for number, energy_wh in enumerate(energy):
        total += energy_wh / 1000
        rows.append(HourRow(start=hour(number), state_kwh=offset_kwh + total, sum_kwh=7 + total))
    return rows


def sums(rows: list[HourRow]) -> dict[datetime, float]:
    return {row.start: round(row.sum_kwh, 6) for row in rows}


def filled(rows: list[HourRow], energy: list[int]) -> list[HourRow]:
    found = filling(rows, counted(energy), 100_000 + sum(energy), hour(len(energy)))
    assert found.raise_from is None
    return sorted({row.start: row for row in (*rows, *found.rows)}.values(), key=lambda row: row.start)


def test_missing_hours_get_what_flowed_in_them_and_later_sums_stay() -> None:
    rows = whole(ENERGY)
    gappy = [row for row in rows if row.start not in {hour(2), hour(3), hour(4)}]
    found = filling(gappy, counted(ENERGY), 100_000 + sum(ENERGY), hour(8))
    assert sums(list(found.rows)) == sums(rows[2:5])
    assert [row.state_kwh for row in found.rows] == [row.state_kwh for row in rows[2:5]]


def test_hours_that_stood_still_for_home_assistant_are_a_gap_too() -> None:
    rows = whole(ENERGY)
    still = [HourRow(start=hour(n), state_kwh=rows[1].state_kwh, sum_kwh=rows[1].sum_kwh) for n in (2, 4)]
    gappy = [row for row in rows if row.start not in {hour(2), hour(3), hour(4)}]
    seen = sorted((*gappy, *still), key=lambda row: row.start)
    assert sums(filled(seen, ENERGY)) == sums(rows)


def test_what_flowed_after_its_last_look_in_the_hour_before_is_not_lost() -> None:
    rows = whole(ENERGY)
    early = HourRow(start=hour(1), state_kwh=rows[1].state_kwh - 0.5, sum_kwh=rows[1].sum_kwh - 0.5)
    seen = [rows[0], early, *rows[4:]]
    found = sums(filled(seen, ENERGY))
    assert found[hour(2)] == round(rows[2].sum_kwh, 6)


def test_a_sum_that_began_anew_after_the_gap_is_raised_first() -> None:
    rows = whole(ENERGY)
    anew = [
        HourRow(start=row.start, state_kwh=row.state_kwh, sum_kwh=n / 10) for n, row in enumerate(rows[5:])
    ]
    found = filling([*rows[:2], *anew], counted(ENERGY), 100_000 + sum(ENERGY), hour(8))
    assert (found.rows, found.raise_from) == ((), hour(5))
    assert round(found.raise_kwh, 6) == round(rows[5].sum_kwh, 6)


def test_more_than_home_assistant_saw_in_all_is_not_filled_in() -> None:
    rows = whole(ENERGY)
    less = [
        HourRow(start=row.start, state_kwh=row.state_kwh, sum_kwh=rows[1].sum_kwh + 1) for row in rows[5:6]
    ]
    assert filling([*rows[:2], *less], counted(ENERGY), 100_000 + sum(ENERGY), hour(6)).rows == ()


def test_without_any_history_there_is_no_gap() -> None:
    assert filling([], counted(ENERGY), 1, hour(8)).rows == ()


def test_an_hour_that_is_not_over_is_left_to_home_assistant() -> None:
    assert filling(whole(ENERGY)[:6], counted(ENERGY), 1, hour(7) + timedelta(minutes=59)).rows == ()


energies = st.lists(st.integers(0, 20_000), min_size=2, max_size=40)


@given(energies, st.data())
def test_whatever_is_missing_is_restored_exactly_and_only_once(
    energy: list[int], data: st.DataObject
) -> None:
    rows = whole(energy)
    missing = data.draw(st.sets(st.integers(1, len(energy) - 1)))
    gappy = [row for number, row in enumerate(rows) if number not in missing]
    after = filled(gappy, energy)
    assert {row.start: row for row in rows}.items() >= {
        row.start: HourRow(start=row.start, state_kwh=row.state_kwh, sum_kwh=row.sum_kwh) for row in gappy
    }.items()
    truth = sums(rows)
    assert all(abs(truth[start] - value) < 1e-5 for start, value in sums(after).items())
    assert all(b.sum_kwh >= a.sum_kwh - 1e-9 for a, b in pairwise(after))
    again = filling(after, counted(energy), 100_000 + sum(energy), hour(len(energy)))
    assert {row.start for row in again.rows} <= {hour(n) for n in missing if not energy[n]}


@given(energies, st.data())
def test_no_energy_is_left_in_the_wrong_hour(energy: list[int], data: st.DataObject) -> None:
    missing = data.draw(st.sets(st.integers(1, len(energy) - 1)))
    gappy = [row for number, row in enumerate(whole(energy)) if number not in missing]
    after = {row.start: row.sum_kwh for row in filled(gappy, energy)}
    for number in missing:
        if energy[number]:
            assert abs(after[hour(number)] - whole(energy)[number].sum_kwh) < 1e-5
