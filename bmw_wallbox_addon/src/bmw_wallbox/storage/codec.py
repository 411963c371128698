"""Records to rows and back: a frozen dataclass is stored as JSON under its kind and key."""

import re
from dataclasses import dataclass
from functools import cache

import msgspec

from bmw_wallbox.domain.energy import Ledger
from bmw_wallbox.errors import StoreError
from bmw_wallbox.storage.session_table import columns_of

LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class Record:
    """One value to be stored; the newest one of the same kind and key wins."""

    kind: str
    key: str
    value: object

    @classmethod
    def of(cls, key: str, value: object) -> "Record":
        """Return a record of the kind that its value's class is named after."""
        return cls(kind_of(type(value)), key, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record as the database keeps it; no body means that it is to be deleted."""

    kind: str
    key: str
    body: str | None
    totals: tuple[int | None, int | None, int | None] = (None, None, None)
    """Of a ledger: total, completed and session energy, Wh."""
    columns: tuple[object, ...] = ()
    """What a table of its own keeps beside the body."""


def kind_of(cls: type) -> str:
    """Return the kind of a class's records: its name in snake_case (`DesiredState` → `desired_state`)."""
    return _in_snake_case(cls.__name__)


@cache
def _in_snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def encode(record: Record) -> Row:
    """Return the row of a record.

    Raises:
        StoreError: the value cannot be written as JSON.

    """
    try:
        body = msgspec.json.encode(record.value).decode()
    except (TypeError, ValueError, OverflowError, RecursionError) as err:
        raise StoreError(f"A {record.kind} cannot be stored: {err}.") from err
    value = record.value
    if (columns := columns_of(value)) is not None:
        return Row(kind=record.kind, key=record.key, body=body, columns=columns)
    if isinstance(value, Ledger):
        totals = (value.total_wh, value.completed_wh, value.session_wh)
        return Row(kind=record.kind, key=record.key, body=body, totals=totals)
    return Row(kind=record.kind, key=record.key, body=body)


def decode[T](row: Row, cls: type[T]) -> T:
    """Return the value of a row; fields that it lacks take their defaults, those unknown to us are left out.

    Raises:
        StoreError: the body is not a `cls`.

    """
    try:
        return msgspec.json.decode(row.body or "", type=cls)
    except msgspec.MsgspecError as err:
        raise StoreError(f"The stored {row.kind} {row.key!r:.60} cannot be read: {err}.") from err


def salvage[T](row: Row, cls: type[T]) -> T | None:
    """Return what a row's columns tell when its body is unreadable: a ledger's energy must not fall."""
    total_wh, _, session_wh = row.totals
    rescued = Ledger(total_wh=total_wh, session_wh=session_wh, initial_wh=total_wh)
    return rescued if isinstance(rescued, cls) and total_wh is not None else None
