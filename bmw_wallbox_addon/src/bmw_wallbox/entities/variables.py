"""Entities of what a wallbox offers: rows made from its inventory (OCPP 2.0.1 B07)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isfinite

from bmw_wallbox.domain.commands import Command, SetVariable
from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.state import Inventory, StationState
from bmw_wallbox.domain.variables import is_secret, why_not_written
from bmw_wallbox.entities.description import (
    RESERVED_STATES,
    Category,
    Default,
    EntityRow,
    Platform,
    Range,
    Value,
)
from bmw_wallbox.entities.known_variables import (
    GENERIC_COMPONENT,
    KnownVariable,
    find_known,
    may_have_entity,
)
from bmw_wallbox.entities.words import snake_case

KEY_PREFIX = "var_"
MOST_KNOWN = 40
MOST_OTHERS = 20
"""Together the bound on what a wallbox can put into Home Assistant; in the order of its first report."""

_LONGEST_KEY = 100
_LONGEST_NAME = 60
_MOST_OPTIONS = 40
_HIGHEST = 1_000_000.0
"""Upper end of a number whose highest value the station does not tell."""
_WIDEST = 1e12
_NO_WORD = re.compile(r"[^A-Za-z0-9]+")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_NUMERIC = frozenset({"integer", "decimal"})

UNITS: Mapping[str, tuple[str, str | None]] = {
    "s": ("s", "duration"),
    "min": ("min", "duration"),
    "h": ("h", "duration"),
    "A": ("A", "current"),
    "V": ("V", "voltage"),
    "W": ("W", "power"),
    "kW": ("kW", "power"),
    "Wh": ("Wh", "energy"),
    "kWh": ("kWh", "energy"),
    "Hz": ("Hz", "frequency"),
    "Celsius": ("°C", "temperature"),
    "Percent": ("%", None),
}
"""OCPP's units (part 2, StandardizedUnitsOfMeasure): Home Assistant's unit and device class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """What a variable's type and mutability make of it."""

    platform: Platform
    value: Callable[[str], Value]
    """Reads the value as it is on the wire; None where it is not one."""
    options: Mapping[str, str]
    """The station's word by ours, of a select or an enum."""
    range: Range | None = None


def variable_rows(state: StationState) -> tuple[EntityRow, ...]:
    """Return the rows of what the station offers, none before its first full report."""
    return tuple(rows_by_variable(state.inventory).values())


def rows_by_variable(inventory: Inventory) -> Mapping[str, EntityRow]:
    """Return the rows by the variable's name in the inventory."""
    if inventory.complete_for_firmware is None:
        return {}
    rows: dict[str, EntityRow] = {}
    keys: set[str] = set()
    left = {True: MOST_KNOWN, False: MOST_OTHERS}
    for name, variable in inventory.variables.items():
        if not may_have_entity(variable):
            continue
        known = find_known(variable) is not None
        row = _row(replace(variable, value=None)) if left[known] > 0 else None
        if row is not None and row.key not in keys:
            rows[name] = row
            keys.add(row.key)
            left[known] -= 1
    return rows


@lru_cache(maxsize=512)
def _row(variable: Variable) -> EntityRow | None:
    """Return a variable's row, None where it gets no entity; the value plays no part."""
    known = find_known(variable)
    generic = variable.component.lower() == GENERIC_COMPONENT.lower()
    if is_secret(variable) or variable.data_type is None or not (known or generic):
        return None
    key, name = _key(variable), known.name if known else _name(variable)
    if not name or len(key) > _LONGEST_KEY:
        return None
    return _entity(variable, known, key, name)


def _entity(variable: Variable, known: KnownVariable | None, key: str, name: str) -> EntityRow:
    shape = _shape(variable)
    sensor = shape.platform is Platform.SENSOR
    measures = sensor and variable.data_type in _NUMERIC
    has_unit = measures or shape.platform is Platform.NUMBER
    told = variable.unit or (known.unit if known else None)
    unit, device_class = UNITS.get(told or "", (None, None)) if has_unit else (None, None)
    writes = shape.platform in (Platform.NUMBER, Platform.SWITCH, Platform.SELECT)
    statistics = known if known and measures and unit else None
    return EntityRow(
        key=key,
        platform=shape.platform,
        name=name,
        about=known.about if known else "One of the wallbox's own settings.",
        value=_reader(variable.name, shape.value),
        device_class="enum" if sensor and shape.options else device_class,
        state_class=statistics.state_class if statistics else None,
        precision=statistics.precision if statistics else None,
        unit=unit,
        category=Category.CONFIG if writes else Category.DIAGNOSTIC,
        icon=known.icon if known else "mdi:tune",
        options=tuple(shape.options),
        default=Default.ENABLED if known and known.enabled else Default.DISABLED,
        command=SetVariable.name if writes else None,
        read=_writer(variable.name, shape.options) if writes else None,
        range=shape.range,
        suggested_id=_slug(name),
    )


