"""The wallbox's own variables that have a name and a meaning here, one row each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bmw_wallbox.domain.device import Variable

GENERIC_COMPONENT = "LocalSmartChargingCtrlr"
"""The maker's own component: what it has beyond this table gets entities, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVariable:
    """What is known of a variable beyond its own traits, which say what kind of entity it becomes."""

    component: str
    path: str
    """`[Instance.]Variable[.Instance]`; dots and letter case do not count."""
    name: str
    about: str
    icon: str | None = None
    unit: str | None = None
    """OCPP's unit, for stations that do not tell it."""
    state_class: str | None = None
    precision: int | None = None
    enabled: bool = False


def _local(path: str, name: str, about: str, icon: str, *, enabled: bool = False) -> KnownVariable:
    return KnownVariable(
        component=GENERIC_COMPONENT, path=path, name=name, about=about, icon=icon, enabled=enabled
    )


def _aggregated(path: str, name: str, about: str) -> KnownVariable:
    return KnownVariable(
        component="MeteringCtrlr",
        path=f"Aggregation.{path}",
        name=name,
        about=f"{about} of the last five minutes.",
        unit="W",
        state_class="measurement",
        precision=0,
    )


KNOWN_VARIABLES: tuple[KnownVariable, ...] = (
    _local(
        "DLC.Enabled",
        "House fuse protection",
        "Whether the wallbox lowers its current so that the house's fuse holds (DLC).",
        "mdi:fuse",
        enabled=True,
    ),
    _local(
        "DLC.MinTimeOff",
        "House fuse pause",
        "How long a charge that the house fuse protection paused stays paused at least.",
        "mdi:timer-pause-outline",
    ),
    _local(
        "DLC.CurrentSafeLLM",
        "House fuse safe current LLM",
        "The house fuse protection's safe current that the wallbox calls LLM.",
        "mdi:current-ac",
    ),
    _local(
        "DLC.CurrentSafeSLM",
        "House fuse safe current SLM",
        "The house fuse protection's safe current that the wallbox calls SLM.",
        "mdi:current-ac",
    ),
    _local(
        "PV.Enabled",
        "Solar charging",
        "Whether the wallbox follows the surplus of a solar installation.",
        "mdi:solar-power",
        enabled=True,
    ),
    _local(
        "PV.ChargingMode",
        "Solar charging mode",
        "How strictly the wallbox follows the solar surplus.",
        "mdi:solar-power-variant",
        enabled=True,
    ),
    _local(
        "PV.MinimumCurrent",
        "Solar minimum current",
        "The current per phase that the car gets at least while the wallbox follows the sun.",
        "mdi:current-ac",
    ),
    _local(
        "PeakShifting.Enabled",
        "Peak shifting",
        "Whether the wallbox moves charging away from times of high load.",
        "mdi:chart-bell-curve",
    ),
    _local(
        "PeakShifting.MinTimeOff",
        "Peak shifting pause",
        "How long a charge that peak shifting paused stays paused at least.",
        "mdi:timer-pause-outline",
    ),
    _local(
        "ScheduledCharging.Enabled",
        "Scheduled charging",
        "Whether the wallbox charges by its own timetable.",
        "mdi:calendar-clock",
    ),
    _local(
        "ChargingPowerLimited",
        "Charging power limited",
        "Whether the wallbox itself holds the charging power down.",
        "mdi:speedometer-slow",
    ),
    _aggregated("HouseholdPowerActive.Avg", "Household power average", "The house's mean power"),
    _aggregated("HouseholdPowerActive.Min", "Household power minimum", "The house's lowest power"),
    _aggregated("HouseholdPowerActive.Max", "Household power maximum", "The house's highest power"),
    _aggregated("ChargerPowerActive.Avg", "Charger power average", "The wallbox's mean power"),
    _aggregated("ChargerPowerActive.Min", "Charger power minimum", "The wallbox's lowest power"),
    _aggregated("ChargerPowerActive.Max", "Charger power maximum", "The wallbox's highest power"),
    KnownVariable(
        component="ExternalMeteringCtrlr",
        path="Enabled",
        name="External meter enabled",
        about="Whether the wallbox reads a meter in the house.",
        icon="mdi:meter-electric-outline",
    ),
    KnownVariable(
        component="ExternalMeteringCtrlr",
        path="ModelName",
        name="External meter model",
        about="The meter in the house that the wallbox reads.",
        icon="mdi:meter-electric-outline",
    ),
    KnownVariable(
        component="ExternalMeteringCtrlr",
        path="PowerActive.Sum",
        name="External meter power",
        about="The power that the meter in the house shows.",
        unit="W",
        state_class="measurement",
        precision=0,
    ),
    KnownVariable(
        component="ExternalMeteringCtrlr",
        path="ActiveEnergy.Total",
        name="External meter energy",
        about="The register of the meter in the house.",
        unit="Wh",
        state_class="total",
        precision=0,
    ),
    KnownVariable(
        component="OCPPCommCtrlr",
        path="HeartbeatInterval",
        name="Heartbeat interval",
        about="How often the wallbox sends a heartbeat; it asks the app for it anew at each boot.",
        unit="s",
        icon="mdi:heart-pulse",
    ),
    KnownVariable(
        component="SampledDataCtrlr",
        path="TxUpdatedInterval",
        name="Meter interval",
        about="How often the wallbox sends measured values during a charge; set in the panel's settings.",
        unit="s",
        icon="mdi:timer-outline",
    ),
    KnownVariable(
        component="AlignedDataCtrlr",
        path="Interval",
        name="Idle meter interval",
        about="How often the wallbox sends measured values by the clock, whether or not a car charges.",
        unit="s",
        icon="mdi:timer-outline",
    ),
    KnownVariable(
        component="TxCtrlr",
        path="EVConnectionTimeOut",
        name="Plug in timeout",
        about="How long the wallbox waits for a car after somebody presented a card or started it.",
        unit="s",
        icon="mdi:timer-sand",
    ),
    KnownVariable(
        component="MainCircuitBreaker",
        path="MaxCurrent",
        name="Main breaker current",
        about="The house's main breaker as the wallbox was told of it at its installation.",
        unit="A",
    ),
    KnownVariable(
        component="ChargingStation",
        path="MaxCurrent",
        name="Rated current",
        about="The highest current per phase that the wallbox can deliver.",
        unit="A",
    ),
    KnownVariable(
        component="ChargingStation",
        path="SupplyPhases",
        name="Supply phases",
        about="How many phases the wallbox is connected to.",
        icon="mdi:sine-wave",
    ),
    KnownVariable(
        component="ChargingStation",
        path="GridType",
        name="Grid type",
        about="The earthing of the grid as the wallbox was told of it at its installation.",
        icon="mdi:transmission-tower",
    ),
    KnownVariable(
        component="ChargingStation",
        path="InstallationComplete",
        name="Installation complete",
        about="Whether the wallbox's installation was completed.",
        icon="mdi:check-decagram-outline",
    ),
)


def _plain(path: str) -> str:
    return path.replace(".", "").lower()


_BY_PATH: Mapping[tuple[str, str], KnownVariable] = MappingProxyType(
    {(row.component.lower(), _plain(row.path)): row for row in KNOWN_VARIABLES}
)
_COMPONENTS = frozenset(row.component.lower() for row in KNOWN_VARIABLES)


def may_have_entity(variable: Variable) -> bool:
    """Return whether a variable's component is one that entities are made of."""
    return variable.component.lower() in _COMPONENTS


def find_known(variable: Variable) -> KnownVariable | None:
    """Return the row of a variable, wherever the station puts the instance."""
    component = variable.component.lower()
    found = (_BY_PATH.get((component, path)) for path in _paths(variable))
    return next((row for row in found if row is not None), None)


def _paths(variable: Variable) -> Iterator[str]:
    group, name = variable.component_instance or "", variable.variable
    instance = variable.variable_instance or ""
    yield _plain(f"{group}.{name}.{instance}")
    yield _plain(f"{instance}.{name}")
    yield _plain(f"{name}.{instance}")
