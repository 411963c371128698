"""What a station may get wrong in what it tells, from its socket to the ledger on the disk.

The rows are those of the catalogue (`test_faults.py`); each story is told twice, over two connections and
with a restart of the app between, since no repetition may count twice.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bmw_wallbox.domain.state import StationState
from tests.csms.messages import EXAMPLES
from tests.csms.wallbox import IDENTITY, Wallbox, wallbox
from tests.door_rig import House, open_house
from tests.fakes.clock import NOON, HandClock

FIRST_WH = 1_000_000

type Payload = dict[str, Any]


def event(
    kind: str,
    transaction_id: str,
    number: int,
    minute: float,
    growth_wh: float | None = None,
    *,
    power_w: float | None = None,
    offline: bool = False,
    **more: object,
) -> Payload:
    """Return a TransactionEvent so many minutes before noon; `growth_wh` counts from the first register."""
    at = (NOON - timedelta(minutes=minute)).isoformat()
    values: list[Payload] = []
    if growth_wh is not None:
        values.append({"value": FIRST_WH + growth_wh})
    if power_w is not None:
        values.append({"value": power_w, "measurand": "Power.Active.Import", "unitOfMeasure": {"unit": "W"}})
    return {
        "eventType": kind,
        "timestamp": at,
        "triggerReason": "MeterValuePeriodic",
        "seqNo": number,
        "offline": offline,
        "transactionInfo": {"transactionId": transaction_id, "chargingState": "Charging"},
        **({"meterValue": [{"timestamp": at, "sampledValue": values}]} if values else {}),
        **more,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is known in the end."""

    growth_wh: int | None
    """Counted above the first register; None where no register was believed."""
    running: str | None = None
    power_w: float | None = None


CHARGE = (
    event("Started", "a", 0, 60, 0),
    event("Updated", "a", 1, 50, 1000, power_w=7000),
    event("Updated", "a", 2, 40, 2000, power_w=7100),
)
END = event("Ended", "a", 3, 30, 3000)
YESTERDAY = 24 * 60

STORIES = [
    pytest.param(CHARGE, Outcome(growth_wh=2000, running="a", power_w=7100), id="honest"),
    pytest.param(
        (*CHARGE, CHARGE[1], CHARGE[2]),
        Outcome(growth_wh=2000, running="a", power_w=7100),
        id="P28-repeated-under-new-message-ids",
    ),
    pytest.param(
        (CHARGE[0], event("Updated", "a", 7, 40, 2000, power_w=7100)),
        Outcome(growth_wh=2000, running="a", power_w=7100),
        id="P29-a-gap",
    ),
    pytest.param(
        (CHARGE[0], CHARGE[2], CHARGE[1]),
        Outcome(growth_wh=2000, running="a", power_w=7100),
        id="P29-backwards",
    ),
    pytest.param(
        (*CHARGE, event("Updated", "a", 0, 35, 2500, power_w=6900)),
        Outcome(growth_wh=2500, running="a", power_w=6900),
        id="P29-begins-to-count-again",
    ),
    pytest.param((*CHARGE[:2], END, CHARGE[2]), Outcome(growth_wh=3000), id="P30-ended-before-updated"),
    pytest.param(
        (CHARGE[1], CHARGE[0], CHARGE[2]),
        Outcome(growth_wh=2000, running="a", power_w=7100),
        id="P30-updated-before-started",
    ),
    pytest.param(
        (
            *CHARGE,
            *(
                event("Updated", "old", number, YESTERDAY - number, -5000 + 100 * number, offline=True)
                for number in range(50)
            ),
        ),
        Outcome(growth_wh=2000, running="a", power_w=7100),
        id="P31-an-offline-replay-after-the-live-ones",
    ),
    pytest.param(
        (event("Ended", "old", 9, YESTERDAY, 0, offline=True),),
        Outcome(growth_wh=0),
        id="P32-the-offline-end-of-an-unknown-transaction",
    ),
    pytest.param(
        (*CHARGE, event("Updated", "a", 3, 35, 500, power_w=7000)),
        Outcome(growth_wh=2000, running="a", power_w=7000),
        id="P33-the-register-goes-backwards",
    ),
    pytest.param(
        (*CHARGE, event("Updated", "a", 3, 35, 1e12, power_w=7000)),
        Outcome(growth_wh=2000, running="a", power_w=7000),
        id="P34-the-register-jumps-beyond-reason",
    ),
    pytest.param(
        (*CHARGE, event("Updated", "a", 3, 35, 2100, power_w=-3000)),
        Outcome(growth_wh=2100, running="a", power_w=0),
        id="P35-a-negative-power-is-no-import",
    ),
    pytest.param(
        (event("Updated", "", 0, 40, 0, power_w=7000), event("Updated", " " * 36, 1, 39)),
        Outcome(growth_wh=0, running=" " * 36),
        id="P36-an-empty-and-a-blank-transaction-id",
    ),
    pytest.param(
        (*CHARGE, event("Started", "b", 0, 20, 2000), event("Updated", "b", 1, 10, 2500, power_w=6000)),
        Outcome(growth_wh=2500, running="b", power_w=6000),
        id="P37-a-second-start-without-an-end",
    ),
    pytest.param(
        (event("Ended", "z", 4, 70, 0), *CHARGE, END, event("Ended", "a", 4, 25, 3000)),
        Outcome(growth_wh=3000),
        id="P38-an-unknown-end-and-a-second-one",
    ),
    pytest.param(
        (
            *CHARGE[:2],
            event("Updated", "a", 2, 40, 2000, power_w=7100, evse={"id": 99, "connectorId": 0}),
            event("Updated", "a", 3, 30, meterValue=[]),
        ),
        Outcome(growth_wh=2000, running="a", power_w=7100),
        id="P19-a-strange-place-and-no-values",
    ),
]


