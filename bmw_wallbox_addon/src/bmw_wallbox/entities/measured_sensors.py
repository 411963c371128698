"""Sensors of single phases, and of measurands that only some wallboxes report."""

from collections.abc import Callable, Mapping

from bmw_wallbox.domain.state import StationState
from bmw_wallbox.entities.description import Availability, Category, Default, EntityRow, Platform, Value
from bmw_wallbox.entities.values import kilo, phase_current_a

_PHASE_CURRENTS: Mapping[str, Callable[[StationState], Value]] = {
    "L1": lambda state: phase_current_a(state, state.meter.current_l1_a),
    "L2": lambda state: phase_current_a(state, state.meter.current_l2_a),
    "L3": lambda state: phase_current_a(state, state.meter.current_l3_a),
}
_PHASE_VOLTAGES: Mapping[str, Callable[[StationState], Value]] = {
    "L1": lambda state: state.meter.voltage_l1_v,
    "L2": lambda state: state.meter.voltage_l2_v,
    "L3": lambda state: state.meter.voltage_l3_v,
}


def _of_phase(
    what: str, unit: str, precision: int, phase: str, value: Callable[[StationState], Value]
) -> EntityRow:
    return EntityRow(
        key=f"{what}_{phase.lower()}",
        platform=Platform.SENSOR,
        name=f"{what.capitalize()} {phase}",
        about=f"{what.capitalize()} of phase {phase}.",
        value=value,
        device_class=what,
        state_class="measurement",
        unit=unit,
        category=Category.DIAGNOSTIC,
        precision=precision,
        default=Default.MULTI_PHASE,
    )


PHASE_SENSORS: tuple[EntityRow, ...] = (
    *(_of_phase("current", "A", 1, phase, value) for phase, value in _PHASE_CURRENTS.items()),
    *(_of_phase("voltage", "V", 0, phase, value) for phase, value in _PHASE_VOLTAGES.items()),
)


def _optional(
    key: str,
    measurand: str,
    name: str,
    value: Callable[[StationState], Value],
    *,
    unit: str | None,
    precision: int,
    device_class: str | None = None,
    icon: str | None = None,
) -> EntityRow:
    energy = measurand.startswith("Energy.")
    return EntityRow(
        key=key,
        platform=Platform.SENSOR,
        name=name,
        about=f"OCPP's {measurand}.",
        value=value,
        # A register's last reading stays true while the wallbox is away.
        availability=Availability.LEDGER if energy else Availability.MEASURED,
        device_class=device_class,
        state_class="total_increasing" if energy else "measurement",
        unit=unit,
        category=Category.DIAGNOSTIC,
        icon=icon,
        precision=precision,
        measurand=measurand,
    )


OPTIONAL_SENSORS: tuple[EntityRow, ...] = (
    _optional(
        "power_active_export",
        "Power.Active.Export",
        "Power export",
        lambda state: state.meter.power_active_export_w,
        unit="W",
        precision=0,
        device_class="power",
    ),
    _optional(
        "power_reactive_import",
        "Power.Reactive.Import",
        "Reactive power import",
        lambda state: state.meter.power_reactive_import_var,
        unit="var",
        precision=0,
        device_class="reactive_power",
    ),
    _optional(
        "power_reactive_export",
        "Power.Reactive.Export",
        "Reactive power export",
        lambda state: state.meter.power_reactive_export_var,
        unit="var",
        precision=0,
        device_class="reactive_power",
    ),
    _optional(
        "power_offered",
        "Power.Offered",
        "Power offered",
        lambda state: state.meter.power_offered_w,
        unit="W",
        precision=0,
        device_class="power",
    ),
    _optional(
        "power_factor",
        "Power.Factor",
        "Power factor",
        lambda state: state.meter.power_factor,
        unit=None,
        precision=2,
        device_class="power_factor",
    ),
    _optional(
        "energy_active_export",
        "Energy.Active.Export.Register",
        "Energy export",
        lambda state: kilo(state.meter.energy_active_export_wh),
        unit="kWh",
        precision=2,
        device_class="energy",
    ),
    # Home Assistant learned the class reactive_energy only after the oldest release that we run on.
    _optional(
        "energy_reactive_import",
        "Energy.Reactive.Import.Register",
        "Reactive energy import",
        lambda state: kilo(state.meter.energy_reactive_import_varh),
        unit="kvarh",
        precision=2,
        icon="mdi:sine-wave",
    ),
    _optional(
        "energy_reactive_export",
        "Energy.Reactive.Export.Register",
        "Reactive energy export",
        lambda state: kilo(state.meter.energy_reactive_export_varh),
        unit="kvarh",
        precision=2,
        icon="mdi:sine-wave",
    ),
    _optional(
        "frequency",
        "Frequency",
        "Frequency",
        lambda state: state.meter.frequency_hz,
        unit="Hz",
        precision=2,
        device_class="frequency",
    ),
    _optional(
        "temperature",
        "Temperature",
        "Temperature",
        lambda state: state.meter.temperature_c,
        unit="°C",
        precision=1,
        device_class="temperature",
    ),
    _optional(
        "soc",
        "SoC",
        "State of charge",
        lambda state: state.meter.soc_percent,
        unit="%",
        precision=0,
        device_class="battery",
    ),
)
