"""How the box answers the requests that concern itself: variables, reports, lists, files, certificates."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import count

from .calls_charging import CallHandler, Parts, accepted, rejected
from .inventory import report_parts
from .rpc import Answer, Json
from .transaction import stamp, utc_now

PRECONFIGURED_MONITOR = 1
"""The id of the monitor that the box brings along."""


def get_variables(parts: Parts, request: Json) -> Answer:
    """Read variables (B06)."""
    items = request["getVariableData"]
    parts.inventory.check_size(items, "GetVariables")
    return Answer({"getVariableResult": [parts.inventory.get(item) for item in items]})


def set_variables(parts: Parts, request: Json) -> Answer:
    """Write variables (B05)."""
    items = request["setVariableData"]
    parts.inventory.check_size(items, "SetVariables")
    return Answer({"setVariableResult": [parts.inventory.set(item) for item in items]})


def get_base_report(parts: Parts, request: Json) -> Answer:
    """Report the whole inventory; a summary is not supported (B07)."""
    if request["reportBase"] == "SummaryInventory":
        return Answer({"status": "NotSupported"})
    rows = parts.inventory.report()
    if request["reportBase"] == "ConfigurationInventory":
        rows = [row for row in rows if row["variableAttribute"][0]["mutability"] != "ReadOnly"]
    return accepted(partial(_send_report, parts, rows, request["requestId"]))


def get_report(parts: Parts, request: Json) -> Answer:
    """Report the named variables (B08)."""
    rows = parts.inventory.report(request.get("componentVariable"))
    if not rows:
        return Answer({"status": "EmptyResultSet"})
    return accepted(partial(_send_report, parts, rows, request["requestId"]))


def set_variable_monitoring(parts: Parts, request: Json) -> Answer:
    """Take any monitor and give it an id; it never fires (N04)."""
    results = []
    for item in request["setMonitoringData"]:
        free = next(n for n in count(PRECONFIGURED_MONITOR + 1) if n not in parts.monitors)
        monitor_id = item.get("id", free)
        parts.monitors[monitor_id] = item
        kept = {key: item[key] for key in ("type", "component", "variable", "severity")}
        results.append({"id": monitor_id, "status": "Accepted"} | kept)
    return Answer({"setMonitoringResult": results})


def clear_variable_monitoring(parts: Parts, request: Json) -> Answer:
    """Remove monitors; the preconfigured one stays (N06)."""

    def clear(monitor_id: int) -> str:
        if monitor_id == PRECONFIGURED_MONITOR and parts.quirks.notify_event_interval_s:
            return "Rejected"
        return "NotFound" if parts.monitors.pop(monitor_id, None) is None else "Accepted"

    return Answer({"clearMonitoringResult": [{"id": n, "status": clear(n)} for n in request["id"]]})


def get_monitoring_report(parts: Parts, request: Json) -> Answer:
    """Report the monitors that were set (N02)."""
    if not parts.monitors:
        return Answer({"status": "EmptyResultSet"})
    report = {
        "requestId": request["requestId"],
        "seqNo": 0,
        "tbc": False,
        "generatedAt": stamp(utc_now()),
        "monitor": [
            {
                "component": item["component"],
                "variable": item["variable"],
                "variableMonitoring": [
                    {
                        "id": monitor_id,
                        "transaction": item.get("transaction", False),
                        "value": item["value"],
                        "type": item["type"],
                        "severity": item["severity"],
                    }
                ],
            }
            for monitor_id, item in parts.monitors.items()
        ],
    }
    return accepted(lambda: parts.emit("NotifyMonitoringReport", report))


def get_local_list_version(parts: Parts, _request: Json) -> Answer:
    """Tell the list's version, 0 while it is switched off (D02)."""
    enabled = parts.inventory.is_true("LocalAuthListCtrlr.Enabled")
    return Answer({"versionNumber": parts.local_list_version if enabled else 0})


def send_local_list(parts: Parts, request: Json) -> Answer:
    """Replace or amend the local list, within its limits (D01)."""
    entries = request.get("localAuthorizationList", [])
    differential = request["updateType"] == "Differential"
    if differential and request["versionNumber"] <= parts.local_list_version:
        return Answer({"status": "VersionMismatch"})
    merged = dict(parts.local_list) if differential else {}
    for entry in entries:
        key = entry["idToken"]["idToken"]
        if "idTokenInfo" in entry:
            merged[key] = entry["idTokenInfo"]
        else:
            merged.pop(key, None)
    too_long = len(entries) > parts.inventory.number("LocalAuthListCtrlr.ItemsPerMessage")
    if too_long or len(merged) > 32:
        return Answer({"status": "Failed"})
    parts.local_list, parts.local_list_version = merged, request["versionNumber"]
    parts.inventory.put("LocalAuthListCtrlr.Entries", str(len(merged)))
    return accepted()


def get_log(parts: Parts, request: Json) -> Answer:
    """Accept, then report that the upload failed: there is no file to send (N01)."""

    def report() -> None:
        for status in ("Uploading", "UploadFailure"):
            parts.emit("LogStatusNotification", {"status": status, "requestId": request["requestId"]})

    return Answer({"status": "Accepted", "filename": "simulated.log"}, report)


def customer_information(parts: Parts, request: Json) -> Answer:
    """Report that nothing is known of anyone (N09, N10)."""
    notice = {
        "requestId": request["requestId"],
        "seqNo": 0,
        "tbc": False,
        "generatedAt": stamp(utc_now()),
        "data": "",
    }
    return accepted((lambda: parts.emit("NotifyCustomerInformation", notice)) if request["report"] else None)


def _send_report(parts: Parts, rows: list[Json], request_id: int) -> None:
    for part in report_parts(rows, request_id, stamp(utc_now()), parts.quirks.items_per_report):
        parts.emit("NotifyReport", part)


def _always(payload: Json) -> CallHandler:
    return lambda _parts, _request: Answer(dict(payload))


def _plainly(answer: Callable[[], Answer]) -> CallHandler:
    return lambda _parts, _request: answer()


HANDLERS: Mapping[str, CallHandler] = {
    "CancelReservation": _plainly(rejected),
    "CertificateSigned": _plainly(rejected),
    "ClearCache": _plainly(rejected),
    "ClearVariableMonitoring": clear_variable_monitoring,
    "CostUpdated": _always({}),
    "CustomerInformation": customer_information,
    "DataTransfer": _always({"status": "UnknownVendorId"}),
    "DeleteCertificate": _always({"status": "NotFound"}),
    "GetBaseReport": get_base_report,
    "GetInstalledCertificateIds": _always({"status": "NotFound"}),
    "GetLocalListVersion": get_local_list_version,
    "GetLog": get_log,
    "GetMonitoringReport": get_monitoring_report,
    "GetReport": get_report,
    "GetVariables": get_variables,
    "InstallCertificate": _plainly(rejected),
    "ReserveNow": _plainly(rejected),
    "SendLocalList": send_local_list,
    "SetMonitoringBase": _plainly(accepted),
    "SetMonitoringLevel": _plainly(accepted),
    "SetNetworkProfile": _plainly(rejected),
    "SetVariableMonitoring": set_variable_monitoring,
    "SetVariables": set_variables,
    "UpdateFirmware": _plainly(rejected),
}
