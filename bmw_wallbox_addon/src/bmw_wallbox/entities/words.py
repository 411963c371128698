"""What a wallbox does, in Home Assistant's words: tables from OCPP's states to ours."""

import re
from collections.abc import Mapping

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
    """Return whether it is faulty, breaks its limit or stays away for long; None before its first word."""
    told = state.alerts or state.notices or state.control_alert
    if told or state.connector.status is ConnectorStatus.FAULTED:
        return True
    return None if state.connector.reported_at is None else False
