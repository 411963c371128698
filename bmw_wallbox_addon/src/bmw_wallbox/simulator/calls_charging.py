"""How the box answers the requests that concern charging: transactions, profiles, availability, reset."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from .charger import Charger
from .config import SimulatorConfig
from .inventory import Inventory
from .outbox import Emit, Outbox
from .profiles import ProfileStore
from .quirks import BoxProfile
from .rpc import Answer, Json
from .transaction import Permission, stamp, utc_now


@dataclass(slots=True, kw_only=True)
class Parts:
    """All of the box that a request may touch."""

    config: SimulatorConfig
    quirks: BoxProfile
    inventory: Inventory
    profiles: ProfileStore
    charger: Charger
    outbox: Outbox
    emit: Emit
    reboot: Callable[[str], None]
    """Restart the box; the argument is the reason that BootNotification will give."""
    boot_again: Callable[[], None]
    """Send BootNotification without a restart."""
    boot_status: str | None = None
    """The CSMS's last word on BootNotification; None before the first."""
    reset_when_idle: bool = False
    inoperative_when_idle: bool = False
    local_list_version: int = 0
    local_list: dict[str, Json] = field(default_factory=dict)
    monitors: dict[int, Json] = field(default_factory=dict)


type CallHandler = Callable[[Parts, Json], Answer]


def accepted(after: Callable[[], None] | None = None) -> Answer:
    """Return an answer with status Accepted."""
    return Answer({"status": "Accepted"}, after)


def rejected(reason: str | None = None) -> Answer:
    """Return an answer with status Rejected and, if given, why."""
    payload: Json = {"status": "Rejected"}
    if reason is not None:
        payload["statusInfo"] = {"reasonCode": reason[:20]}
    return Answer(payload)


def request_start(parts: Parts, request: Json) -> Answer:
    """Try to authorise, or start, a transaction from afar (F01, F02)."""
    profile = request.get("chargingProfile")
    invalid = profile is not None and (
        profile["chargingProfilePurpose"] != "TxProfile" or "transactionId" in profile
    )
    refusal = parts.charger.start_refusal() or ("InvalidProfile" if invalid else None)
    if refusal is not None or parts.boot_status == "Pending" or request.get("evseId", 1) != 1:
        return rejected(refusal)
    permission = Permission(
        id_token=request["idToken"], remote_start_id=request["remoteStartId"], charging_profile=profile
    )
    payload: Json = {"status": "Accepted"}
    if parts.charger.transaction is not None:
        payload["transactionId"] = parts.charger.transaction.id
    return Answer(payload, partial(parts.charger.permit, permission))


def request_stop(parts: Parts, request: Json) -> Answer:
    """End the transaction if it is the one in progress (F03.FR.07, FR.08)."""
    tx = parts.charger.transaction
    if tx is None or tx.id != request["transactionId"] or parts.boot_status == "Pending":
        return rejected("TxNotFound")
    return accepted(parts.charger.remote_stop)


def transaction_status(parts: Parts, request: Json) -> Answer:
    """Tell whether a transaction goes on and whether messages of it wait (E14)."""
    answer: Json = {"messagesInQueue": parts.outbox.transaction_messages > 0}
    tx = parts.charger.transaction
    if "transactionId" in request:
        answer["ongoingIndicator"] = tx is not None and tx.id == request["transactionId"]
    return Answer(answer)


def set_charging_profile(parts: Parts, request: Json) -> Answer:
    """Install a profile and let it act at once (K01)."""
    refusal = parts.profiles.install(request["evseId"], request["chargingProfile"], parts.charger.facts)
    return accepted(parts.charger.tick) if refusal is None else rejected(refusal)


def clear_charging_profile(parts: Parts, request: Json) -> Answer:
    """Remove profiles; Unknown when nothing matched (K10.FR.01)."""
    if parts.profiles.clear(request):
        return accepted(parts.charger.tick)
    return Answer({"status": "Unknown"})


def get_charging_profiles(parts: Parts, request: Json) -> Answer:
    """Announce the wanted profiles and report them, one message per EVSE (K09)."""
    found = parts.profiles.matching(request)
    if not found:
        return Answer({"status": "NoProfiles"})
    evses = sorted({profile.evse_id for profile in found})

    def report() -> None:
        for evse_id in evses:
            payload = {
                "requestId": request["requestId"],
                "chargingLimitSource": "CSO",
                "evseId": evse_id,
                "chargingProfile": [old.profile for old in found if old.evse_id == evse_id],
                "tbc": evse_id != evses[-1],
            }
            parts.emit("ReportChargingProfiles", payload)

    return accepted(report)


