"""The variables of the imitated boxes, one row each (names: OCPP 2.0.1 part 2, chapter on variables)."""

from dataclasses import dataclass, replace

ENERGY = "Energy.Active.Import.Register"
MEASURANDS = ("Current.Import", "Voltage", "Power.Active.Import", ENERGY)
"""All that either box can measure."""
AGGREGATES = ("Avg", "Min", "Max")
"""What a delta tells of the power in each five minutes."""
ALL_MEASURANDS = ",".join(MEASURANDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable of a component, with its value as it leaves the factory."""

    component: str
    name: str
    value: str
    data_type: str = "string"
    mutability: str = "ReadOnly"
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    choices: str | None = None
    """Allowed values, comma separated: the characteristic `valuesList`."""
    instance: str | None = None
    component_instance: str | None = None
    evse_id: int | None = None
    connector_id: int | None = None

    @property
    def path(self) -> str:
        """The short name: `Component[instance].Variable[instance]`, with `#evse` after the component."""
        component = self.component + (f"[{self.component_instance}]" if self.component_instance else "")
        if self.evse_id is not None:
            component += f"#{self.evse_id}" + (f".{self.connector_id}" if self.connector_id else "")
        return f"{component}.{self.name}" + (f"[{self.instance}]" if self.instance else "")


def _flag(component: str, name: str, value: str, mutability: str = "ReadOnly") -> Variable:
    return Variable(component=component, name=name, value=value, data_type="boolean", mutability=mutability)


def _number(
    component: str, name: str, value: str, unit: str | None = None, instance: str | None = None
) -> Variable:
    return Variable(
        component=component, name=name, value=value, data_type="integer", unit=unit, instance=instance
    )


def _setting(
    component: str,
    name: str,
    value: str,
    unit: str | None = None,
    *,
    instance: str | None = None,
    limits: tuple[int, int] = (0, 86_400),
) -> Variable:
    low, high = limits
    number = _number(component, name, value, unit, instance)
    return replace(number, mutability="ReadWrite", low=low, high=high)


def _text(component: str, name: str, value: str) -> Variable:
    return Variable(component=component, name=name, value=value)


def _list(component: str, name: str, value: str, choices: str, mutability: str = "ReadWrite") -> Variable:
    return Variable(
        component=component,
        name=name,
        value=value,
        data_type="MemberList",
        choices=choices,
        mutability=mutability,
    )


def _option(component: str, name: str, value: str, choices: str) -> Variable:
    return replace(_list(component, name, value, choices), data_type="OptionList")


def _local(instance: str, row: Variable) -> Variable:
    return replace(row, component="LocalSmartChargingCtrlr", component_instance=instance)


def _external(name: str, value: str, data_type: str, instance: str | None = None) -> Variable:
    return Variable(
        component="ExternalMeteringCtrlr",
        component_instance="SmartMeter1",
        name=name,
        instance=instance,
        value=value,
        data_type=data_type,
    )


def _aggregated(name: str) -> tuple[Variable, ...]:
    return tuple(
        Variable(
            component="MeteringCtrlr",
            component_instance="Aggregation",
            name=name,
            instance=instance,
            value="0",
            data_type="decimal",
            unit="W",
        )
        for instance in AGGREGATES
    )


def _measurands(component: str, name: str, value: str) -> Variable:
    return _list(component, name, value, ALL_MEASURANDS)


_TX_POINTS = "ParkingBayOccupancy,EVConnected,Authorized,DataSigned,PowerPathClosed,EnergyTransfer"

_COMMON = (
    _setting("OCPPCommCtrlr", "HeartbeatInterval", "10", "s", limits=(1, 86_400)),
    _number("OCPPCommCtrlr", "MessageTimeout", "30", "s", "Default"),
    _setting("OCPPCommCtrlr", "WebSocketPingInterval", "300", "s"),
    _setting("OCPPCommCtrlr", "RetryBackOffRepeatTimes", "3"),
    _setting("OCPPCommCtrlr", "RetryBackOffRandomRange", "5", "s"),
    _setting("OCPPCommCtrlr", "RetryBackOffWaitMinimum", "15", "s"),
    _setting("OCPPCommCtrlr", "OfflineThreshold", "3600", "s"),
    _setting("OCPPCommCtrlr", "MessageAttempts", "3", instance="TransactionEvent"),
    _setting("OCPPCommCtrlr", "MessageAttemptInterval", "60", "s", instance="TransactionEvent"),
    _setting("OCPPCommCtrlr", "NetworkProfileConnectionAttempts", "3"),
    _setting("OCPPCommCtrlr", "ResetRetries", "1"),
    _flag("OCPPCommCtrlr", "QueueAllMessages", "true", "ReadWrite"),
    _flag("OCPPCommCtrlr", "UnlockOnEVSideDisconnect", "true"),
    replace(_list("OCPPCommCtrlr", "NetworkConfigurationPriority", "0", "0,1,2"), data_type="SequenceList"),
    _list("OCPPCommCtrlr", "FileTransferProtocols", "HTTPS", "HTTP,HTTPS,FTP", "ReadOnly"),
    _number("DeviceDataCtrlr", "ItemsPerMessage", "16", None, "GetReport"),
    _number("DeviceDataCtrlr", "ItemsPerMessage", "16", None, "GetVariables"),
    _number("DeviceDataCtrlr", "ItemsPerMessage", "16", None, "SetVariables"),
    _number("DeviceDataCtrlr", "BytesPerMessage", "8192", "B", "GetReport"),
    _number("DeviceDataCtrlr", "BytesPerMessage", "8192", "B", "GetVariables"),
    _number("DeviceDataCtrlr", "BytesPerMessage", "8192", "B", "SetVariables"),
    _text("ClockCtrlr", "TimeSource", "Heartbeat"),
    replace(_text("SecurityCtrlr", "BasicAuthPassword", ""), mutability="WriteOnly", high=40),
    _text("SecurityCtrlr", "Identity", ""),
    _text("SecurityCtrlr", "OrganizationName", "Delta"),
    _number("SecurityCtrlr", "CertificateEntries", "4"),
    _number("SecurityCtrlr", "SecurityProfile", "2"),
    _flag("SecurityCtrlr", "AdditionalRootCertificateCheck", "false"),
    _flag("AuthCtrlr", "Enabled", "false", "ReadWrite"),
    _flag("AuthCtrlr", "AuthorizeRemoteStart", "false"),
    _flag("AuthCtrlr", "LocalAuthorizeOffline", "true", "ReadWrite"),
    _flag("AuthCtrlr", "LocalPreAuthorize", "false", "ReadWrite"),
    _flag("AuthCtrlr", "OfflineTxForUnknownIdEnabled", "false", "ReadWrite"),
    _flag("LocalAuthListCtrlr", "Available", "true"),
    _flag("LocalAuthListCtrlr", "Enabled", "false", "ReadWrite"),
    replace(_number("LocalAuthListCtrlr", "Entries", "0"), high=32),
    _number("LocalAuthListCtrlr", "ItemsPerMessage", "8"),
    _number("LocalAuthListCtrlr", "BytesPerMessage", "2048", "B"),
    _setting("TxCtrlr", "EVConnectionTimeOut", "60", "s"),
    _list("TxCtrlr", "TxStartPoint", "EVConnected,Authorized,EnergyTransfer", _TX_POINTS, "ReadOnly"),
    _list("TxCtrlr", "TxStopPoint", "PowerPathClosed", _TX_POINTS, "ReadOnly"),
    _flag("TxCtrlr", "StopTxOnEVSideDisconnect", "true"),
    _flag("TxCtrlr", "StopTxOnInvalidId", "true", "ReadWrite"),
    _flag("TxCtrlr", "TxBeforeAcceptedEnabled", "true", "ReadWrite"),
    _flag("SampledDataCtrlr", "Available", "true"),
    _flag("SampledDataCtrlr", "Enabled", "true", "ReadWrite"),
    _measurands("SampledDataCtrlr", "TxStartedMeasurands", ENERGY),
    _measurands("SampledDataCtrlr", "TxUpdatedMeasurands", ENERGY),
    _measurands("SampledDataCtrlr", "TxEndedMeasurands", ENERGY),
    _setting("SampledDataCtrlr", "TxUpdatedInterval", "0", "s"),
    _setting("SampledDataCtrlr", "TxEndedInterval", "0", "s"),
    _flag("AlignedDataCtrlr", "Available", "true"),
    _flag("AlignedDataCtrlr", "Enabled", "false", "ReadWrite"),
    _measurands("AlignedDataCtrlr", "Measurands", ENERGY),
    _setting("AlignedDataCtrlr", "Interval", "0", "s"),
    _measurands("AlignedDataCtrlr", "TxEndedMeasurands", ENERGY),
    _setting("AlignedDataCtrlr", "TxEndedInterval", "0", "s"),
    _flag("AlignedDataCtrlr", "SendDuringIdle", "false", "ReadWrite"),
    _flag("SmartChargingCtrlr", "Available", "true"),
    _flag("SmartChargingCtrlr", "Enabled", "true", "ReadWrite"),
    _number("SmartChargingCtrlr", "ProfileStackLevel", "5"),
    _list("SmartChargingCtrlr", "RateUnit", "A,W", "A,W", "ReadOnly"),
    _number("SmartChargingCtrlr", "PeriodsPerSchedule", "33"),
    replace(_number("SmartChargingCtrlr", "Entries", "0", None, "ChargingProfiles"), high=15),
    _flag("SmartChargingCtrlr", "ACPhaseSwitchingSupported", "false"),
    _flag("SmartChargingCtrlr", "Phases3to1", "false"),
    _setting("SmartChargingCtrlr", "LimitChangeSignificance", "1", "Percent", limits=(0, 100)),
    _flag("MonitoringCtrlr", "Available", "true"),
    _flag("MonitoringCtrlr", "Enabled", "true", "ReadWrite"),
    _flag("ChargingStation", "Available", "true"),
    _text("ChargingStation", "AvailabilityState", "Available"),
    _text("ChargingStation", "VendorName", ""),
    _text("ChargingStation", "Model", ""),
    _text("ChargingStation", "SerialNumber", ""),
    _text("ChargingStation", "FirmwareVersion", ""),
    _number("ChargingStation", "SupplyPhases", "1"),
    replace(_number("ChargingStation", "Power", "0", "W"), high=7360.0),
    replace(_number("ChargingStation", "ACCurrent", "32", "A"), high=32),
    Variable(component="EVSE", name="AvailabilityState", value="Available", evse_id=1),
    Variable(component="EVSE", name="SupplyPhases", value="1", data_type="integer", evse_id=1),
    Variable(component="Connector", name="ConnectorType", value="sType2", evse_id=1, connector_id=1),
)

_DELTA_ONLY = (
    replace(_flag("AuthCtrlr", "Enabled", "true", "ReadWrite"), component_instance="MBA"),
    _flag("ISO15118Ctrlr", "Available", "false"),
    _text("ChargingStation", "Country", "DE"),
    replace(_option("ChargingStation", "GridType", "TN", "TN,TT,IT"), mutability="ReadOnly"),
    _flag("ChargingStation", "InstallationComplete", "true"),
    _number("MainCircuitBreaker", "MaxCurrent", "40", "A"),
    _setting("StatusLED", "brightness", "30", "Percent", limits=(0, 100)),
    _local("DLC", _flag("", "Enabled", "false", "ReadWrite")),
    _local("DLC", _setting("", "MinTimeOff", "1", "min", limits=(1, 30))),
    _local("DLC", _setting("", "CurrentSafeLLM", "0", "A", limits=(0, 10))),
    _local("DLC", _setting("", "CurrentSafeSLM", "0", "A", limits=(0, 20))),
    _local("PV", _flag("", "Enabled", "false", "ReadWrite")),
    _local("PV", _option("", "ChargingMode", "direct", "direct,manual,strict")),
    _local("PV", _setting("", "MinimumCurrent", "6", "A", limits=(6, 32))),
    _local("PeakShifting", _flag("", "Enabled", "true", "ReadWrite")),
    _local("PeakShifting", _setting("", "MinTimeOff", "1", "min", limits=(1, 30))),
    _local("ScheduledCharging", _flag("", "Enabled", "true", "ReadWrite")),
    _flag("LocalSmartChargingCtrlr", "ChargingPowerLimited", "false", "ReadWrite"),
    _external("Enabled", "false", "boolean"),
    _external("ModelName", "Janitza B23 312-10J", "string"),
    replace(_external("PowerActive", "0", "decimal", "Sum"), unit="W"),
    replace(_external("ActiveEnergy", "0", "decimal", "Total"), unit="Wh"),
    *_aggregated("HouseholdPowerActive"),
    *_aggregated("ChargerPowerActive"),
)

_PLAIN_VALUES = {
    "OCPPCommCtrlr.HeartbeatInterval": "300",
    "AuthCtrlr.Enabled": "true",
    "LocalAuthListCtrlr.Enabled": "true",
    "SampledDataCtrlr.TxStartedMeasurands": ALL_MEASURANDS,
    "SampledDataCtrlr.TxUpdatedMeasurands": ALL_MEASURANDS,
    "SampledDataCtrlr.TxEndedMeasurands": ALL_MEASURANDS,
    "SampledDataCtrlr.TxUpdatedInterval": "10",
    "AlignedDataCtrlr.Measurands": ALL_MEASURANDS,
    "SecurityCtrlr.OrganizationName": "Example",
    "SmartChargingCtrlr.ProfileStackLevel": "8",
    "TxCtrlr.TxStopPoint": "EVConnected,Authorized",
}

DEVICE_MODELS: dict[str, tuple[Variable, ...]] = {
    "delta": (*_COMMON, *_DELTA_ONLY),
    "plain": (
        *(replace(row, value=_PLAIN_VALUES.get(row.path, row.value)) for row in _COMMON),
        _setting("ChargingStation", "StatusLedBrightness", "46", "Percent", limits=(0, 100)),
    ),
}
"""The factory state of each box profile, by its name."""
