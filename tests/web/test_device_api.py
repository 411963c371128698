"""What is known of a station beyond charging: all of it for administrators, the impersonal for everybody."""

from dataclasses import replace
from typing import Any

import pytest

from bmw_wallbox.domain.device import (
    Attribute,
    CustomerInformation,
    DeviceEvent,
    HeldProfile,
    Monitor,
    PresentedCard,
    Progress,
    SecurityEvent,
    SigningRequest,
    Variable,
    VendorMessage,
)
from bmw_wallbox.domain.device_records import Device, DeviceRecords
from bmw_wallbox.domain.reports import Report, ReportKind, ReportStatus
from bmw_wallbox.domain.sequence import Sequence
from bmw_wallbox.domain.state import Inventory
from tests.web.memory import KEY, NOW, MemoryBackend, charging_state
from tests.web.panel import Panel

DEVICE = f"/api/stations/{KEY}/device"
PERSONAL = {"signing_requests", "vendor_messages", "presented_cards", "customer_information"}
POWER = Variable(
    component="EVSE",
    variable="Power",
    evse_id=1,
    value="3",
    data_type="decimal",
    others=(Attribute(type="MaxSet", value="9"),),
)
PASSWORD = Variable(
    component="SecurityCtrlr",
    variable="BasicAuthPassword",
    value="hunter2",
    others=(Attribute(type="Target", value="hunter2"),),
)


@pytest.fixture
def known(backend: MemoryBackend) -> MemoryBackend:
    profile = HeldProfile(evse_id=1, source="CSO", profile={"id": 1, "customData": {"vendorId": "<b>"}})
    told = DeviceEvent(
        component="SecurityCtrlr",
        variable="BasicAuthPassword",
        id=1,
        told_at=NOW,
        trigger="Delta",
        value="hunter2",
    )
    records = DeviceRecords(
        monitors={"1": Monitor(component="EVSE", variable="Power", id=1, type="Delta")},
        charging_profiles={"a": profile},
        events=(told, replace(told, variable="Power", value="7")),
        security_events=(SecurityEvent(type="InvalidCsmsCertificate", told_at=NOW),),
        signing_requests=(SigningRequest(csr="-----BEGIN", told_at=NOW),),
        progress={"log": Progress(status="Uploaded", told_at=NOW)},
    )
    report = Report(
        kind=ReportKind.VARIABLES,
        request_id=7,
        status=ReportStatus.PARTIAL,
        asked=True,
        began_at=NOW,
        changed_at=NOW,
        next_part=2,
    )
    device = Device(
        records=records,
        reports=(report,),
        sequence=Sequence(transaction_id="tx-1", newest=9, missing=(7,)),
        vendor_messages=(VendorMessage(vendor_id="v", data={"SoCValue": 1}, told_at=NOW),),
        presented_cards=(
            PresentedCard(id_token="04A1B2C3D4", type="ISO14443", status="Unknown", told_at=NOW),
        ),
        customer_information=CustomerInformation(request_id=3, parts={1: "!", 0: "Anna"}),
    )
    variables = {variable.name: variable for variable in (POWER, PASSWORD)}
    backend.states[KEY] = charging_state(device=device, inventory=Inventory(variables=variables))
    return backend


async def test_everything_is_told_to_an_administrator(panel: Panel, known: MemoryBackend) -> None:
    device: dict[str, Any] = await panel.json(DEVICE)
    assert device["customer_information"] == {"request_id": 3, "parts": 2, "text": "Anna!"}
    assert device["vendor_messages"][0]["data"] == {"SoCValue": 1}
    assert device["presented_cards"][0]["id_token"] == "…C3D4"
    assert device["signing_requests"][0]["csr"] == "-----BEGIN"
    assert device["monitors"][0]["id"] == 1
    assert device["charging_profiles"][0]["profile"] == {"id": 1, "customData": {"vendorId": "<b>"}}
    assert device["security_events"][0]["type"] == "InvalidCsmsCertificate"
    assert device["transaction_events"]["missing"] == [7]
    assert (device["log"]["status"], device["firmware"]) == ("Uploaded", None)
    assert device["reports"][0] == {
        "kind": "variables",
        "request_id": 7,
        "status": "partial",
        "asked": True,
        "parts": 2,
        "last_part": None,
        "began_at": "2026-11-20T18:00:00Z",
        "changed_at": "2026-11-20T18:00:00Z",
        "note": "",
    }


async def test_what_is_personal_is_told_to_nobody_else(guest: Panel, known: MemoryBackend) -> None:
    device = await guest.json(DEVICE)
    assert not PERSONAL & set(device)
    assert device["security_events"]


async def test_variables_are_told_with_all_attributes_and_without_secrets(
    panel: Panel, known: MemoryBackend
) -> None:
    response = await panel.get(DEVICE)
    assert "hunter2" not in await response.text()
    power, password = (await response.json())["inventory"]["variables"]
    assert (power["value"], power["data_type"], power["evse_id"]) == ("3", "decimal", 1)
    assert power["others"][0]["type"] == "MaxSet"
    assert password["value"] is None


async def test_a_station_that_told_nothing_has_an_empty_page(panel: Panel) -> None:
    device = await panel.json(DEVICE)
    assert device["inventory"]["variables"] == device["reports"] == device["events"] == []


async def test_cards_held_to_the_wallbox_lately_can_be_added_to_the_table(
    panel: Panel, guest: Panel, known: MemoryBackend
) -> None:
    (card,) = await panel.json("/api/tokens/presented")
    assert (card["id_token"], card["type"], card["status"]) == ("04A1B2C3D4", "ISO14443", "Unknown")
    assert (await guest.get("/api/tokens/presented")).status == 403
