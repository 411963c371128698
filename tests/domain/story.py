"""Short ways to write down what happens at a wallbox."""

# ruff: noqa: ANN401 - a story names any field of an event, and mypy knows them at the constructor
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bmw_wallbox.domain.events import (
    AnyEvent,
    Booted,
    Connected,
    ConnectorStatusReported,
    MetersReported,
    Sample,
    TransactionReported,
    TransactionVanished,
)
from bmw_wallbox.domain.reduce import reduce
from bmw_wallbox.domain.state import DesiredState, StationState
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus, TransactionEventType
from tests.fakes.clock import NOON

ZONE = ZoneInfo("Europe/Berlin")


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def fresh(**fields: Any) -> StationState:
    given = {"desired": DesiredState(limit_a=16.0), **fields}
    return StationState(key="debmw1", charge_point_id="DE*BMW*1", **given)


def play(state: StationState, *events: AnyEvent) -> StationState:
    for event in events:
        state = reduce(state, event, ZONE)
    return state


def connected(seconds: float = 0) -> Connected:
    return Connected(at=at(seconds), remote="192.0.2.7")


def booted(seconds: float = 0, **fields: Any) -> Booted:
    given = {
        "reason": "PowerUp",
        "model": "EIAW-E22KTSE6B04",
        "vendor": "BMW",
        "serial": "KG4235WE",
        "firmware": "01.20.06.71",
        **fields,
    }
    return Booted(at=at(seconds), **given)


def status(seconds: float, told: ConnectorStatus, **fields: Any) -> ConnectorStatusReported:
    return ConnectorStatusReported(**{"at": at(seconds), "station_at": at(seconds), "status": told, **fields})


def vanished(seconds: float, transaction_id: str = "tx-1") -> TransactionVanished:
    return TransactionVanished(at=at(seconds), transaction_id=transaction_id)


def transaction(
    event_type: TransactionEventType, seconds: float, sequence_number: int, **fields: Any
) -> TransactionReported:
    given: dict[str, Any] = {
        "at": at(seconds),
        "station_at": at(seconds),
        "transaction_id": "tx-1",
        "trigger_reason": "MeterValuePeriodic",
        **fields,
    }
    return TransactionReported(event_type=event_type, sequence_number=sequence_number, **given)


def started(seconds: float = 0, sequence_number: int = 0, **fields: Any) -> TransactionReported:
    given = {
        "trigger_reason": "CablePluggedIn",
        "charging_state": ChargingState.EV_CONNECTED,
        **fields,
    }
    return transaction(TransactionEventType.STARTED, seconds, sequence_number, **given)


def updated(seconds: float, sequence_number: int, **fields: Any) -> TransactionReported:
    return transaction(TransactionEventType.UPDATED, seconds, sequence_number, **fields)


def ended(seconds: float, sequence_number: int, **fields: Any) -> TransactionReported:
    given = {"trigger_reason": "EVCommunicationLost", "stopped_reason": "EVDisconnected", **fields}
    return transaction(TransactionEventType.ENDED, seconds, sequence_number, **given)


def meters(seconds: float, *samples: Sample, **fields: Any) -> MetersReported:
    return MetersReported(at=at(seconds), samples=samples, **fields)


def sample(seconds: float, measurand: str, value: float, phase: str | None = None, **fields: Any) -> Sample:
    return Sample(measurand=measurand, value=value, at=at(seconds), phase=phase, **fields)


def energy(seconds: float, wh: float, **fields: Any) -> Sample:
    return sample(seconds, "Energy.Active.Import.Register", wh, **fields)


def power(seconds: float, watts: float, phase: str | None = None) -> Sample:
    return sample(seconds, "Power.Active.Import", watts, phase)


def current(seconds: float, *amps: float) -> tuple[Sample, ...]:
    return tuple(
        sample(seconds, "Current.Import", value, f"L{number}") for number, value in enumerate(amps, 1)
    )


def voltage(seconds: float, *volts: float) -> tuple[Sample, ...]:
    return tuple(sample(seconds, "Voltage", value, f"L{number}") for number, value in enumerate(volts, 1))


CHARGING = updated(2, 1, charging_state=ChargingState.CHARGING, trigger_reason="ChargingStateChanged")


def charging(*samples: Sample) -> StationState:
    """Return a connected station whose transaction charges since second 2."""
    events = (connected(), status(0, ConnectorStatus.OCCUPIED), started(1), CHARGING)
    state = play(fresh(), *events)
    return play(state, updated(3, 2, samples=samples)) if samples else state
