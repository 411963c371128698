"""What people do with the sessions: look them up, correct them, take that back, price them anew."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate
from zoneinfo import ZoneInfo

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.domain.sessions_csv import read_csv
from bmw_wallbox.domain.sessions_edit import added, edited, merged, split
from bmw_wallbox.domain.sessions_energy import growths_of
from bmw_wallbox.domain.sessions_evidence import Evidence
from bmw_wallbox.domain.sessions_list import (
    AuditEntry,
    Imported,
    Repriced,
    SessionDetail,
    SessionFilter,
    SessionPage,
)
from bmw_wallbox.domain.sessions_sums import Span, Sums, bars
from bmw_wallbox.domain.tariffs import Tariffs
from bmw_wallbox.session_corrections import Corrections
from bmw_wallbox.session_ids import new_id
from bmw_wallbox.session_prices import OF_PRICES, Prices
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.storage import session_query as query
from bmw_wallbox.storage.store import Store

_ALL = 1_000_000
_AUDIT_ROWS = 200
_SHOWN_ROWS = 100


def _alone[**P, T](
    correct: Callable[Concatenate["SessionDesk", P], Awaitable[T]],
) -> Callable[Concatenate["SessionDesk", P], Coroutine[Any, Any, T]]:
    """Have a correction carried out once nobody else's is on its way."""

    @wraps(correct)
    async def one_at_a_time(self: "SessionDesk", /, *args: P.args, **kwargs: P.kwargs) -> T:
        async with self.corrections.alone:
            return await correct(self, *args, **kwargs)

    return one_at_a_time


