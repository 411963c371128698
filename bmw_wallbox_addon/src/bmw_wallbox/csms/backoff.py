"""Refusing addresses whose attempts to connect keep failing, for longer each time."""

from collections import OrderedDict
from dataclasses import dataclass

from bmw_wallbox.clock import Clock
from bmw_wallbox.csms.limits import Limits

_WINDOW_S = 60.0
_MAX_ADDRESSES = 1024


@dataclass(slots=True)
class _Record:
    """What is held against one address; times are monotonic."""

    began_s: float
    failures: int = 0
    bans: int = 0
    until_s: float = 0.0
    last_s: float = 0.0


class Backoff:
    """Counts failures by address: a minute with too many is followed by a ban, and each next one doubles.

    An address that has been quiet for the longest ban starts afresh. At most 1,024 are remembered.
    """

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self._clock = clock
        self.limits = limits
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def refuses(self, remote: str) -> bool:
        """Return whether the address is banned now."""
        record = self._records.get(remote)
        return record is not None and self._clock.monotonic_s() < record.until_s

    def failed(self, remote: str) -> None:
        """Count one failure of an address."""
        now_s = self._clock.monotonic_s()
        record = self._records.pop(remote, None)
        if record is None or now_s - record.last_s > self.limits.longest_ban_s:
            record = _Record(began_s=now_s)
        elif now_s - record.began_s > _WINDOW_S:
            record.began_s, record.failures = now_s, 0
        record.failures += 1
        record.last_s = now_s
        if record.failures >= self.limits.failures_per_minute or record.bans:
            ban_s = min(self.limits.shortest_ban_s * 2**record.bans, self.limits.longest_ban_s)
            record.until_s = record.last_s = now_s + ban_s
            record.bans = min(record.bans + 1, 32)
        self._records[remote] = record
        if len(self._records) > _MAX_ADDRESSES:
            self._records.popitem(last=False)

    def forgive(self, remote: str | None = None) -> None:
        """Forget what is held against one address, or against all."""
        if remote is None:
            self._records.clear()
        else:
            self._records.pop(remote, None)
