"""What to do about a command in each situation: one table, and the function that reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bmw_wallbox.domain.calls import (
    Call,
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
    SetVariable,
    StartCharging,
    StopCharging,
)
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.variables import as_item, fitting, why_not_written
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus, Outcome


class Situation(StrEnum):
    """What a station is doing, as far as a command cares."""

    OFFLINE = "offline"
    NO_CAR = "no_car"
    CAR_WAITING = "car_waiting"
    """A car, and no transaction."""
    UNAUTHORIZED = "unauthorized"
    """A transaction that waits for authorisation."""
    EV_CONNECTED = "ev_connected"
    CHARGING = "charging"
    SUSPENDED_EVSE = "suspended_evse"
    SUSPENDED_EV = "suspended_ev"
    OUT_OF_ORDER = "out_of_order"
    UNCLEAR = "unclear"
    """The station has not told on this connection; what was true on the last one proves nothing."""


class Start(StrEnum):
    """When RequestStartTransaction belongs to the plan."""

    NEVER = "never"
    NOW = "now"
    IF_NEEDED = "if_needed"
    """Only after the expectation was not met: the fall-through of a resume."""


class Expect(StrEnum):
    """What proves that a command worked."""

    NOTHING = "nothing"
    CHARGING = "charging"
    NOT_CHARGING = "not_charging"
    WITHIN_LIMIT = "within_limit"
    ENDED = "ended"
    RESTARTING = "restarting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a command is carried out, in this order: push, start, calls, proof."""

    push: bool = False
    """Put the desired limit in force first."""
    start: Start = Start.NEVER
    calls: tuple[Call, ...] = ()
    first_accepted: bool = False
    """The calls are alternatives: stop at the first that is accepted."""
    expect: Expect = Expect.NOTHING
    outcome: Outcome = Outcome.APPLIED
    """What it comes to where nothing is expected beyond acceptance."""
    text: str
    """The same in words."""


_NEXT = Outcome.APPLIED_NEXT_CHARGE
_AWAY = "The wallbox is not connected. The wish is kept and applied as soon as it is back."
WAKES_UP = "A car that sleeps wakes up when it is unlocked, or unplugged and plugged in again."
_OUT = "The wallbox reports that it is out of order. The wish is in force once it recovers."

