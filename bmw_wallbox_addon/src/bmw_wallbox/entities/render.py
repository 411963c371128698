"""Rows and a state, turned into the values that Home Assistant shows."""

from collections.abc import Mapping
from math import isfinite

from bmw_wallbox.domain.state import StationState
from bmw_wallbox.entities.description import STATELESS, Attributes, EntityRow, Value
from bmw_wallbox.entities.table import rows_of
from bmw_wallbox.entities.values import token_label

type StateDocument = Mapping[str, Value | Attributes]
type Names = Mapping[str, str]
"""Names of id tokens, by the token in lower case."""

ATTRIBUTES_SUFFIX = "_attributes"
_LONGEST_STATE = 255
_LONGEST_ATTRIBUTE = 1000
_SWITCHED = {True: "ON", False: "OFF", None: None}


def existing(state: StationState) -> tuple[EntityRow, ...]:
    """Return the rows of what the station has."""
    return tuple(row for row in rows_of(state) if row.exists(state))


def values(state: StationState, names: Names) -> Mapping[str, Value]:
    """Return the value of every row that has one, by key; None where it is unknown."""
    shown = {
        row.key: cleaned(row.value(state), _LONGEST_STATE)
        for row in rows_of(state)
        if row.platform not in STATELESS
    }
    shown["id_token"] = cleaned(token_label(state, names), _LONGEST_STATE)
    return shown


def attributes(state: StationState) -> Mapping[str, Attributes]:
    """Return the attributes of every row that has some, by key."""
    return {
        row.key: {name: cleaned(value, _LONGEST_ATTRIBUTE) for name, value in row.attributes(state).items()}
        for row in rows_of(state)
        if row.attributes is not None
    }


def state_document(state: StationState, names: Names) -> StateDocument:
    """Return the one retained document that all entities read: every key always, None for unknown.

    Truth values are `ON` and `OFF`, Home Assistant's payloads for binary sensors and switches.
    """
    shown = values(state, names)
    return {
        **{key: _SWITCHED[value] if isinstance(value, bool) else value for key, value in shown.items()},
        **{f"{key}{ATTRIBUTES_SUFFIX}": extra for key, extra in attributes(state).items()},
    }


def cleaned(value: Value, longest: int) -> Value:
    """Return a value that JSON and Home Assistant can carry: no NaN, no broken, empty or endless text."""
    if isinstance(value, float):
        return round(value, 3) if isfinite(value) else None
    if isinstance(value, str):
        text = value.encode("utf-8", "replace").decode()
        return text[:longest] or None
    return value
