"""Requests that several tests send."""

from typing import Any

type Json = dict[str, Any]

ENERGY = "Energy.Active.Import.Register"
ALL = f"Current.Import,Voltage,Power.Active.Import,{ENERGY}"


def profile(
    limit_a: float,
    *,
    id: int = 1,  # noqa: A002 - OCPP's own name
    purpose: str = "TxDefaultProfile",
    stack: int = 0,
    tx: str | None = None,
    unit: str = "A",
) -> Json:
    result: Json = {
        "id": id,
        "stackLevel": stack,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "chargingSchedule": [
            {
                "id": 1,
                "startSchedule": "2025-01-01T00:00:00Z",
                "chargingRateUnit": unit,
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit_a}],
            }
        ],
    }
    return result if tx is None else result | {"transactionId": tx}


def set_default(limit_a: float, *, id: int = 1, stack: int = 0) -> Json:  # noqa: A002 - OCPP's own name
    return {"evseId": 1, "chargingProfile": profile(limit_a, id=id, stack=stack)}


def set_tx(
    limit_a: float,
    tx: str | None,
    *,
    id: int = 1,  # noqa: A002 - OCPP's own name
    stack: int = 0,
) -> Json:
    wanted = profile(limit_a, id=id, purpose="TxProfile", stack=stack, tx=tx)
    return {"evseId": 1, "chargingProfile": wanted}


def variables(**values: str) -> Json:
    """Return SetVariables; `Component__Variable="value"`."""
    data = []
    for path, value in values.items():
        component, variable = path.split("__")
        data.append(
            {"component": {"name": component}, "variable": {"name": variable}, "attributeValue": value}
        )
    return {"setVariableData": data}


def start(token: str = "CARD", remote_start_id: int = 7, **more: object) -> Json:
    return {
        "evseId": 1,
        "remoteStartId": remote_start_id,
        "idToken": {"idToken": token, "type": "Local"},
    } | more
