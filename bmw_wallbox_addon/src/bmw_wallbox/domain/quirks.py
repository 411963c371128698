"""How makers differ: one row each, chosen by what the station says of itself."""

from collections.abc import Callable
from dataclasses import dataclass

from bmw_wallbox.domain.state import Facts
from bmw_wallbox.domain.vocabulary import ProfilePurpose, ProfileStrategy, Rung


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """What is known of one maker's boxes."""

    name: str
    matches: Callable[[Facts], bool]
    strategy: ProfileStrategy
    ladder: tuple[Rung, ...]
    """What to try, one after the other, while more current flows than is allowed."""


def _is_delta(facts: Facts) -> bool:
    said = f"{facts.vendor or ''} {facts.model or ''}".upper()
    return facts.model is None or any(word in said for word in ("DELTA", "EIAW", "BMW", "MINI"))


QUIRKS: tuple[Quirk, ...] = (
    Quirk(
        name="delta",
        matches=_is_delta,
        strategy=ProfileStrategy.TX_DEFAULT,
        ladder=(Rung.PROFILE_AGAIN, Rung.STOP_TRANSACTION, Rung.RESET),
    ),
    Quirk(
        name="specification",
        matches=lambda _facts: True,
        strategy=ProfileStrategy.TX,
        ladder=tuple(Rung),
    ),
)
"""First match wins. A Delta drops a TxProfile while suspended and rejects a repeated one, so it gets none;
a box that has not told its model yet is taken for the one this app is made for. Clearing a profile wipes
a Delta's safety net and a second purpose poisons its transaction, so its ladder has neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSlot:
    """Where a limit goes on the station."""

    purpose: ProfilePurpose
    profile_id: int
    stack_level: int


DEFAULT_SLOT = ProfileSlot(purpose=ProfilePurpose.TX_DEFAULT, profile_id=998, stack_level=0)
STATION_SLOT = ProfileSlot(purpose=ProfilePurpose.STATION_MAX, profile_id=997, stack_level=0)
TRANSACTION_SLOT = ProfileSlot(purpose=ProfilePurpose.TX, profile_id=999, stack_level=1)


def resolve(strategy: ProfileStrategy, facts: Facts) -> ProfileStrategy:
    """Return the strategy to use, never AUTO."""
    if strategy is not ProfileStrategy.AUTO:
        return strategy
    return row_of(facts).strategy


def row_of(facts: Facts) -> Quirk:
    """Return the row of a station."""
    return next(quirk for quirk in QUIRKS if quirk.matches(facts))


def other(strategy: ProfileStrategy) -> ProfileStrategy:
    """Return the strategy that uses the other purpose."""
    return ProfileStrategy.TX if strategy is ProfileStrategy.TX_DEFAULT else ProfileStrategy.TX_DEFAULT
