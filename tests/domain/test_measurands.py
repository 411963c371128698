"""What is shown follows the newest samples, and the phases rather than a total that may be frozen."""

import pytest

from bmw_wallbox.domain.events import Sample
from bmw_wallbox.domain.measurands import derive, import_registers, remember
from bmw_wallbox.domain.state import Meter
from tests.domain.story import current, energy, power, sample, voltage


def shown(*samples: Sample, phases_used: int | None = None) -> Meter:
    return derive(remember({}, samples), phases_used)


def test_nothing_reported_is_nothing_shown() -> None:
    assert shown() == Meter()


def test_phases_are_shown_each_and_the_highest_current_counts() -> None:
    meter = shown(*current(0, 10, 16, 12), *voltage(0, 229, 230, 231))
    assert (meter.current_l1_a, meter.current_l2_a, meter.current_l3_a) == (10, 16, 12)
    assert (meter.current_a, meter.voltage_v, meter.phases_used) == (16, 230.0, 3)


def test_a_phase_less_current_that_froze_loses_against_the_phases() -> None:
    meter = shown(sample(0, "Current.Import", 32), *current(0, 6, 6, 6))
    assert meter.current_a == 6


def test_a_phase_less_value_counts_where_the_phases_are_long_gone() -> None:
    meter = shown(*current(0, 6, 6, 6), sample(121, "Current.Import", 16))
    assert (meter.current_a, meter.current_l1_a) == (16, None)


def test_a_phase_that_is_not_reported_any_more_stops_counting() -> None:
    samples = (*current(0, 16, 16, 16), *current(300, 16))
    meter = shown(*samples, *voltage(300, 230, 230, 230), power(300, 3680))
    assert (meter.current_l1_a, meter.current_l2_a, meter.phases_used, meter.power_w) == (16, None, 1, 3680)


def test_a_phase_against_neutral_is_that_phase() -> None:
    meter = shown(sample(0, "Voltage", 230, "L1-N"), sample(0, "Current.Import", 9, "L1-N"))
    assert (meter.voltage_l1_v, meter.voltage_v, meter.current_l1_a) == (230, 230, 9)


@pytest.mark.parametrize("phase", ["L1-L2", "L2-L3", "N", "L4"])
def test_a_voltage_between_phases_and_the_neutral_are_no_phase(phase: str) -> None:
    meter = shown(*voltage(0, 230), sample(0, "Voltage", 400, phase), sample(0, "Current.Import", 3, phase))
    assert (meter.voltage_v, meter.voltage_l1_v, meter.current_a) == (230, 230, None)


def test_an_idle_phase_does_not_lower_the_voltage() -> None:
    assert shown(*voltage(0, 230, 0, 0)).voltage_v == 230


def test_an_older_sample_changes_nothing() -> None:
    held = remember({}, (power(10, 7000),))
    assert remember(held, (power(9, 100),)) == held
    assert remember(held, (power(10, 7001),)) != held


def test_another_place_never_replaces_the_outlet() -> None:
    inlet = sample(5, "Voltage", 241, location="Inlet")
    outlet = sample(0, "Voltage", 230)
    for order in ((inlet, outlet), (outlet, inlet)):
        assert shown(*order).voltage_v == 230
    assert shown(inlet).voltage_v == 241


@pytest.mark.parametrize(
    ("samples", "phases_used", "power_w"),
    [
        ((power(0, 11000),), None, 11000),
        ((power(0, 3680, "L1"), power(0, 3600, "L2"), power(0, 3700, "L3")), None, 10980),
        ((power(0, 9999), power(0, 3680, "L1"), power(0, 3600, "L2"), power(0, 3700, "L3")), None, 10980),
        ((power(0, 3680, "L1"),), None, 3680),
        ((power(0, 11000), power(0, 3680, "L1")), 3, 11000),
        ((power(0, -50),), None, 0),
        # volts times amperes, where nothing else is told
        ((*current(0, 10), *voltage(0, 240)), None, 2400),
        ((*current(0, 10, 10, 10),), None, 6900),
        # a frozen total against the sum of the phases
        ((power(0, 7360), *current(0, 6, 6, 6), *voltage(0, 230, 230, 230)), None, 4140),
        ((power(0, 1380), *current(0, 16, 16, 16), *voltage(0, 230, 230, 230)), None, 11040),
        ((power(0, 7360), *current(0, 6), *voltage(0, 230)), None, 1380),
        ((power(0, 7360), *current(0, 0, 0, 0)), None, 0),
        # a total that fits is more exact than the sum
        ((power(0, 3900), *current(0, 6, 6, 6), *voltage(0, 230, 230, 230)), None, 3900),
        # one phase of three says nothing about all
        ((power(0, 11000), *current(0, 16)), None, 11000),
        ((power(0, 11000), *current(0, 16), *voltage(0, 230)), 3, 11000),
        # an idle car draws current without power
        ((power(0, 15), *current(0, 1.2, 1.2, 1.2), *voltage(0, 230, 230, 230)), None, 15),
        # currents from before prove nothing about a power of now
        ((*current(0, 16, 16, 16), power(60, 2000)), None, 2000),
    ],
)
def test_power(samples: tuple[Sample, ...], phases_used: int | None, power_w: float) -> None:
    assert shown(*samples, phases_used=phases_used).power_w == power_w


@pytest.mark.parametrize(
    ("currents", "told", "phases_used"),
    [
        ((16,), None, 1),
        ((16, 0.2, 0.1), None, 1),
        ((16, 16, 16), None, 3),
        ((0, 0, 0), None, None),
        ((), 2, 2),
    ],
)
def test_the_phases_in_use_are_told_or_counted(
    currents: tuple[float, ...], told: int | None, phases_used: int | None
) -> None:
    assert shown(*current(0, *currents), phases_used=told).phases_used == phases_used


def test_other_measurands_are_shown_as_they_come() -> None:
    meter = shown(
        sample(0, "SoC", 80),
        sample(0, "Temperature", 31),
        sample(0, "Power.Active.Export", 100, "L1"),
        sample(0, "Power.Active.Export", 200, "L2"),
        sample(0, "Vendor.Thing", 7),
    )
    assert (meter.soc_percent, meter.temperature_c, meter.power_active_export_w) == (80, 31, 300)


def wh(*samples: Sample) -> list[float]:
    return [register_wh for _, register_wh in import_registers(samples)]


@pytest.mark.parametrize(
    ("samples", "registers"),
    [
        ((energy(9, 300), energy(0, 100), energy(5, 200)), [100, 200, 300]),
        ((energy(0, 10, phase="L1"), energy(0, 20, phase="L2"), energy(0, 30, phase="L3")), [60]),
        ((energy(0, 60), energy(0, 10, phase="L1"), energy(0, 20, phase="L2")), [60]),
        ((energy(0, 10, phase="L1"), energy(0, 10, phase="L1-N")), [10]),
        ((energy(0, 10, phase="N"),), []),
        ((energy(0, -1), energy(0, float("nan")), energy(0, float("inf")), power(0, 5)), []),
        ((energy(0, 100), energy(0, 9000, location="Inlet")), [100]),
        ((energy(0, 9000, location="Inlet"),), [9000]),
    ],
)
def test_registers_come_in_order_and_no_energy_comes_twice(
    samples: tuple[Sample, ...], registers: list[float]
) -> None:
    assert wh(*samples) == registers
