"""The shape of one entity, refusing rows that contradict themselves."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bmw_wallbox.domain.commands import Command, parse_command
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.entities.capabilities import is_single_phase, reports

type Value = str | int | float | bool | None
type Attributes = Mapping[str, Value]


class Platform(StrEnum):
    """The Home Assistant platforms that we use."""

    SENSOR = "sensor"
    BINARY_SENSOR = "binary_sensor"
    NUMBER = "number"
    SELECT = "select"
    SWITCH = "switch"
    BUTTON = "button"
    EVENT = "event"


class Category(StrEnum):
    """Home Assistant's entity categories; an entity without one is a primary one."""

    CONFIG = "config"
    DIAGNOSTIC = "diagnostic"


class Availability(StrEnum):
    """What has to be alive for an entity to be available."""

    MEASURED = "measured"
    """The app and the wallbox: the value may be another one by now."""
    LEDGER = "ledger"
    """The app: what was counted stays counted."""
    WISH = "wish"
    """The app: it keeps what the owner wants until the wallbox is back."""
    LINK = "link"
    """The app: it is the one to say whether the wallbox is there."""


class Default(StrEnum):
    """Whether Home Assistant enables an entity when it first sees it."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    MULTI_PHASE = "multi_phase"
    """Enabled unless the installation is known to have one phase only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What a number accepts, in the row's unit."""

    low: float
    high: float | None
    """None means the station's highest current."""
    step: float


READ_ONLY = frozenset({Platform.SENSOR, Platform.BINARY_SENSOR, Platform.EVENT})
STATELESS = frozenset({Platform.BUTTON, Platform.EVENT})
RESERVED_STATES = frozenset({"unknown", "unavailable", "none"})
_TOKEN = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_NAME = re.compile(r"[A-Z][A-Za-z0-9]*( [A-Za-z0-9]+)*")


def no_value(_state: StationState) -> Value:
    """Return None, the value of what has none."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRow:
    """One entity as Home Assistant, the panel and the documentation show it.

    Raises:
        ValueError: the row contradicts itself.

    """

    key: str
    """Suffix of the unique id, key in the state document, id of the component."""
    platform: Platform
    name: str
    about: str
    """One sentence for the documentation and the panel."""
    value: Callable[[StationState], Value] = no_value
    """The value in `unit`; None means unknown."""
    availability: Availability = Availability.MEASURED
    device_class: str | None = None
    state_class: str | None = None
    unit: str | None = None
    category: Category | None = None
    icon: str | None = None
    precision: int | None = None
    """Decimals that Home Assistant suggests for the display."""
    options: tuple[str, ...] = ()
    default: Default = Default.ENABLED
    measurand: str | None = None
    """The OCPP measurand that a station must report for the entity to exist."""
    attributes: Callable[[StationState], Attributes] | None = None
    command: str | None = None
    """The command that the entity gives, by its name in `domain.commands`."""
    read: Callable[[str], Command] | None = None
    """Reads a payload into the command, where the command's name alone does not say enough."""
    suggested_id: str | None = None
    """The entity id to suggest, without platform and device; None means the key."""
    range: Range | None = None
    monetary: bool = False
    """Whether its unit is the currency; the entity does not exist while there is none."""

    def __post_init__(self) -> None:
        for wrong, why in self._contradictions():
            if wrong:
                raise ValueError(f"entity {self.key!r} {why}")

    def exists(self, state: StationState) -> bool:
        """Return whether the station has what the entity shows."""
        if self.monetary and not state.session.currency:
            return False
        return self.measurand is None or reports(state, self.measurand)

    def unit_of(self, state: StationState) -> str | None:
        """Return the unit of the values."""
        return (state.session.currency or None) if self.monetary else self.unit

    def enabled(self, state: StationState) -> bool:
        """Return whether Home Assistant enables the entity when it first sees it."""
        if self.default is Default.MULTI_PHASE:
            return not is_single_phase(state)
        return self.default is Default.ENABLED

    def limits(self, state: StationState) -> tuple[float, float, float] | None:
        """Return a number's lowest and highest value and its step, in the row's unit."""
        if self.range is None:
            return None
        high = state.max_current_a if self.range.high is None else self.range.high
        return self.range.low, high, self.range.step

    def parse(self, payload: str, state: StationState) -> Command:
        """Return the command that a payload from Home Assistant asks for.

        Raises:
            InvalidPayloadError: the payload does not fit, or the entity takes no commands.

        """
        if self.read is not None:
            return self.read(payload)
        return parse_command(self.command or self.key, payload, max_limit_a=state.max_current_a)

    def _contradictions(self) -> tuple[tuple[bool, str], ...]:
        sensor = self.platform is Platform.SENSOR
        event = self.platform is Platform.EVENT
        chooses = event or self.platform is Platform.SELECT or (sensor and self.device_class == "enum")
        stateless = self.platform in STATELESS
        read_only = self.platform in READ_ONLY
        return (
            (_TOKEN.fullmatch(self.key) is None, "has a key that is not in snake case"),
            (_NAME.fullmatch(self.name) is None, "has a name that is not in sentence case"),
            ("wallbox" in self.name.lower(), "repeats the device in its name"),
            (not self.about.endswith("."), "is not described by a sentence"),
            (read_only and self.command is not None, "takes commands but is read-only"),
            (not read_only and self.command is None, "is a control without a command"),
            (read_only and self.category is Category.CONFIG, "is read-only, so not a configuration"),
            ((self.platform is Platform.NUMBER) != (self.range is not None), "needs a range iff a number"),
            (stateless == (self.value is not no_value), "needs a value iff it has a state"),
            (stateless and self.attributes is not None, "has attributes without a state"),
            (not sensor and self.state_class is not None, "has statistics but is no sensor"),
            (
                self.state_class is not None
                and self.unit is None
                and self.device_class not in {"power_factor", "monetary"},
                "has statistics of nothing",
            ),
            (not sensor and self.precision is not None, "has decimals but is no sensor"),
            (
                self.state_class is not None and self.precision is None,
                "has statistics but no suggested decimals",
            ),
            (chooses != bool(self.options), "needs options iff an enum, a select or an event"),
            ((self.device_class == "monetary") != self.monetary, "is monetary without a currency"),
            (self.device_class == "enum" and not sensor, "is an enum but no sensor"),
            (self.read is not None and self.command is None, "reads payloads into no command"),
            (len(set(self.options)) != len(self.options), "repeats an option"),
            (not RESERVED_STATES.isdisjoint(self.options), "uses a word of Home Assistant as an option"),
            (any(_TOKEN.fullmatch(option) is None for option in self.options), "has a malformed option"),
            (self.icon is not None and not self.icon.startswith("mdi:"), "has an unknown icon"),
        )
