"""Who may connect: the records of known stations and the verdict on one that knocks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from bmw_wallbox.domain.vocabulary import Admission


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRecord:
    """One station that was approved or blocked; kept over restarts."""

    key: str
    charge_point_id: str
    admission: Admission
    simulated: bool = False
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """A station that waits for approval."""

    charge_point_id: str
    remote: str
    first_at: datetime
    last_at: datetime


def station_key(charge_point_id: str, taken: Collection[str]) -> str:
    """Return a new station's key: the id's letters and digits in lower case, unlike any in `taken`."""
    bare = "".join(char for char in charge_point_id.lower() if char.isascii() and char.isalnum()) or "wallbox"
    key, number = bare, 2
    while key in taken:
        key, number = f"{bare}{number}", number + 1
    return key


def admit(
    records: Mapping[str, StationRecord], charge_point_id: str, *, configured: str | None, pairing: bool
) -> Admission | None:
    """Return how a station is let in, None for not at all (OCPP 2.0.1 part 4 §3.2: 404).

    The id in the options is approved by itself. Others wait as pending while pairing is on, or as long as
    no real station was ever approved; `records` are by charge point id.
    """
    record = records.get(charge_point_id)
    if record is not None:
        return None if record.admission is Admission.BLOCKED else record.admission
    if charge_point_id == configured:
        return Admission.APPROVED
    first_evening = not any(
        known.admission is Admission.APPROVED and not known.simulated for known in records.values()
    )
    return Admission.PENDING if pairing or first_evening else None
