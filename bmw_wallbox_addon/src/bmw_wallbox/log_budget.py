"""The log's bound: whatever a mad wallbox or a scanner does, it writes only so many lines a day."""

import logging
from dataclasses import dataclass

from bmw_wallbox.clock import Clock

_DRIVEN = tuple(
    f"bmw_wallbox.{name}"
    for name in (
        "admissions",
        "control",
        "csms",
        "passwords",
        "problem_board",
        "pursuit",
        "signals",
        "station",
    )
)
"""Who writes because of what comes over the network."""
_BURST = 30
_PER_S = 1 / 600
_TRACES = 3
_MAX_CAUSES = 256
_MAX_LENGTH = 300


@dataclass(slots=True)
class _Account:
    """What one cause has left, and what was left out."""

    lines: float = _BURST
    traces: int = _TRACES
    at_s: float = 0.0
    dropped: int = 0


class LogBudget(logging.Filter):
    """Passes 30 lines of each cause, then one every ten minutes, which says how many were left out.

    A cause is a line's text without its values, and the `cause` that it may carry besides. Lines below INFO
    are not counted: who asks for them wants them all. Long lines are cut; the same fault shows its traceback
    three times.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._accounts: dict[tuple[str, str, str], _Account] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a line is written."""
        if record.levelno < logging.INFO or not record.name.startswith(_DRIVEN):
            return True
        account = self._account((record.name, str(record.msg), getattr(record, "cause", "")))
        if account.lines < 1:
            account.dropped += 1
            return False
        account.lines -= 1
        if record.exc_info:
            account.traces -= 1
            if account.traces < 0:
                record.exc_info = record.exc_text = None
        message = record.getMessage()
        if account.dropped or len(message) > _MAX_LENGTH:
            more = f" ({account.dropped} lines like this were left out)" if account.dropped else ""
            record.msg, record.args = f"{message[:_MAX_LENGTH]}{more}", None
            account.dropped = 0
        return True

    def _account(self, cause: tuple[str, str, str]) -> _Account:
        now_s = self._clock.monotonic_s()
        account = self._accounts.get(cause)
        if account is None:
            if len(self._accounts) >= _MAX_CAUSES:
                self._accounts.pop(next(iter(self._accounts)))
            account = self._accounts[cause] = _Account(at_s=now_s)
        account.lines = min(_BURST, account.lines + (now_s - account.at_s) * _PER_S)
        account.at_s = now_s
        return account