START: Mapping[Situation, Plan] = {
    Situation.OFFLINE: Plan(outcome=Outcome.PENDING, text=_AWAY),
    Situation.NO_CAR: Plan(
        push=True, outcome=_NEXT, text="Charging is allowed and starts when a car is plugged in."
    ),
    Situation.CAR_WAITING: Plan(
        push=True, start=Start.NOW, expect=Expect.CHARGING, text="Starting a transaction for the waiting car."
    ),
    Situation.UNAUTHORIZED: Plan(
        push=True, start=Start.NOW, expect=Expect.CHARGING, text="Authorising the waiting car."
    ),
    Situation.EV_CONNECTED: Plan(
        push=True, start=Start.IF_NEEDED, expect=Expect.CHARGING, text="Waiting for the car to charge."
    ),
    Situation.SUSPENDED_EVSE: Plan(
        push=True, start=Start.IF_NEEDED, expect=Expect.CHARGING, text="Resuming the paused charge."
    ),
    Situation.UNCLEAR: Plan(
        push=True, start=Start.IF_NEEDED, expect=Expect.CHARGING, text="Waiting for the car to charge."
    ),
    Situation.CHARGING: Plan(push=True, expect=Expect.WITHIN_LIMIT, text="The car is charging already."),
    Situation.SUSPENDED_EV: Plan(
        push=True,
        outcome=Outcome.CAR_TAKES_LESS,
        text=f"Charging is allowed, but the car itself pauses: full, or its own timer. {WAKES_UP}",
    ),
    Situation.OUT_OF_ORDER: Plan(push=True, outcome=_NEXT, text=_OUT),
}
WAKE = Plan(
    push=True, expect=Expect.CHARGING, text="The car pauses by itself; it is given time, then woken up."
)
"""Start in SuspendedEV, where the owner has sleeping cars woken up."""
_PAUSED = Plan(push=True, text="Charging is paused.")
_PAUSED_NEXT = Plan(push=True, outcome=_NEXT, text="Charging is paused; a car that is plugged in now waits.")
_PAUSING = Plan(push=True, expect=Expect.NOT_CHARGING, text="Pausing the charge.")
STOP: Mapping[Situation, Plan] = {
    Situation.OFFLINE: Plan(outcome=Outcome.PENDING, text=_AWAY),
    Situation.NO_CAR: _PAUSED_NEXT,
    Situation.CAR_WAITING: _PAUSED_NEXT,
    Situation.UNAUTHORIZED: _PAUSED,
    Situation.EV_CONNECTED: _PAUSED,
    Situation.SUSPENDED_EVSE: _PAUSED,
    Situation.SUSPENDED_EV: _PAUSED,
    Situation.CHARGING: _PAUSING,
    Situation.UNCLEAR: _PAUSING,
    Situation.OUT_OF_ORDER: Plan(push=True, outcome=_NEXT, text=_OUT),
}
_LIMIT_NEXT = Plan(push=True, outcome=_NEXT, text="The wallbox accepted the limit; the next charge obeys it.")
_LIMIT_KEPT = Plan(outcome=_NEXT, text="Charging is paused. The limit applies when it is allowed again.")
_LIMITING = Plan(push=True, expect=Expect.WITHIN_LIMIT, text="Changing the limit.")
LIMIT: Mapping[Situation, Plan] = {
    **dict.fromkeys(Situation, _LIMIT_NEXT),
    Situation.OFFLINE: Plan(outcome=Outcome.PENDING, text=_AWAY),
    Situation.CHARGING: _LIMITING,
    Situation.UNCLEAR: _LIMITING,
    Situation.OUT_OF_ORDER: Plan(push=True, outcome=_NEXT, text=_OUT),
}

_BY_CHARGING_STATE: Mapping[ChargingState, Situation] = {
    ChargingState.CHARGING: Situation.CHARGING,
    ChargingState.EV_CONNECTED: Situation.EV_CONNECTED,
    ChargingState.SUSPENDED_EV: Situation.SUSPENDED_EV,
    ChargingState.SUSPENDED_EVSE: Situation.SUSPENDED_EVSE,
    ChargingState.IDLE: Situation.NO_CAR,
    ChargingState.UNKNOWN: Situation.UNCLEAR,
}
_BY_CONNECTOR: Mapping[ConnectorStatus, Situation] = {
    ConnectorStatus.AVAILABLE: Situation.NO_CAR,
    ConnectorStatus.RESERVED: Situation.NO_CAR,
    ConnectorStatus.OCCUPIED: Situation.CAR_WAITING,
    ConnectorStatus.UNAVAILABLE: Situation.OUT_OF_ORDER,
    ConnectorStatus.FAULTED: Situation.OUT_OF_ORDER,
    ConnectorStatus.UNKNOWN: Situation.UNCLEAR,
}
_LONGEST_QUOTE = 80

LED_VARIABLES: tuple[tuple[str, str], ...] = (
    ("StatusLED", "brightness"),
    ("ChargingStation", "StatusLedBrightness"),
)
"""Where firmwares keep the LED's brightness; the inventory knows which, and its spelling, else both are
tried."""


def situation(state: StationState) -> Situation:
    """Return what the station is doing."""
    if not state.connected:
        return Situation.OFFLINE
    running = state.transaction
    if not (state.connector if running is None else running).confirmed:
        return Situation.UNCLEAR
    if running is None:
        return _BY_CONNECTOR[state.connector.status]
    if running.charging_state is ChargingState.EV_CONNECTED and not running.authorized:
        return Situation.UNAUTHORIZED
    return _BY_CHARGING_STATE[running.charging_state]


