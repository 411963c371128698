"""The rows that people correct: one correction at a time, and with each the audit row to undo it by."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from sqlite3 import Connection

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.domain.sessions_edit import by_hand, restored
from bmw_wallbox.domain.sessions_list import AuditEntry
from bmw_wallbox.errors import InvalidPayloadError, NotFoundError
from bmw_wallbox.session_ids import is_id, new_id
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.storage import session_query as query
from bmw_wallbox.storage.codec import Record
from bmw_wallbox.storage.store import Store


class Corrections:
    """Reads rows for a correction and stores what became of them."""

    def __init__(self, store: Store, sessions: Sessions, clock: Clock) -> None:
        self._store = store
        self._sessions = sessions
        self._clock = clock
        self.alone = asyncio.Lock()
        """Held by each correction: what it read stays true until its result is stored."""

    async def one(self, station: str, session_id: str) -> ChargingSession:
        """Return one session.

        Raises:
            NotFoundError: the station has no such session.

        """
        found = (await self.rows([session_id])).get(session_id) if is_id(session_id) else None
        if found is None or found.station != station:
            raise NotFoundError("session", session_id)
        return found

    async def kept(self, station: str, session_id: str) -> ChargingSession:
        """Return one session that is not deleted, so that a correction sent twice is carried out once.

        Raises:
            NotFoundError: the station has no such session.
            InvalidPayloadError: it is deleted, or was replaced by a split or a merge.

        """
        found = await self.one(station, session_id)
        if found.deleted:
            raise InvalidPayloadError("session", session_id, "it was deleted; take that back first")
        return found

    async def rows(self, ids: Sequence[str]) -> dict[str, ChargingSession]:
        """Return the newest form of rows, as far as there are such."""
        found = await self._store.query(lambda db: query.read_sessions(db, ids))
        return {id_: self._sessions.current(row) for id_, row in found.items()}

    async def record(
        self,
        station: str,
        who: str,
        action: str,
        before: tuple[ChargingSession, ...],
        after: tuple[ChargingSession, ...],
        *undone: AuditEntry,
    ) -> str:
        """Store rows, the audit row that tells of them and those it undoes, together; return its id."""
        entry = AuditEntry(
            id=new_id(),
            at=self._clock.now(),
            station=station,
            who=who,
            action=action,
            before=before,
            after=after,
        )
        self._sessions.replaced(after)
        entries = (entry, *(replace(one, undone=True) for one in undone))
        told = (Record.of(one.id, one) for one in entries)
        await self._store.save(*told, *(Record.of(row.id, row) for row in after))
        return entry.id

    async def undo(self, station: str, entry_id: str, who: str) -> tuple[ChargingSession, ...]:
        """Take a correction back; return the rows as they are again.

        Raises:
            NotFoundError: there is no such correction.
            InvalidPayloadError: it was taken back before, or a session was corrected again since.

        """
        entry = await self._entry(station, entry_id)
        if entry.undone:
            raise InvalidPayloadError("audit", entry_id, "it was taken back already")
        now = await self.rows([row.id for row in entry.after])
        if any(row.id not in now or by_hand(now[row.id]) != by_hand(row) for row in entry.after):
            raise InvalidPayloadError("audit", entry_id, "a session was corrected again since")
        before = {row.id: row for row in entry.before}
        after = tuple(
            restored(before[id_], row) if id_ in before else replace(row, deleted=True)
            for id_, row in now.items()
        )
        await self.record(station, who, "undo", tuple(now.values()), after, entry)
        return after

    async def copy_curves(self, pairs: Sequence[tuple[ChargingSession, ChargingSession]]) -> None:
        """Give rows that were made of others the curves of those, as far as they share the time."""

        def copy(connection: Connection) -> None:
            for source, target in pairs:
                since = max(source.started_at, target.started_at)
                until = min(source.ended_at or since, target.ended_at or since)
                query.copy_curve(connection, source.id, target.id, since, until)

        await self._store.change(copy)

    async def _entry(self, station: str, entry_id: str) -> AuditEntry:
        entry = None
        if is_id(entry_id):
            entry = await self._store.query(lambda db: query.find_audit(db, entry_id))
        if entry is None or entry.station != station:
            raise NotFoundError("correction", entry_id)
        return entry