async def tell(box: Wallbox, action: str, payload: Payload, message_id: str) -> list[Any]:
    """Send a request and return its answer; what the app asks meanwhile stays unanswered."""
    await box.send([2, message_id, action, payload])
    while (frame := await box.receive())[1] != message_id:
        assert frame[0] == 2
    return frame


async def tell_all(house: House, story: tuple[Payload, ...], name: str) -> StationState:
    async with wallbox(house.system.port) as box:
        for number, payload in enumerate(story):
            answer = await tell(box, "TransactionEvent", payload, f"{name}-{number}")
            assert answer[0] == 3, answer
        return house.registry.resident(IDENTITY).station.state


def known(state: StationState) -> Outcome:
    total_wh = state.ledger.total_wh
    return Outcome(
        growth_wh=None if total_wh is None else total_wh - FIRST_WH,
        running=None if state.transaction is None else state.transaction.id,
        power_w=None if state.transaction is None else state.meter.power_w,
    )


@pytest.mark.parametrize(("story", "outcome"), STORIES)
async def test_a_story_with_faults_has_the_outcome_of_the_honest_one(
    tmp_path: Path, story: tuple[Payload, ...], outcome: Outcome
) -> None:
    async with open_house(tmp_path, clock=HandClock()) as house:
        assert known(await tell_all(house, story, "once")) == outcome
        assert known(await tell_all(house, story, "again")).growth_wh == outcome.growth_wh
    async with open_house(tmp_path, clock=HandClock()) as house:
        assert known(await tell_all(house, story, "restarted")).growth_wh == outcome.growth_wh


async def test_a_station_that_reboots_in_a_session_goes_on_with_it(tmp_path: Path) -> None:
    # P39
    async with open_house(tmp_path, clock=HandClock()) as house:
        await tell_all(house, CHARGE, "before")
        async with wallbox(house.system.port) as box:
            boot = await tell(box, "BootNotification", EXAMPLES["BootNotification"], "boot")
            assert boot[2]["status"] == "Accepted"
            await tell(box, "TransactionEvent", event("Updated", "a", 3, 30, 3000, power_w=7000), "after")
            state = house.registry.resident(IDENTITY).station.state
            assert known(state) == Outcome(growth_wh=3000, running="a", power_w=7000)
            assert state.ledger.session_wh == 3000


async def test_boots_in_quick_succession_are_all_answered(tmp_path: Path) -> None:
    # P41
    async with open_house(tmp_path, clock=HandClock()) as house, wallbox(house.system.port) as box:
        for number in range(20):
            boot = await tell(box, "BootNotification", EXAMPLES["BootNotification"], f"b{number}")
            assert boot[2]["status"] == "Accepted"


async def test_the_last_of_equal_keys_wins(tmp_path: Path) -> None:
    # P10
    async with open_house(tmp_path, clock=HandClock()) as house, wallbox(house.system.port) as box:
        status = json.dumps(EXAMPLES["StatusNotification"])
        doubled = status[:-1] + ', "connectorStatus": "Faulted"}'
        await box.send(f'[2,"d","StatusNotification",{doubled}]')
        while (await box.receive())[1] != "d":
            pass
        assert house.registry.resident(IDENTITY).station.state.connector.status == "Faulted"


async def test_another_stations_recorded_session_is_no_energy_of_ours(tmp_path: Path) -> None:
    # P59: what is sent again is known; under another id it needs that id's login
    async with open_house(tmp_path, clock=HandClock()) as house:
        await tell_all(house, (*CHARGE, END), "live")
        state = await tell_all(house, (*CHARGE, END), "live")
        assert known(state).growth_wh == 3000
        assert await house.status("DE*THIEF") == 404


async def test_no_answer_of_ours_waits_for_one_of_the_stations(tmp_path: Path) -> None:
    # P51: a call of ours is on its way and stays unanswered; every request is answered all the same
    async with open_house(tmp_path, clock=HandClock()) as house, wallbox(house.system.port) as box:
        call = await box.receive()
        assert call[0] == 2
        for action in ("BootNotification", "StatusNotification", "Heartbeat", "NotifyReport"):
            assert (await tell(box, action, EXAMPLES[action], action))[0] == 3
