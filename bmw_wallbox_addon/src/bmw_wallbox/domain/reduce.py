"""The next state of a wallbox: a pure function of the state it is in and the event that came."""

from collections.abc import Iterable
from datetime import timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from bmw_wallbox.domain import device_events as dv
from bmw_wallbox.domain import events as ev
from bmw_wallbox.domain import quirk_events as qk
from bmw_wallbox.domain import session_figures as sf
from bmw_wallbox.domain.copying import replace
from bmw_wallbox.domain.device import Variable, merged
from bmw_wallbox.domain.device_records import Device, device_told, limit_cleared, patience_ended
from bmw_wallbox.domain.energy import roll
from bmw_wallbox.domain.learning import Learned
from bmw_wallbox.domain.profiles import profiles_told
from bmw_wallbox.domain.reports import ReportKind, ReportStatus, find
from bmw_wallbox.domain.sequence import counted
from bmw_wallbox.domain.state import (
    ChargingNeeds,
    CommandReport,
    Facts,
    Inventory,
    StationLimit,
    StationState,
)
from bmw_wallbox.domain.transactions import (
    connector_reported,
    initial_total_set,
    meters_reported,
    transaction_reported,
    transaction_vanished,
)
from bmw_wallbox.domain.vocabulary import Metering, TransactionEventType

type _LinkEvent = ev.Connected | ev.Disconnected
type _DeviceEvent = (
    ev.Booted
    | ev.VariablesReported
    | ev.RebootRequired
    | ev.InventoryCompleted
    | ev.MeteringConfigured
    | ev.MonitorAlerted
    | ev.SecurityEventReported
    | ev.FirmwareStatusReported
    | dv.AboutDevice
)
type _LimitEvent = (
    ev.ChargingLimitNotified | ev.ChargingLimitCleared | ev.ChargingNeedsNotified | ev.ProfileAccepted
)
type _OwnEvent = (
    ev.WishChanged
    | ev.CommandProgressed
    | ev.ClockTicked
    | ev.NoticesPosted
    | ev.ProfilesForgotten
    | qk.StationCapLifted
    | ev.ControlAlerted
    | qk.ProfileRefused
    | qk.PurposeDisproved
    | qk.QuirksChosen
    | qk.CardLimited
    | dv.ReportRequested
    | sf.AboutSessions
)

_FIRST_WORD = timedelta(seconds=60)
_OWN = (
    ev.WishChanged,
    ev.CommandProgressed,
    ev.ClockTicked,
    ev.NoticesPosted,
    ev.ProfilesForgotten,
    qk.StationCapLifted,
    ev.ControlAlerted,
    qk.ProfileRefused,
    qk.PurposeDisproved,
    qk.QuirksChosen,
    qk.CardLimited,
    dv.ReportRequested,
    sf.FiguresTold,
    sf.InitialTotalSet,
)
"""What comes from the app itself, and is no sign of life."""
_MOST_VARIABLES = 5000
"""More than any wallbox has; a flood of made-up names ends here."""


def reduce(state: StationState, event: ev.AnyEvent, zone: ZoneInfo) -> StationState:
    """Return the state after `event`; periods of the ledger turn over in `zone`.

    Total: any event in any state gives a state. An event that says nothing new returns an equal one.
    """
    if isinstance(event, _OWN):
        return _own(state, event, zone)
    match event:
        case ev.Connected() | ev.Disconnected():
            return _link(state, event)
        case ev.TransactionReported():
            device = _counted(state.device, event)
            return transaction_reported(state, event, zone, last_message_at=event.at, device=device)
        case _:
            state = replace(state, last_message_at=event.at)
    match event:
        case ev.MetersReported():
            return meters_reported(state, event, zone)
        case ev.ConnectorStatusReported():
            return connector_reported(state, event)
        case ev.HeartbeatReceived():
            return replace(state, last_heartbeat_at=event.at)
        case ev.MessageReceived():
            return state
        case ev.TransactionVanished():
            return transaction_vanished(state, event)
        case (
            ev.ChargingLimitNotified()
            | ev.ChargingLimitCleared()
            | ev.ChargingNeedsNotified()
            | ev.ProfileAccepted()
        ):
            return _limits(state, event)
        case _:
            return _device(state, event)


def _link(state: StationState, event: _LinkEvent) -> StationState:
    match event:
        case ev.Connected():
            running = state.transaction
            return replace(
                state,
                connected=True,
                connection_changed_at=event.at,
                remote=event.remote,
                connector=replace(state.connector, confirmed=False),
                transaction=replace(running, confirmed=False) if running is not None else None,
                profiles={},
                last_message_at=event.at,
            )
        case ev.Disconnected():
            return replace(state, connected=False, connection_changed_at=event.at)
        case _:
            assert_never(event)


def _told_at_boot(held: Facts, event: ev.Booted) -> Facts:
    return Facts(
        vendor=event.vendor or held.vendor,
        model=event.model or held.model,
        serial=event.serial or held.serial,
        firmware=event.firmware or held.firmware,
        boot_reason=event.reason,
        booted_at=event.at,
    )


def _is_same_box(held: Facts, told: Facts) -> bool:
    return (held.vendor, held.model, held.firmware) == (told.vendor, told.model, told.firmware)


