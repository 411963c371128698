"""What a station is told beside yes: tokens, cost, and whether a car's plan fits."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bmw_wallbox.domain.device import PresentedCard
from bmw_wallbox.domain.device_events import Noted
from bmw_wallbox.domain.tokens import PresentedToken, TokenAnswer
from tests.csms.conftest import Listener
from tests.csms.messages import EXAMPLES, transaction_event
from tests.csms.wallbox import Wallbox

CARD = {"idToken": "04AABBCC", "type": "ISO14443"}


async def test_a_token_is_answered_with_its_group_and_expiry(box: Wallbox, listener: Listener) -> None:
    listener.answer = TokenAnswer(
        status="Blocked", group_id="family", expires=datetime(2030, 1, 1, tzinfo=UTC)
    )
    info = {
        "status": "Blocked",
        "cacheExpiryDateTime": "2030-01-01T00:00:00.000Z",
        "groupIdToken": {"idToken": "family", "type": "Central"},
    }
    assert (await box.request("Authorize", {"idToken": CARD}))[2] == {"idTokenInfo": info}
    assert (await box.request("TransactionEvent", transaction_event(idToken=CARD)))[2] == {
        "idTokenInfo": info
    }
    (noted,) = listener.of(Noted)
    assert isinstance(noted.note, PresentedCard)
    assert (noted.note.id_token, noted.note.status) == ("04AABBCC", "Blocked")


@pytest.mark.parametrize(
    ("change", "starts"),
    [
        ({"eventType": "Started"}, True),
        ({"eventType": "Started", "offline": True}, False),
        ({"eventType": "Started", "transactionInfo": {"transactionId": "tx-1", "remoteStartId": 4}}, False),
        ({"eventType": "Updated"}, False),
    ],
)
async def test_only_a_live_start_by_hand_uses_a_token_up(
    box: Wallbox, listener: Listener, change: dict[str, Any], *, starts: bool
) -> None:
    await box.request("TransactionEvent", transaction_event(idToken=CARD) | change)
    expected = PresentedToken(id_token="04AABBCC", type="ISO14443", transaction_id="tx-1", starts=starts)
    assert listener.presented == [expected]


async def test_a_contract_certificate_is_not_taken_on_trust(box: Wallbox, listener: Listener) -> None:
    listener.answer = TokenAnswer(status="Invalid")
    answer = await box.request("Authorize", {"idToken": CARD, "certificate": "-----BEGIN"})
    assert answer[2] == {"idTokenInfo": {"status": "Invalid"}, "certificateStatus": "CertChainError"}
    assert listener.presented[0].certified


async def test_the_cost_is_told_once_it_is_known_and_a_free_charge_costs_nothing(
    box: Wallbox, listener: Listener
) -> None:
    assert (await box.request("TransactionEvent", transaction_event()))[2] == {}
    for cost in (0.0, 4.2):
        listener.cost = cost
        ended = transaction_event(eventType="Ended", seqNo=int(10 * cost) + 2)
        assert (await box.request("TransactionEvent", ended))[2] == {"totalCost": cost}


async def test_needs_of_a_car_are_heard_and_no_schedule_is_promised(box: Wallbox) -> None:
    assert (await box.request("NotifyEVChargingNeeds", EXAMPLES["NotifyEVChargingNeeds"]))[2] == {
        "status": "Rejected"
    }


@pytest.mark.parametrize(
    ("unit", "limits", "status"),
    [
        ("A", [16.0], "Accepted"),
        ("A", [6.0, 16.1], "Rejected"),
        ("W", [11040.0], "Accepted"),
        ("W", [11100.0], "Rejected"),
    ],
)
async def test_a_plan_of_a_car_fits_within_the_limit_or_does_not(
    box: Wallbox, unit: str, limits: list[float], status: str
) -> None:
    periods = [{"startPeriod": 60 * n, "limit": limit} for n, limit in enumerate(limits)]
    schedule = {"id": 1, "chargingRateUnit": unit, "chargingSchedulePeriod": periods}
    payload = EXAMPLES["NotifyEVChargingSchedule"] | {"chargingSchedule": schedule}
    assert (await box.request("NotifyEVChargingSchedule", payload))[2] == {"status": status}
