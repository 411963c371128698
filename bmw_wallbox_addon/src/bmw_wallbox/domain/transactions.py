"""How a transaction begins, goes on and ends in the state: the rules for TransactionEvent and its company.

Events are ordered by the station's time and sequence number, not by arrival. History (offline replays,
late and repeated events) moves the ledger and nothing else.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bmw_wallbox.domain import measurands
from bmw_wallbox.domain.copying import replace
from bmw_wallbox.domain.energy import Ledger, Reading, account, finish, with_initial_total
from bmw_wallbox.domain.events import (
    ConnectorStatusReported,
    MetersReported,
    Sample,
    TransactionReported,
    TransactionVanished,
)
from bmw_wallbox.domain.session_figures import InitialTotalSet
from bmw_wallbox.domain.state import Connector, LastEvent, StationState, Transaction
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus, ProfilePurpose, TransactionEventType

_AUTHORIZED_BY = frozenset({"Authorized", "RemoteStart"})
_FLOWING = frozenset({ChargingState.CHARGING, ChargingState.UNKNOWN})
_AHEAD = timedelta(minutes=5)
"""A time further ahead of ours was taken from a clock that has been set right since."""


def initial_total_set(state: StationState, event: InitialTotalSet) -> StationState:
    """Return the state after the owner set the total; one that the ledger refuses changes nothing."""
    try:
        return replace(state, ledger=with_initial_total(state.ledger, event.total_wh))
    except ValueError:
        return state


def transaction_reported(
    state: StationState,
    event: TransactionReported,
    zone: ZoneInfo,
    **heard: Any,  # noqa: ANN401  # fields of the state, as `replace` takes them
) -> StationState:
    """Return the state after a TransactionEvent; `heard` are the fields that any of them changes."""
    ledger = _book(state, event.samples, event.at, zone, event=event)
    ended = event.event_type is TransactionEventType.ENDED
    if ended and event.transaction_id:
        ledger = finish(ledger, event.transaction_id)
    running = state.transaction
    if ended and running is not None and running.id == event.transaction_id:
        return _ended(state, event, ledger=ledger, **heard)
    if event.offline or not event.transaction_id or _is_late(state, event) or (ended and running is not None):
        return replace(state, ledger=ledger, **heard)
    how = _ended if ended else _running
    return how(state, event, ledger=ledger, **heard)


def meters_reported(state: StationState, event: MetersReported, zone: ZoneInfo) -> StationState:
    """Return the state after MeterValues; those of other places than our connector count for nothing."""
    if not _is_ours(state, event.evse_id):
        return state
    ledger = _book(state, event.samples, event.at, zone)
    return replace(state, ledger=ledger, **_measured(state, state.transaction, event.samples, event.at))


def transaction_vanished(state: StationState, event: TransactionVanished) -> StationState:
    """Return the state after the station disowned the transaction that we thought it runs."""
    running = state.transaction
    if running is None or running.id != event.transaction_id:
        return state
    return _at_rest(replace(state, ledger=finish(state.ledger, running.id)))


def connector_reported(state: StationState, event: ConnectorStatusReported) -> StationState:
    """Return the state after a StatusNotification; Available closes a transaction that never ended."""
    if not _is_ours(state, event.evse_id) or _precedes(event, state.connector.reported_at):
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


def _precedes(event: ConnectorStatusReported | TransactionReported, known: datetime | None) -> bool:
    """Return whether the event is older than what is known of a moment that itself can be true."""
    return known is not None and event.station_at < known <= event.at + _AHEAD


def _is_late(state: StationState, event: TransactionReported) -> bool:
    """Return whether the event is history: before the newest one, repeated, or from before the car left."""
    last, started = state.last_event, event.event_type is TransactionEventType.STARTED
    gone = state.transaction is None and state.connector.status is ConnectorStatus.AVAILABLE
    left_at = state.connector.reported_at
    if gone and event.event_type is not TransactionEventType.ENDED and _precedes(event, left_at):
        return True
    if last.station_at is None or last.sequence_number is None:
        return False
    same_time = event.station_at == last.station_at
    if last.transaction_id != event.transaction_id:
        return _precedes(event, last.station_at) or (same_time and not started)
    older = same_time or _precedes(event, last.station_at)
    if last.event_type is TransactionEventType.ENDED:
        return older or not started
    return older and event.sequence_number <= last.sequence_number


def _running(
    state: StationState,
    event: TransactionReported,
    *,
    ledger: Ledger,
    **heard: Any,  # noqa: ANN401  # as above
) -> StationState:
    known = state.transaction
    if known is None or known.id != event.transaction_id:
        if known is not None:
            state, ledger = _at_rest(state), finish(ledger, known.id)
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
        phases_used=event.phases_used or known.phases_used,
        confirmed=True,
    )
    state = replace(
        state,
        transaction=transaction,
        ledger=ledger,
        last_event=_noted(state.last_event, event),
        **_measured(state, transaction, event.samples, event.at),
        **heard,
    )
    if transaction.charging_state in _FLOWING or measurands.tell_flow(event.samples):
        return state
    return _flow_stopped(state)


def _ended(
    state: StationState,
    event: TransactionReported,
    **told: Any,  # noqa: ANN401  # as above
) -> StationState:
    measured = _measured(state, state.transaction, event.samples, event.at)
    return _at_rest(replace(state, last_event=_noted(state.last_event, event), **measured, **told))


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
    state: StationState, running: Transaction | None, samples: Sequence[Sample], at: datetime
) -> dict[str, Any]:
    """Return the fields that live values change, `running` being the transaction that they belong to."""
    held, latest, newest = state.samples, at + _AHEAD, state.meter.sampled_at
    if newest is not None and newest > latest:
        held = {key: sample for key, sample in held.items() if sample.at <= latest}
    held = measurands.remember(held, samples)
    if held == state.samples:
        return {}
    new_current = measurands.currents(held) != measurands.currents(state.samples)
    meter = measurands.derive(
        held,
        running.phases_used if running is not None else None,
        received_at=at,
        current_received_at=at if new_current else state.meter.current_received_at,
    )
    flows = running is not None and (
        running.charging_state in _FLOWING or measurands.tell_flow(held.values())
    )
    return {"samples": held, "meter": meter if flows else measurands.at_rest(meter)}


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
) -> Ledger:
    """Return the ledger with every register reading among the samples accounted for."""
    running = state.transaction
    running_id = running.id if running is not None else None
    transaction_id = (event.transaction_id or None) if event is not None else running_id
    seen = running is not None and running.seen_from_start and running.id == transaction_id
    started = event is not None and event.event_type is TransactionEventType.STARTED
    ledger = state.ledger
    for sample, register_wh in measurands.import_registers(samples):
        reading = Reading(
            transaction_id=transaction_id,
            register_wh=round(register_wh),
            at=sample.at,
            received_at=at,
            begin=started or sample.context == "Transaction.Begin",
            began_at=running.started_at if running is not None and seen else None,
            offline=event is not None and event.offline,
        )
        ledger = account(ledger, reading, zone)
    return ledger if ledger != state.ledger else state.ledger