def _just_connected(state: StationState, event: ev.Booted) -> bool:
    """Return whether the boot is a connection's first word: what was accepted on it stays accepted."""
    since = state.connection_changed_at
    return since is not None and event.at - since < _FIRST_WORD


def _device(state: StationState, event: _DeviceEvent) -> StationState:
    match event:
        case ev.Booted():
            # A boot may have brought the factory's settings back: the measurands are set once more.
            facts = _told_at_boot(state.facts, event)
            return replace(
                state,
                facts=facts,
                learned=state.learned if _is_same_box(state.facts, facts) else Learned(),
                profiles=state.profiles if _just_connected(state, event) else {},
                alerts={},
                metering=Metering.UNKNOWN,
                device=patience_ended(state.device),
            )
        case ev.VariablesReported():
            return replace(state, inventory=_learned(state.inventory, event.variables))
        case ev.RebootRequired():
            return replace(state, facts=replace(state.facts, reboot_required=True))
        case ev.InventoryCompleted():
            return replace(state, inventory=_completed(state, state.inventory, supported=event.supported))
        case ev.MeteringConfigured():
            return replace(state, metering=event.metering, metering_note=event.note)
        case ev.MonitorAlerted():
            name = f"{event.component}/{event.variable}"
            alerts = {key: text for key, text in state.alerts.items() if key != name}
            return replace(state, alerts=alerts if event.cleared else {**alerts, name: event.value})
        case ev.SecurityEventReported():
            return replace(state, last_security_event=event.type)
        case ev.FirmwareStatusReported():
            return replace(state, firmware_status=event.status)
        case dv.ReportPartReceived():
            return _part_received(state, event)
        case _:
            return replace(state, device=device_told(state.device, event))


def _counted(device: Device, event: ev.TransactionReported) -> Device:
    """Return the device with the event's number counted; a replay begins only what starts in it."""
    begins = not event.offline or event.event_type is TransactionEventType.STARTED
    sequence = counted(device.sequence, event.transaction_id, event.sequence_number, begins=begins)
    return device if sequence is device.sequence else replace(device, sequence=sequence)


def _part_received(state: StationState, event: dv.ReportPartReceived) -> StationState:
    device = device_told(state.device, event)
    inventory = state.inventory
    variables = tuple(item for item in event.items if isinstance(item, Variable))
    if variables:
        inventory = _learned(inventory, variables)
    report = find(device.reports, event.kind, event.request_id)
    if (
        report is not None
        and report.kind is ReportKind.VARIABLES
        and report.status is ReportStatus.COMPLETE
        and report.scope.get("reportBase") == "FullInventory"
    ):
        inventory = _completed(state, inventory)
    return replace(state, device=device, inventory=inventory)


def _completed(state: StationState, inventory: Inventory, *, supported: bool = True) -> Inventory:
    return replace(inventory, complete_for_firmware=state.facts.firmware or "", supported=supported)


def _learned(inventory: Inventory, variables: Iterable[Variable]) -> Inventory:
    known = dict(inventory.variables)
    for told in variables:
        held = known.get(told.name)
        if held is not None or len(known) < _MOST_VARIABLES:
            known[told.name] = merged(held, told)
    return replace(inventory, variables=known)


def _limits(state: StationState, event: _LimitEvent) -> StationState:
    match event:
        case ev.ChargingLimitNotified():
            return replace(state, station_limit=StationLimit(source=event.source, limit_a=event.limit_a))
        case ev.ChargingLimitCleared():
            device = limit_cleared(state.device, event.source, event.evse_id)
            return replace(state, station_limit=None, device=device)
        case ev.ChargingNeedsNotified():
            needs = ChargingNeeds(
                energy_wh=event.energy_wh,
                max_current_a=event.max_current_a,
                departure_at=event.departure_at,
            )
            return replace(state, needs=needs)
        case ev.ProfileAccepted():
            return profiles_told(state, event)
        case _:
            assert_never(event)


def _own(state: StationState, event: _OwnEvent, zone: ZoneInfo) -> StationState:
    match event:
        case ev.WishChanged():
            held = state.desired
            desired = replace(
                held,
                charging_allowed=(
                    held.charging_allowed if event.charging_allowed is None else event.charging_allowed
                ),
                limit_a=held.limit_a if event.limit_a is None else event.limit_a,
                asked_by=event.asked_by,
                asked_at=event.at,
            )
            return replace(state, desired=desired)
        case ev.CommandProgressed():
            report = CommandReport(
                id=event.command_id,
                command=event.command,
                outcome=event.outcome,
                message=event.message,
                value=event.value,
                asked_by=event.asked_by,
                asked_at=event.asked_at,
                changed_at=event.at,
            )
            return replace(state, last_command=report)
        case ev.ClockTicked():
            ledger, device = roll(state.ledger, event.at, zone), patience_ended(state.device, event.at)
            turned = ledger != state.ledger or device is not state.device
            return replace(state, ledger=ledger, device=device) if turned else state
        case sf.FiguresTold():
            return replace(state, session=event.figures)
        case sf.InitialTotalSet():
            return initial_total_set(state, event)
        case ev.NoticesPosted():
            return replace(state, notices=dict(event.notices))
        case dv.ReportRequested():
            return replace(state, device=device_told(state.device, event))
        case _:
            return profiles_told(state, event)
