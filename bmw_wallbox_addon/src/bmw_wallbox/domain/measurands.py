"""Which sampled value becomes which shown value, and how totals come out of phases.

The newest sample of each measurand and phase is held; what is shown derives from them. Values of single
phases beat the phase-less value, because a Delta box freezes that one after a change of limit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any

from bmw_wallbox.domain.events import Sample
from bmw_wallbox.domain.state import Meter

ENERGY_IMPORT = "Energy.Active.Import.Register"
CURRENT = "Current.Import"
VOLTAGE = "Voltage"
POWER = "Power.Active.Import"
NOMINAL_V = 230.0

FIELDS: Mapping[str, str] = {
    "Power.Active.Export": "power_active_export_w",
    "Power.Reactive.Import": "power_reactive_import_var",
    "Power.Reactive.Export": "power_reactive_export_var",
    "Power.Offered": "power_offered_w",
    "Power.Factor": "power_factor",
    "Energy.Active.Export.Register": "energy_active_export_wh",
    "Energy.Reactive.Import.Register": "energy_reactive_import_varh",
    "Energy.Reactive.Export.Register": "energy_reactive_export_varh",
    "Frequency": "frequency_hz",
    "Temperature": "temperature_c",
    "SoC": "soc_percent",
}
"""Measurands shown as they come, by the field of `Meter` that they fill."""

_PHASES: Mapping[str, str] = {"L1": "l1", "L2": "l2", "L3": "l3", "L1-N": "l1", "L2-N": "l2", "L3-N": "l3"}
"""A phase against neutral is that phase; L1-L2 and N are kept but stand for none."""
_KEYS: Mapping[str, tuple[tuple[str, str], ...]] = {
    measurand: tuple((phase, f"{measurand}/{phase}") for phase in ("l1", "l2", "l3"))
    for measurand in (CURRENT, VOLTAGE, POWER, *FIELDS)
}
"""Under which key each phase of a measurand is held."""
_SUMMED = frozenset(
    name for name in FIELDS if name.startswith(("Power.", "Energy.")) and name != "Power.Factor"
)
_FLOW = ("Power.", "Current.")
_IN_USE_A = 1.0
_CHARGING_A = 5.0
"""More than a car draws that does not charge; the least to charge with is 6 A."""
_STALE = timedelta(seconds=120)
"""How far two values of one measurand may lie apart and still go together."""
_SAME = timedelta(seconds=10)
"""How much older a current may be than the power that it is to prove wrong."""
_ABSURD_WH = 1e12


def remember(held: Mapping[str, Sample], samples: Iterable[Sample]) -> Mapping[str, Sample]:
    """Return the held samples with newer ones put in their place; an older one changes nothing.

    A value measured elsewhere than at the outlet never replaces the outlet's.
    """
    newest = dict(held)
    for sample in samples:
        measurand, _, at, phase, _, location, _ = sample
        key = _key(measurand, phase)
        known = newest.get(key)
        if known is None or (at >= known.at if location == known.location else _is_nearer(sample, known)):
            newest[key] = sample
    return newest


def _is_nearer(sample: Sample, known: Sample) -> bool:
    """Return whether a sample of another place counts for more than the known one, or as much and is new."""
    return (sample.location == "Outlet", sample.at) >= (known.location == "Outlet", known.at)


@lru_cache(maxsize=256)
def _key(measurand: str, phase: str | None) -> str:
    """Return under which key a sample is held."""
    return measurand if phase is None else f"{measurand}/{_PHASES.get(phase, phase)}"


def derive(
    held: Mapping[str, Sample],
    phases_used: int | None = None,
    *,
    received_at: datetime | None = None,
    current_received_at: datetime | None = None,
) -> Meter:
    """Return what the held samples say together; `phases_used` is the station's own word, if it gave one."""
    currents_told = _by_phase(held, CURRENT)
    current, voltage = _values(currents_told), _values(_by_phase(held, VOLTAGE))
    newest = max(held.values(), key=attrgetter("at"), default=None)
    in_use = sum(value >= _IN_USE_A for value in current.values())
    told = {sample.measurand for sample in held.values()}
    shown: dict[str, Any] = {
        field: _total(held, measurand) for measurand, field in FIELDS.items() if measurand in told
    }
    return Meter(
        power_w=_power(held, currents_told, voltage, phases_used or len(voltage) or 3),
        current_a=max(current.values(), default=_plain(held, CURRENT)),
        current_l1_a=current.get("l1"),
        current_l2_a=current.get("l2"),
        current_l3_a=current.get("l3"),
        voltage_v=_mean_voltage(held, voltage),
        voltage_l1_v=voltage.get("l1"),
        voltage_l2_v=voltage.get("l2"),
        voltage_l3_v=voltage.get("l3"),
        phases_used=phases_used or in_use or None,
        context=newest.context if newest else None,
        location=newest.location if newest else None,
        sampled_at=newest.at if newest else None,
        received_at=received_at,
        current_received_at=current_received_at,
        **shown,
    )