def get_composite_schedule(parts: Parts, request: Json) -> Answer:
    """Return what the installed profiles allow together (K08)."""
    if request["evseId"] not in {0, 1}:
        return rejected("UnknownEvse")
    now, tx = utc_now(), parts.charger.transaction
    unit = request.get("chargingRateUnit", "A")
    schedule = {
        "evseId": request["evseId"],
        "duration": request["duration"],
        "scheduleStart": stamp(now),
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": parts.profiles.composite(
            at=now,
            began=now if tx is None else tx.began,
            phases=parts.charger.meter.supply_phases,
            duration_s=request["duration"],
            unit=unit,
        ),
    }
    return Answer({"status": "Accepted", "schedule": schedule})


def change_availability(parts: Parts, request: Json) -> Answer:
    """Become operative or not, after the transaction if there is one (G03.FR.03, FR.05)."""
    if request.get("evse", {}).get("id", 1) not in {0, 1}:
        return rejected("UnknownEvse")
    operative = request["operationalStatus"] == "Operative"
    busy = not operative and parts.charger.operative and parts.charger.transaction is not None
    parts.inoperative_when_idle = busy
    if busy:
        return Answer({"status": "Scheduled"})
    return accepted(partial(parts.charger.set_operative, operative=operative))


def reset(parts: Parts, request: Json) -> Answer:
    """Reboot now, or when the transaction is over (B11, B12)."""
    if "evseId" in request:
        return rejected("UnsupportedParam")
    if request["type"] == "OnIdle" and parts.charger.transaction is not None:
        parts.reset_when_idle = True
        return Answer({"status": "Scheduled"})

    def go() -> None:
        parts.charger.end("ResetCommand", "ImmediateReset")
        parts.reboot("RemoteReset")

    return accepted(go)


def unlock_connector(parts: Parts, request: Json) -> Answer:
    """Unlock, unless someone is authorised to use the connector (F05)."""
    if (request["evseId"], request["connectorId"]) != (1, 1):
        return Answer({"status": "UnknownConnector"})
    tx = parts.charger.transaction
    busy = tx is not None and tx.authorized
    return Answer({"status": "OngoingAuthorizedTransaction" if busy else "Unlocked"})


def trigger_message(parts: Parts, request: Json) -> Answer:
    """Answer first, send the wanted message after (F06.FR.04)."""
    wanted, charger = request["requestedMessage"], parts.charger
    messages: Mapping[str, Callable[[], None]] = {
        "BootNotification": parts.boot_again,
        "Heartbeat": lambda: parts.emit("Heartbeat", {}),
        "StatusNotification": charger.send_status,
        "MeterValues": lambda: charger.meter_values("Trigger"),
        "TransactionEvent": lambda: charger.event("Updated", "Trigger"),
        "FirmwareStatusNotification": lambda: parts.emit("FirmwareStatusNotification", {"status": "Idle"}),
        "LogStatusNotification": lambda: parts.emit("LogStatusNotification", {"status": "Idle"}),
    }
    if wanted not in messages:
        return Answer({"status": "NotImplemented"})
    connector_missing = "connectorId" not in request.get("evse", {})
    refused = (
        (wanted in parts.quirks.refused_triggers and parts.boot_status == "Accepted")
        or (wanted == "TransactionEvent" and charger.transaction is None)
        or (
            wanted == "StatusNotification"
            and connector_missing
            and parts.quirks.status_trigger_needs_connector
        )
    )
    return rejected() if refused else accepted(messages[wanted])


HANDLERS: Mapping[str, CallHandler] = {
    "ChangeAvailability": change_availability,
    "ClearChargingProfile": clear_charging_profile,
    "GetChargingProfiles": get_charging_profiles,
    "GetCompositeSchedule": get_composite_schedule,
    "GetTransactionStatus": transaction_status,
    "RequestStartTransaction": request_start,
    "RequestStopTransaction": request_stop,
    "Reset": reset,
    "SetChargingProfile": set_charging_profile,
    "TriggerMessage": trigger_message,
    "UnlockConnector": unlock_connector,
}
