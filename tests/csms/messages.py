"""One valid payload for every request of a station."""

from typing import Any

AT = "2026-01-01T12:00:00Z"


def transaction_event(**change: object) -> dict[str, Any]:
    event: dict[str, Any] = {
        "eventType": "Updated",
        "timestamp": AT,
        "triggerReason": "MeterValuePeriodic",
        "seqNo": 1,
        "transactionInfo": {"transactionId": "tx-1", "chargingState": "Charging"},
    }
    return event | change


_COMPONENT = {"component": {"name": "EVSE"}, "variable": {"name": "Power"}}
_HASH = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "a",
    "issuerKeyHash": "b",
    "serialNumber": "c",
    "responderURL": "https://example.com",
}
_SCHEDULE = {
    "id": 1,
    "chargingRateUnit": "A",
    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}],
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "Authorize": {"idToken": {"idToken": "04AABBCC", "type": "ISO14443"}},
    "BootNotification": {
        "reason": "PowerUp",
        "chargingStation": {"model": "EIAW-E22KTSE6B04", "vendorName": "BMW", "serialNumber": "KG1"},
    },
    "ClearedChargingLimit": {"chargingLimitSource": "SO"},
    "DataTransfer": {"vendorId": "com.example", "data": {"SoCValue": [1, None]}},
    "FirmwareStatusNotification": {"status": "Idle"},
    "Get15118EVCertificate": {
        "iso15118SchemaVersion": "urn:x",
        "action": "Install",
        "exiRequest": "AAAA",
    },
    "GetCertificateStatus": {"ocspRequestData": _HASH},
    "Heartbeat": {},
    "LogStatusNotification": {"status": "Idle"},
    "MeterValues": {
        "evseId": 1,
        "meterValue": [{"timestamp": AT, "sampledValue": [{"value": 1.5}]}],
    },
    "NotifyChargingLimit": {"chargingLimit": {"chargingLimitSource": "SO"}},
    "NotifyCustomerInformation": {"data": "x", "seqNo": 0, "generatedAt": AT, "requestId": 1},
    "NotifyDisplayMessages": {"requestId": 1},
    "NotifyEVChargingNeeds": {
        "evseId": 1,
        "chargingNeeds": {"requestedEnergyTransfer": "AC_three_phase"},
    },
    "NotifyEVChargingSchedule": {"timeBase": AT, "evseId": 1, "chargingSchedule": _SCHEDULE},
    "NotifyEvent": {
        "generatedAt": AT,
        "seqNo": 0,
        "eventData": [
            _COMPONENT
            | {
                "eventId": 1,
                "timestamp": AT,
                "trigger": "Periodic",
                "actualValue": "3",
                "eventNotificationType": "PreconfiguredMonitor",
            }
        ],
    },
    "NotifyMonitoringReport": {"requestId": 1, "seqNo": 0, "generatedAt": AT},
    "NotifyReport": {
        "requestId": 1,
        "generatedAt": AT,
        "seqNo": 0,
        "reportData": [_COMPONENT | {"variableAttribute": [{"value": "7360"}]}],
    },
    "PublishFirmwareStatusNotification": {"status": "Idle"},
    "ReportChargingProfiles": {
        "requestId": 1,
        "chargingLimitSource": "CSO",
        "evseId": 1,
        "chargingProfile": [
            {
                "id": 1,
                "stackLevel": 0,
                "chargingProfilePurpose": "TxDefaultProfile",
                "chargingProfileKind": "Absolute",
                "chargingSchedule": [_SCHEDULE],
            }
        ],
    },
    "ReservationStatusUpdate": {"reservationId": 1, "reservationUpdateStatus": "Expired"},
    "SecurityEventNotification": {"type": "SettingSystemTime", "timestamp": AT},
    "SignCertificate": {"csr": "-----BEGIN"},
    "StatusNotification": {
        "timestamp": AT,
        "connectorStatus": "Available",
        "evseId": 1,
        "connectorId": 1,
    },
    "TransactionEvent": transaction_event(),
}
