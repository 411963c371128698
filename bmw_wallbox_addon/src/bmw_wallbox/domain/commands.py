"""What people ask for, in the imperative, whoever they are: Home Assistant, the panel or a script."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import ClassVar, Literal

from bmw_wallbox.errors import InvalidPayloadError

_LONGEST_NAME = 300
"""More than two names with their instances have."""

type ResetWhen = Literal["on_idle", "immediate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCharging:
    """Allow charging, and begin at once where a car is there."""

    name: ClassVar[str] = "start_charging"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopCharging:
    """Disallow charging: pause by a limit of 0 A, the transaction lives on."""

    name: ClassVar[str] = "stop_charging"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCurrentLimit:
    """Wish for another current limit per phase."""

    name: ClassVar[str] = "set_current_limit"
    limit_a: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLedBrightness:
    """Set the brightness of the status LED."""

    name: ClassVar[str] = "set_led_brightness"
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVariable:
    """Write one variable of the device model, named as the inventory names it (OCPP 2.0.1 B05)."""

    name: ClassVar[str] = "set_variable"
    variable: str
    """`Component[.instance]/Variable[.instance]`."""
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTransaction:
    """End the running transaction for good (RequestStopTransaction)."""

    name: ClassVar[str] = "end_transaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """Ask the station for fresh values and for its inventory."""

    name: ClassVar[str] = "refresh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """Reboot the station (OCPP 2.0.1 B11, B12)."""

    name: ClassVar[str] = "restart"
    when: ResetWhen = "on_idle"


type Command = (
    StartCharging
    | StopCharging
    | SetCurrentLimit
    | SetLedBrightness
    | SetVariable
    | EndTransaction
    | Refresh
    | Restart
)


def parse_command(name: str, value: object = None, *, max_limit_a: float = 32) -> Command:
    """Return the command called `name` with `value`, as the HTTP API and Home Assistant send them.

    `allow_charging` takes a truth value and means start or stop. A current limit is 6 A up to `max_limit_a`.
    `set_variable` takes `{"name", "value"}`; whether the value fits, the station's inventory tells later.

    Raises:
        InvalidPayloadError: no such command, or a value that it cannot use.

    """
    parser = _PARSERS.get(name)
    if parser is None:
        raise InvalidPayloadError("command", name, f"known are {', '.join(sorted(_PARSERS))}")
    return parser(value, max_limit_a)


def _number(key: str, value: object, low: float, high: float, unit: str) -> float:
    expected = f"a number from {low:g} to {high:g} {unit} is needed"
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise InvalidPayloadError(key, value, expected)
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise InvalidPayloadError(key, value, expected) from None
    if not isfinite(number) or not low <= number <= high:
        raise InvalidPayloadError(key, value, expected)
    return number


_TRUTHS: Mapping[object, bool] = {
    True: True,
    False: False,
    "ON": True,
    "OFF": False,
    "true": True,
    "false": False,
}


def _allow(value: object, _max_limit_a: float) -> Command:
    key = value if isinstance(value, (bool, str)) else None
    if key not in _TRUTHS:
        raise InvalidPayloadError("allow_charging", value, "true or false is needed")
    return StartCharging() if _TRUTHS[key] else StopCharging()


def _limit(value: object, max_limit_a: float) -> Command:
    return SetCurrentLimit(limit_a=round(_number("current_limit", value, 6, max_limit_a, "A"), 1))


def _brightness(value: object, _max_limit_a: float) -> Command:
    return SetLedBrightness(percent=round(_number("led_brightness", value, 0, 100, "%")))


def _variable(value: object, _max_limit_a: float) -> Command:
    name, wanted = (value.get("name"), value.get("value")) if isinstance(value, Mapping) else (None, None)
    if isinstance(wanted, bool):
        wanted = "true" if wanted else "false"
    if isinstance(wanted, (int, float)):
        wanted = str(wanted)
    if not isinstance(name, str) or not name or not isinstance(wanted, str):
        raise InvalidPayloadError("set_variable", name, "an object with name and value is needed")
    return SetVariable(variable=name[:_LONGEST_NAME], value=wanted)


def _restart(value: object, _max_limit_a: float) -> Command:
    when: Mapping[object, ResetWhen] = {
        None: "on_idle",
        "PRESS": "on_idle",
        "on_idle": "on_idle",
        "immediate": "immediate",
    }
    if not isinstance(value, (str, type(None))) or value not in when:
        raise InvalidPayloadError("restart", value, "on_idle or immediate is needed")
    return Restart(when=when[value])


_PARSERS: Mapping[str, Callable[[object, float], Command]] = {
    "start_charging": lambda _value, _max: StartCharging(),
    "stop_charging": lambda _value, _max: StopCharging(),
    "allow_charging": _allow,
    "set_current_limit": _limit,
    "set_led_brightness": _brightness,
    "set_variable": _variable,
    "end_transaction": lambda _value, _max: EndTransaction(),
    "refresh": lambda _value, _max: Refresh(),
    "restart": _restart,
}
