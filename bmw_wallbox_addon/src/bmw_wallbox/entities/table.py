"""All entities of a wallbox, one row each, in the order of the documentation."""

from collections.abc import Mapping
from types import MappingProxyType

from bmw_wallbox.domain.state import StationState
from bmw_wallbox.entities.controls import BINARY_SENSORS, CONTROLS
from bmw_wallbox.entities.description import EntityRow
from bmw_wallbox.entities.diagnostic_sensors import DIAGNOSTIC_SENSORS
from bmw_wallbox.entities.main_sensors import MAIN_SENSORS
from bmw_wallbox.entities.measured_sensors import OPTIONAL_SENSORS, PHASE_SENSORS
from bmw_wallbox.entities.session_rows import SESSION_ROWS
from bmw_wallbox.entities.variables import variable_rows

ROWS: tuple[EntityRow, ...] = (
    *MAIN_SENSORS,
    *SESSION_ROWS,
    *BINARY_SENSORS,
    *CONTROLS,
    *DIAGNOSTIC_SENSORS,
    *PHASE_SENSORS,
    *OPTIONAL_SENSORS,
)

"""Those that every wallbox has, or could have."""

BY_KEY: Mapping[str, EntityRow] = MappingProxyType({row.key: row for row in ROWS})


def rows_of(state: StationState) -> tuple[EntityRow, ...]:
    """Return every row, those included that the station's own variables make."""
    return (*ROWS, *variable_rows(state))


def find_row(key: str, state: StationState) -> EntityRow | None:
    """Return the row of a key; None for one that the station does not have."""
    return BY_KEY.get(key) or next((row for row in variable_rows(state) if row.key == key), None)
