"""The numbers of a transaction's events, and which are missing (OCPP 2.0.1 seqNo)."""

from dataclasses import dataclass

from bmw_wallbox.domain.copying import replace

_MOST_MISSING = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """The event numbers of the newest transaction, live or replayed."""

    transaction_id: str | None = None
    newest: int | None = None
    missing: tuple[int, ...] = ()
    """Numbers before the newest that never came, ascending; of a long gap the last hundred."""


def counted(sequence: Sequence, transaction_id: str, number: int, *, begins: bool) -> Sequence:
    """Return the sequence with one event counted.

    Args:
        sequence: what was counted before.
        transaction_id: an event of another transaction counts only if it `begins` that one.
        number: its seqNo; one that was seen before, or that a station counts backwards, changes nothing.
        begins: whether the transaction may take the place of the one that was followed so far.

    """
    if transaction_id != sequence.transaction_id:
        fresh = Sequence(transaction_id=transaction_id, newest=number)
        return fresh if begins and transaction_id else sequence
    newest = sequence.newest
    if newest is not None and number == newest + 1:
        return replace(sequence, newest=number)
    if newest is None or number > newest:
        gap = range(max(number - _MOST_MISSING, (number if newest is None else newest) + 1), number)
        missing = (*sequence.missing, *gap)[-_MOST_MISSING:]
        return replace(sequence, newest=number, missing=missing)
    if number in sequence.missing:
        return replace(sequence, missing=tuple(lost for lost in sequence.missing if lost != number))
    return sequence
