"""The payload of MQTT device discovery that makes Home Assistant create a station's entities."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bmw_wallbox.domain.state import DEFAULT_MODEL, DEFAULT_VENDOR, StationState
from bmw_wallbox.entities.description import READ_ONLY, STATELESS, Availability, EntityRow, Platform
from bmw_wallbox.entities.render import ATTRIBUTES_SUFFIX, cleaned

ORIGIN_NAME = "BMW Wallbox"
EXPIRE_AFTER_S = 180
_LONGEST_FACT = 100
_DEFAULT_ENTITY_ID_SINCE = (2025, 10)
_EXPIRING = frozenset({Availability.MEASURED, Availability.LINK})


class Topics(Protocol):
    """Where a station's messages go."""

    @property
    def state(self) -> str:
        """The state document."""

    @property
    def bridge(self) -> str:
        """Whether the app runs."""

    @property
    def wallbox(self) -> str:
        """Whether the wallbox can be reached."""

    def event(self, key: str) -> str:
        """Where what happened is told to the entity `key`."""

    def command(self, key: str) -> str:
        """Where Home Assistant sends what the entity `key` is asked to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """How a station appears as a device."""

    name: str
    id_prefix: str
    """Start of the entity ids that are suggested for its entities."""
    app_version: str
    configuration_url: str | None = None
    object_ids: bool = False
    """Whether entity ids are suggested as Home Assistant took it before 2025.10."""


def discovery_payload(
    state: StationState,
    rows: Iterable[EntityRow],
    *,
    topics: Topics,
    device: Device,
    dropped: Mapping[str, str],
) -> Mapping[str, object]:
    """Return the device's configuration.

    Args:
        state: The station.
        rows: The entities to announce.
        topics: Where the station's messages go.
        device: How the station appears.
        dropped: Components of an earlier configuration that go now: platform by key. Home Assistant
            removes a component only when it is told so once.

    """
    components: dict[str, object] = {key: {"platform": platform} for key, platform in dropped.items()}
    for row in rows:
        # One that changes its platform goes first, and comes back with the next configuration.
        components.setdefault(row.key, _component(row, state, topics, device))
    return {
        "device": _device(state, device),
        "origin": {"name": ORIGIN_NAME, "sw_version": device.app_version},
        "availability": [{"topic": topics.bridge}, {"topic": topics.wallbox}],
        "availability_mode": "all",
        "state_topic": topics.state,
        "qos": 1,
        "components": components,
    }


def _device(state: StationState, device: Device) -> Mapping[str, object]:
    facts = state.facts
    described = {
        "identifiers": [f"bmw_wallbox_{state.key}"],
        "name": device.name,
        "manufacturer": _fact(facts.vendor) or DEFAULT_VENDOR,
        "model": _fact(facts.model) or DEFAULT_MODEL,
        "serial_number": _fact(facts.serial),
        "sw_version": _fact(facts.firmware),
        "configuration_url": device.configuration_url,
    }
    return {key: value for key, value in described.items() if value is not None}


def _fact(text: str | None) -> str | None:
    return str(shown) if (shown := cleaned(text, _LONGEST_FACT)) else None


def _component(row: EntityRow, state: StationState, topics: Topics, device: Device) -> Mapping[str, object]:
    limits = row.limits(state) or (None, None, None)
    described = {
        "platform": row.platform.value,
        "unique_id": unique_id(state, row.key),
        **_suggested_id(row, device),
        "name": row.name,
        "device_class": row.device_class,
        "state_class": row.state_class,
        "unit_of_measurement": row.unit_of(state),
        "entity_category": row.category.value if row.category else None,
        "icon": row.icon,
        "suggested_display_precision": row.precision,
        "event_types" if row.platform is Platform.EVENT else "options": list(row.options) or None,
        "enabled_by_default": None if row.enabled(state) else False,
        "min": limits[0],
        "max": limits[1],
        "step": limits[2],
        **_messages(row, topics),
    }
    return {key: value for key, value in described.items() if value is not None}


def unique_id(state: StationState, key: str) -> str:
    """Return the unique id of the entity that a row's key makes of a station."""
    return f"bmw_wallbox_{state.key}_{key}"


def takes_object_ids(ha_version: str | None) -> bool:
    """Return whether Home Assistant is too old for `default_entity_id`; a newer one refuses `object_id`."""
    year, month, *_ = *((ha_version or "").split(".")), "", ""
    return year.isdecimal() and month.isdecimal() and (int(year), int(month)) < _DEFAULT_ENTITY_ID_SINCE


def _suggested_id(row: EntityRow, device: Device) -> Mapping[str, str]:
    name = f"{device.id_prefix}_{row.suggested_id or row.key}"
    if device.object_ids:
        return {"object_id": name}
    return {"default_entity_id": f"{row.platform}.{name}"}


def _messages(row: EntityRow, topics: Topics) -> Mapping[str, object]:
    """Return where an entity reads and writes, and for how long what it reads holds good."""
    messages: dict[str, object] = {}
    if row.platform is Platform.EVENT:
        messages["state_topic"] = topics.event(row.key)
    if row.platform not in STATELESS:
        messages["value_template"] = f"{{{{ value_json.{row.key} }}}}"
    if row.attributes is not None:
        messages["json_attributes_topic"] = topics.state
        messages["json_attributes_template"] = f"{{{{ value_json.{row.key}{ATTRIBUTES_SUFFIX} | tojson }}}}"
    if row.command is not None:
        messages["command_topic"] = topics.command(row.key)
    if row.platform in READ_ONLY and row.availability in _EXPIRING:
        messages["expire_after"] = EXPIRE_AFTER_S
    if row.availability is not Availability.MEASURED:
        messages["availability"] = [{"topic": topics.bridge}]
    return messages