class SessionDesk:
    """Answers questions on sessions and carries out corrections; each leaves an audit row to undo it by."""

    def __init__(
        self, store: Store, sessions: Sessions, *, clock: Clock, zone: Callable[[], ZoneInfo]
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._zone = zone
        self.corrections = Corrections(store, sessions, clock)

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone that local times are in."""
        return self._zone()

    async def page(self, wanted: SessionFilter) -> SessionPage:
        """Return a page of the list, newest first."""
        self._sessions.flush()
        found = await self._store.query(lambda db: query.list_sessions(db, wanted))
        return replace(found, sessions=tuple(self._sessions.current(row) for row in found.sessions))

    async def every(self, wanted: SessionFilter) -> tuple[ChargingSession, ...]:
        """Return all that the filter lets through, oldest first."""
        found = await self.page(replace(wanted, limit=_ALL, offset=0))
        return tuple(reversed(found.sessions))

    async def sums(self, wanted: SessionFilter, span: Span) -> Sums:
        """Return the sums of all that the filter lets through, by local periods."""
        self._sessions.flush()
        charged, persons, vehicles = await self._store.query(lambda db: query.list_charged(db, wanted))
        return Sums(bars=bars(charged, wanted, span, self.zone), persons=persons, vehicles=vehicles)

    async def detail(self, station: str, session_id: str) -> SessionDetail:
        """Return one session, its curve and its neighbours.

        Raises:
            NotFoundError: the station has no such session.

        """
        session = await self.corrections.one(station, session_id)
        self._sessions.flush()
        curve = await self._store.query(lambda db: query.read_curve(db, session.id))
        before, after = await self._store.query(lambda db: query.beside(db, session))
        return SessionDetail(session=session, curve=curve, before=before, after=after)

    @_alone
    async def edit(
        self, station: str, session_id: str, values: Mapping[str, object], who: str
    ) -> ChargingSession:
        """Change fields of a session.

        Raises:
            NotFoundError: the station has no such session.
            InvalidPayloadError: a field or a value that it cannot have, or it is deleted.

        """
        session = await self.corrections.kept(station, session_id)
        after = edited(session, values, self._sessions.prices.currency)
        await self.corrections.record(station, who, "edit", (session,), (after,))
        return after

    @_alone
    async def add(self, station: str, values: Mapping[str, object], who: str) -> ChargingSession:
        """Add a session by hand; without a cost of its own it is priced by the tariffs.

        Raises:
            InvalidPayloadError: a field is missing or cannot be used.

        """
        session = added(station, new_id(), values, self._sessions.prices.currency)
        if session.cost is None:
            session = await self._priced(session)
        await self.corrections.record(station, who, "add", (), (session,))
        return session

    @_alone
    async def delete(self, station: str, session_id: str, who: str) -> str:
        """Take a session out of every list and sum; return the correction, to undo it by.

        Raises:
            NotFoundError: the station has no such session.
            InvalidPayloadError: it is deleted already.

        """
        session = await self.corrections.kept(station, session_id)
        return await self.corrections.record(
            station, who, "delete", (session,), (replace(session, deleted=True),)
        )

    @_alone
    async def split(
        self, station: str, session_id: str, moment: datetime, who: str
    ) -> tuple[ChargingSession, ...]:
        """Cut a session in two; each part is priced by the tariffs.

        Raises:
            NotFoundError: the station has no such session.
            InvalidPayloadError: `moment` lies outside of it, it still runs, or it is deleted.

        """
        session = await self.corrections.kept(station, session_id)
        held = await self._store.query(lambda db: query.read_evidence(db, [session.id]))
        evidence = held.get(session.id)
        parts = split(session, moment, growths_of(session, evidence), (new_id(), new_id()))
        priced = (await self._priced(parts[0], evidence), await self._priced(parts[1], evidence))
        await self.corrections.record(
            station, who, "split", (session,), (replace(session, deleted=True), *priced)
        )
        await self.corrections.copy_curves([(session, part) for part in priced])
        return priced

    @_alone
    async def merge(self, station: str, ids: Sequence[str], who: str) -> ChargingSession:
        """Make one session of several.

        Raises:
            NotFoundError: the station has no such session.
            InvalidPayloadError: fewer than two, or one that still runs or is deleted.

        """
        parts = [await self.corrections.kept(station, session_id) for session_id in dict.fromkeys(ids)]
        whole = merged(parts, new_id())
        gone = tuple(replace(part, deleted=True) for part in parts)
        await self.corrections.record(station, who, "merge", tuple(parts), (*gone, whole))
        await self.corrections.copy_curves([(part, whole) for part in parts])
        return whole

    @_alone
    async def undo(self, station: str, entry_id: str, who: str) -> tuple[ChargingSession, ...]:
        """Take a correction back; return the rows as they are again.

        Raises:
            NotFoundError: there is no such correction.
            InvalidPayloadError: it was taken back before, or a session was corrected again since.

        """
        return await self.corrections.undo(station, entry_id, who)

    async def audit(self, station: str, session_id: str = "") -> tuple[AuditEntry, ...]:
        """Return the newest corrections, newest first; of one session only, where it is named."""
        found = await self._store.query(lambda db: query.read_audit(db, station, _AUDIT_ROWS, session_id))
        return tuple(entry.about(session_id) for entry in found) if session_id else found

    @property
    def prices(self) -> Prices:
        """Return what sessions are priced by."""
        return self._sessions.prices

    @property
    def tariffs(self) -> Tariffs:
        """Return the tariffs in force."""
        return self._sessions.prices.tariffs

    async def save_tariffs(self, tariffs: Tariffs) -> None:
        """Use other tariffs for what is priced from now on."""
        await self._sessions.prices.save(tariffs)

    @_alone
    async def reprice(self, wanted: SessionFilter, who: str, *, apply: bool) -> tuple[Repriced, ...]:
        """Price sessions by the present tariffs; return those whose cost changes, and apply that if told."""
        changes = []
        found = await self.every(wanted)
        rows = [row for row in found if not row.running and "cost_micros" not in row.edited]
        held = await self._store.query(lambda db: query.read_evidence(db, [row.id for row in rows]))
        for row in rows:
            after = await self._priced(row, held.get(row.id))
            if after.cost != row.cost:
                changes.append(Repriced(before=row, after=after))
        if apply and changes:
            before = tuple(change.before for change in changes)
            await self.corrections.record(
                wanted.station, who, "reprice", before, tuple(change.after for change in changes)
            )
        return tuple(changes)

    @_alone
    async def import_csv(self, station: str, text: str, who: str, *, apply: bool) -> Imported:
        """Add the sessions of a file; those that are there already stay as they are."""
        found, faults = await asyncio.to_thread(read_csv, text, station, self._zone())
        ids = [row.id for row in found]
        held = {id_ for id_, row in (await self.corrections.rows(ids)).items() if not row.deleted}
        known = await self._store.query(lambda db: query.known_transactions(db, station))
        new = tuple(row for row in found if row.id not in held and row.transaction_id not in known)
        entry = await self.corrections.record(station, who, "import", (), new) if apply and new else None
        return Imported(
            added=len(new),
            known=len(found) - len(new),
            faults=tuple(faults),
            sessions=new[:_SHOWN_ROWS],
            audit=entry,
        )

    async def forget(self, station: str) -> None:
        """Remove everything that is kept of a station."""
        await self._sessions.forget(station)

    def days(self, station: str, since: date, until: date) -> Mapping[date, int]:
        """Return the energy of each local day in a range, Wh."""
        return self._sessions.days.series(station, since, until)

    async def _priced(self, session: ChargingSession, evidence: Evidence | None = None) -> ChargingSession:
        prices, end = self._sessions.prices, session.ended_at or session.started_at
        samples = await prices.samples(session.started_at, end)
        cost, found = prices.cost(growths_of(session, evidence), samples)
        doubts = tuple(doubt for doubt in session.doubts if doubt not in OF_PRICES)
        return replace(session, cost=cost, doubts=(*doubts, *sorted(found)))
