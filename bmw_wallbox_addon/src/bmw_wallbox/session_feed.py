"""The sessions' figures on their way into each station's state, where the entities read them."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.session_figures import FiguresTold, SessionFigures
from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.errors import StoreError
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.station import Station
from bmw_wallbox.storage.figures_query import Settled, read_settled
from bmw_wallbox.storage.store import Store

_LOGGER = logging.getLogger(__name__)
_MICROS = 1_000_000
_LOOK_S = 60.0
"""How often a running session's duration is told."""
_MERGE_S = 0.5


class SessionFeed:
    """Keeps `StationState.session` current; `run` is its task."""

    def __init__(
        self, store: Store, sessions: Sessions, *, clock: Clock, stations: Callable[[], Iterable[Station]]
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._clock = clock
        self._stations = stations
        self._wake = asyncio.Event()
        self._settled: dict[str, tuple[object, Settled]] = {}
        """What the store said, and for which currency and held rows that holds."""
        self._corrections = Counter[str]()
        sessions.changes.subscribe(self._changed)
        sessions.prices.changes.subscribe(self._wake.set)

    async def run(self) -> None:
        """Tell the figures as they change, until cancelled."""
        while True:
            self._wake.clear()
            for station in tuple(self._stations()):
                await self.tell(station)
            await asyncio.sleep(_MERGE_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await self._wake.wait()

    async def tell(self, station: Station) -> None:
        """Bring one station's figures up to date; where the store cannot be read they stay as they are."""
        key, currency = station.state.key, self._sessions.prices.currency
        held = self._sessions.held(key)
        try:
            settled = await self._read(key, currency, held)
        except StoreError as err:
            _LOGGER.debug("The figures of the sessions are told later: %s", err)
            return
        figures = figures_of(held, settled, currency, self._clock.now())
        if figures != station.state.session:
            await station.apply(FiguresTold(at=self._clock.now(), figures=figures))

    def total_cost(self, station: str, transaction_id: str) -> float | None:
        """Return what a transaction costs so far, in the currency; None without a tariff (I02, I03)."""
        rows = (row for row in reversed(self._sessions.held(station)) if row.transaction_id == transaction_id)
        row = next(rows, None)
        return None if row is None or row.cost is None else row.cost.micros / _MICROS

    def _changed(self, station: str, by_hand: bool) -> None:  # noqa: FBT001 (a signal's value)
        if by_hand:
            self._settled.pop(station, None)
            self._corrections[station] += 1
        self._wake.set()

    async def _read(self, key: str, currency: str, held: Sequence[ChargingSession]) -> Settled:
        ids = tuple(row.id for row in held)
        known = self._settled.get(key)
        if known is not None and known[0] == (currency, ids):
            return known[1]
        corrections = self._corrections[key]
        settled = await self._store.query(lambda db: read_settled(db, key, currency, ids))
        if corrections == self._corrections[key]:  # else it was read before the newest one, and holds no more
            self._settled[key] = ((currency, ids), settled)
        return settled


def figures_of(
    held: Iterable[ChargingSession], settled: Settled, currency: str, now: datetime
) -> SessionFigures:
    """Return the figures of the rows that may still change, and of all before them."""
    rows = sorted((row for row in held if not row.deleted), key=lambda row: row.started_at)
    over = [row for row in (settled.last, *rows) if row is not None and not row.running]
    last = max(over, key=lambda row: row.started_at, default=None)
    shown = max((*rows, *over), key=lambda row: row.started_at, default=None)
    costs = [_cost(row, currency) for row in rows]
    known = [micros for micros in (settled.cost_micros, *costs) if micros is not None]
    return SessionFigures(
        started_at=None if shown is None else shown.started_at,
        duration_s=None if shown is None else _duration_s(shown, now),
        cost_micros=None if shown is None else _cost(shown, currency),
        last_energy_wh=None if last is None else last.energy_wh,
        last_cost_micros=None if last is None else _cost(last, currency),
        total_cost_micros=sum(known) if known else None,
        currency=currency,
    )


def _cost(session: ChargingSession, currency: str) -> int | None:
    cost = session.cost
    return None if cost is None or cost.currency != currency else cost.micros


def _duration_s(session: ChargingSession, now: datetime) -> int:
    if session.ended_at is not None:
        return max(round((session.ended_at - session.started_at).total_seconds()), 0)
    return max(int((now - session.started_at).total_seconds()) // 60 * 60, 0)
