"""What the answers to our own requests tell is taken in as if the station had told it by itself."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bmw_wallbox.csms.actions import CSMS_ACTIONS
from bmw_wallbox.csms.answers import answer_events, request_events
from bmw_wallbox.domain.device import Attribute, Monitor, Reservation, Variable
from bmw_wallbox.domain.device_events import CertificatesListed, MonitorsChanged, Noted
from bmw_wallbox.domain.event import Event
from bmw_wallbox.domain.events import RebootRequired, VariablesReported
from tests.csms.generated import maximal, minimal
from tests.domain.story import fresh, play

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
LED: dict[str, Any] = {"component": {"name": "Led"}, "variable": {"name": "Brightness"}}
PASSWORD: dict[str, Any] = {
    "component": {"name": "SecurityCtrlr"},
    "variable": {"name": "BasicAuthPassword"},
}
MONITOR: dict[str, Any] = LED | {"value": 5.0, "type": "Delta", "severity": 3, "transaction": True}


@pytest.mark.parametrize(
    ("action", "request_", "answer", "expected"),
    [
        (
            "GetVariables",
            {"getVariableData": [LED, LED]},
            {
                "getVariableResult": [
                    LED | {"attributeStatus": "Accepted", "attributeValue": "40"},
                    LED | {"attributeStatus": "Accepted", "attributeValue": "9", "attributeType": "MaxSet"},
                    LED | {"attributeStatus": "Rejected"},
                    PASSWORD | {"attributeStatus": "Accepted", "attributeValue": "hunter2"},
                ]
            },
            VariablesReported(
                at=AT,
                variables=(
                    Variable(component="Led", variable="Brightness", value="40"),
                    Variable(
                        component="Led",
                        variable="Brightness",
                        others=(Attribute(type="MaxSet", value="9"),),
                    ),
                ),
            ),
        ),
        (
            "SetVariables",
            {"setVariableData": [PASSWORD | {"attributeValue": "x"}, LED | {"attributeValue": "40"}]},
            {
                "setVariableResult": [
                    PASSWORD | {"attributeStatus": "Accepted"},
                    LED | {"attributeStatus": "Accepted"},
                ]
            },
            VariablesReported(
                at=AT, variables=(Variable(component="Led", variable="Brightness", value="40"),)
            ),
        ),
        (
            "SetVariables",
            {"setVariableData": [LED | {"attributeValue": "40"}]},
            {"setVariableResult": [LED | {"attributeStatus": "RebootRequired"}]},
            RebootRequired(at=AT),
        ),
        (
            "SetVariableMonitoring",
            {"setMonitoringData": [MONITOR]},
            {"setMonitoringResult": [LED | {"id": 7, "status": "Accepted", "type": "Delta", "severity": 3}]},
            MonitorsChanged(
                at=AT,
                placed=(
                    Monitor(
                        component="Led",
                        variable="Brightness",
                        id=7,
                        type="Delta",
                        value=5.0,
                        severity=3,
                        transaction=True,
                    ),
                ),
            ),
        ),
        (
            "ClearVariableMonitoring",
            {"id": [7, 8, 9]},
            {
                "clearMonitoringResult": [
                    {"id": 7, "status": "Accepted"},
                    {"id": 8, "status": "Rejected"},
                    {"id": 9, "status": "NotFound"},
                ]
            },
            MonitorsChanged(at=AT, removed=(7, 9)),
        ),
        (
            "GetInstalledCertificateIds",
            {},
            {"status": "Accepted", "certificateHashDataChain": [{"certificateType": "V2GRootCertificate"}]},
            CertificatesListed(at=AT, certificates=({"certificateType": "V2GRootCertificate"},)),
        ),
        (
            "GetInstalledCertificateIds",
            {},
            {"status": "NotFound"},
            CertificatesListed(at=AT, certificates=()),
        ),
        (
            "ReserveNow",
            {"id": 4, "expiryDateTime": "2026-06-01T13:00:00Z", "evseId": 1},
            {"status": "Accepted"},
            Noted(
                at=AT,
                note=Reservation(
                    id=4,
                    status="Accepted",
                    expires=datetime(2026, 6, 1, 13, tzinfo=UTC),
                    evse_id=1,
                    told_at=AT,
                ),
            ),
        ),
        (
            "CancelReservation",
            {"reservationId": 4},
            {"status": "Accepted"},
            Noted(at=AT, note=Reservation(id=4, status="Cancelled", told_at=AT)),
        ),
    ],
)
def test_an_answer_tells(
    action: str, request_: dict[str, Any], answer: dict[str, Any], expected: Event
) -> None:
    assert answer_events(action, request_, answer, AT) == (expected,)


@pytest.mark.parametrize(
    ("action", "request_", "answer"),
    [
        ("ReserveNow", {"id": 4}, {"status": "Occupied"}),
        ("CancelReservation", {"reservationId": 4}, {"status": "Rejected"}),
        ("SetVariableMonitoring", {"setMonitoringData": [MONITOR]}, {"setMonitoringResult": []}),
        ("GetInstalledCertificateIds", {"certificateType": ["MORootCertificate"]}, {"status": "NotFound"}),
        ("Reset", {"type": "OnIdle"}, {"status": "Accepted"}),
        ("CustomerInformation", {"requestId": 1, "report": False}, {"status": "Accepted"}),
    ],
)
def test_an_answer_that_changes_nothing_tells_nothing(
    action: str, request_: dict[str, Any], answer: dict[str, Any]
) -> None:
    assert request_events(action, request_, AT) == ()
    assert answer_events(action, request_, answer, AT) == ()


@pytest.mark.parametrize("make", [minimal, maximal], ids=["minimal", "maximal"])
@pytest.mark.parametrize("action", sorted(CSMS_ACTIONS))
def test_any_answer_can_be_taken_in(action: str, make: Any) -> None:  # noqa: ANN401  # one of two functions
    request, answer = make(action), make(action, "Response")
    state = play(fresh(), *request_events(action, request, AT), *answer_events(action, request, answer, AT))
    assert play(state, *answer_events(action, {}, {}, AT)).device is not None
