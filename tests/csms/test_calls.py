"""Every request that we may make travels as it was written, and so does its answer."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bmw_wallbox.csms.actions import CSMS_ACTIONS
from bmw_wallbox.csms.session import Session
from bmw_wallbox.errors import InvalidPayloadError
from tests.csms.generated import CUSTOM_DATA, maximal, minimal
from tests.csms.wallbox import Wallbox

type Maker = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("make", [minimal, maximal], ids=["minimal", "maximal"])
@pytest.mark.parametrize("action", sorted(CSMS_ACTIONS))
async def test_a_request_and_its_answer_travel_unchanged(
    box: Wallbox, link: Session, action: str, make: Maker
) -> None:
    payload, answer = make(action), make(action, "Response")
    asking = asyncio.create_task(link.call_raw(action, payload))
    call = await box.receive()
    assert (call[0], call[2], call[3]) == (2, action, payload)
    await box.send([3, call[1], answer])
    assert await asking == answer


@pytest.mark.parametrize(
    "data", [None, 0.1, 2**53 + 1, 2**63, "ü\u202e\u0000", [], {}, CUSTOM_DATA, [[{"a_b": "aB"}]], False]
)
async def test_a_vendors_data_survives_both_ways(box: Wallbox, link: Session, data: object) -> None:
    payload = {"vendorId": "com.example", "data": data}
    asking = asyncio.create_task(link.call_raw("DataTransfer", payload))
    call = await box.receive()
    assert call[3] == payload
    answer = {"status": "Accepted", "data": data, "customData": CUSTOM_DATA}
    await box.send([3, call[1], answer])
    assert await asking == answer


@pytest.mark.parametrize("action", sorted(action for action in CSMS_ACTIONS if minimal(action)))
async def test_a_request_that_lacks_a_field_is_not_sent(box: Wallbox, link: Session, action: str) -> None:
    payload = minimal(action)
    payload.pop(next(iter(payload)))
    with pytest.raises(InvalidPayloadError):
        await link.call_raw(action, payload)
    await box.alive()


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("Heartbeat", {}),
        ("NoSuchAction", {}),
        ("Reset", {"type": "Sometimes"}),
        ("Reset", {"type": "OnIdle", "extra": 1}),
        ("DataTransfer", {"vendorId": "v", "data": float("nan")}),
        ("DataTransfer", {"vendorId": "v", "data": "\ud800"}),
        ("DataTransfer", {"vendorId": "v", "data": object()}),
    ],
)
async def test_what_ocpp_cannot_carry_is_not_sent(
    box: Wallbox, link: Session, action: str, payload: dict[str, Any]
) -> None:
    with pytest.raises(InvalidPayloadError):
        await link.call_raw(action, payload)
    await box.alive()
