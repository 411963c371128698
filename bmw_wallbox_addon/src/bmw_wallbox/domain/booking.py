"""Entries of the energy ledger: how growth that was found is written to totals, periods and accounts."""

from datetime import datetime, timedelta
from typing import Any

from bmw_wallbox.domain.copying import replace
from bmw_wallbox.domain.ledger import Account, Ledger, Reading

LONGEST_SESSION = timedelta(hours=48)
"""What a late transaction may have lasted if nothing before it is known."""
MAX_ACCOUNTS = 20


def session_after(ledger: Ledger, reading: Reading, growth_wh: int) -> int:
    """Return the session's energy after a growth; one of no transaction joins an open session only."""
    transaction_id = reading.transaction_id or ledger.current
    known = ledger.account_of(transaction_id)
    if transaction_id != ledger.current:
        return growth_wh if known is None else known.energy_wh + growth_wh
    idle = reading.transaction_id is None and known is not None and known.ended
    return (ledger.session_wh or 0) + (0 if idle else growth_wh)


def counted(ledger: Ledger, reading: Reading, growth_wh: int, session_wh: int) -> Ledger:
    """Return the ledger with a reading believed, its growth booked, its transaction made the current one."""
    transaction_id = reading.transaction_id
    if transaction_id is None and not reading.begin:
        transaction_id = ledger.current
    moved = reading.register_wh != ledger.register_wh
    settled = ledger.suspect is None or reading.at >= ledger.suspect.at
    accounts = ledger.accounts
    if transaction_id is not None:
        known = ledger.account_of(transaction_id) or replace(
            unseen(ledger, reading), transaction_id=transaction_id
        )
        changed = replace(known, register_wh=reading.register_wh, at=reading.at, energy_wh=session_wh)
        accounts = _with(accounts, changed, current=transaction_id)
    return replace(
        ledger,
        **_grown(ledger, growth_wh, reading.at),
        register_wh=reading.register_wh,
        register_at=reading.at,
        moved_at=reading.at if moved else ledger.moved_at,
        current=transaction_id,
        accounts=accounts,
        session_wh=session_wh,
        suspect=None if settled else ledger.suspect,
    )


def booked(ledger: Ledger, growth_wh: int, at: datetime) -> Ledger:
    """Return the ledger with a growth added to the total and to the periods that had begun by then."""
    return replace(ledger, **_grown(ledger, growth_wh, at))


def remember(ledger: Ledger, changed: Account) -> Ledger:
    """Return the ledger with one account put in its place; the oldest one beyond the bound is forgotten."""
    return replace(ledger, accounts=_with(ledger.accounts, changed, current=ledger.current))


def is_forgotten(ledger: Ledger, reading: Reading) -> bool:
    """Tell whether a reading is older than all accounts kept, so that it may have been counted before."""
    return len(ledger.accounts) == MAX_ACCOUNTS and reading.at <= ledger.accounts[0].at


def unseen(ledger: Ledger, reading: Reading) -> Account:
    """Return the account of a late transaction as it was before its first reading: at zero."""
    instants = [kept.at for kept in ledger.accounts]
    if reading.began_at is not None:
        instants.append(reading.began_at)
    before = max((at for at in instants if at < reading.at), default=reading.at - LONGEST_SESSION)
    return Account(
        transaction_id=reading.transaction_id or "",
        first_wh=reading.register_wh,
        first_at=reading.at,
        register_wh=0,
        at=before,
    )


def _grown(ledger: Ledger, growth_wh: int, at: datetime) -> dict[str, Any]:
    """Return the fields that a growth changes."""
    return {
        "total_wh": (ledger.total_wh or 0) + growth_wh,
        "daily": ledger.daily.add(growth_wh, at),
        "weekly": ledger.weekly.add(growth_wh, at),
        "monthly": ledger.monthly.add(growth_wh, at),
        "yearly": ledger.yearly.add(growth_wh, at),
    }


def _with(kept: tuple[Account, ...], changed: Account, *, current: str | None) -> tuple[Account, ...]:
    if kept and kept[-1].transaction_id == changed.transaction_id and kept[-1].at <= changed.at:
        return (*kept[:-1], changed)
    others = (account for account in kept if account.transaction_id != changed.transaction_id)
    accounts = sorted((*others, changed), key=lambda account: account.at)
    if len(accounts) > MAX_ACCOUNTS:
        accounts.remove(next(account for account in accounts if account.transaction_id != current))
    return tuple(accounts)
