"""Reports in several parts: which part came, which is missing, and when to stop waiting for it.

OCPP 2.0.1 B07.FR.10, N02.FR.09 and N09 number the parts from 0; `tbc` is true on all but the last. Charging
profiles (K09) and display messages (O03) come without numbers, so their order of arrival has to do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bmw_wallbox.domain.device import Json

PATIENCE = timedelta(seconds=30)
"""How long the next part may take."""
_KEPT = 8
_MOST_AHEAD = 256
"""How many parts may come before one that is missing."""


class ReportKind(StrEnum):
    """What a report is about."""

    VARIABLES = "variables"
    MONITORS = "monitors"
    CHARGING_PROFILES = "charging_profiles"
    DISPLAY_MESSAGES = "display_messages"
    CUSTOMER_INFORMATION = "customer_information"


class ReportStatus(StrEnum):
    """How far a report is."""

    EXPECTED = "expected"
    COLLECTING = "collecting"
    COMPLETE = "complete"
    PARTIAL = "partial"
    """The time is up and a part is missing; one that still comes is taken."""
    REFUSED = "refused"


_OPEN = frozenset({ReportStatus.EXPECTED, ReportStatus.COLLECTING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report, by its kind and request id."""

    kind: ReportKind
    request_id: int
    status: ReportStatus
    asked: bool = False
    """False for a report that this app did not ask for."""
    scope: Json = field(default_factory=dict)
    """The request that it answers."""
    began_at: datetime
    changed_at: datetime
    next_part: int = 0
    """All parts before this one came."""
    ahead: frozenset[int] = frozenset()
    """The parts that came after it."""
    last_part: int | None = None
    note: str = ""
    """The station's word where it refused."""

    @property
    def is_open(self) -> bool:
        """Return whether more of it may come in time."""
        return self.status in _OPEN

    @property
    def parts(self) -> int:
        """Return how many numbered parts came."""
        return self.next_part + len(self.ahead)


type Reports = tuple[Report, ...]


def find(reports: Reports, kind: ReportKind, request_id: int) -> Report | None:
    """Return the report of that kind and id."""
    return next((held for held in reports if (held.kind, held.request_id) == (kind, request_id)), None)


def put(reports: Reports, report: Report) -> Reports:
    """Return the reports with one put in its place, the newest last; beyond the bound the oldest goes."""
    others = [held for held in reports if (held.kind, held.request_id) != (report.kind, report.request_id)]
    while len(others) >= _KEPT:
        others.remove(next((held for held in others if not held.is_open), others[0]))
    return (*others, report)


def with_part(report: Report, number: int | None, *, more: bool, at: datetime) -> Report:
    """Return the report after one of its parts came, in whatever order; `number` None where it has none."""
    if number is None:
        status = ReportStatus.COLLECTING if more else ReportStatus.COMPLETE
        return replace(report, status=status, changed_at=at)
    ahead, next_part = report.ahead, report.next_part
    if number >= next_part and (number == next_part or len(ahead) < _MOST_AHEAD):
        ahead |= {number}
    while next_part in ahead:
        ahead -= {next_part}
        next_part += 1
    last_part = report.last_part if more else number
    whole = last_part is not None and next_part > last_part
    return replace(
        report,
        status=ReportStatus.COMPLETE if whole else ReportStatus.COLLECTING,
        changed_at=at,
        next_part=next_part,
        ahead=ahead,
        last_part=last_part,
    )


def given_up(reports: Reports, now: datetime | None = None) -> Reports:
    """Return the reports with those closed that wait for too long, or all that wait where `now` is None."""
    late = [held for held in reports if held.is_open and (now is None or now - held.changed_at >= PATIENCE)]
    if not late:
        return reports
    return tuple(replace(held, status=ReportStatus.PARTIAL) if held in late else held for held in reports)


def covers_profile(scope: Json, evse_id: int, source: str, profile: Json) -> bool:
    """Return whether a GetChargingProfiles request asks for this profile (K09.FR.03 to FR.06)."""
    wanted_evse = scope.get("evseId")
    criteria = scope.get("chargingProfile")
    wanted = criteria if isinstance(criteria, dict) else {}
    return (
        (wanted_evse is None or wanted_evse == evse_id)
        and _among(wanted, "chargingProfileId", profile.get("id"))
        and _among(wanted, "chargingLimitSource", source)
        and _equals(wanted, profile, ("chargingProfilePurpose", "stackLevel"))
    )


def covers_message(scope: Json, message: Json) -> bool:
    """Return whether a GetDisplayMessages request asks for this message (O04)."""
    return _among(scope, "id", message.get("id")) and _equals(scope, message, ("priority", "state"))


def covers_all(scope: Json, criteria: Sequence[str]) -> bool:
    """Return whether a request has none of these criteria."""
    return not any(scope.get(name) for name in criteria)


def told_only[T](
    held: Mapping[str, T], request_id: int, covered: Callable[[T], bool], told_by: Callable[[T], int | None]
) -> Mapping[str, T]:
    """Return what is held without what a complete report covers and did not tell."""
    return {key: item for key, item in held.items() if told_by(item) == request_id or not covered(item)}


def _among(wanted: Json, key: str, value: object) -> bool:
    listed = wanted.get(key)
    return not isinstance(listed, list) or value in listed


def _equals(wanted: Json, item: Json, keys: Sequence[str]) -> bool:
    return all(key not in wanted or wanted[key] == item.get(key) for key in keys)
