"""How a transaction begins, goes on and ends in the state: the rules for TransactionEvent and its company.

Events are ordered by the station's time and sequence number, not by arrival. History (offline replays,
late and repeated events) moves the ledger and nothing else.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bmw_wallbox.domain import measurands
from bmw_wallbox.domain.energy import Reading, account, finish
from bmw_wallbox.domain.events import ConnectorStatusReported, MetersReported, Sample, TransactionReported
from bmw_wallbox.domain.state import Connector, LastEvent, StationState, Transaction
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus, ProfilePurpose, TransactionEventType

_AUTHORIZED_BY = frozenset({"Authorized", "RemoteStart"})
_FLOWING = frozenset({ChargingState.CHARGING, ChargingState.UNKNOWN})


def transaction_reported(state: StationState, event: TransactionReported, zone: ZoneInfo) -> StationState:
    """Return the state after a TransactionEvent."""
    state = _book(state, event.samples, event.at, zone, event=event)
    if event.event_type is TransactionEventType.ENDED and event.transaction_id:
        state = replace(state, ledger=finish(state.ledger, event.transaction_id))
    if event.offline or not event.transaction_id:
        running = state.transaction is not None and state.transaction.id == event.transaction_id
        if running and event.event_type is TransactionEventType.ENDED:
            return _ended(state, event)
        return state
    if _is_late(state.last_event, event):
        return state
    if event.event_type is TransactionEventType.ENDED:
        return _ended(state, event)
    return _running(state, event)


def meters_reported(state: StationState, event: MetersReported, zone: ZoneInfo) -> StationState:
    """Return the state after MeterValues; those of other places than our connector count for nothing."""
    if not _is_ours(state, event.evse_id):
        return state
    state = _book(state, event.samples, event.at, zone)
    return _measured(state, event.samples, event.at)


def connector_reported(state: StationState, event: ConnectorStatusReported) -> StationState:
    """Return the state after a StatusNotification; Available closes a transaction that never ended."""
    known = state.connector.reported_at
    if not _is_ours(state, event.evse_id) or (known is not None and event.station_at < known):
        return state
    state = replace(
        state,
        connector=Connector(
            status=event.status,
            evse_id=event.evse_id,
            connector_id=event.connector_id,
            reported_at=event.station_at,
        ),
    )
    running = state.transaction
    if event.status is ConnectorStatus.AVAILABLE and running and event.station_at >= running.started_at:
        state = replace(state, ledger=finish(state.ledger, running.id))
        return _at_rest(state)
    return _at_rest(state) if running is None else state


def _is_ours(state: StationState, evse_id: int | None) -> bool:
    return evse_id is None or evse_id == state.connector.evse_id


def _is_late(last: LastEvent, event: TransactionReported) -> bool:
    if last.station_at is None or last.sequence_number is None:
        return False
    if last.transaction_id != event.transaction_id:
        return event.station_at < last.station_at
    if last.event_type is TransactionEventType.ENDED:
        return event.event_type is not TransactionEventType.STARTED or event.station_at <= last.station_at
    if event.station_at == last.station_at:
        return event.sequence_number <= last.sequence_number
    return event.station_at < last.station_at and event.sequence_number <= last.sequence_number


def _running(state: StationState, event: TransactionReported) -> StationState:
    known = state.transaction
    if known is None or known.id != event.transaction_id:
        if known is not None:
            state = replace(_at_rest(state), ledger=finish(state.ledger, known.id))
        known = Transaction(
            id=event.transaction_id,
            started_at=event.station_at,
            seen_from_start=event.event_type is TransactionEventType.STARTED,
        )
    authorized = event.trigger_reason in _AUTHORIZED_BY or bool(event.id_token)
    transaction = replace(
        known,
        charging_state=event.charging_state or known.charging_state,
        authorized=known.authorized or authorized,
        remote_start_id=event.remote_start_id or known.remote_start_id,
    )
    state = replace(state, transaction=transaction, last_event=_noted(state.last_event, event))
    state = _measured(state, event.samples, event.at, event.phases_used)
    if transaction.charging_state in _FLOWING or measurands.tell_flow(event.samples):
        return state
    return _flow_stopped(state)


def _ended(state: StationState, event: TransactionReported) -> StationState:
    state = replace(state, last_event=_noted(state.last_event, event))
    state = _measured(state, event.samples, event.at)
    return _at_rest(replace(state, transaction=None))


def _noted(last: LastEvent, event: TransactionReported) -> LastEvent:
    same = last.transaction_id == event.transaction_id
    return LastEvent(
        transaction_id=event.transaction_id,
        event_type=event.event_type,
        trigger_reason=event.trigger_reason,
        stopped_reason=event.stopped_reason or (last.stopped_reason if same else None),
        sequence_number=event.sequence_number,
        station_at=event.station_at,
        id_token=event.id_token or (last.id_token if same else None),
        id_token_type=event.id_token_type or (last.id_token_type if same else None),
    )


def _measured(
    state: StationState, samples: Sequence[Sample], at: datetime, phases_used: int | None = None
) -> StationState:
    if not samples:
        return state
    held = measurands.remember(state.samples, samples)
    phases = phases_used or state.meter.phases_used
    meter = replace(measurands.derive(held, phases), received_at=at)
    if state.transaction is None:
        meter = measurands.at_rest(meter)
    return replace(state, samples=held, meter=meter)


def _flow_stopped(state: StationState) -> StationState:
    """Return the state of a transaction that stopped charging without telling values: the old are stale."""
    return replace(
        state, samples=measurands.without_flow(state.samples), meter=measurands.at_rest(state.meter)
    )


def _at_rest(state: StationState) -> StationState:
    profiles = {name: kept for name, kept in state.profiles.items() if name != ProfilePurpose.TX}
    return replace(_flow_stopped(state), transaction=None, profiles=profiles, needs=None)


def _book(
    state: StationState,
    samples: Sequence[Sample],
    at: datetime,
    zone: ZoneInfo,
    *,
    event: TransactionReported | None = None,
) -> StationState:
    """Return the state with every register reading among the samples accounted for."""
    running = None if state.transaction is None else state.transaction.id
    started = event is not None and event.event_type is TransactionEventType.STARTED
    ledger = state.ledger
    for sample, register_wh in measurands.import_registers(samples):
        reading = Reading(
            transaction_id=event.transaction_id or None if event else running,
            register_wh=round(register_wh),
            at=sample.at,
            received_at=at,
            begin=started or sample.context == "Transaction.Begin",
            offline=event is not None and event.offline,
        )
        ledger = account(ledger, reading, zone)
    return replace(state, ledger=ledger) if ledger != state.ledger else state
