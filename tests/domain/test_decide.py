"""Every command has a plan in every situation; the tables here are the specification."""

from dataclasses import replace
from itertools import product

import pytest

from bmw_wallbox.domain.calls import (
    GetBaseReport,
    RequestStopTransaction,
    Reset,
    SetVariables,
    TriggerMessage,
    VariableValue,
)
from bmw_wallbox.domain.commands import (
    Command,
    EndTransaction,
    Refresh,
    Restart,
    SetCurrentLimit,
    SetLedBrightness,
    StartCharging,
    StopCharging,
)
from bmw_wallbox.domain.decide import (
    LED_VARIABLES,
    Expect,
    Situation,
    Start,
    decide,
    refresh_calls,
    situation,
    with_request_id,
)
from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.events import (
    AnyEvent,
    Disconnected,
    VariablesReported,
    WishChanged,
)
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus, Outcome
from tests.domain.story import at, connected, ended, fresh, play, started, status, updated

OCCUPIED = ConnectorStatus.OCCUPIED


def running(charging_state: ChargingState, trigger: str = "Authorized") -> tuple[AnyEvent, ...]:
    return (started(0), updated(1, 1, charging_state=charging_state, trigger_reason=trigger))


STORIES: dict[Situation, tuple[AnyEvent, ...]] = {
    Situation.OFFLINE: (*running(ChargingState.CHARGING), Disconnected(at=at(5))),
    Situation.NO_CAR: (status(0, ConnectorStatus.AVAILABLE),),
    Situation.CAR_WAITING: (status(0, OCCUPIED), started(1), ended(2, 1)),
    Situation.UNAUTHORIZED: running(ChargingState.EV_CONNECTED, "CablePluggedIn"),
    Situation.EV_CONNECTED: running(ChargingState.EV_CONNECTED),
    Situation.CHARGING: running(ChargingState.CHARGING),
    Situation.SUSPENDED_EVSE: running(ChargingState.SUSPENDED_EVSE),
    Situation.SUSPENDED_EV: running(ChargingState.SUSPENDED_EV),
    Situation.OUT_OF_ORDER: (status(0, ConnectorStatus.FAULTED),),
    Situation.UNCLEAR: (),
}
COMMANDS: tuple[Command, ...] = (
    StartCharging(),
    StopCharging(),
    SetCurrentLimit(limit_a=10.0),
    SetLedBrightness(percent=50),
    EndTransaction(),
    Refresh(),
    Restart(),
)
EVERYTHING = list(product(COMMANDS, Situation))
ONLINE = [now for now in Situation if now is not Situation.OFFLINE]
CLEAR = [now for now in ONLINE if now is not Situation.UNCLEAR]


def station(now: Situation) -> StationState:
    return play(fresh(), connected(), *STORIES[now])


@pytest.mark.parametrize("now", Situation)
def test_a_situation_is_recognised(now: Situation) -> None:
    assert situation(station(now)) is now


@pytest.mark.parametrize(
    ("told", "now"),
    [
        (ConnectorStatus.AVAILABLE, Situation.NO_CAR),
        (ConnectorStatus.RESERVED, Situation.NO_CAR),
        (ConnectorStatus.OCCUPIED, Situation.CAR_WAITING),
        (ConnectorStatus.UNAVAILABLE, Situation.OUT_OF_ORDER),
        (ConnectorStatus.FAULTED, Situation.OUT_OF_ORDER),
        (ConnectorStatus.UNKNOWN, Situation.UNCLEAR),
    ],
)
def test_without_a_transaction_the_connector_decides(told: ConnectorStatus, now: Situation) -> None:
    assert situation(play(fresh(), connected(), status(0, told))) is now


def test_a_transaction_that_says_nothing_of_its_state_is_unclear() -> None:
    state = play(fresh(), connected(), status(0, OCCUPIED), started(1, charging_state=None))
    assert situation(state) is Situation.UNCLEAR


@pytest.mark.parametrize("now", CLEAR)
def test_after_a_reconnect_the_old_situation_is_not_believed(now: Situation) -> None:
    again = play(station(now), Disconnected(at=at(50)), connected(60))
    assert situation(again) is Situation.UNCLEAR


