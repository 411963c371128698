"""The rules of the energy ledger: register readings become watt hours that are counted once and never fall.

A register may run for the meter's lifetime or restart with every transaction; the readings tell which.
"Possible" means at most 25 kW since the reading before, and 200 Wh more. The first row that fits decides:

| reading | effect |
| --- | --- |
| first of all | total = register as read; periods: only if begun before our eyes, and possible since |
| older than its transaction's newest, or seen before | nothing |
| current transaction or none, register higher, possible | the growth counts |
| current transaction begins again, register lower, newer | restart: what it shows counts, if possible |
| new transaction, lifetime register | the growth since the last reading counts |
| new transaction, restarting register or a drop | what it shows counts, if possible |
| older transaction, lifetime register | nothing: the growth that followed contains it |
| older transaction, restarting register | its own growth counts once |
| older transaction, register not yet understood | kept until the transaction tells that it restarts |
| anything else (a jump, a drop without a begin) | held as `suspect`, not counted |
| a second one that follows from it, possible since the register last moved | a coarse step: it counts |
| a second one that follows from it | new base; only the growth between the two counts |

Growth is booked whole at its reading's time: to the total, and to those periods that had begun by then.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum, auto
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bmw_wallbox.domain.booking import booked, counted, is_forgotten, remember, session_after, unseen
from bmw_wallbox.domain.copying import replace
from bmw_wallbox.domain.ledger import Account, Ledger, Reading, Register
from bmw_wallbox.domain.periods import PLAUSIBLE_YEAR, boundaries

__all__ = [
    "Account",
    "Ledger",
    "Reading",
    "Register",
    "account",
    "finish",
    "roll",
    "with_initial_total",
]

MAX_POWER_W = 25_000
SLACK_WH = 200
"""What a reading may exceed the possible growth by: rounding, and clocks of seconds."""
BEGIN_WH = 200
"""A register that shows more than this when a transaction begins does not restart with it."""
JITTER_WH = 10
"""A register may fall by this much between two readings without meaning anything."""
MAX_FIRST_WH = 100_000_000
"""A register that shows more than this at first sight is doubted."""
MAX_REGISTER_WH = 10**15


def account(ledger: Ledger, reading: Reading, zone: ZoneInfo) -> Ledger:
    """Return the ledger after a reading; the module's table is the rule."""
    ledger = roll(ledger, reading.received_at, zone)
    if not 0 <= reading.register_wh <= MAX_REGISTER_WH:
        return ledger
    return _RULES[_place(ledger, reading)](ledger, reading)


def roll(ledger: Ledger, now: datetime, zone: ZoneInfo) -> Ledger:
    """Return the ledger with every period started anew whose local boundary passed, however long ago."""
    if now.year < PLAUSIBLE_YEAR:
        return ledger
    begun = {}
    for name, boundary in boundaries(now, zone).items():
        held = getattr(ledger, name)
        rolled = held.roll(boundary, now)
        if rolled is not held:
            begun[name] = rolled
    return replace(ledger, **begun) if begun else ledger


def finish(ledger: Ledger, transaction_id: str) -> Ledger:
    """Return the ledger after a transaction's end; its energy stays the last session's until the next one.

    From here on, readings without a transaction no longer count to it.
    """
    known = ledger.account_of(transaction_id)
    return ledger if known is None or known.ended else remember(ledger, replace(known, ended=True))


def with_initial_total(ledger: Ledger, total_wh: int) -> Ledger:
    """Return the ledger with the total that another system counted up to now; periods are not changed.

    Raises:
        ValueError: it was set before, is less than what was counted already, or beyond all reason.

    """
    if total_wh > MAX_REGISTER_WH:
        raise ValueError("the initial total is beyond all reason")
    if ledger.initial_wh is not None:
        raise ValueError("the initial total can be set once only")
    if total_wh < (ledger.total_wh or 0):
        raise ValueError("the initial total must not be less than the energy counted so far")
    return replace(ledger, total_wh=total_wh, initial_wh=total_wh)


