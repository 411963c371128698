"""Whether all parts of a report came (OCPP 2.0.1 B07: seqNo from 0, tbc until the last)."""

from collections import OrderedDict
from dataclasses import dataclass, field

from bmw_wallbox.csms.fields import Payload, whole

_MAX_REPORTS = 4
_MAX_PARTS = 10_000


@dataclass(slots=True)
class _Parts:
    seen: set[int] = field(default_factory=set)
    last: int | None = None


class Reports:
    """Follows the reports of one connection by their request id."""

    def __init__(self) -> None:
        self._open: OrderedDict[int, _Parts] = OrderedDict()
        self._partial: set[int] = set()

    def expect_partial(self, request_id: int) -> None:
        """Note that this report is no full inventory, so that its end means nothing."""
        self._partial.add(request_id)
        if len(self._partial) > _MAX_REPORTS:
            self._partial.pop()

    def complete(self, payload: Payload) -> bool:
        """Take one NotifyReport, in whatever order; return whether a full inventory is whole with it."""
        request_id, number = whole(payload, "requestId") or 0, whole(payload, "seqNo") or 0
        parts = self._open.setdefault(request_id, _Parts())
        self._open.move_to_end(request_id)
        if len(self._open) > _MAX_REPORTS:
            self._open.popitem(last=False)
        if len(parts.seen) < _MAX_PARTS:
            parts.seen.add(number)
        if payload.get("tbc") is not True:
            parts.last = number
        # Some stations count from 1.
        whole_range = parts.last is not None and len(parts.seen) == parts.last - min(parts.seen) + 1
        if not whole_range or min(parts.seen) > 1:
            return False
        del self._open[request_id]
        return request_id not in self._partial
