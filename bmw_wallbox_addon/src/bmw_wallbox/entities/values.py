"""Values that rows and documents read from a state where a plain attribute will not do."""

from collections.abc import Mapping
from datetime import datetime
from math import isfinite

from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.tokens import masked
from bmw_wallbox.domain.vocabulary import ChargingState

_LED_VARIABLES = (("StatusLedBrightness", None), ("Brightness", "StatusLED"))


def kilo(value: float | None) -> float | None:
    """Return thousands of a unit, to a thousandth: Wh as kWh."""
    return None if value is None else round(value / 1000, 3)


def money(micros: int | None) -> float | None:
    """Return millionths of a currency's unit in that unit."""
    return None if micros is None else micros / 1_000_000


def iso(at: datetime | None) -> str | None:
    """Return a moment as ISO 8601 with its offset."""
    return None if at is None else at.isoformat()


def power_w(state: StationState) -> float | None:
    """Return the charging power, 0 while no transaction runs."""
    return 0.0 if state.transaction is None else state.meter.power_w


def current_a(state: StationState) -> float | None:
    """Return the charging current per phase, 0 while no transaction runs."""
    return 0.0 if state.transaction is None else state.meter.current_a


def phase_current_a(state: StationState, measured_a: float | None) -> float | None:
    """Return one phase's current: None if it was never reported, else 0 while no transaction runs."""
    return 0.0 if state.transaction is None and measured_a is not None else measured_a


def is_charging(state: StationState) -> bool | None:
    """Return whether energy flows by the wallbox's own word; None before its first."""
    known = state.charging_state
    return None if known is ChargingState.UNKNOWN else known is ChargingState.CHARGING


def current_limit_a(state: StationState) -> float:
    """Return the limit wished for, within what the installation allows now."""
    return float(min(state.desired.limit_a, state.max_current_a))


def led_brightness_percent(state: StationState) -> int | None:
    """Return the brightness of the status LED as the device model tells it."""
    for variable, component in _LED_VARIABLES:
        known = state.inventory.find(variable, component)
        if known is None or known.value is None:
            continue
        try:
            percent = float(known.value)
        except ValueError:
            continue
        if isfinite(percent) and 0 <= percent <= 100:
            return round(percent)
    return None


def transaction_id(state: StationState) -> str | None:
    """Return the id of the transaction that runs now."""
    return None if state.transaction is None else state.transaction.id


def token_label(state: StationState, names: Mapping[str, str]) -> str | None:
    """Return the last id token by its name, else by its last four characters.

    Args:
        state: The station.
        names: Names from the token table by id token in lower case.

    """
    token = state.last_event.id_token
    if not token:
        return None
    return names.get(token.lower()) or masked(token)