def _shape(variable: Variable) -> _Shape:
    writable = why_not_written(variable) is None
    match variable.data_type:
        case "boolean":
            platform = Platform.SWITCH if writable else Platform.BINARY_SENSOR
            return _Shape(platform=platform, value=_truth, options={})
        case "integer" | "decimal" if writable:
            low, high = _limits(variable)
            return _Shape(
                platform=Platform.NUMBER,
                value=lambda text: _number(text, low, high),
                options={},
                range=Range(low=low, high=high, step=1 if variable.data_type == "integer" else 0.1),
            )
        case "integer" | "decimal":
            return _Shape(platform=Platform.SENSOR, value=_number, options={})
        case "OptionList" if options := _options(variable.options):
            ours = {theirs: word for word, theirs in options.items()}
            platform = Platform.SELECT if writable else Platform.SENSOR
            return _Shape(platform=platform, value=ours.get, options=options)
        case _:
            return _Shape(platform=Platform.SENSOR, value=lambda text: text, options={})


def _reader(name: str, value: Callable[[str], Value]) -> Callable[[StationState], Value]:
    def read(state: StationState) -> Value:
        held = state.inventory.variables.get(name)
        return None if held is None or held.value is None else value(held.value)

    return read


def _writer(name: str, options: Mapping[str, str]) -> Callable[[str], Command]:
    """Return what makes the command; whether the value fits is decided where the station is known."""
    return lambda payload: SetVariable(variable=name, value=options.get(payload, payload))


def _truth(text: str) -> Value:
    return {"true": True, "false": False}.get(text.lower())


def _number(text: str, low: float = -_WIDEST, high: float = _WIDEST) -> Value:
    try:
        number = float(text)
    except ValueError:
        return None
    if not isfinite(number) or not low <= number <= high:
        return None
    return int(number) if number.is_integer() else number


def _limits(variable: Variable) -> tuple[float, float]:
    """Return what a number accepts; a station that tells no range, or an impossible one, gets a wide one."""
    low = 0.0 if variable.minimum is None else variable.minimum
    high = _HIGHEST if variable.maximum is None else variable.maximum
    if not -_HIGHEST <= low < high <= _HIGHEST:
        return 0.0, _HIGHEST
    return low, high


def _options(theirs: tuple[str, ...]) -> Mapping[str, str]:
    """Return the station's words by ours; nothing where ours would not tell them apart."""
    words = {_option(word): word for word in theirs}
    return words if "" not in words and len(words) == len(theirs) <= _MOST_OPTIONS else {}


def _option(word: str) -> str:
    slug = _slug(snake_case(word))
    return f"option_{slug}" if slug in RESERVED_STATES or slug[:1].isdigit() else slug


def _slug(text: str) -> str:
    return _NO_WORD.sub("_", text).strip("_").lower()


def _key(variable: Variable) -> str:
    """Return the stable key: `var_<component>_<instance>_<variable>_<instance>`, an EVSE by its number."""
    evse = f"evse{variable.evse_id}" if variable.evse_id else None
    connector = f"connector{variable.connector_id}" if variable.connector_id else None
    parts = (
        variable.component,
        variable.component_instance,
        evse,
        connector,
        variable.variable,
        variable.variable_instance,
    )
    return KEY_PREFIX + "_".join(filter(None, (_slug(snake_case(part)) for part in parts if part)))


def _name(variable: Variable) -> str:
    """Return a name in sentence case, made of the instance's and the variable's words."""
    parts = (variable.component_instance, variable.variable, variable.variable_instance)
    words = list(_words(" ".join(part for part in parts if part)))
    if not words or not words[0][0].isalpha():
        return ""
    return " ".join((words[0][0].upper() + words[0][1:], *words[1:]))[:_LONGEST_NAME].strip()


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        if "wallbox" not in word.lower():
            yield word if word.isupper() and len(word) > 1 else word.lower()
