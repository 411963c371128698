"""The messages that the measurements send: a TransactionEvent with twenty sampled values."""

import json
from datetime import UTC, datetime
from typing import Any

_VOLTAGE_V = 230.0
_TEXT = {"context": "Sample.Periodic", "location": "Outlet"}


def boot_notification() -> dict[str, Any]:
    """Return the payload with which a wallbox introduces itself."""
    station = {
        "vendorName": "BMW",
        "model": "EIAW-E22KTSE6B04",
        "serialNumber": "BENCH0001",
        "firmwareVersion": "01.20.06.71",
    }
    return {"reason": "PowerUp", "chargingStation": station}


def transaction_event(
    event_type: str, transaction_id: str, seq_no: int, *, current_a: float, register_wh: float
) -> dict[str, Any]:
    """Return a TransactionEvent of a charge on three phases; the power is 690 W per ampere."""
    at = now()
    samples = _samples(current_a, register_wh)
    return {
        "eventType": event_type,
        "timestamp": at,
        "triggerReason": "CablePluggedIn" if event_type == "Started" else "MeterValuePeriodic",
        "seqNo": seq_no,
        "numberOfPhasesUsed": 3,
        "transactionInfo": {"transactionId": transaction_id, "chargingState": "Charging"},
        "evse": {"id": 1, "connectorId": 1},
        "meterValue": [{"timestamp": at, "sampledValue": samples}],
    }


def power_w(current_a: float) -> float:
    """Return the power that the samples of a current add up to."""
    return round(3 * round(current_a * _VOLTAGE_V, 1), 1)


def call(message_id: str, action: str, payload: dict[str, Any]) -> str:
    """Return a request as a frame."""
    return json.dumps([2, message_id, action, payload], separators=(",", ":"))


def _samples(current_a: float, register_wh: float) -> list[dict[str, Any]]:
    phases = ("L1", "L2", "L3")
    per_phase_w = round(current_a * _VOLTAGE_V, 1)
    rows: list[tuple[str, str | None, float, str | None]] = []
    rows += [("Current.Import", phase, current_a, "A") for phase in phases]
    rows += [("Voltage", f"{phase}-N", _VOLTAGE_V, "V") for phase in phases]
    rows += [("Power.Active.Import", phase, per_phase_w, "W") for phase in phases]
    rows += [("Power.Reactive.Import", phase, 12.0, "var") for phase in phases]
    rows += [("Power.Offered", phase, 7360.0, "W") for phase in phases]
    rows += [
        ("Power.Factor", None, 0.99, None),
        ("Frequency", None, 50.0, "Hz"),
        ("SoC", None, 62.0, "Percent"),
        ("Current.Offered", None, 32.0, "A"),
        ("Energy.Active.Import.Register", None, register_wh, "Wh"),
    ]
    return [_sample(*row) for row in rows]


def _sample(measurand: str, phase: str | None, value: float, unit: str | None) -> dict[str, Any]:
    sample: dict[str, Any] = {"value": value, "measurand": measurand, **_TEXT}
    if phase is not None:
        sample["phase"] = phase
    if unit is not None:
        sample["unitOfMeasure"] = {"unit": unit}
    return sample


def now() -> str:
    """Return the time as OCPP writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
