"""The list of what is out of order, collected from every part of the app."""

import logging
from collections.abc import Callable, Sequence

from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.signals import Signal

_LOGGER = logging.getLogger(__name__)


class ProblemBoard:
    """Holds each part's present problems; says in the log when one comes and when it is over."""

    def __init__(self) -> None:
        self._by_source: dict[str, tuple[Problem, ...]] = {}
        self._changes = Signal[()]()

    @property
    def problems(self) -> Sequence[Problem]:
        """Return every present problem."""
        return tuple(problem for problems in self._by_source.values() for problem in problems)

    def post(self, source: str, *problems: Problem, said: bool = False) -> None:
        """Replace the problems of one part; none means that it is in order.

        `said` is for a part that writes its problems to the log itself, the moment they come and go.
        """
        before = self._by_source.get(source, ())
        if problems == before:
            return
        self._by_source[source] = problems
        if not said:
            _say(before, problems)
        self._changes.emit()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` at every change; returns what ends that."""
        return self._changes.subscribe(listener)


def _say(before: Sequence[Problem], problems: Sequence[Problem]) -> None:
    known = {(problem.key, problem.station) for problem in before}
    for problem in problems:
        if (problem.key, problem.station) not in known:
            _LOGGER.warning("%s", problem.message, extra={"cause": problem.key})
    present = {problem.key for problem in problems}
    for key in sorted({problem.key for problem in before} - present):
        _LOGGER.info("No longer a problem: %s", key, extra={"cause": key})
