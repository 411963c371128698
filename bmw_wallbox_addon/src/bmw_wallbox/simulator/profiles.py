"""The charging profiles installed in the box: which it takes, which it keeps, what they allow together."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .quirks import BoxProfile
from .rpc import Json
from .schedule import NOMINAL_V, InstalledProfile, moment

BOX_MAX_A = 32.0
_MAX_PROFILES = 15
_MAX_PERIODS = 33
_STATION_MAX, _TX_DEFAULT, _TX = "ChargingStationMaxProfile", "TxDefaultProfile", "TxProfile"
_SUSPENDED = frozenset({"SuspendedEV", "SuspendedEVSE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionFacts:
    """What the rules need to know of the transaction in progress."""

    id: str
    state: str
    began: datetime


class ProfileStore:
    """Installed profiles, under the rules of the specification and the quirks of the box."""

    def __init__(self, quirks: BoxProfile) -> None:
        self._quirks = quirks
        self._installed: tuple[InstalledProfile, ...] = ()
        self._used_tx_ids: set[int] = set()
        self._poisoned = False

    @property
    def installed(self) -> tuple[InstalledProfile, ...]:
        """Every profile in force, orphaned ones included."""
        return self._installed

    def install(self, evse_id: int, profile: Json, transaction: TransactionFacts | None) -> str | None:
        """Install or replace a profile; return the reason code of a refusal, None when accepted."""
        new = InstalledProfile(evse_id=evse_id, profile=profile)
        refusal = self._refusal(new) or (
            self._tx_refusal(new, transaction) if new.purpose == _TX else self._duplicate(new)
        )
        if refusal is not None:
            return refusal
        if new.purpose == _TX and self._quirks.tx_profile_trap:
            self._used_tx_ids.add(new.id)
            if self._poisoned or (transaction is not None and transaction.state in _SUSPENDED):
                return None
        kept = [old for old in self._installed if not _replaces(new, old)]
        if len(kept) >= _MAX_PROFILES:
            return "TooManyProfiles"
        self._installed = (*kept, new)
        return None

    def clear(self, request: Json) -> bool:
        """Remove what the request names; False if nothing matched (K10.FR.01 and FR.04)."""
        reachable = [old for old in self._installed if not old.orphaned]
        doomed = reachable if self._quirks.clear_wipes_everything else self._named(request, reachable)
        self._installed = tuple(old for old in self._installed if old not in doomed)
        return bool(doomed)

    def matching(self, request: Json) -> list[InstalledProfile]:
        """Return what GetChargingProfiles asks for (K09.FR.03 to FR.06)."""
        wanted = request["chargingProfile"]
        sources, ids = wanted.get("chargingLimitSource"), wanted.get("chargingProfileId")
        return [
            old
            for old in self._installed
            if not old.orphaned
            and (sources is None or "CSO" in sources)
            and (ids is None or old.id in ids)
            and request.get("evseId", old.evse_id) == old.evse_id
            and wanted.get("stackLevel", old.stack_level) == old.stack_level
            and wanted.get("chargingProfilePurpose", old.purpose) == old.purpose
        ]

    def orphan_tx_profiles(self) -> None:
        """Put the transaction's profiles out of reach, as the Delta does when it suspends or faults."""
        if self._quirks.tx_profile_trap:
            self._installed = tuple(
                replace(old, orphaned=True) if old.purpose == _TX else old for old in self._installed
            )

    def end_transaction(self) -> None:
        """Forget what belonged to the transaction."""
        self._installed = tuple(old for old in self._installed if old.purpose != _TX)
        self._used_tx_ids.clear()
        self._poisoned = False

    def limit_a(self, at: datetime, began: datetime, phases: int) -> float:
        """Return the limit in force in A per phase: the lowest of the leading profiles (K, §3.5)."""
        leading = {
            purpose: self._leading_a(purpose, at, began, phases)
            for purpose in (_STATION_MAX, _TX_DEFAULT, _TX)
        }
        if leading[_TX] is not None:
            leading[_TX_DEFAULT] = None
        return min([BOX_MAX_A, *(limit for limit in leading.values() if limit is not None)])

    def composite(
        self, *, at: datetime, began: datetime, phases: int, duration_s: int, unit: str
    ) -> list[Json]:
        """Return the periods of the composite schedule of the next `duration_s` (K08)."""
        end = at + timedelta(seconds=duration_s)
        moments = {at}
        for old in self._installed:
            moments.update(when for when in old.boundaries(at, end, began) if at < when < end)
        periods: list[Json] = []
        for when in sorted(moments):
            amps = self.limit_a(when, began, phases)
            limit = round(amps if unit == "A" else amps * NOMINAL_V * phases, 1)
            if not periods or periods[-1]["limit"] != limit:
                offset_s = round((when - at).total_seconds())
                periods.append({"startPeriod": offset_s, "limit": limit, "numberPhases": phases})
        return periods

    def _leading_a(self, purpose: str, at: datetime, began: datetime, phases: int) -> float | None:
        candidates = sorted(
            (old for old in self._installed if old.purpose == purpose),
            key=lambda old: old.stack_level,
            reverse=True,
        )
        limits = (old.limit_a(at, began, phases) for old in candidates)
        return next((limit for limit in limits if limit is not None), None)

    def _refusal(self, new: InstalledProfile) -> str | None:
        schedules = new.profile["chargingSchedule"]
        periods = schedules[0]["chargingSchedulePeriod"]
        kind, purpose = new.profile["chargingProfileKind"], new.purpose
        rules = {
            "UnknownEvse": new.evse_id not in {0, 1},
            "UnsupportedPurpose": purpose not in {_STATION_MAX, _TX_DEFAULT, _TX},
            "InvalidStackLevel": not 0 <= new.stack_level <= self._quirks.max_stack_level,
            "InvalidProfile": (purpose == _TX and new.evse_id == 0)
            or (purpose == _STATION_MAX and (new.evse_id != 0 or kind == "Relative")),
            "InvalidSchedule": len(schedules) != 1
            or not _is_schedule(schedules[0], kind)
            or len(periods) > _MAX_PERIODS,
            "PhaseConflict": any("phaseToUse" in period for period in periods),
        }
        return next((reason for reason, broken in rules.items() if broken), None)

    def _tx_refusal(self, new: InstalledProfile, transaction: TransactionFacts | None) -> str | None:
        """Check what holds for a TxProfile only (K01.FR.03, FR.09 and FR.33)."""
        if transaction is None or new.transaction_id != transaction.id:
            return "TxNotFound"
        if self._quirks.tx_profile_trap and new.id in self._used_tx_ids:
            self._poisoned = True
            return "DuplicateProfile"
        return None

    def _duplicate(self, new: InstalledProfile) -> str | None:
        """Find the same purpose and level under another id, on this or the other EVSE (K01.FR.06, FR.52)."""
        if self._quirks.tx_profile_trap:
            return None
        clash = any(
            (old.purpose, old.stack_level) == (new.purpose, new.stack_level) and old.id != new.id
            for old in self._installed
        )
        return "DuplicateProfile" if clash else None

    @staticmethod
    def _named(request: Json, reachable: list[InstalledProfile]) -> list[InstalledProfile]:
        if "chargingProfileId" in request:
            return [old for old in reachable if old.id == request["chargingProfileId"]]
        criteria = request.get("chargingProfileCriteria", {})
        return [
            old
            for old in reachable
            if criteria.get("evseId", old.evse_id) == old.evse_id
            and criteria.get("stackLevel", old.stack_level) == old.stack_level
            and criteria.get("chargingProfilePurpose", old.purpose) == old.purpose
        ]


def _replaces(new: InstalledProfile, old: InstalledProfile) -> bool:
    same_place = (new.purpose, new.stack_level) == (old.purpose, old.stack_level)
    return new.id == old.id or same_place


def _is_schedule(schedule: Json, kind: str) -> bool:
    """Tell whether periods are in order from 0 and the start fits the kind (K01.FR.31, FR.35, FR.40)."""
    periods = schedule["chargingSchedulePeriod"]
    starts = [period["startPeriod"] for period in periods]
    if not starts or starts[0] != 0 or starts != sorted(starts):
        return False
    if schedule["chargingRateUnit"] not in {"A", "W"} or any(
        float(period["limit"]) < 0 or period.get("numberPhases", 3) not in {1, 2, 3} for period in periods
    ):
        return False
    if "startSchedule" not in schedule:
        return kind == "Relative"
    try:
        moment(schedule["startSchedule"])
    except ValueError:
        return False
    return kind != "Relative"