def decide(state: StationState, command: Command, *, wakes: bool = False) -> Plan:
    """Return the plan for `command`; the wish it carries is in `state` already.

    Args:
        state: What the station is doing.
        command: What somebody asked for.
        wakes: Whether a car that pauses by itself is to be woken up.

    """
    now = situation(state)
    match command:
        case StartCharging():
            return WAKE if wakes and now is Situation.SUSPENDED_EV else START[now]
        case StopCharging():
            return STOP[now]
        case SetCurrentLimit():
            paused = now is not Situation.OFFLINE and not state.desired.charging_allowed
            return _LIMIT_KEPT if paused else LIMIT[now]
        case _:
            return _one_shot(state, command)


def _one_shot(
    state: StationState, command: SetLedBrightness | SetVariable | EndTransaction | Refresh | Restart
) -> Plan:
    if not state.connected:
        return Plan(
            outcome=Outcome.OFFLINE,
            text="The wallbox is not connected, so nothing was sent. Try again later.",
        )
    match command:
        case SetLedBrightness(percent=percent):
            return Plan(
                calls=_led_calls(state, percent), first_accepted=True, text=f"The LED shines at {percent} %."
            )
        case SetVariable():
            return _write(state, command)
        case EndTransaction() if state.transaction is None:
            return Plan(outcome=Outcome.REFUSED, text="No transaction is running.")
        case EndTransaction():
            running = state.transaction
            assert running is not None
            calls: tuple[Call, ...] = (RequestStopTransaction(transaction_id=running.id),)
            return Plan(calls=calls, expect=Expect.ENDED, text="Ending the transaction.")
        case Refresh():
            return Plan(calls=refresh_calls(state), text="The wallbox was asked for fresh values.")
        case Restart(when=when):
            reset = Reset(type="Immediate" if when == "immediate" else "OnIdle")
            return Plan(calls=(reset,), expect=Expect.RESTARTING, text="The wallbox was asked to restart.")


def _write(state: StationState, command: SetVariable) -> Plan:
    """Return the plan that writes one variable, or the reason why not, which never repeats a secret."""
    known = state.inventory.variables.get(command.variable)
    if known is None:
        return Plan(outcome=Outcome.REFUSED, text=f"The wallbox reported no variable {command.variable}.")
    why = why_not_written(known)
    if why is not None:
        return Plan(outcome=Outcome.REFUSED, text=f"{known.name} is not written, since {why}.")
    value = fitting(known, command.value)
    if value is None:
        wrong = f"{known.name} cannot be {command.value[:_LONGEST_QUOTE]!r}."
        return Plan(outcome=Outcome.REFUSED, text=wrong)
    text = f"{known.name} is {value[:_LONGEST_QUOTE]}."
    return Plan(calls=(SetVariables(items=(as_item(known, value),)),), text=text)


def refresh_calls(state: StationState, *, inventory: bool = True) -> tuple[Call, ...]:
    """Return the calls that bring everything up to date (F06; StatusNotification needs both numbers).

    A transaction is asked for even where none is known: it may have begun while nobody listened.
    """
    evse_id, connector_id = state.connector.evse_id, state.connector.connector_id
    triggers: tuple[Call, ...] = (
        TriggerMessage(message="StatusNotification", evse_id=evse_id, connector_id=connector_id),
        TriggerMessage(message="TransactionEvent", evse_id=evse_id),
        TriggerMessage(message="MeterValues", evse_id=evse_id),
    )
    return (*triggers, GetBaseReport(request_id=0)) if inventory else triggers


def _led_calls(state: StationState, percent: int) -> tuple[Call, ...]:
    found = [state.inventory.find(variable, component) for component, variable in LED_VARIABLES]
    known = [(held.component, held.variable) for held in found if held is not None]
    return tuple(
        SetVariables(items=(VariableValue(component=component, variable=variable, value=str(percent)),))
        for component, variable in known or LED_VARIABLES
    )


def with_request_id(call: Call, request_id: int) -> Call:
    """Return the call with a fresh request id where it carries one."""
    return replace(call, request_id=request_id) if isinstance(call, GetBaseReport) else call
