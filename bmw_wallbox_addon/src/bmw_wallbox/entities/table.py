"""All entities of a wallbox, one row each, in the order of the documentation."""

from collections.abc import Mapping
from types import MappingProxyType

from bmw_wallbox.entities.controls import BINARY_SENSORS, CONTROLS
from bmw_wallbox.entities.description import EntityRow
from bmw_wallbox.entities.diagnostic_sensors import DIAGNOSTIC_SENSORS
from bmw_wallbox.entities.main_sensors import MAIN_SENSORS
from bmw_wallbox.entities.measured_sensors import OPTIONAL_SENSORS, PHASE_SENSORS

ROWS: tuple[EntityRow, ...] = (
    *MAIN_SENSORS,
    *BINARY_SENSORS,
    *CONTROLS,
    *DIAGNOSTIC_SENSORS,
    *PHASE_SENSORS,
    *OPTIONAL_SENSORS,
)

BY_KEY: Mapping[str, EntityRow] = MappingProxyType({row.key: row for row in ROWS})
