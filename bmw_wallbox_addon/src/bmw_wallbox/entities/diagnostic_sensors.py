"""The sensors that explain: OCPP's own words, limits, commands and times."""

from collections.abc import Callable, Mapping

from bmw_wallbox.domain.reasons import LimitReason, active_limit_a, limit_reason
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import Outcome, TransactionEventType
from bmw_wallbox.entities.description import (
    Attributes,
    Availability,
    Category,
    Default,
    EntityRow,
    Platform,
    Value,
)
from bmw_wallbox.entities.values import iso, token_label, transaction_id
from bmw_wallbox.entities.words import (
    CHARGING_STATES,
    CONNECTOR_STATUSES,
    STOPPED_REASONS,
    TRIGGER_REASONS,
    known_word,
    snake_case,
)

_EVENT_TYPES = tuple(
    snake_case(type_) for type_ in TransactionEventType if type_ is not TransactionEventType.UNKNOWN
)


def _charging_state_attributes(state: StationState) -> Attributes:
    return {"ocpp_state": state.charging_state.value, "transaction_id": transaction_id(state)}


def _event_type(state: StationState) -> Value:
    known = state.last_event.event_type
    return None if known in (None, TransactionEventType.UNKNOWN) else snake_case(known)


def _last_command_attributes(state: StationState) -> Attributes:
    last = state.last_command
    if last is None:
        return {"message": None, "command": None, "value": None, "asked_by": None, "asked_at": None}
    return {
        "message": last.message,
        "command": last.command,
        "value": last.value,
        "asked_by": last.asked_by,
        "asked_at": iso(last.asked_at),
    }


def _text(
    key: str,
    name: str,
    about: str,
    value: Callable[[StationState], Value],
    *,
    icon: str,
    attributes: Callable[[StationState], Mapping[str, Value]] | None = None,
    default: Default = Default.ENABLED,
) -> EntityRow:
    return EntityRow(
        key=key,
        platform=Platform.SENSOR,
        name=name,
        about=about,
        value=value,
        category=Category.DIAGNOSTIC,
        icon=icon,
        attributes=attributes,
        default=default,
    )


def _enum(
    key: str,
    name: str,
    about: str,
    options: tuple[str, ...],
    value: Callable[[StationState], Value],
    *,
    icon: str,
    attributes: Callable[[StationState], Mapping[str, Value]] | None = None,
    availability: Availability = Availability.MEASURED,
    default: Default = Default.ENABLED,
) -> EntityRow:
    return EntityRow(
        key=key,
        platform=Platform.SENSOR,
        name=name,
        about=about,
        value=value,
        availability=availability,
        device_class="enum",
        category=Category.DIAGNOSTIC,
        icon=icon,
        options=options,
        attributes=attributes,
        default=default,
    )


def _moment(key: str, name: str, about: str, value: Callable[[StationState], Value]) -> EntityRow:
    return EntityRow(
        key=key,
        platform=Platform.SENSOR,
        name=name,
        about=about,
        value=value,
        device_class="timestamp",
        category=Category.DIAGNOSTIC,
        default=Default.DISABLED,
    )


DIAGNOSTIC_SENSORS: tuple[EntityRow, ...] = (
    _enum(
        "charging_state",
        "Charging state",
        "OCPP's charging state of the transaction.",
        tuple(CHARGING_STATES.values()),
        lambda state: CHARGING_STATES.get(state.charging_state),
        icon="mdi:ev-station",
        attributes=_charging_state_attributes,
    ),
    _enum(
        "connector_status",
        "Connector status",
        "OCPP's status of the connector.",
        tuple(CONNECTOR_STATUSES.values()),
        lambda state: CONNECTOR_STATUSES.get(state.connector.status),
        icon="mdi:ev-plug-type2",
    ),
    _text(
        "phases_used",
        "Phases used",
        "How many phases the car charges on.",
        lambda state: state.meter.phases_used,
        icon="mdi:numeric",
    ),
    _text(
        "id_token",
        "ID token",
        "Who started the transaction: the token's name, or its last four characters.",
        lambda state: token_label(state, {}),
        icon="mdi:card-account-details",
        attributes=lambda state: {"type": state.last_event.id_token_type},
    ),
    _text(
        "transaction_id",
        "Transaction ID",
        "OCPP's id of the transaction that runs.",
        transaction_id,
        icon="mdi:identifier",
    ),
    _enum(
        "event_type",
        "Event type",
        "Whether the last transaction event started, updated or ended it.",
        _EVENT_TYPES,
        _event_type,
        icon="mdi:message-flash",
        default=Default.DISABLED,
    ),
    _enum(
        "trigger_reason",
        "Trigger reason",
        "Why the wallbox sent the last transaction event.",
        tuple(map(snake_case, TRIGGER_REASONS)),
        lambda state: known_word(state.last_event.trigger_reason, TRIGGER_REASONS),
        icon="mdi:message-question",
        attributes=lambda state: {"ocpp_reason": state.last_event.trigger_reason},
        default=Default.DISABLED,
    ),
    _enum(
        "stopped_reason",
        "Stopped reason",
        "Why the last transaction ended.",
        tuple(map(snake_case, STOPPED_REASONS)),
        lambda state: known_word(state.last_event.stopped_reason, STOPPED_REASONS),
        icon="mdi:stop-circle-outline",
        attributes=lambda state: {"ocpp_reason": state.last_event.stopped_reason},
    ),
    _text(
        "sequence_number",
        "Sequence number",
        "OCPP's number of the last transaction event.",
        lambda state: state.last_event.sequence_number,
        icon="mdi:counter",
        default=Default.DISABLED,
    ),
    _moment(
        "last_update",
        "Last update",
        "The wallbox's time of the last transaction event.",
        lambda state: iso(state.last_event.station_at),
    ),
    _moment(
        "last_heartbeat",
        "Last heartbeat",
        "When the last heartbeat came.",
        lambda state: iso(state.last_heartbeat_at),
    ),
    EntityRow(
        key="active_limit",
        platform=Platform.SENSOR,
        name="Active limit",
        about="The current per phase that the wallbox may offer now, proved by its own answers.",
        value=active_limit_a,
        device_class="current",
        state_class="measurement",
        unit="A",
        category=Category.DIAGNOSTIC,
        precision=1,
    ),
    _enum(
        "limit_reason",
        "Limit reason",
        "Who decides on the current: the owner, the installation, the hardware, the wallbox or the car.",
        tuple(LimitReason),
        limit_reason,
        icon="mdi:speedometer-slow",
    ),
    _enum(
        "last_command_result",
        "Last command result",
        "What became of the last command; its message says it in words.",
        tuple(Outcome),
        lambda state: None if state.last_command is None else state.last_command.outcome,
        icon="mdi:message-check",
        attributes=_last_command_attributes,
        availability=Availability.WISH,
    ),
    _text(
        "firmware_version",
        "Firmware version",
        "The wallbox's firmware.",
        lambda state: state.facts.firmware,
        icon="mdi:chip",
    ),
)
