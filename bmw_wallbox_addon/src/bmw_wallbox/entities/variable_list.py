"""A station's variables as the HTTP API lists them."""

from collections.abc import Mapping

from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.variables import is_secret, why_not_written
from bmw_wallbox.entities.render import cleaned
from bmw_wallbox.entities.variables import rows_by_variable

_LONGEST_VALUE = 2500
_LONGEST_WORD = 255


def variable_list(state: StationState) -> list[Mapping[str, object]]:
    """Return every variable that the station told, in its order.

    Keys: `name` (what `set_variable` takes), `value` (None for what is secret or unknown), `mutability`,
    `type`, `unit`, `min`, `max`, `options`, `entity` (the key of its entity, None without one) and
    `read_only` (in words why `set_variable` does not write it, None where it does).
    """
    rows = rows_by_variable(state.inventory)
    return [
        {
            "name": cleaned(name, _LONGEST_WORD),
            "value": None if is_secret(variable) else cleaned(variable.value, _LONGEST_VALUE),
            "mutability": cleaned(variable.mutability, _LONGEST_WORD),
            "type": cleaned(variable.data_type, _LONGEST_WORD),
            "unit": cleaned(variable.unit, _LONGEST_WORD),
            "min": cleaned(variable.minimum, _LONGEST_WORD),
            "max": cleaned(variable.maximum, _LONGEST_WORD),
            "options": [cleaned(option, _LONGEST_WORD) for option in variable.options],
            "entity": rows[name].key if name in rows else None,
            "read_only": why_not_written(variable),
        }
        for name, variable in state.inventory.variables.items()
    ]
