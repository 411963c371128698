"""The messages that a box sends of its own accord, as payloads."""

from datetime import datetime
from itertools import count

from .car import MIN_CURRENT_A, Car
from .quirks import BoxProfile
from .rpc import Json
from .schedule import NOMINAL_V
from .transaction import EVSE, stamp

_TRANSFER = {1: "AC_single_phase", 2: "AC_two_phase", 3: "AC_three_phase"}
_event_ids = count(1)


def boot(quirks: BoxProfile, reason: str) -> Json:
    """Return BootNotification (B01)."""
    return {
        "reason": reason,
        "chargingStation": {
            "vendorName": quirks.vendor,
            "model": quirks.model,
            "serialNumber": quirks.serial,
            "firmwareVersion": quirks.firmware,
        },
    }


def status(connector_status: str, at: datetime) -> Json:
    """Return StatusNotification of the only connector (G01)."""
    return {"timestamp": stamp(at), "connectorStatus": connector_status, "evseId": 1, "connectorId": 1}


def security_event(kind: str, at: datetime) -> Json:
    """Return SecurityEventNotification (A04)."""
    return {"type": kind, "timestamp": stamp(at), "techInfo": "simulated"}


def charging_needs(car: Car) -> Json:
    """Return NotifyEVChargingNeeds of an AC car (K15)."""
    return {
        "evseId": 1,
        "chargingNeeds": {
            "requestedEnergyTransfer": _TRANSFER[car.phases],
            "acChargingParameters": {
                "energyAmount": round(car.energy_wanted_wh),
                "evMinCurrent": round(MIN_CURRENT_A),
                "evMaxCurrent": round(car.max_current_a),
                "evMaxVoltage": round(NOMINAL_V),
            },
        },
    }


def charging_limit() -> Json:
    """Return NotifyChargingLimit from the system operator, without a schedule (K12)."""
    return {"chargingLimit": {"chargingLimitSource": "SO", "isGridCritical": False}}


def aggregation(instance: str, power_w: float, at: datetime) -> Json:
    """Return NotifyEvent of a periodic monitor on the aggregated power of the charger (N07)."""
    payload = _event(
        at=at,
        trigger="Periodic",
        value=f"{power_w:.6f}",
        component={"name": "MeteringCtrlr", "instance": "Aggregation"},
        variable="ChargerPowerActive",
        kind="PreconfiguredMonitor",
    )
    payload["eventData"][0]["variable"]["instance"] = instance
    return payload


def problem(*, present: bool, at: datetime) -> Json:
    """Return NotifyEvent that raises or clears the connector's Problem (N07)."""
    payload = _event(
        at=at,
        trigger="Alerting",
        value="true" if present else "false",
        component={"name": "Connector", "evse": EVSE},
        variable="Problem",
        kind="HardWiredNotification",
    )
    payload["eventData"][0]["cleared"] = not present
    return payload


def _event(*, at: datetime, trigger: str, value: str, component: Json, variable: str, kind: str) -> Json:
    data: Json = {
        "eventId": next(_event_ids),
        "timestamp": stamp(at),
        "trigger": trigger,
        "actualValue": value,
        "component": component,
        "variable": {"name": variable},
        "eventNotificationType": kind,
    }
    if kind == "PreconfiguredMonitor":
        data["variableMonitoringId"] = 1
    return {"generatedAt": stamp(at), "seqNo": 0, "tbc": False, "eventData": [data]}
