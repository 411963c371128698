"""Telling everybody who asked, in order, where the fault of one never stops the next."""

import logging
from collections.abc import Callable
from contextlib import suppress

_LOGGER = logging.getLogger(__name__)


class Signal[*Ts]:
    """A list of listeners that are called synchronously."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[*Ts], None]] = []

    def subscribe(self, listener: Callable[[*Ts], None]) -> Callable[[], None]:
        """Call `listener` from now on; returns what ends that."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    def emit(self, *values: *Ts) -> None:
        """Call every listener."""
        for listener in tuple(self._listeners):
            try:
                listener(*values)
            except Exception:  # one listener's fault leaves the sender and the other listeners whole
                _LOGGER.exception("A listener failed")
