"""Each poisoned state is told by its sign, and each has a way out in words."""

import pytest

from bmw_wallbox.domain.events import AnyEvent
from bmw_wallbox.domain.poison import TABLE, Look, Poison, diagnose, way_out
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus
from tests.domain.story import connected, ended, fresh, play, started, status, updated

OCCUPIED = status(0, ConnectorStatus.OCCUPIED)


def station(*events: AnyEvent) -> StationState:
    return play(fresh(), connected(), *events)


def turned(charging_state: ChargingState) -> StationState:
    return station(OCCUPIED, started(1), updated(2, 1, charging_state=charging_state))


PAUSED, CHARGING = turned(ChargingState.SUSPENDED_EVSE), turned(ChargingState.CHARGING)
WAITING, ASLEEP = turned(ChargingState.EV_CONNECTED), turned(ChargingState.SUSPENDED_EV)


@pytest.mark.parametrize(
    ("look", "poison"),
    [
        (Look(state=CHARGING, refusal="DuplicateProfile"), Poison.DUPLICATE),
        (Look(state=CHARGING, refusal="InvalidStackLevel (0 only)"), Poison.STACK_LEVEL),
        (Look(state=CHARGING, refusal="InternalError"), None),
        (Look(state=station(OCCUPIED, started(1), ended(2, 1))), Poison.ENDED),
        (Look(state=PAUSED, schedule_a=0.0), Poison.HELD_DOWN),
        (Look(state=CHARGING, schedule_a=32.0), Poison.HELD_UP),
        (Look(state=CHARGING, schedule_a=16.4), Poison.SILENT),
        (Look(state=ASLEEP, schedule_a=16.0), Poison.ASLEEP),
        (Look(state=WAITING, schedule_a=16.0), Poison.SILENT),
        (Look(state=PAUSED), Poison.SILENT),
        (Look(state=station(status(0, ConnectorStatus.AVAILABLE))), None),
    ],
)
def test_a_poisoned_state_is_told_by_its_sign(look: Look, poison: Poison | None) -> None:
    row = diagnose(look)
    assert (row.poison if row else None) is poison
    assert bool(way_out(look)) is (poison is not None)


def test_the_table_has_one_row_for_each() -> None:
    assert [row.poison for row in TABLE] == list(Poison)
