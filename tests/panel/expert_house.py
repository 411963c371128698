"""A house whose wallbox has told much of itself, some of it hostile, for the tests of the expert page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from bmw_wallbox.csms.rpc import write_call, write_result
from bmw_wallbox.domain.deeds import Deed
from bmw_wallbox.domain.device import (
    Attribute,
    DeviceEvent,
    HeldProfile,
    Json,
    Monitor,
    Progress,
    SecurityEvent,
    Variable,
)
from bmw_wallbox.domain.device_records import Device, DeviceRecords
from bmw_wallbox.domain.state import Facts, InstalledProfile, Inventory
from tests.web.memory import ID, KEY, NOW, MemoryBackend, charging_state

HOSTILE = '<img src=x onerror="console.error(1)">'
PROFILE: Json = {
    "id": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": [
        {
            "id": 1,
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}, {"startPeriod": 3600, "limit": 10}],
        }
    ],
}
VARIABLES = (
    Variable(
        component="SampledDataCtrlr", variable="TxUpdatedInterval", value="10", data_type="integer", unit="s"
    ),
    Variable(
        component="ChargingStation",
        variable="StatusLedBrightness",
        value="80",
        data_type="integer",
        unit="%",
        minimum=0,
        maximum=100,
        supports_monitoring=True,
        others=(Attribute(type="Target", value="75"),),
    ),
    Variable(component="OCPPCommCtrlr", variable="RetryBackOffRandomRange", value="5", data_type="integer"),
    Variable(
        component="DeviceDataCtrlr",
        variable="OffHook",
        value="Idle",
        options=("Idle", "Busy"),
        data_type="OptionList",
    ),
    Variable(component=HOSTILE, variable=HOSTILE, value=HOSTILE, mutability="ReadOnly"),
)


def furnish(backend: MemoryBackend) -> None:
    """Let the wallbox have a past: messages, variables, profiles, events, and what was done to it."""
    event = DeviceEvent(
        component="Connector",
        variable="Problem",
        id=1,
        told_at=NOW,
        trigger="Alerting",
        value="true",
        tech_info=HOSTILE,
        evse_id=1,
    )
    records = DeviceRecords(
        monitors={
            "7": Monitor(
                component="Connector",
                variable="Temperature",
                id=7,
                type="UpperThreshold",
                value=80,
                severity=3,
            )
        },
        charging_profiles={"CSO/1/1": HeldProfile(evse_id=1, source="CSO", profile=PROFILE)},
        events=(event, replace(event, id=2, cleared=True, told_at=NOW + timedelta(minutes=3))),
        security_events=(SecurityEvent(type=HOSTILE, told_at=NOW, tech_info="tampered"),),
        progress={"firmware": Progress(status="Downloading", request_id=4, told_at=NOW)},
    )
    backend.states[KEY] = charging_state(
        facts=Facts(
            vendor="BMW", model="EIAW-E22KTSE6B04", serial="S1", firmware="1.2.3", reboot_required=True
        ),
        device=Device(records=records),
        inventory=Inventory(variables={variable.name: variable for variable in VARIABLES}),
        profiles={"TxDefaultProfile": InstalledProfile(limit_a=16, accepted_at=NOW)},
    )
    backend.expert.audit.rows["0"] = Deed(
        id="0",
        at=NOW,
        who=HOSTILE,
        action="Reset",
        target=ID,
        details='{"type":"OnIdle"}',
        outcome="done",
        note="Accepted",
    )
    exchange(backend, "1", "Heartbeat", {}, {"currentTime": "2026-11-20T18:00:00Z"})
    exchange(backend, "2", "StatusNotification", {"connectorStatus": HOSTILE, "evseId": 1}, {})
    exchange(backend, "3", "GetVariables", {"getVariableData": []}, {"getVariableResult": []}, ours=True)
    backend.expert.frames.record(
        ID, write_call("4", "Reset", {"type": "OnIdle"}), at=NOW, direction="out", action="Reset"
    )


def exchange(
    backend: MemoryBackend,
    message_id: str,
    action: str,
    request: Mapping[str, object],
    answer: Mapping[str, object],
    *,
    ours: bool = False,
) -> None:
    """Let a request and its answer travel, the latter after 40 ms."""
    frames = backend.expert.frames
    there: Literal["in", "out"] = "out" if ours else "in"
    back: Literal["in", "out"] = "in" if ours else "out"
    frames.record(ID, write_call(message_id, action, dict(request)), at=NOW, direction=there, action=action)
    frames.record(
        ID,
        write_result(message_id, dict(answer)),
        at=NOW + timedelta(milliseconds=40),
        direction=back,
        action=action,
    )
