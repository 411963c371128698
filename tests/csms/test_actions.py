"""The table of actions is complete, each is answered as its schema wants, and what it told is kept."""

from collections.abc import Callable
from functools import reduce as fold
from importlib.resources import files

import pytest

from bmw_wallbox.csms.actions import CSMS_ACTIONS, STATION_ACTIONS, STATION_REQUESTS, StationRequest
from bmw_wallbox.csms.handlers import Handlers
from bmw_wallbox.csms.validation import check_outgoing
from tests.csms.conftest import Listener
from tests.csms.generated import maximal, minimal
from tests.csms.messages import EXAMPLES
from tests.csms.wallbox import Wallbox
from tests.domain.story import fresh, play

_TAKES_BACK = {"ClearedChargingLimit": "NotifyChargingLimit"}
"""Requests that show by what is gone afterwards, with the one that put it there."""


_BY_EXAMPLE = frozenset({"ClearedChargingLimit", "MeterValues", "TransactionEvent"})
"""Requests whose fullest form says nothing new: of an unknown unit, or of the past."""


def all_actions() -> set[str]:
    """Return the actions of the specification: those that it has a schema for."""
    names = [path.name for path in (files("ocpp.v201") / "schemas").iterdir()]
    return {name.removesuffix("Request.json") for name in names if name.endswith("Request.json")}


def test_every_action_of_the_specification_belongs_to_one_side() -> None:
    assert all_actions() == STATION_ACTIONS | CSMS_ACTIONS
    assert {"DataTransfer"} == STATION_ACTIONS & CSMS_ACTIONS


def test_every_request_of_a_station_has_one_row_and_its_handler() -> None:
    assert len(STATION_ACTIONS) == len(STATION_REQUESTS) == 25
    for request in STATION_REQUESTS:
        handler = getattr(Handlers, request.handler)
        assert handler._on_action == request.action
        assert request.requirements
        assert handler.__doc__


@pytest.mark.parametrize("make", [minimal, maximal], ids=["minimal", "maximal"])
@pytest.mark.parametrize("action", sorted(STATION_ACTIONS))
async def test_the_least_and_the_most_of_every_request_is_answered_by_its_schema(
    box: Wallbox, listener: Listener, action: str, make: Callable[[str], object]
) -> None:
    payload = make(action)
    check_outgoing(action, payload)
    kind, _, *answer = await box.request(action, payload)
    assert kind == 3, answer
    check_outgoing(action, answer[0], "Response")
    assert listener.events
    play(fresh(), *listener.events)


@pytest.mark.parametrize("row", STATION_REQUESTS, ids=lambda row: row.action)
async def test_what_a_request_tells_is_kept_where_the_table_says(
    box: Wallbox, listener: Listener, row: StationRequest
) -> None:
    if earlier := _TAKES_BACK.get(row.action):
        await box.request(earlier, EXAMPLES[earlier])
    before = play(fresh(), *listener.events)
    listener.events.clear()
    await box.request(row.action, EXAMPLES[row.action] if row.action in _BY_EXAMPLE else maximal(row.action))
    after = play(before, *listener.events)
    for place in row.kept:
        path = place.split(".")
        assert fold(getattr, path, after) != fold(getattr, path, before), place