def test_a_status_alone_does_not_confirm_a_transaction_of_the_last_connection() -> None:
    again = play(station(Situation.CHARGING), connected(60), status(61, OCCUPIED))
    assert situation(again) is Situation.UNCLEAR
    assert situation(play(again, updated(62, 2))) is Situation.CHARGING
    assert situation(play(again, status(62, ConnectorStatus.AVAILABLE))) is Situation.NO_CAR


# What a wish comes to: (push the limit, RequestStartTransaction, proof, outcome without a proof)
type Row = tuple[bool, Start, Expect, Outcome]

PENDING: Row = (False, Start.NEVER, Expect.NOTHING, Outcome.PENDING)
NEXT: Row = (True, Start.NEVER, Expect.NOTHING, Outcome.APPLIED_NEXT_CHARGE)
DONE: Row = (True, Start.NEVER, Expect.NOTHING, Outcome.APPLIED)


def proven(expect: Expect, start: Start = Start.NEVER) -> Row:
    return (True, start, expect, Outcome.APPLIED)


WISHES: dict[Command, dict[Situation, Row]] = {
    StartCharging(): {
        Situation.OFFLINE: PENDING,
        Situation.NO_CAR: NEXT,
        Situation.CAR_WAITING: proven(Expect.CHARGING, Start.NOW),
        Situation.UNAUTHORIZED: proven(Expect.CHARGING, Start.NOW),
        Situation.EV_CONNECTED: proven(Expect.CHARGING, Start.IF_NEEDED),
        Situation.SUSPENDED_EVSE: proven(Expect.CHARGING, Start.IF_NEEDED),
        Situation.UNCLEAR: proven(Expect.CHARGING, Start.IF_NEEDED),
        Situation.CHARGING: proven(Expect.WITHIN_LIMIT),
        Situation.SUSPENDED_EV: (True, Start.NEVER, Expect.NOTHING, Outcome.CAR_TAKES_LESS),
        Situation.OUT_OF_ORDER: NEXT,
    },
    StopCharging(): {
        Situation.OFFLINE: PENDING,
        Situation.NO_CAR: NEXT,
        Situation.CAR_WAITING: NEXT,
        Situation.UNAUTHORIZED: DONE,
        Situation.EV_CONNECTED: DONE,
        Situation.SUSPENDED_EVSE: DONE,
        Situation.SUSPENDED_EV: DONE,
        Situation.CHARGING: proven(Expect.NOT_CHARGING),
        Situation.UNCLEAR: proven(Expect.NOT_CHARGING),
        Situation.OUT_OF_ORDER: NEXT,
    },
    SetCurrentLimit(limit_a=10.0): {
        Situation.OFFLINE: PENDING,
        Situation.NO_CAR: NEXT,
        Situation.CAR_WAITING: NEXT,
        Situation.UNAUTHORIZED: NEXT,
        Situation.EV_CONNECTED: NEXT,
        Situation.SUSPENDED_EVSE: NEXT,
        Situation.SUSPENDED_EV: NEXT,
        Situation.CHARGING: proven(Expect.WITHIN_LIMIT),
        Situation.UNCLEAR: proven(Expect.WITHIN_LIMIT),
        Situation.OUT_OF_ORDER: NEXT,
    },
}


@pytest.mark.parametrize(
    ("command", "now", "row"),
    [(command, now, row) for command, rows in WISHES.items() for now, row in rows.items()],
)
def test_a_wish_is_carried_out_as_the_situation_demands(command: Command, now: Situation, row: Row) -> None:
    plan = decide(station(now), command)
    assert (plan.push, plan.start, plan.expect, plan.outcome) == row
    assert plan.calls == ()
    assert plan.text


@pytest.mark.parametrize(("command", "now"), EVERYTHING)
def test_no_situation_leaves_a_command_without_a_plan(command: Command, now: Situation) -> None:
    plan = decide(station(now), command)
    assert plan.text.endswith(".")
    assert plan.outcome is not Outcome.PENDING or now is Situation.OFFLINE


