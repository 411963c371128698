"""How much current may flow now, and who decides on it."""

from datetime import timedelta
from enum import StrEnum

from bmw_wallbox.domain.poison import LEAST_A
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ChargingState, ProfilePurpose

CAR_MARGIN_A = 1.5
"""A car's draw hovers below the limit by its own rounding and its power factor."""
_REACTION = timedelta(seconds=30)
"""How long a wallbox may take to resume before somebody else is said to hold it."""
_LOCAL = "LocalSmartChargingCtrlr"


class LimitReason(StrEnum):
    """Who holds the charging current down."""

    NOT_ALLOWED = "not_allowed"
    """Charging is not allowed."""
    SAFETY = "safety"
    """The app holds the wallbox at 0 A, since it did not keep to its limit."""
    CARD = "card"
    """The limit of the card that pays for the charge."""
    USER = "user"
    """The limit that the owner set."""
    OFFLINE_DEFAULT = "offline_default"
    """The limit that the wallbox keeps while it is not connected."""
    MAXIMUM = "maximum"
    """Nobody: the limit is the highest that the owner's options allow."""
    HARDWARE = "hardware"
    """What the wallbox or its breaker can carry."""
    STATION = "station"
    """The wallbox, or an energy manager or grid operator behind it."""
    SCHEDULE = "schedule"
    """The wallbox's own timetable."""
    CAR = "car"
    """The car takes less than it could."""


def active_limit_a(state: StationState) -> float | None:
    """Return the current per phase that the wallbox may offer now, as far as its answers prove it."""
    if state.station_cap:
        return 0.0
    proven = _proven_a(state)
    others = (_imposed_a(state), _hardware_a(state) if proven else None)
    return min((*proven, *(limit for limit in others if limit is not None)), default=None)


def limit_reason(state: StationState) -> LimitReason | None:
    """Return who decides on the charging current now; None while that is not proven."""
    limit, wish = active_limit_a(state), state.desired
    if state.station_cap or limit is None:
        return LimitReason.SAFETY if state.station_cap else None
    if limit < wish.target_a and limit in (imposed := (_imposed_a(state), _hardware_a(state))):
        return LimitReason.STATION if limit == imposed[0] else LimitReason.HARDWARE
    if limit == 0:
        return None if wish.charging_allowed else LimitReason.NOT_ALLOWED
    if limit >= LEAST_A and _pauses_by_itself(state):
        return LimitReason.SCHEDULE if _has_timetable(state) else LimitReason.STATION
    if _takes_less(state, limit):
        return LimitReason.STATION if _limits_itself(state) else LimitReason.CAR
    if not state.connected:
        return LimitReason.OFFLINE_DEFAULT
    if wish.card_limit_a is not None and limit <= wish.card_limit_a < wish.limit_a:
        return LimitReason.CARD
    return LimitReason.USER if limit < state.max_current_a else LimitReason.MAXIMUM


def _proven_a(state: StationState) -> list[float]:
    """Return the limits that lead: a transaction's own profile overrules the default one (K, §3.5)."""
    held, running = dict(state.profiles), state.transaction
    own = held.pop(ProfilePurpose.TX, None)
    leads = own is not None and running is not None and own.transaction_id == running.id
    if own is not None and leads and (state.connected or own.valid_for_s is None):
        held[ProfilePurpose.TX_DEFAULT] = own
    return [profile.limit_a for profile in held.values()]


def _imposed_a(state: StationState) -> float | None:
    return None if state.station_limit is None else state.station_limit.limit_a


def _hardware_a(state: StationState) -> float | None:
    """Return what the device model says of the wallbox and of its breaker (appendix, MaxCurrent)."""
    box = state.inventory.find("ACCurrent", "ChargingStation")
    breaker = state.inventory.find("MaxCurrent", "MainCircuitBreaker")
    told = (box and box.maximum, breaker and _number(breaker.value))
    return min((limit for limit in told if limit), default=None)


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _pauses_by_itself(state: StationState) -> bool:
    """Return whether a car stays paused although our limit, accepted long before, would let it charge."""
    if not state.connected or state.charging_state is not ChargingState.SUSPENDED_EVSE:
        return False
    last = state.last_message_at
    return last is not None and all(last - held.accepted_at > _REACTION for held in state.profiles.values())


def _has_timetable(state: StationState) -> bool:
    """Return whether its own timetable is switched on, and nothing else of its own that could pause."""
    return _is_on(state, "ScheduledCharging") and not _is_on(state, "DLC") and not _is_on(state, "PV")


def _is_on(state: StationState, feature: str) -> bool:
    return any(
        held.component == _LOCAL and held.component_instance == feature and held.variable == "Enabled"
        for held in state.inventory.variables.values()
        if (held.value or "").lower() == "true"
    )


def _limits_itself(state: StationState) -> bool:
    """Return whether the wallbox's own load management says that it acts."""
    acts = state.inventory.find("ChargingPowerLimited", _LOCAL)
    return acts is not None and (acts.value or "").lower() == "true"


def _takes_less(state: StationState, limit_a: float) -> bool:
    if state.charging_state is ChargingState.SUSPENDED_EV:
        return True
    current = state.meter.current_a
    return (
        state.charging_state is ChargingState.CHARGING
        and current is not None
        and current < limit_a - CAR_MARGIN_A
    )
