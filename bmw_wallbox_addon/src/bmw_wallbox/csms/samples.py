"""From sampled values to samples in base units (OCPP 2.0.1 MeterValueType, part 2 appendix 2)."""

import json
import math
from collections.abc import Iterator
from datetime import datetime

from bmw_wallbox.csms.fields import Payload, mapping, number, objects, text
from bmw_wallbox.csms.timestamps import plausible
from bmw_wallbox.domain.events import Sample

DEFAULT_MEASURAND = "Energy.Active.Import.Register"
_HIGHEST_POWER_OF_TEN = 12
_LONGEST_SIGNED = 8192
"""More than SignedMeterValueType's four texts may hold together."""

type _Scale = tuple[float, float]
"""Factor and offset: base = value * factor + offset."""

_WATT_HOURS: dict[str, _Scale] = {"wh": (1, 0), "kwh": (1e3, 0)}
_VAR_HOURS: dict[str, _Scale] = {"varh": (1, 0), "kvarh": (1e3, 0)}
_WATTS: dict[str, _Scale] = {"w": (1, 0), "kw": (1e3, 0)}
_VARS: dict[str, _Scale] = {"var": (1, 0), "kvar": (1e3, 0)}
_VOLT_AMPERE_HOURS: dict[str, _Scale] = {"vah": (1, 0), "kvah": (1e3, 0)}
_AMPERES: dict[str, _Scale] = {"a": (1, 0), "ma": (1e-3, 0)}
_VOLTS: dict[str, _Scale] = {"v": (1, 0), "mv": (1e-3, 0), "kv": (1e3, 0)}
_HERTZ: dict[str, _Scale] = {"hz": (1, 0), "hertz": (1, 0), "mhz": (1e-3, 0)}
_PERCENT: dict[str, _Scale] = {"percent": (1, 0), "%": (1, 0)}
_RATIO: dict[str, _Scale] = {"": (1, 0), "percent": (1e-2, 0), "%": (1e-2, 0)}
_CELSIUS: dict[str, _Scale] = {
    "celsius": (1, 0),
    "c": (1, 0),
    "°c": (1, 0),
    "k": (1, -273.15),
    "kelvin": (1, -273.15),
    "fahrenheit": (5 / 9, -160 / 9),
}

# The first row whose name the measurand starts with decides.
_UNITS: tuple[tuple[str, dict[str, _Scale]], ...] = (
    ("Energy.Active.", _WATT_HOURS),
    ("Energy.Reactive.", _VAR_HOURS),
    ("Energy.Apparent.", _VOLT_AMPERE_HOURS),
    ("Power.Reactive.", _VARS),
    ("Power.Factor", _RATIO),
    ("Power.", _WATTS),
    ("Current.", _AMPERES),
    ("Voltage", _VOLTS),
    ("Frequency", _HERTZ),
    ("Temperature", _CELSIUS),
    ("SoC", _PERCENT),
)


def read_samples(payload: Payload, at: datetime) -> tuple[Sample, ...]:
    """Return every usable sampled value of the payload's meterValue list, in its order."""
    return tuple(
        sample
        for group in objects(payload, "meterValue")
        for sample in _group(group, plausible(group.get("timestamp"), at))
    )


def _group(group: Payload, at: datetime) -> Iterator[Sample]:
    for sampled in objects(group, "sampledValue"):
        measurand = text(sampled, "measurand") or DEFAULT_MEASURAND
        value = base_value(measurand, sampled)
        if value is not None:
            yield Sample(
                measurand=measurand,
                value=value,
                at=at,
                phase=text(sampled, "phase"),
                context=text(sampled, "context") or "Sample.Periodic",
                location=text(sampled, "location") or "Outlet",
                signed=_signed(sampled),
            )


def _signed(sampled: Payload) -> str | None:
    signed = mapping(sampled, "signedMeterValue")
    raw = json.dumps(signed, separators=(",", ":")) if signed else ""
    return raw if 0 < len(raw) <= _LONGEST_SIGNED else None


def base_value(measurand: str, sampled: Payload) -> float | None:
    """Return the value in the measurand's base unit; None where it cannot be one.

    The schema's default unit is Wh for whatever is measured, so Wh on anything else means its base unit.
    """
    value = number(sampled, "value")
    unit_of_measure = mapping(sampled, "unitOfMeasure")
    power = number(unit_of_measure, "multiplier") if "multiplier" in unit_of_measure else 0.0
    if value is None or power is None or abs(power) > _HIGHEST_POWER_OF_TEN or not power.is_integer():
        return None
    unit = (text(unit_of_measure, "unit") or "wh").lower()
    units = next((row for name, row in _UNITS if measurand.startswith(name)), None)
    if units is None:
        scale: _Scale | None = (1, 0)
    else:
        scale = units.get(unit, (1, 0) if unit == "wh" else None)
    if scale is None:
        return None
    factor, offset = scale
    exponent = int(power)
    # A negative power divides, which is exact where multiplying by 0.001 is not.
    scaled = value * 10**exponent if exponent >= 0 else value / 10**-exponent
    read = scaled * factor + offset if factor >= 1 or offset else scaled / (1 / factor)
    return read if math.isfinite(read) else None