@pytest.mark.parametrize("now", ONLINE)
def test_a_limit_while_paused_is_kept_and_sends_nothing(now: Situation) -> None:
    paused = play(station(now), WishChanged(at=at(9), charging_allowed=False, asked_by="test"))
    plan = decide(paused, SetCurrentLimit(limit_a=10.0))
    assert (plan.push, plan.outcome) == (False, Outcome.APPLIED_NEXT_CHARGE)
    assert "paused" in plan.text


@pytest.mark.parametrize("command", COMMANDS[3:])
def test_what_acts_once_is_refused_at_once_while_offline(command: Command) -> None:
    plan = decide(station(Situation.OFFLINE), command)
    assert (plan.calls, plan.push, plan.start, plan.outcome) == ((), False, Start.NEVER, Outcome.OFFLINE)


@pytest.mark.parametrize(("command", "now"), EVERYTHING)
def test_nothing_ends_a_transaction_or_restarts_unasked(command: Command, now: Situation) -> None:
    calls = decide(station(now), command).calls
    assert isinstance(command, EndTransaction) or not any(
        isinstance(c, RequestStopTransaction) for c in calls
    )
    assert isinstance(command, Restart) or not any(isinstance(call, Reset) for call in calls)


def test_ending_names_the_transaction() -> None:
    plan = decide(station(Situation.CHARGING), EndTransaction())
    assert plan.calls == (RequestStopTransaction(transaction_id="tx-1"),)
    assert plan.expect is Expect.ENDED


def test_without_a_transaction_there_is_nothing_to_end() -> None:
    plan = decide(station(Situation.NO_CAR), EndTransaction())
    assert (plan.calls, plan.outcome) == ((), Outcome.REFUSED)


@pytest.mark.parametrize(("when", "kind"), [("on_idle", "OnIdle"), ("immediate", "Immediate")])
def test_a_restart_is_one_reset(when: str, kind: str) -> None:
    plan = decide(station(Situation.NO_CAR), Restart(when=when))  # type: ignore[arg-type]  # parametrised
    assert plan.calls == (Reset(type=kind),)  # type: ignore[arg-type]  # parametrised
    assert plan.expect is Expect.RESTARTING


def test_a_refresh_asks_for_status_values_and_inventory() -> None:
    assert refresh_calls(fresh()) == (
        TriggerMessage(message="StatusNotification", evse_id=1, connector_id=1),
        TriggerMessage(message="TransactionEvent", evse_id=1),
        TriggerMessage(message="MeterValues", evse_id=1),
        GetBaseReport(request_id=0),
    )
    assert decide(station(Situation.NO_CAR), Refresh()).calls == refresh_calls(fresh())
    assert refresh_calls(fresh(), inventory=False) == refresh_calls(fresh())[:3]


def test_a_report_gets_a_number_of_its_own_and_other_calls_have_none() -> None:
    assert with_request_id(GetBaseReport(request_id=0), 7) == GetBaseReport(request_id=7)
    assert with_request_id(Reset(type="OnIdle"), 7) == Reset(type="OnIdle")


def led(component: str, variable: str) -> SetVariables:
    return SetVariables(items=(VariableValue(component=component, variable=variable, value="50"),))


def test_the_led_is_looked_for_in_both_places() -> None:
    plan = decide(station(Situation.NO_CAR), SetLedBrightness(percent=50))
    assert plan.calls == tuple(led(*place) for place in LED_VARIABLES)
    assert plan.first_accepted


def test_the_inventory_tells_where_the_led_is_and_how_it_is_spelled() -> None:
    known = Variable(component="StatusLed", variable="Brightness", value="30")
    state = play(station(Situation.NO_CAR), VariablesReported(at=at(9), variables=(known,)))
    assert decide(state, SetLedBrightness(percent=50)).calls == (led("StatusLed", "Brightness"),)


def test_a_plan_asks_for_the_wish_in_force_not_for_numbers_of_its_own() -> None:
    state = station(Situation.CHARGING)
    other = replace(state, desired=replace(state.desired, limit_a=6.0))
    assert decide(state, SetCurrentLimit(limit_a=32.0)) == decide(other, SetCurrentLimit(limit_a=6.0))
