"""The energy ledger's data: integer watt hours, and what is known of the register they were read from."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto

from bmw_wallbox.domain.periods import Bucket


class Register(StrEnum):
    """How the import register runs."""

    LIFETIME = auto()
    PER_TRANSACTION = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of the import register."""

    transaction_id: str | None
    register_wh: int
    at: datetime
    """The station's time of the reading, UTC, already made plausible."""
    received_at: datetime
    """Our time, UTC."""
    begin: bool = False
    """Whether it is its transaction's first (context Transaction.Begin, or sent with Started)."""
    began_at: datetime | None = None
    """When the transaction was seen to begin, if it was, although no register came with it."""
    offline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is known of one transaction's readings."""

    transaction_id: str
    first_wh: int
    first_at: datetime
    register_wh: int
    """The newest reading."""
    at: datetime
    """The newest reading's time."""
    energy_wh: int = 0
    """Counted to this transaction."""
    pending_wh: int = 0
    """Growth that counts only if the register turns out to restart."""
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The energy that one station delivered, integer Wh; None means that nothing was read yet."""

    total_wh: int | None = None
    """Everything, initial total included; never falls."""
    session_wh: int | None = None
    """The running or last transaction's share of the total."""
    initial_wh: int | None = None
    """The total that was set by hand; None if never."""
    register: Register | None = None
    """How the register runs; None until it is known."""
    register_wh: int | None = None
    """The newest reading that was believed."""
    register_at: datetime | None = None
    moved_at: datetime | None = None
    """When the register last showed something new: a coarse one stands still, then takes a step."""
    current: str | None = None
    """The running or last transaction."""
    accounts: tuple[Account, ...] = ()
    """The latest transactions, oldest first."""
    suspect: Reading | None = None
    """A reading that cannot be true yet; shown, not counted."""
    daily: Bucket = field(default_factory=Bucket)
    weekly: Bucket = field(default_factory=Bucket)
    monthly: Bucket = field(default_factory=Bucket)
    yearly: Bucket = field(default_factory=Bucket)

    @property
    def completed_wh(self) -> int | None:
        """The total without the running or last session."""
        return None if self.total_wh is None else self.total_wh - (self.session_wh or 0)

    @property
    def daily_wh(self) -> int | None:
        """Growth since local midnight."""
        return self._grown(self.daily)

    @property
    def weekly_wh(self) -> int | None:
        """Growth since Monday's local midnight."""
        return self._grown(self.weekly)

    @property
    def monthly_wh(self) -> int | None:
        """Growth since the first of the month."""
        return self._grown(self.monthly)

    @property
    def yearly_wh(self) -> int | None:
        """Growth since 1 January."""
        return self._grown(self.yearly)

    @property
    def last_reset_daily(self) -> datetime | None:
        """When the day began, UTC."""
        return self.daily.since

    @property
    def last_reset_weekly(self) -> datetime | None:
        """When the week began, UTC."""
        return self.weekly.since

    @property
    def last_reset_monthly(self) -> datetime | None:
        """When the month began, UTC."""
        return self.monthly.since

    @property
    def last_reset_yearly(self) -> datetime | None:
        """When the year began, UTC."""
        return self.yearly.since

    def account_of(self, transaction_id: str | None) -> Account | None:
        """Return what is known of a transaction."""
        # The newest is asked for most often.
        return next((kept for kept in reversed(self.accounts) if kept.transaction_id == transaction_id), None)

    def _grown(self, bucket: Bucket) -> int | None:
        return None if self.register_wh is None else bucket.energy_wh
