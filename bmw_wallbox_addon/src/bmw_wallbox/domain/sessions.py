"""One charging session as it is shown, billed and proved."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto


class Source(StrEnum):
    """Where a session comes from."""

    LIVE = auto()
    OFFLINE = auto()
    """The station told it, in part at least, after it had been offline."""
    MANUAL = auto()
    IMPORT = auto()


class ClosedBy(StrEnum):
    """What told that a session is over."""

    ENDED = auto()
    STATUS_AVAILABLE = auto()
    """The connector became Available; the station never sent Ended."""
    NEXT_STARTED = auto()
    """Another transaction started; the station never sent Ended."""
    DISOWNED = auto()
    """The station said that it does not run; it never sent Ended."""
    FORGOTTEN = auto()
    """Nothing was heard of it for a week."""


class Doubt(StrEnum):
    """What a session's row lacks to be beyond doubt."""

    BEGIN_MISSING = auto()
    """No register was read at its begin."""
    END_MISSING = auto()
    """The station never said that it ended."""
    EVENTS_MISSING = auto()
    """The sequence numbers have holes."""
    REGISTER_RESTARTED = auto()
    """The register fell inside the session."""
    PRICE_MISSING = auto()
    """For a part of the time no price is known."""
    PRICE_ESTIMATED = auto()
    """For a part of the time the price is the last one that was known."""
    PRICED_ANEW = auto()
    """Late events changed the energy after it had been priced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterValue:
    """What the meter's import register showed at one end of a session, and how that is known."""

    register_wh: int
    at: datetime
    context: str
    """OCPP's ReadingContextEnumType; `Inferred` where the value follows from the session before."""
    signed: str | None = None
    """The meter's signature (SignedMeterValueType) as JSON, where it gave one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a session cost, in millionths of the currency's unit."""

    micros: int
    currency: str
    price_list: str
    """The names of the price lists used, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargingSession:
    """One row of the session list."""

    id: str
    """Twelve hexadecimal digits, ours."""
    station: str
    """The station's key."""
    transaction_id: str | None = None
    source: Source = Source.LIVE
    started_at: datetime
    ended_at: datetime | None = None
    closed_by: ClosedBy | None = None
    """None while it runs."""
    end_reason: str | None = None
    """OCPP's ReasonEnumType."""
    id_token: str | None = None
    id_token_type: str | None = None
    person: str | None = None
    vehicle: str | None = None
    note: str = ""
    energy_wh: int = 0
    begin: RegisterValue | None = None
    end: RegisterValue | None = None
    charging_s: int = 0
    longest_pause_s: int = 0
    """Between two spells of charging."""
    peak_power_w: int | None = None
    mean_power_w: int | None = None
    """Over the time of charging."""
    cost: Cost | None = None
    solar_wh: int | None = None
    """Of the energy, what cannot have come from the grid; None where that is not known."""
    doubts: tuple[Doubt, ...] = ()
    edited: tuple[str, ...] = ()
    """The fields that somebody corrected by hand; later events leave them alone."""
    deleted: bool = False
    made_of: tuple[str, ...] = ()
    """The sessions that it was split or merged from."""

    @property
    def running(self) -> bool:
        """Whether the session may still grow."""
        return self.closed_by is None and self.ended_at is None