def at_rest(meter: Meter) -> Meter:
    """Return the meter of a station without a transaction: no power and no current flow."""
    return replace(
        meter,
        power_w=0.0,
        current_a=0.0,
        current_l1_a=None if meter.current_l1_a is None else 0.0,
        current_l2_a=None if meter.current_l2_a is None else 0.0,
        current_l3_a=None if meter.current_l3_a is None else 0.0,
    )


def tell_flow(samples: Iterable[Sample]) -> bool:
    """Return whether any sample says how much power or current flows."""
    return any(sample.measurand.startswith(_FLOW) for sample in samples)


def without_flow(held: Mapping[str, Sample]) -> Mapping[str, Sample]:
    """Return the held samples without those that a running transaction alone makes true."""
    return {key: sample for key, sample in held.items() if not tell_flow((sample,))}


def currents(held: Mapping[str, Sample]) -> list[Sample]:
    """Return the held samples of the current."""
    return [sample for sample in held.values() if sample.measurand == CURRENT]


def _by_phase(held: Mapping[str, Sample], measurand: str) -> Mapping[str, Sample]:
    """Return the phases' samples, without those that newer values of the measurand left behind."""
    phases = {phase: held[key] for phase, key in _KEYS[measurand] if key in held}
    if not phases:
        return phases
    times = [sample.at for sample in phases.values()]
    if measurand in held:
        times.append(held[measurand].at)
    if times.count(times[0]) == len(times):
        return phases
    stale = max(times) - _STALE
    return {phase: sample for phase, sample in phases.items() if sample.at >= stale}


def _values(phases: Mapping[str, Sample]) -> dict[str, float]:
    return {phase: sample.value for phase, sample in phases.items()}


def _plain(held: Mapping[str, Sample], measurand: str) -> float | None:
    sample = held.get(measurand)
    return None if sample is None else sample.value


def _total(held: Mapping[str, Sample], measurand: str) -> float | None:
    phases = _by_phase(held, measurand) if measurand in _SUMMED else None
    return sum(sample.value for sample in phases.values()) if phases else _plain(held, measurand)


def _mean_voltage(held: Mapping[str, Sample], voltage: Mapping[str, float]) -> float | None:
    live = [value for value in voltage.values() if value > 0]
    return round(sum(live) / len(live), 1) if live else _plain(held, VOLTAGE)


def _power(
    held: Mapping[str, Sample],
    current: Mapping[str, Sample],
    voltage: Mapping[str, float],
    phases_expected: int,
) -> float | None:
    """Return the power drawn: of the phases, else as told, unless the currents prove that value frozen."""
    phases, told = _by_phase(held, POWER), held.get(POWER)
    if phases and (told is None or len(phases) >= phases_expected):
        return max(0.0, sum(sample.value for sample in phases.values()))
    computed = sum(s.value * (voltage.get(phase) or NOMINAL_V) for phase, s in current.items())
    if told is None:
        return round(max(0.0, computed), 1) if current else None
    comparable = len(current) >= phases_expected and all(told.at - s.at <= _SAME for s in current.values())
    if comparable and _is_frozen(told.value, computed, max(s.value for s in current.values())):
        return round(computed, 1)
    return max(0.0, told.value)


def _is_frozen(told_w: float, computed_w: float, current_a: float) -> bool:
    """Return whether `told_w` cannot be: more than volts times amperes, or far less while a car charges.

    A small current may be idle (reactive) and bring no power, so that nothing follows from it.
    """
    slack_w = 200 + 0.2 * computed_w
    return told_w > computed_w + slack_w or (told_w < computed_w - slack_w and current_a >= _CHARGING_A)


def import_registers(samples: Iterable[Sample]) -> list[tuple[Sample, float]]:
    """Return the readings of the import register in order of time, Wh, phases summed where no total came.

    Where the outlet was measured, registers of other places count for nothing.
    """
    readings = [
        sample for sample in samples if sample.measurand == ENERGY_IMPORT and 0 <= sample.value <= _ABSURD_WH
    ]
    readings = [s for s in readings if s.location == "Outlet"] or readings
    totals = [(sample, sample.value) for sample in readings if sample.phase is None]
    phases: dict[datetime, dict[str, Sample]] = {}
    for sample in readings:
        if phase := _PHASES.get(sample.phase or ""):
            phases.setdefault(sample.at, {})[phase] = sample
    if not totals:
        totals = [
            (next(iter(group.values())), sum(sample.value for sample in group.values()))
            for group in phases.values()
        ]
    return sorted(totals, key=lambda pair: pair[0].at)
