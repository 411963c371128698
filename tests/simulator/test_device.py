import pytest

from bmw_wallbox.simulator import SimulatedWallbox
from tests.simulator.conftest import MakeBox
from tests.simulator.csms import CallFailedError, Csms, Json
from tests.simulator.payloads import ALL, variables


async def inventory(csms: Csms, request_id: int = 1) -> dict[str, Json]:
    """Return every reported row by `Component.Variable`."""
    await csms.call("GetBaseReport", {"requestId": request_id, "reportBase": "FullInventory"})
    await csms.until("NotifyReport", lambda part: part["requestId"] == request_id and not part["tbc"])
    parts = [part for part in csms.of("NotifyReport") if part["requestId"] == request_id]
    assert [part["seqNo"] for part in parts] == list(range(len(parts)))
    assert len(parts) > 1 or request_id > 1
    return {
        f"{row['component']['name']}.{row['variable']['name']}": row
        for part in parts
        for row in part["reportData"]
    }


async def test_the_full_inventory_of_a_delta_comes_in_parts_and_shows_its_limits(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    rows = await inventory(csms)
    values = {
        name: (row["variableAttribute"][0].get("value"), row["variableAttribute"][0]["mutability"])
        for name, row in rows.items()
    }
    assert values["SampledDataCtrlr.TxUpdatedInterval"] == ("0", "ReadWrite")
    assert values["TxCtrlr.TxStopPoint"] == ("PowerPathClosed", "ReadOnly")
    assert values["TxCtrlr.StopTxOnEVSideDisconnect"] == ("true", "ReadOnly")
    assert values["SecurityCtrlr.BasicAuthPassword"] == (None, "WriteOnly")
    assert values["SmartChargingCtrlr.ProfileStackLevel"] == ("5", "ReadOnly")
    assert values["StatusLED.brightness"] == ("30", "ReadWrite")
    assert rows["SampledDataCtrlr.TxUpdatedMeasurands"]["variableCharacteristics"]["valuesList"] == ALL
    instances = {
        row["component"].get("instance")
        for part in csms.of("NotifyReport")
        for row in part["reportData"]
        if row["component"]["name"] == "LocalSmartChargingCtrlr"
    }
    assert {"DLC", "PV"} <= instances


async def test_plain_has_its_led_elsewhere_and_more_in_one_part(csms: Csms, plain: SimulatedWallbox) -> None:
    rows = await inventory(csms)
    assert "ChargingStation.StatusLedBrightness" in rows
    assert "StatusLED.brightness" not in rows
    assert rows["AuthCtrlr.Enabled"]["variableAttribute"][0]["value"] == "true"


async def test_a_report_can_be_limited_to_named_variables(csms: Csms, delta: SimulatedWallbox) -> None:
    wanted = {"component": {"name": "TxCtrlr"}, "variable": {"name": "TxStartPoint"}}
    answer = await csms.call("GetReport", {"requestId": 5, "componentVariable": [wanted]})
    part = await csms.until("NotifyReport")
    assert answer["status"] == "Accepted"
    assert [row["variable"]["name"] for row in part["reportData"]] == ["TxStartPoint"]
    unknown = {"requestId": 6, "componentVariable": [{"component": {"name": "Nothing"}}]}
    assert (await csms.call("GetReport", unknown))["status"] == "EmptyResultSet"
    summary = {"requestId": 7, "reportBase": "SummaryInventory"}
    assert (await csms.call("GetBaseReport", summary))["status"] == "NotSupported"


@pytest.mark.parametrize(
    ("path", "value", "status"),
    [
        ("SampledDataCtrlr__TxUpdatedInterval", "30", "Accepted"),
        ("SampledDataCtrlr__TxUpdatedInterval", "-1", "Rejected"),
        ("SampledDataCtrlr__TxUpdatedInterval", "soon", "Rejected"),
        ("SampledDataCtrlr__TxUpdatedMeasurands", "Voltage,SoC", "Rejected"),
        ("AuthCtrlr__Enabled", "maybe", "Rejected"),
        ("TxCtrlr__StopTxOnEVSideDisconnect", "false", "Rejected"),
        ("StatusLED__brightness", "101", "Rejected"),
        ("StatusLED__brightness", "55", "Accepted"),
        ("SecurityCtrlr__BasicAuthPassword", "x" * 41, "Rejected"),
        ("StatusLED__colour", "1", "UnknownVariable"),
        ("Nothing__colour", "1", "UnknownComponent"),
    ],
)
async def test_a_variable_takes_only_what_fits(
    csms: Csms, delta: SimulatedWallbox, path: str, value: str, status: str
) -> None:
    answer = await csms.call("SetVariables", variables(**{path: value}))
    assert answer["setVariableResult"][0]["attributeStatus"] == status
    stored = delta.variables.get(path.replace("__", "."))
    assert (stored == value) == (status == "Accepted")


async def test_variables_are_read_with_a_status_each(csms: Csms, delta: SimulatedWallbox) -> None:
    def item(component: str, variable: str, **more: str) -> Json:
        return {"component": {"name": component}, "variable": {"name": variable}} | more

    answer = await csms.call(
        "GetVariables",
        {
            "getVariableData": [
                item("OCPPCommCtrlr", "HeartbeatInterval"),
                item("OCPPCommCtrlr", "HeartbeatInterval", attributeType="Target"),
                item("OCPPCommCtrlr", "Nothing"),
                item("Nothing", "Nothing"),
            ]
        },
    )
    statuses = [
        (r["attributeStatus"], r["attributeType"], r.get("attributeValue"))
        for r in answer["getVariableResult"]
    ]
    assert statuses == [
        ("Accepted", "Actual", "10"),
        ("NotSupportedAttributeType", "Target", None),
        ("UnknownVariable", "Actual", None),
        ("UnknownComponent", "Actual", None),
    ]


async def test_more_items_than_announced_are_refused(csms: Csms, delta: SimulatedWallbox) -> None:
    items = variables(StatusLED__brightness="1")["setVariableData"] * 17
    with pytest.raises(CallFailedError, match="OccurrenceConstraintViolation"):
        await csms.call("SetVariables", {"setVariableData": items})


@pytest.mark.parametrize(
    ("profile", "message", "status"),
    [
        ("delta", {"requestedMessage": "MeterValues"}, "Accepted"),
        ("delta", {"requestedMessage": "Heartbeat"}, "Accepted"),
        ("delta", {"requestedMessage": "FirmwareStatusNotification"}, "Accepted"),
        ("delta", {"requestedMessage": "LogStatusNotification"}, "Accepted"),
        ("delta", {"requestedMessage": "BootNotification"}, "Rejected"),
        ("delta", {"requestedMessage": "StatusNotification"}, "Rejected"),
        (
            "delta",
            {"requestedMessage": "StatusNotification", "evse": {"id": 1, "connectorId": 1}},
            "Accepted",
        ),
        ("delta", {"requestedMessage": "TransactionEvent"}, "Rejected"),
        ("delta", {"requestedMessage": "SignV2GCertificate"}, "NotImplemented"),
        ("plain", {"requestedMessage": "BootNotification"}, "Accepted"),
        ("plain", {"requestedMessage": "StatusNotification"}, "Accepted"),
    ],
)
async def test_a_trigger_is_answered_before_the_message_comes(
    csms: Csms, make_box: MakeBox, profile: str, message: Json, status: str
) -> None:
    await make_box(profile=profile)
    await csms.until("StatusNotification")
    before = len(csms.calls)
    answer = await csms.call("TriggerMessage", message)
    assert answer["status"] == status
    if status == "Accepted":
        await csms.until(message["requestedMessage"], skip=before)


async def test_a_trigger_of_meter_values_brings_the_aligned_measurands(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    await csms.call("SetVariables", variables(AlignedDataCtrlr__Measurands=ALL))
    await csms.call("TriggerMessage", {"requestedMessage": "MeterValues"})
    samples = (await csms.until("MeterValues"))["meterValue"][0]["sampledValue"]
    assert {sample["measurand"] for sample in samples} == set(ALL.split(","))
    assert {sample["context"] for sample in samples} == {"Trigger"}


async def test_aligned_values_come_once_they_are_switched_on(csms: Csms, delta: SimulatedWallbox) -> None:
    await csms.call(
        "SetVariables",
        variables(
            AlignedDataCtrlr__Enabled="true",
            AlignedDataCtrlr__SendDuringIdle="true",
            AlignedDataCtrlr__Interval="1",
        ),
    )
    values = await csms.until("MeterValues")
    assert values["meterValue"][0]["sampledValue"][0]["context"] == "Sample.Clock"


async def test_a_delta_reports_its_aggregated_meter_again_and_again(csms: Csms, make_box: MakeBox) -> None:
    await make_box(notify_event_interval_s=0.02)
    event = (await csms.until("NotifyEvent"))["eventData"][0]
    assert event["component"] == {"name": "MeteringCtrlr", "instance": "Aggregation"}
    assert event["variable"] == {"name": "ChargerPowerActive", "instance": "Avg"}
    assert event["trigger"] == "Periodic"


async def test_a_local_list_keeps_to_its_version_and_its_size(csms: Csms, delta: SimulatedWallbox) -> None:
    await csms.call("SetVariables", variables(LocalAuthListCtrlr__Enabled="true"))

    def update(version: int, kind: str, count: int) -> Json:
        entries = [
            {"idToken": {"idToken": f"T{n}", "type": "Local"}, "idTokenInfo": {"status": "Accepted"}}
            for n in range(count)
        ]
        return {"versionNumber": version, "updateType": kind, "localAuthorizationList": entries}

    requests = [
        (update(3, "Full", 8), "Accepted"),
        (update(3, "Differential", 1), "VersionMismatch"),
        (update(4, "Differential", 9), "Failed"),
    ]
    for request, status in requests:
        assert (await csms.call("SendLocalList", request))["status"] == status
    assert await csms.call("GetLocalListVersion") == {"versionNumber": 3}
    assert delta.variables["LocalAuthListCtrlr.Entries"] == "8"


async def test_monitors_are_kept_reported_and_cleared(csms: Csms, delta: SimulatedWallbox) -> None:
    assert (await csms.call("GetMonitoringReport", {"requestId": 1}))["status"] == "EmptyResultSet"
    monitor = {
        "component": {"name": "EVSE"},
        "variable": {"name": "Power"},
        "type": "Periodic",
        "value": 5.0,
        "severity": 8,
    }
    answer = await csms.call("SetVariableMonitoring", {"setMonitoringData": [monitor]})
    monitor_id = answer["setMonitoringResult"][0]["id"]
    assert (await csms.call("GetMonitoringReport", {"requestId": 2}))["status"] == "Accepted"
    report = await csms.until("NotifyMonitoringReport")
    assert report["monitor"][0]["variableMonitoring"][0]["id"] == monitor_id
    cleared = await csms.call("ClearVariableMonitoring", {"id": [monitor_id, 77, 1]})
    assert [r["status"] for r in cleared["clearMonitoringResult"]] == ["Accepted", "NotFound", "Rejected"]


TOKEN = {"idToken": "T", "type": "Local"}
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "a", "issuerKeyHash": "b", "serialNumber": "c"}
MESSAGE = {"id": 1, "priority": "InFront", "message": {"format": "UTF8", "content": "x"}}
NETWORK = {
    "ocppVersion": "OCPP20",
    "ocppTransport": "JSON",
    "ocppCsmsUrl": "wss://x",
    "messageTimeout": 30,
    "securityProfile": 2,
    "ocppInterface": "Wired0",
}
OTHERS: tuple[tuple[str, Json, str, str], ...] = (
    ("CancelReservation", {"reservationId": 1}, "NotSupported", "Rejected"),
    ("CertificateSigned", {"certificateChain": "x"}, "Rejected", "Rejected"),
    ("ClearCache", {}, "Rejected", "Rejected"),
    ("ClearDisplayMessage", {"id": 1}, "NotSupported", "NotSupported"),
    ("CostUpdated", {"totalCost": 1.0, "transactionId": "x"}, "NotSupported", ""),
    ("CustomerInformation", {"requestId": 1, "report": True, "clear": False}, "Accepted", "Accepted"),
    ("DataTransfer", {"vendorId": "x"}, "UnknownVendorId", "UnknownVendorId"),
    ("DeleteCertificate", {"certificateHashData": HASH}, "NotFound", "NotFound"),
    ("GetDisplayMessages", {"requestId": 1}, "NotSupported", "NotSupported"),
    ("GetInstalledCertificateIds", {}, "NotFound", "NotFound"),
    (
        "GetLog",
        {"log": {"remoteLocation": "https://x"}, "logType": "SecurityLog", "requestId": 1},
        "Accepted",
        "Accepted",
    ),
    (
        "InstallCertificate",
        {"certificateType": "CSMSRootCertificate", "certificate": "x"},
        "Rejected",
        "Rejected",
    ),
    (
        "PublishFirmware",
        {"location": "x", "checksum": "y", "requestId": 1},
        "NotSupported",
        "NotSupported",
    ),
    (
        "ReserveNow",
        {"id": 1, "expiryDateTime": "2030-01-01T00:00:00Z", "idToken": TOKEN},
        "NotSupported",
        "Rejected",
    ),
    ("SetDisplayMessage", {"message": MESSAGE}, "NotSupported", "NotSupported"),
    ("SetMonitoringBase", {"monitoringBase": "All"}, "Accepted", "Accepted"),
    ("SetMonitoringLevel", {"severity": 5}, "Accepted", "Accepted"),
    ("SetNetworkProfile", {"configurationSlot": 1, "connectionData": NETWORK}, "Rejected", "Rejected"),
    ("UnpublishFirmware", {"checksum": "y"}, "NotSupported", "NotSupported"),
    (
        "UpdateFirmware",
        {
            "requestId": 1,
            "firmware": {"location": "https://x", "retrieveDateTime": "2030-01-01T00:00:00Z"},
        },
        "Rejected",
        "Rejected",
    ),
)


@pytest.mark.parametrize(("action", "request_", "on_delta", "on_plain"), OTHERS, ids=[o[0] for o in OTHERS])
async def test_every_other_request_gets_a_sensible_answer(
    csms: Csms, make_box: MakeBox, action: str, request_: Json, on_delta: str, on_plain: str
) -> None:
    outcomes = []
    for profile in ("delta", "plain"):
        await make_box(profile=profile)
        try:
            outcomes.append((await csms.call(action, request_)).get("status", ""))
        except CallFailedError as err:
            outcomes.append(err.code)
    assert outcomes == [on_delta, on_plain]


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        ("Nonsense", {}, "NotImplemented"),
        ("SetChargingProfile", {}, "OccurrenceConstraintViolation"),
        ("SetVariables", {"setVariableData": "x"}, "TypeConstraintViolation"),
    ],
)
async def test_an_unusable_request_gets_an_error(
    csms: Csms, delta: SimulatedWallbox, action: str, payload: Json, code: str
) -> None:
    with pytest.raises(CallFailedError, match=code):
        await csms.call_unchecked(action, payload)
    assert delta.connected


async def test_a_rejected_box_answers_nothing_but_security_error(csms: Csms, make_box: MakeBox) -> None:
    accepted = csms.answers["BootNotification"]
    csms.answers["BootNotification"] = lambda boot: accepted(boot) | {"status": "Rejected"}
    await make_box()
    with pytest.raises(CallFailedError, match="SecurityError"):
        await csms.call("ClearCache")
