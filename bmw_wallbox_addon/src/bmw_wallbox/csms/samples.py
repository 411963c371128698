"""From sampled values to samples in base units (OCPP 2.0.1 MeterValueType, part 2 appendix 2)."""

import json
import math
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from bmw_wallbox.csms.fields import Payload, mapping, number, objects, text
from bmw_wallbox.csms.timestamps import plausible
from bmw_wallbox.domain.events import Sample

DEFAULT_MEASURAND = "Energy.Active.Import.Register"
_HIGHEST_POWER_OF_TEN = 12
_LONGEST_SIGNED = 8192
"""More than SignedMeterValueType's four texts may hold together."""
_MOST_KNOWN = 256
_LONGEST_KNOWN = 256

type _Scale = tuple[float, float]
"""Factor and offset: base = value * factor + offset."""

_UNSCALED: _Scale = (1, 0)
_WATT_HOURS: dict[str, _Scale] = {"wh": _UNSCALED, "kwh": (1e3, 0)}
_VAR_HOURS: dict[str, _Scale] = {"varh": _UNSCALED, "kvarh": (1e3, 0)}
_WATTS: dict[str, _Scale] = {"w": _UNSCALED, "kw": (1e3, 0)}
_VARS: dict[str, _Scale] = {"var": _UNSCALED, "kvar": (1e3, 0)}
_VOLT_AMPERE_HOURS: dict[str, _Scale] = {"vah": _UNSCALED, "kvah": (1e3, 0)}
_AMPERES: dict[str, _Scale] = {"a": _UNSCALED, "ma": (1e-3, 0)}
_VOLTS: dict[str, _Scale] = {"v": _UNSCALED, "mv": (1e-3, 0), "kv": (1e3, 0)}
_HERTZ: dict[str, _Scale] = {"hz": _UNSCALED, "hertz": _UNSCALED, "mhz": (1e-3, 0)}
_PERCENT: dict[str, _Scale] = {"percent": _UNSCALED, "%": _UNSCALED}
_RATIO: dict[str, _Scale] = {"": _UNSCALED, "percent": (1e-2, 0), "%": (1e-2, 0)}
_CELSIUS: dict[str, _Scale] = {
    "celsius": _UNSCALED,
    "c": _UNSCALED,
    "°c": _UNSCALED,
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


class Unit(msgspec.Struct, kw_only=True, omit_defaults=True):
    """UnitOfMeasureType, read into a type."""

    unit: str | None = None
    multiplier: int | None = None


class Sampled(msgspec.Struct, kw_only=True, omit_defaults=True):
    """SampledValueType, read into a type; a field that was not sent is None."""

    value: float
    measurand: str | None = None
    phase: str | None = None
    context: str | None = None
    location: str | None = None
    unitOfMeasure: Unit | None = None  # noqa: N815  # OCPP's spelling is what travels


_NO_UNIT = Unit()


class _Labels(NamedTuple):
    """What a sampled value says beside its number."""

    measurand: str
    phase: str | None
    context: str
    location: str
    scale: _Scale | None
    """None where nothing is known of the unit, so that the value is of no use."""
    power_of_ten: int


_KNOWN: dict[tuple[object, ...], _Labels] = {}
"""Labels by what they were read from: a station says the same few all its life."""


def read_samples(payload: Payload, at: datetime) -> tuple[Sample, ...]:
    """Return every usable sampled value of the payload's meterValue list, in its order."""
    samples: list[Sample] = []
    for group in objects(payload, "meterValue"):
        taken_at = plausible(group.get("timestamp"), at)
        for sampled in _sampled(group):
            value: float | None
            if isinstance(sampled, Sampled):
                unit = sampled.unitOfMeasure or _NO_UNIT
                told = (
                    sampled.measurand,
                    sampled.phase,
                    sampled.context,
                    sampled.location,
                    unit.unit,
                    unit.multiplier or 0,
                )
                labels = _KNOWN.get(told) or _labels(msgspec.to_builtins(sampled))
                value, signed = sampled.value, None
            else:
                labels, value, signed = _labels(sampled), number(sampled, "value"), _signed(sampled)
            measurand, phase, context, location, scale, power_of_ten = labels
            if value is None or scale is None:
                continue
            if scale is not _UNSCALED or power_of_ten:
                value = _base_value(value, scale, power_of_ten)
                if not math.isfinite(value):
                    continue
            samples.append(Sample(measurand, value, taken_at, phase, context, location, signed))
    return tuple(samples)


def _sampled(group: Payload) -> Sequence[Sampled | Payload]:
    """Return the group's values: as they were read into types, or as plain objects."""
    values = group.get("sampledValue")
    if isinstance(values, list) and values and isinstance(values[0], Sampled):
        return values
    return objects(group, "sampledValue")


def _signed(sampled: Payload) -> str | None:
    if "signedMeterValue" not in sampled:
        return None
    signed = mapping(sampled, "signedMeterValue")
    raw = json.dumps(signed, separators=(",", ":")) if signed else ""
    return raw if 0 < len(raw) <= _LONGEST_SIGNED else None


def _labels(sampled: Payload) -> _Labels:
    unit, get = mapping(sampled, "unitOfMeasure"), sampled.get
    told = (
        get("measurand"),
        get("phase"),
        get("context"),
        get("location"),
        unit.get("unit"),
        unit.get("multiplier", 0),
    )
    try:
        return _KNOWN[told]
    except KeyError:
        labels = _read_labels(sampled, unit)
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        if len(repr(told)) <= _LONGEST_KNOWN:
            _KNOWN[told] = labels
        return labels
    except TypeError:  # a list or an object stands where a text belongs
        return _read_labels(sampled, unit)


def _read_labels(sampled: Payload, unit: Payload) -> _Labels:
    measurand = text(sampled, "measurand") or DEFAULT_MEASURAND
    power = number(unit, "multiplier") if "multiplier" in unit else 0.0
    usable = power is not None and abs(power) <= _HIGHEST_POWER_OF_TEN and power.is_integer()
    return _Labels(
        measurand=measurand,
        phase=text(sampled, "phase"),
        context=text(sampled, "context") or "Sample.Periodic",
        location=text(sampled, "location") or "Outlet",
        scale=_scale(measurand, (text(unit, "unit") or "wh").lower()) if usable else None,
        power_of_ten=int(power) if usable and power else 0,
    )


def _scale(measurand: str, unit: str) -> _Scale | None:
    """Return how to come to the measurand's base unit, None if there is no way.

    The schema's default unit is Wh for whatever is measured, so Wh on anything else means its base unit.
    """
    units = next((row for name, row in _UNITS if measurand.startswith(name)), None)
    return _UNSCALED if units is None else units.get(unit, _UNSCALED if unit == "wh" else None)


def _base_value(value: float, scale: _Scale, power_of_ten: int) -> float:
    factor, offset = scale
    # A negative power divides, which is exact where multiplying by 0.001 is not.
    scaled = value * float(10**power_of_ten) if power_of_ten >= 0 else value / float(10**-power_of_ten)
    return scaled * factor + offset if factor >= 1 or offset else scaled / (1 / factor)
