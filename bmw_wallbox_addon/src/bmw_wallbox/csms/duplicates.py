"""Answers already given, so that a message sent twice is handled once."""

from collections import OrderedDict

_KEPT = 128


class Answered:
    """The last answers to one station, over all its sockets.

    A repeated message has the same id and the same text. The id alone proves nothing: a station that
    counts its messages from 1 after each boot reuses the ids, against part 4 §4.1.4.
    """

    def __init__(self) -> None:
        self._answers: OrderedDict[str, tuple[int, str]] = OrderedDict()

    def find(self, message_id: str, raw: str | bytes) -> str | None:
        """Return the answer given to this very message, None if it is new."""
        known = self._answers.get(message_id)
        return known[1] if known is not None and known[0] == hash(raw) else None

    def keep(self, message_id: str, raw: str | bytes, answer: str) -> None:
        """Remember an answer; the oldest is forgotten."""
        self._answers[message_id] = hash(raw), answer
        self._answers.move_to_end(message_id)
        if len(self._answers) > _KEPT:
            self._answers.popitem(last=False)

    def forget(self) -> None:
        """Forget all answers; for a station that booted and may count its messages from the start."""
        self._answers.clear()
