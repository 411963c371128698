"""What a wallbox does, in Home Assistant's words: tables from OCPP's states to ours."""

import re
from collections.abc import Mapping
from enum import StrEnum

from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus

STATUSES = (
    "available",
    "ev_connected",
    "charging",
    "paused",
    "paused_by_car",
    "reserved",
    "out_of_service",
    "faulted",
)
_BY_CHARGING_STATE: Mapping[ChargingState, str] = {
    ChargingState.CHARGING: "charging",
    ChargingState.EV_CONNECTED: "ev_connected",
    ChargingState.SUSPENDED_EV: "paused_by_car",
    ChargingState.SUSPENDED_EVSE: "paused",
}
_BY_CONNECTOR_STATUS: Mapping[ConnectorStatus, str] = {
    ConnectorStatus.AVAILABLE: "available",
    ConnectorStatus.OCCUPIED: "ev_connected",
    ConnectorStatus.RESERVED: "reserved",
    ConnectorStatus.UNAVAILABLE: "out_of_service",
    ConnectorStatus.FAULTED: "faulted",
}

CHARGING_STATES: Mapping[ChargingState, str] = {
    ChargingState.CHARGING: "charging",
    ChargingState.EV_CONNECTED: "ev_connected",
    ChargingState.SUSPENDED_EV: "suspended_ev",
    ChargingState.SUSPENDED_EVSE: "suspended_evse",
    ChargingState.IDLE: "idle",
}
CONNECTOR_STATUSES: Mapping[ConnectorStatus, str] = {
    ConnectorStatus.AVAILABLE: "available",
    ConnectorStatus.OCCUPIED: "occupied",
    ConnectorStatus.RESERVED: "reserved",
    ConnectorStatus.UNAVAILABLE: "out_of_service",
    ConnectorStatus.FAULTED: "faulted",
}

TRIGGER_REASONS = (
    "Authorized",
    "CablePluggedIn",
    "ChargingRateChanged",
    "ChargingStateChanged",
    "Deauthorized",
    "EnergyLimitReached",
    "EVCommunicationLost",
    "EVConnectTimeout",
    "EVDeparted",
    "EVDetected",
    "MeterValueClock",
    "MeterValuePeriodic",
    "TimeLimitReached",
    "Trigger",
    "UnlockCommand",
    "StopAuthorized",
    "RemoteStop",
    "RemoteStart",
    "AbnormalCondition",
    "SignedDataReceived",
    "ResetCommand",
)
"""OCPP 2.0.1 TriggerReasonEnumType."""

STOPPED_REASONS = (
    "DeAuthorized",
    "EmergencyStop",
    "EnergyLimitReached",
    "EVDisconnected",
    "GroundFault",
    "ImmediateReset",
    "Local",
    "LocalOutOfCredit",
    "MasterPass",
    "Other",
    "OvercurrentFault",
    "PowerLoss",
    "PowerQuality",
    "Reboot",
    "Remote",
    "SOCLimitReached",
    "StoppedByEV",
    "TimeLimitReached",
    "Timeout",
)
"""OCPP 2.0.1 ReasonEnumType."""

_SEAM = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class LimitReason(StrEnum):
    """Who holds the charging current down."""

    NOT_ALLOWED = "not_allowed"
    """Charging is not allowed."""
    USER = "user"
    """The limit that the owner set."""
    MAXIMUM = "maximum"
    """Nobody: the limit is the highest that the installation allows."""
    STATION = "station"
    """The wallbox, or an energy manager or grid operator behind it."""
    CAR = "car"
    """The car takes less than it could."""


def snake_case(word: str) -> str:
    """Return an OCPP word as an enum state: `EVConnected` becomes `ev_connected`."""
    return _SEAM.sub("_", word).lower()


def known_word(word: str | None, known: tuple[str, ...]) -> str | None:
    """Return an OCPP word in snake case, None where OCPP knows no such word."""
    return snake_case(word) if word in known else None


def status(state: StationState) -> str | None:
    """Return what the wallbox does: as its transaction says, else as its connector, and a fault above all."""
    by_connector = _BY_CONNECTOR_STATUS.get(state.connector.status)
    if by_connector == "faulted" or state.transaction is None:
        return by_connector
    return _BY_CHARGING_STATE.get(state.transaction.charging_state, by_connector)


def is_problem(state: StationState) -> bool | None:
    """Return whether the wallbox reports a fault or cannot connect for long; None before its first word."""
    if state.alerts or state.notices or state.connector.status is ConnectorStatus.FAULTED:
        return True
    return None if state.connector.reported_at is None else False


def active_limit_a(state: StationState) -> float | None:
    """Return the current per phase that the wallbox may offer now, as far as its answers prove it."""
    proven = [profile.limit_a for profile in state.profiles.values()]
    imposed = _imposed_a(state)
    if imposed is not None:
        proven.append(imposed)
    return min(proven, default=None)


# A car's draw hovers below the limit by its own rounding and its power factor.
_CAR_MARGIN_A = 1.5


def limit_reason(state: StationState) -> LimitReason | None:
    """Return who decides on the charging current now; None while that is not proven."""
    limit = active_limit_a(state)
    if limit is None:
        return None
    if limit == _imposed_a(state) and limit < state.desired.target_a:
        return LimitReason.STATION
    if limit == 0:
        return None if state.desired.charging_allowed else LimitReason.NOT_ALLOWED
    if _car_takes_less(state, limit):
        return LimitReason.CAR
    return LimitReason.USER if limit < state.max_current_a else LimitReason.MAXIMUM


def _imposed_a(state: StationState) -> float | None:
    return None if state.station_limit is None else state.station_limit.limit_a


def _car_takes_less(state: StationState, limit_a: float) -> bool:
    if state.charging_state is ChargingState.SUSPENDED_EV:
        return True
    current = state.meter.current_a
    return (
        state.charging_state is ChargingState.CHARGING
        and current is not None
        and current < limit_a - _CAR_MARGIN_A
    )
