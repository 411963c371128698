"""Every action of OCPP 2.0.1: what a station may ask and what becomes of it, and what we may ask it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRequest:
    """One request of a charging station."""

    action: str
    handler: str
    """The method of `Handlers` that answers it."""
    requirements: tuple[str, ...]
    """The use cases and requirements of part 2 that the answer and what is kept follow."""
    kept: tuple[str, ...]
    """Where in StationState its contents are found afterwards."""


STATION_REQUESTS: tuple[StationRequest, ...] = (
    StationRequest(
        action="Authorize",
        handler="on_authorize",
        requirements=("C01.FR.19", "C02.FR.02", "C07.FR.04", "C07.FR.17", "C09.FR.09", "C16.FR.03"),
        kept=("device.presented_cards",),
    ),
    StationRequest(
        action="BootNotification",
        handler="on_boot_notification",
        requirements=("B01.FR.02", "B01.FR.10", "B02.FR.09"),
        kept=("facts",),
    ),
    StationRequest(
        action="ClearedChargingLimit",
        handler="on_cleared_charging_limit",
        requirements=("K13.FR.02", "K14.FR.03"),
        kept=("station_limit", "device.records.limits"),
    ),
    StationRequest(
        action="DataTransfer",
        handler="on_data_transfer",
        requirements=("P02.FR.06",),
        kept=("device.vendor_messages",),
    ),
    StationRequest(
        action="FirmwareStatusNotification",
        handler="on_firmware_status_notification",
        requirements=("L01.FR.01", "L01.FR.20", "L02.FR.14"),
        kept=("firmware_status", "device.records.progress"),
    ),
    StationRequest(
        action="Get15118EVCertificate",
        handler="on_get_15118_ev_certificate",
        requirements=("M01.FR.01", "M02"),
        kept=("device.records.certificate_queries",),
    ),
    StationRequest(
        action="GetCertificateStatus",
        handler="on_get_certificate_status",
        requirements=("M06.FR.01", "M06.FR.04"),
        kept=("device.records.certificate_queries",),
    ),
    StationRequest(
        action="Heartbeat",
        handler="on_heartbeat",
        requirements=("G02.FR.03", "G02.FR.04"),
        kept=("last_heartbeat_at",),
    ),
    StationRequest(
        action="LogStatusNotification",
        handler="on_log_status_notification",
        requirements=("N01.FR.07", "N01.FR.13"),
        kept=("device.records.progress",),
    ),
    StationRequest(
        action="MeterValues",
        handler="on_meter_values",
        requirements=("J01.FR.18",),
        kept=("samples",),
    ),
    StationRequest(
        action="NotifyChargingLimit",
        handler="on_notify_charging_limit",
        requirements=("K12.FR.02", "K14.FR.02"),
        kept=("station_limit", "device.records.limits"),
    ),
    StationRequest(
        action="NotifyCustomerInformation",
        handler="on_notify_customer_information",
        requirements=("N09.FR.05", "N09.FR.06", "N10"),
        kept=("device.customer_information", "device.reports"),
    ),
    StationRequest(
        action="NotifyDisplayMessages",
        handler="on_notify_display_messages",
        requirements=("O03", "O04"),
        kept=("device.records.display_messages", "device.reports"),
    ),
    StationRequest(
        action="NotifyEVChargingNeeds",
        handler="on_notify_ev_charging_needs",
        requirements=("K15.FR.02", "K15.FR.04", "K17.FR.02", "K17.FR.04"),
        kept=("needs", "device.records.car_needs"),
    ),
    StationRequest(
        action="NotifyEVChargingSchedule",
        handler="on_notify_ev_charging_schedule",
        requirements=("K15.FR.11", "K15.FR.12", "K16.FR.06", "K16.FR.07", "K17.FR.11", "K17.FR.12"),
        kept=("device.records.car_schedule",),
    ),
    StationRequest(
        action="NotifyEvent",
        handler="on_notify_event",
        requirements=("G05.FR.03", "N07.FR.03", "N08.FR.02"),
        kept=("device.records.events",),
    ),
    StationRequest(
        action="NotifyMonitoringReport",
        handler="on_notify_monitoring_report",
        requirements=("N02.FR.03", "N02.FR.04", "N02.FR.09"),
        kept=("device.records.monitors", "device.reports"),
    ),
    StationRequest(
        action="NotifyReport",
        handler="on_notify_report",
        requirements=("B07.FR.03", "B07.FR.10", "B07.FR.11", "B08.FR.03"),
        kept=("inventory.variables", "device.reports"),
    ),
    StationRequest(
        action="PublishFirmwareStatusNotification",
        handler="on_publish_firmware_status_notification",
        requirements=("L03.FR.01",),
        kept=("device.records.progress",),
    ),
    StationRequest(
        action="ReportChargingProfiles",
        handler="on_report_charging_profiles",
        requirements=("K09.FR.01", "K09.FR.02"),
        kept=("device.records.charging_profiles", "device.reports"),
    ),
    StationRequest(
        action="ReservationStatusUpdate",
        handler="on_reservation_status_update",
        requirements=("H01.FR.16", "H01.FR.17", "H04.FR.01"),
        kept=("device.records.reservations",),
    ),
    StationRequest(
        action="SecurityEventNotification",
        handler="on_security_event_notification",
        requirements=("A04.FR.03",),
        kept=("last_security_event", "device.records.security_events"),
    ),
    StationRequest(
        action="SignCertificate",
        handler="on_sign_certificate",
        requirements=("A02.FR.12", "A03.FR.12"),
        kept=("device.records.signing_requests",),
    ),
    StationRequest(
        action="StatusNotification",
        handler="on_status_notification",
        requirements=("B04.FR.01", "G01.FR.03", "G01.FR.04"),
        kept=("connector",),
    ),
    StationRequest(
        action="TransactionEvent",
        handler="on_transaction_event",
        requirements=(
            "C02.FR.02",
            "C09.FR.12",
            "E01.FR.11",
            "E01.FR.12",
            "E02.FR.02",
            "E05.FR.01",
            "H01.FR.15",
            "I02.FR.01",
            "I03.FR.02",
            "J02.FR.19",
        ),
        kept=("last_event", "device.sequence"),
    ),
)

STATION_ACTIONS = frozenset(request.action for request in STATION_REQUESTS)
"""What a charging station may ask us."""

CSMS_ACTIONS = frozenset(
    {
        "CancelReservation",
        "CertificateSigned",
        "ChangeAvailability",
        "ClearCache",
        "ClearChargingProfile",
        "ClearDisplayMessage",
        "ClearVariableMonitoring",
        "CostUpdated",
        "CustomerInformation",
        "DataTransfer",
        "DeleteCertificate",
        "GetBaseReport",
        "GetChargingProfiles",
        "GetCompositeSchedule",
        "GetDisplayMessages",
        "GetInstalledCertificateIds",
        "GetLocalListVersion",
        "GetLog",
        "GetMonitoringReport",
        "GetReport",
        "GetTransactionStatus",
        "GetVariables",
        "InstallCertificate",
        "PublishFirmware",
        "RequestStartTransaction",
        "RequestStopTransaction",
        "ReserveNow",
        "Reset",
        "SendLocalList",
        "SetChargingProfile",
        "SetDisplayMessage",
        "SetMonitoringBase",
        "SetMonitoringLevel",
        "SetNetworkProfile",
        "SetVariableMonitoring",
        "SetVariables",
        "TriggerMessage",
        "UnlockConnector",
        "UnpublishFirmware",
        "UpdateFirmware",
    }
)
"""What we may ask a charging station."""
