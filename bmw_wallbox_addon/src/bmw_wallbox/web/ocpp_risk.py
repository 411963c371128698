"""How much harm a raw OCPP request can do."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any


class Risk(Enum):
    """What a request asks of the person who sends it."""

    READS = auto()
    """Nothing: it only reads."""
    CHANGES = auto()
    """To be an administrator."""
    DANGEROUS = auto()
    """To be an administrator and to confirm: it may cut the wallbox off or undo its protection."""


_READING = frozenset(
    {
        "GetBaseReport",
        "GetChargingProfiles",
        "GetCompositeSchedule",
        "GetDisplayMessages",
        "GetInstalledCertificateIds",
        "GetLocalListVersion",
        "GetMonitoringReport",
        "GetReport",
        "GetTransactionStatus",
        "GetVariables",
        "TriggerMessage",
    }
)

_DANGEROUS = frozenset(
    {
        "CertificateSigned",
        "ChangeAvailability",
        "ClearChargingProfile",
        "CustomerInformation",
        "DataTransfer",
        "DeleteCertificate",
        "GetLog",
        "InstallCertificate",
        "PublishFirmware",
        "RequestStopTransaction",
        "Reset",
        "SetNetworkProfile",
        "UnlockConnector",
        "UnpublishFirmware",
        "UpdateFirmware",
    }
)

_CRITICAL_VARIABLES = frozenset(
    {
        "basicauthpassword",
        "identity",
        "networkconfigurationpriority",
        "organizationname",
        "securityprofile",
    }
)
"""Written wrongly, each of these keeps the wallbox from ever connecting again (OCPP 2.0.1 A01, B09)."""


def risk_of(action: str, payload: Mapping[str, Any]) -> Risk:
    """Return the risk of an action with its payload; one that is not known changes something."""
    if action in _READING:
        return Risk.READS
    if action in _DANGEROUS or (action == "SetVariables" and _is_critical(payload)):
        return Risk.DANGEROUS
    return Risk.CHANGES


def _is_critical(payload: Mapping[str, Any]) -> bool:
    """Return whether a SetVariables payload writes a critical variable; one that cannot be read does."""
    items = payload.get("setVariableData")
    if not isinstance(items, list):
        return True
    return any(_variable_name(item) in _CRITICAL_VARIABLES for item in items)


def _variable_name(item: object) -> str:
    variable = item.get("variable") if isinstance(item, dict) else None
    name = variable.get("name") if isinstance(variable, dict) else None
    return name.lower() if isinstance(name, str) else "identity"
