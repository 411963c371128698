"""The curves of the sessions on their way into the store."""

from collections.abc import Sequence

from bmw_wallbox.domain.sessions_curve import Point
from bmw_wallbox.storage import session_query as query
from bmw_wallbox.storage.codec import Record
from bmw_wallbox.storage.session_table import CurvePart
from bmw_wallbox.storage.store import Store

COMPACT_EVERY = 1000
"""Points that a running session's curve may grow by before it is thinned."""
_PART_S = 900


class Curves:
    """Collects points by the quarter of an hour: one row waits for each of those, not one for each point."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._parts: dict[str, dict[int, list[Point]]] = {}
        self._grown: dict[str, int] = {}

    def draw(self, session: str, points: Sequence[Point]) -> None:
        """Add points to a session's curve; they are stored by `records`."""
        for point in points:
            parts = self._parts.setdefault(session, {})
            parts.setdefault(int(point.at.timestamp()) // _PART_S, []).append(point)
        if points:
            self._grown[session] = self._grown.get(session, 0) + len(points)

    def records(self, session: str) -> list[Record]:
        """Return what of a curve is to be stored; only its newest part is held any longer."""
        parts = self._parts.pop(session, {})
        if parts:
            newest = max(parts)
            self._parts[session] = {newest: parts[newest]}
        return [
            Record.of(f"{session}/{number}", CurvePart(session=session, points=tuple(part)))
            for number, part in parts.items()
        ]

    def ended(self, session: str) -> None:
        """Have a curve thinned that will hardly grow any more."""
        if session in self._grown:
            self._grown[session] = COMPACT_EVERY

    def forget(self, session: str) -> None:
        """Hold nothing of a session any longer."""
        self._parts.pop(session, None)

    async def compact(self) -> None:
        """Thin the curves that have grown.

        Raises:
            StoreError: that has to wait.

        """
        for session in [session for session, grown in self._grown.items() if grown >= COMPACT_EVERY]:
            await self._store.change(lambda db, session=session: query.compact_curve(db, session))  # type: ignore[misc] # mypy cannot infer a lambda with defaults
            del self._grown[session]