class _Place(StrEnum):
    """Where a reading stands among those before it."""

    FIRST = auto()
    CURRENT = auto()
    NEXT = auto()
    RETURNING = auto()
    OLDER = auto()
    FORGOTTEN = auto()


def _place(ledger: Ledger, reading: Reading) -> _Place:
    if ledger.register_at is None:
        return _Place.FIRST
    newer = reading.at > ledger.register_at
    if reading.transaction_id is None and reading.begin and newer:
        return _Place.NEXT
    if reading.transaction_id in {None, ledger.current}:
        return _Place.CURRENT
    known = ledger.account_of(reading.transaction_id)
    if known is not None:
        return _Place.RETURNING if newer and not known.ended else _Place.OLDER
    if is_forgotten(ledger, reading):
        return _Place.FORGOTTEN
    return _Place.OLDER if reading.at < ledger.register_at else _Place.NEXT


def _possible(growth_wh: int, since: datetime, at: datetime) -> bool:
    elapsed_s = max((at - since).total_seconds(), 0)
    return 0 <= growth_wh <= MAX_POWER_W * elapsed_s / 3600 + SLACK_WH


def _first(ledger: Ledger, reading: Reading) -> Ledger:
    if reading.register_wh > MAX_FIRST_WH:
        return _doubted(ledger, reading)
    began_at = reading.at if reading.begin else reading.began_at
    seen = began_at is not None and _possible(reading.register_wh, began_at, reading.at)
    growth_wh = reading.register_wh if seen else 0
    if ledger.total_wh is None:
        ledger = replace(ledger, total_wh=reading.register_wh - growth_wh)
        session_wh = reading.register_wh
    else:
        session_wh = growth_wh
    if reading.begin:
        session_wh = 0
        ledger = replace(ledger, register=_told_by_begin(ledger, reading))
    return counted(ledger, reading, growth_wh, session_wh)


def _current(ledger: Ledger, reading: Reading) -> Ledger:
    head_wh, head_at = _head(ledger)
    if reading.at < head_at or (reading.transaction_id is None and reading.at == head_at):
        return ledger
    growth_wh = reading.register_wh - head_wh
    if -JITTER_WH <= growth_wh < 0 or (growth_wh < 0 and reading.at == head_at):
        return ledger
    if growth_wh < 0 and reading.begin:
        growth_wh = _shown(reading, head_at)
    elif not _possible(growth_wh, head_at, reading.at):
        return _doubted(ledger, reading)
    return counted(ledger, reading, growth_wh, session_after(ledger, reading, growth_wh))


def _next(ledger: Ledger, reading: Reading) -> Ledger:
    """A transaction's first reading, newer than all others; the gap before its begin is not its own."""
    head_wh, head_at = _head(ledger)
    rise_wh = reading.register_wh - head_wh
    restarts = ledger.register is Register.PER_TRANSACTION
    if rise_wh < (0 if restarts else -JITTER_WH):
        kind = None if ledger.register is Register.LIFETIME else Register.PER_TRANSACTION
        growth_wh = _shown(reading, head_at)
    else:
        fresh = _possible(reading.register_wh, head_at, reading.at)
        lifetime = not fresh or _told_by_begin(ledger, reading) is Register.LIFETIME
        kind = Register.LIFETIME if lifetime else ledger.register
        growth_wh = reading.register_wh if restarts and not lifetime else max(rise_wh, 0)
    if not _possible(growth_wh, head_at, reading.at):
        return _doubted(ledger, reading)
    ledger = replace(ledger, register=kind)
    return counted(ledger, reading, growth_wh, 0 if reading.begin else growth_wh)


def _returning(ledger: Ledger, reading: Reading) -> Ledger:
    """An open transaction goes on after another one was seen."""
    known = ledger.account_of(reading.transaction_id)
    assert known is not None
    head_wh, head_at = _head(ledger)
    base_wh, base_at = {
        Register.PER_TRANSACTION: (known.register_wh, known.at),
        Register.LIFETIME: (head_wh, head_at),
        None: (max(head_wh, known.register_wh), head_at),
    }[ledger.register]
    growth_wh = reading.register_wh - base_wh
    if not _possible(growth_wh, base_at, reading.at):
        return _doubted(ledger, reading)
    return counted(ledger, reading, growth_wh, known.energy_wh + growth_wh)


