"""The share of a charge that did not come from the grid: never more than can be known."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.domain.sessions_energy import Growth
from bmw_wallbox.domain.sessions_solar import HOLDS, GridSample, import_w_of, solar_wh
from bmw_wallbox.errors import InvalidPayloadError

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def grid(*samples: tuple[float, int]) -> list[GridSample]:
    return [GridSample(at=at(second), import_w=import_w) for second, import_w in samples]


def growth(since: float, until: float, energy_wh: int) -> Growth:
    return Growth(since=at(since), until=at(until), energy_wh=energy_wh)


@pytest.mark.parametrize(("import_w", "solar"), [(0, 600), (-3000, 600), (3600, 300), (7200, 0), (20_000, 0)])
def test_what_the_grid_gave_is_not_solar(import_w: int, solar: int) -> None:
    samples = grid((0, import_w), (200, import_w))
    assert solar_wh([growth(0, 300, 600)], samples) == solar


def test_a_change_inside_counts_from_its_moment() -> None:
    assert solar_wh([growth(0, 240, 400)], grid((0, 0), (120, 6000))) == 200


@pytest.mark.parametrize(
    "samples",
    [
        (),
        ((1, 0),),
        ((0, 0), (HOLDS.total_seconds() + 1, 0)),
        ((-HOLDS.total_seconds(), 0),),
    ],
)
def test_where_the_meter_was_silent_nothing_is_claimed(samples: tuple[tuple[float, int], ...]) -> None:
    assert solar_wh([growth(0, HOLDS.total_seconds() + 30, 600)], grid(*samples)) is None


steps = st.lists(st.tuples(st.integers(1, 250), st.integers(-9000, 9000)), min_size=2, max_size=20)


@given(steps, st.lists(st.integers(0, 500), min_size=1, max_size=8))
def test_the_share_is_between_nothing_and_all(gaps: list[tuple[int, int]], energies: list[int]) -> None:
    second, samples = 0, [(0.0, gaps[0][1])]
    for gap, import_w in gaps:
        second += gap
        samples.append((second, import_w))
    length = second / len(energies)
    growths = [growth(n * length, (n + 1) * length, energy) for n, energy in enumerate(energies)]
    found = solar_wh(growths, grid(*samples))
    assert found is not None
    assert 0 <= found <= sum(energies) + 1


@pytest.mark.parametrize(
    ("shown", "unit", "inverted", "watts"),
    [("1500", "W", False, 1500), ("-1.5", "kW", False, -1500), ("1.5", "kW", True, -1500)],
)
def test_power_is_read_in_its_unit(*, shown: str, unit: str, inverted: bool, watts: int) -> None:
    assert import_w_of("sensor.grid", shown, unit, inverted=inverted) == watts


@pytest.mark.parametrize(("shown", "unit"), [("1", "kWh"), ("much", "W"), ("nan", "W"), ("1e12", "W")])
def test_what_is_no_power_is_refused(shown: str, unit: str) -> None:
    with pytest.raises(InvalidPayloadError):
        import_w_of("sensor.grid", shown, unit, inverted=False)
