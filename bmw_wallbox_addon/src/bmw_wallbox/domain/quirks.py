"""How makers differ: one row each, chosen by what the station says of itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from bmw_wallbox.domain.learning import strategy_of
from bmw_wallbox.domain.state import Facts, StationState
from bmw_wallbox.domain.versions import ANY_VERSION, VersionRange
from bmw_wallbox.domain.vocabulary import ProfilePurpose, ProfileStrategy, Rung


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which boxes a row is for."""

    words: tuple[str, ...] = ()
    """Vendor or model contain one of them, letter case ignored; none stands for every box."""
    firmware: VersionRange = ANY_VERSION
    untold: bool = False
    """Whether a box that has not told its model yet is among them."""

    def fits(self, facts: Facts) -> bool:
        """Return whether a box is one of these."""
        said = f"{facts.vendor or ''} {facts.model or ''}".upper()
        named = not self.words or any(word.upper() in said for word in self.words)
        return (named or (self.untold and facts.model is None)) and facts.firmware in self.firmware


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """What is known of one maker's boxes."""

    name: str
    title: str
    description: str
    """What choosing it means, in words for the owner."""
    matches: Match
    strategy: ProfileStrategy
    highest_stack_level: int
    """The highest that is sent, unless the box taught that it takes none above 0."""
    ladder: tuple[Rung, ...]
    """What to try, one after the other, while more current flows than is allowed."""
    may_clear: bool
    """Whether our own profile may be cleared, and so the purpose be changed by what the box taught."""


QUIRKS: tuple[Quirk, ...] = (
    Quirk(
        name="delta",
        title="BMW, MINI and Delta",
        description=(
            "One default profile at stack level 0 carries the limit, and nothing is ever cleared: a second "
            "profile and clearing are both known to harm these wallboxes."
        ),
        matches=Match(words=("DELTA", "EIAW", "BMW", "MINI"), untold=True),
        strategy=ProfileStrategy.TX_DEFAULT,
        highest_stack_level=1,
        ladder=(Rung.PROFILE_AGAIN, Rung.STOP_TRANSACTION, Rung.RESET),
        may_clear=False,
    ),
    Quirk(
        name="specification",
        title="As the specification has it",
        description=(
            "A transaction has a profile of its own above a default one; the app learns what the wallbox "
            "refuses and what does not act, and may clear its own profiles."
        ),
        matches=Match(),
        strategy=ProfileStrategy.TX,
        highest_stack_level=1,
        ladder=tuple(Rung),
        may_clear=True,
    ),
)
"""First match wins. A Delta drops a TxProfile while suspended and rejects a repeated one, so it gets none; a
box that has not told its model yet is taken for the one this app is made for. An owner who wants a TxProfile
there all the same has it sent at level 1, which it refuses without harm: at level 0 it takes the first, and
the second poisons its transaction.
Clearing a profile wipes a Delta's safety net and a second purpose poisons its transaction."""
ROW_NAMES = tuple(row.name for row in QUIRKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSlot:
    """Where a limit goes on the station."""

    purpose: ProfilePurpose
    profile_id: int
    stack_level: int


DEFAULT_SLOT = ProfileSlot(purpose=ProfilePurpose.TX_DEFAULT, profile_id=998, stack_level=0)
STATION_SLOT = ProfileSlot(purpose=ProfilePurpose.STATION_MAX, profile_id=997, stack_level=0)
TRANSACTION_SLOT = ProfileSlot(purpose=ProfilePurpose.TX, profile_id=999, stack_level=1)


def resolve(strategy: ProfileStrategy, state: StationState) -> ProfileStrategy:
    """Return the strategy to use, never AUTO: the owner's, else what the box taught, else its row's."""
    if strategy is not ProfileStrategy.AUTO:
        return strategy
    row = row_for(state)
    return strategy_of(state.learned, row.strategy) if row.may_clear else row.strategy


def stack_level(slot: ProfileSlot, state: StationState) -> int:
    """Return the stack level of a slot on a box, no higher than its row and what it taught allow."""
    highest = 0 if state.learned.stack_level_zero_only else row_for(state).highest_stack_level
    return min(slot.stack_level, highest)


def row_for(state: StationState) -> Quirk:
    """Return the row of a station: the owner's choice, else the one that fits."""
    chosen = (row for row in QUIRKS if row.name == state.quirk_row)
    return next(chosen, None) or row_of(state.facts)


def row_of(facts: Facts, rows: Iterable[Quirk] = QUIRKS) -> Quirk:
    """Return the first row that fits what a station says of itself; the last one of the table always does."""
    return next(row for row in rows if row.matches.fits(facts))


def other(strategy: ProfileStrategy) -> ProfileStrategy:
    """Return the strategy that uses the other purpose."""
    return ProfileStrategy.TX if strategy is ProfileStrategy.TX_DEFAULT else ProfileStrategy.TX_DEFAULT