def _older(ledger: Ledger, reading: Reading) -> Ledger:
    """A transaction that is not the current one reports late."""
    known = ledger.account_of(reading.transaction_id) or unseen(ledger, reading)
    if known.at >= reading.at:
        return ledger
    since = known.at
    kind = ledger.register or _told_by_begin(ledger, reading)
    growth_wh = reading.register_wh - known.register_wh
    if growth_wh < 0 and reading.begin:
        growth_wh = reading.register_wh
    known = replace(known, register_wh=reading.register_wh, at=reading.at)
    if kind is Register.LIFETIME:
        return remember(replace(ledger, register=kind), known)
    if not _possible(growth_wh, since, reading.at):
        return ledger
    growth_wh += known.pending_wh
    if kind is None and not _fell_later(ledger, reading):
        return remember(ledger, replace(known, pending_wh=growth_wh))
    known = replace(known, pending_wh=0, energy_wh=known.energy_wh + growth_wh)
    ledger = replace(ledger, register=Register.PER_TRANSACTION)
    return booked(remember(ledger, known), growth_wh, reading.at)


def _doubted(ledger: Ledger, reading: Reading) -> Ledger:
    """Hold a reading that cannot be, or believe it because it follows from the one held before."""
    held = ledger.suspect
    if ledger.register_at is not None and reading.at <= ledger.register_at:
        return ledger
    if held is None:
        return replace(ledger, suspect=reading)
    if reading.at <= held.at:
        return ledger
    same = held.transaction_id == reading.transaction_id or None in {
        held.transaction_id,
        reading.transaction_id,
    }
    growth_wh = reading.register_wh - held.register_wh
    if not same or not _possible(growth_wh, held.at, reading.at):
        return replace(ledger, suspect=reading)
    growth_wh = _step(ledger, reading) or growth_wh
    return counted(ledger, reading, growth_wh, session_after(ledger, reading, growth_wh))


def _step(ledger: Ledger, reading: Reading) -> int | None:
    """Return the whole growth if it is possible since the register last moved: it counts in coarse steps."""
    if ledger.register_wh is None or ledger.moved_at is None:
        return None
    growth_wh = reading.register_wh - ledger.register_wh
    ours = reading.transaction_id in {None, ledger.current}
    return growth_wh if ours and _possible(growth_wh, ledger.moved_at, reading.at) else None


_RULES: Mapping[_Place, Callable[[Ledger, Reading], Ledger]] = MappingProxyType(
    {
        _Place.FIRST: _first,
        _Place.CURRENT: _current,
        _Place.NEXT: _next,
        _Place.RETURNING: _returning,
        _Place.OLDER: _older,
        _Place.FORGOTTEN: lambda ledger, _: ledger,
    }
)


def _head(ledger: Ledger) -> tuple[int, datetime]:
    assert ledger.register_wh is not None
    assert ledger.register_at is not None
    return ledger.register_wh, ledger.register_at


def _told_by_begin(ledger: Ledger, reading: Reading) -> Register | None:
    """A register that does not begin near zero does not restart."""
    lifetime = reading.begin and reading.register_wh > BEGIN_WH
    return Register.LIFETIME if lifetime else ledger.register


def _shown(reading: Reading, since: datetime) -> int:
    """Return what a restarted register counted since `since`; 0 if it cannot have started from zero."""
    return reading.register_wh if _possible(reading.register_wh, since, reading.at) else 0


def _fell_later(ledger: Ledger, reading: Reading) -> bool:
    """Tell whether the current transaction began lower than this earlier reading: a register restarted."""
    current = ledger.account_of(ledger.current)
    return (
        current is not None
        and reading.at < current.first_at
        and reading.register_wh > current.first_wh + JITTER_WH
    )
