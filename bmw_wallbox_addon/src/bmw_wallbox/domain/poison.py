"""The states that a wallbox gets itself into: the sign of each, what the app tries, and the way out."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bmw_wallbox.domain.decide import WAKES_UP, Situation, situation
from bmw_wallbox.domain.state import StationState

LEAST_A = 6.0
"""Below this no car charges (IEC 61851-1)."""
ROUNDING_A = 0.5
"""How much more than the limit a schedule may say, that was converted from watts."""
_UNPLUG = "Unplug the car and plug it in again"


class Poison(StrEnum):
    """What keeps a wish from being carried out."""

    DUPLICATE = "duplicate"
    """A Delta got a second TxProfile of one id: it rejects it, against K01.FR.05, and heeds none any more."""
    STACK_LEVEL = "stack_level"
    """A Delta rejects every level but 0, whatever it announces."""
    ENDED = "ended"
    """A transaction was ended on request while the car stays plugged in (OCPP 2.0.1 F03.FR.03)."""
    HELD_DOWN = "held_down"
    """A TxProfile that a Delta orphaned when it suspended or faulted, a profile that is not ours, or the
    wallbox's load management stands above the limit."""
    HELD_UP = "held_up"
    """A profile was accepted and thrown away, as a Delta does while suspended; or it waits for the next
    transaction; or an orphaned one allows more."""
    ASLEEP = "asleep"
    """The car does not take what it is offered."""
    SILENT = "silent"
    """A transaction runs, nothing flows, nothing tells why; a Delta may wait for a profile after a start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What can be seen of a wallbox that does not follow."""

    state: StationState
    schedule_a: float | None = None
    """What its own schedule allows now (K08), None where it tells none."""
    refusal: str = ""
    """The reason code of its last refusal, where there was one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One poisoned state."""

    poison: Poison
    code: str = ""
    """The reason code by which a refusal tells it; the others are told by their sign."""
    sign: Callable[[Look], bool] = lambda _look: True
    profile_again: bool = False
    """Whether the limit is sent once more before the app gives up; a start is asked for in any case."""
    way_out: str
    """What is left to the owner, in words."""


def _is_held_down(look: Look) -> bool:
    told_a = look.schedule_a
    return told_a is not None and told_a < LEAST_A <= look.state.desired.target_a


def _is_held_up(look: Look) -> bool:
    return look.schedule_a is not None and look.schedule_a > look.state.desired.target_a + ROUNDING_A


TABLE: tuple[Row, ...] = (
    Row(
        poison=Poison.DUPLICATE,
        code="DuplicateProfile",
        way_out=f"It takes one profile per transaction and lost track of that. {_UNPLUG}; the row delta and "
        "the strategy auto avoid this.",
    ),
    Row(
        poison=Poison.STACK_LEVEL,
        code="InvalidStackLevel",
        way_out="It takes no profile for a single transaction at this level: choose the strategy auto.",
    ),
    Row(
        poison=Poison.ENDED,
        sign=lambda look: situation(look.state) is Situation.CAR_WAITING,
        way_out="After an ended transaction it starts again only once the car was unplugged and plugged in, "
        "or the wallbox was restarted.",
    ),
    Row(
        poison=Poison.HELD_DOWN,
        sign=_is_held_down,
        profile_again=True,
        way_out="Its own schedule still allows nothing: a profile that it lost track of, one that is not the "
        f"app's, or its load management holds it down. {_UNPLUG}; if it stays paused, restart the wallbox.",
    ),
    Row(
        poison=Poison.HELD_UP,
        sign=_is_held_up,
        profile_again=True,
        way_out="It threw the limit away, keeps it for the next transaction, or an older profile stands "
        "above it. Unplug the car or restart the wallbox, then try again.",
    ),
    Row(
        poison=Poison.ASLEEP,
        sign=lambda look: situation(look.state) is Situation.SUSPENDED_EV,
        way_out=WAKES_UP,
    ),
    Row(
        poison=Poison.SILENT,
        sign=lambda look: look.state.transaction is not None,
        profile_again=True,
        way_out=f"{_UNPLUG}, and see whether the car waits for a timer. A wallbox that stays paused then "
        "needs a restart.",
    ),
)
"""The first sign that is seen counts."""


def diagnose(look: Look) -> Row | None:
    """Return the state that a wallbox got itself into, None where none is known."""
    return next((row for row in TABLE if _is_seen(row, look)), None)


def way_out(look: Look) -> str:
    """Return what is left to the owner, in words; nothing where no state is known."""
    row = diagnose(look)
    return "" if row is None else row.way_out


def _is_seen(row: Row, look: Look) -> bool:
    if look.refusal:
        return bool(row.code) and look.refusal.startswith(row.code)
    return not row.code and row.sign(look)
