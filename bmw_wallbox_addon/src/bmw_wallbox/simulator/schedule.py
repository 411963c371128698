"""What one charging profile allows at a moment, in A per phase (OCPP 2.0.1 part 2 K, §3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .rpc import Json

NOMINAL_V = 230.0
_RECURRENCE = {"Daily": timedelta(days=1), "Weekly": timedelta(days=7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledProfile:
    """A profile as the CSMS sent it, and where it was put."""

    evse_id: int
    profile: Json
    orphaned: bool = False
    """Still in force, but out of reach of ClearChargingProfile until the box reboots."""

    @property
    def id(self) -> int:
        """The profile's id, given by the CSMS."""
        return int(self.profile["id"])

    @property
    def purpose(self) -> str:
        """The profile's chargingProfilePurpose."""
        return str(self.profile["chargingProfilePurpose"])

    @property
    def stack_level(self) -> int:
        """The profile's stackLevel; the higher overrules."""
        return int(self.profile["stackLevel"])

    @property
    def transaction_id(self) -> str | None:
        """The transaction that a TxProfile belongs to."""
        return self.profile.get("transactionId")

    def limit_a(self, at: datetime, began: datetime, phases: int) -> float | None:
        """Return the limit in A per phase at `at`, None where the profile says nothing.

        `began` is the start of the transaction, from which Relative schedules count.
        """
        if not self._is_valid(at):
            return None
        schedule = self.profile["chargingSchedule"][0]
        start = self._start(at, began)
        elapsed_s = (at - start).total_seconds()
        if elapsed_s < 0 or elapsed_s >= schedule.get("duration", float("inf")):
            return None
        periods = [p for p in schedule["chargingSchedulePeriod"] if p["startPeriod"] <= elapsed_s]
        if not periods:
            return None
        return _amps(periods[-1], schedule["chargingRateUnit"], phases)

    def boundaries(self, begin: datetime, end: datetime, began: datetime) -> Iterator[datetime]:
        """Yield the moments in between at which the limit may change."""
        for key in ("validFrom", "validTo"):
            if key in self.profile:
                yield moment(self.profile[key])
        schedule = self.profile["chargingSchedule"][0]
        offsets = [period["startPeriod"] for period in schedule["chargingSchedulePeriod"]]
        offsets += [schedule["duration"]] if "duration" in schedule else []
        start, step = self._start(begin, began), self._recurrence()
        while start < end:
            yield from (start + timedelta(seconds=offset) for offset in offsets)
            if step is None:
                return
            start += step

    def _is_valid(self, at: datetime) -> bool:
        valid_from, valid_to = self.profile.get("validFrom"), self.profile.get("validTo")
        return (valid_from is None or at >= moment(valid_from)) and (
            valid_to is None or at < moment(valid_to)
        )

    def _recurrence(self) -> timedelta | None:
        if self.profile["chargingProfileKind"] != "Recurring":
            return None
        return _RECURRENCE[self.profile.get("recurrencyKind", "Daily")]

    def _start(self, at: datetime, began: datetime) -> datetime:
        given = self.profile["chargingSchedule"][0].get("startSchedule")
        if given is None:
            return began
        start, step = moment(given), self._recurrence()
        if step is not None:
            start += (at - start) // step * step
        return start


def moment(text: str) -> datetime:
    """Return an ISO 8601 time as UTC; a time without a zone is UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _amps(period: Json, unit: str, phases: int) -> float:
    """Convert a limit to A per phase; W are shared by the phases in use (K01.FR.49 to FR.51)."""
    limit = float(period["limit"])
    if unit == "A":
        return limit
    sharing: int = min(period.get("numberPhases", 3), phases)
    return limit / (NOMINAL_V * sharing)
