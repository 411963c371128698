"""The charging sessions: kept as the wallboxes tell them, priced, stored and looked after."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.events import (
    ConnectorStatusReported,
    MetersReported,
    TransactionReported,
    TransactionVanished,
)
from bmw_wallbox.domain.session_figures import Happening
from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy
from bmw_wallbox.domain.sessions_book import MAX_EVIDENCE, Book, affected, caught_up, noted, rows
from bmw_wallbox.domain.sessions_curve import points_of
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.state import Change, StationState
from bmw_wallbox.domain.tokens import Token
from bmw_wallbox.domain.vocabulary import ConnectorStatus
from bmw_wallbox.errors import StoreError
from bmw_wallbox.session_curves import Curves
from bmw_wallbox.session_days import EnergyDays
from bmw_wallbox.session_prices import Prices
from bmw_wallbox.signals import Signal
from bmw_wallbox.storage import session_query as query
from bmw_wallbox.storage.codec import Record
from bmw_wallbox.storage.session_table import StoredEvidence
from bmw_wallbox.storage.store import Store

_LOGGER = logging.getLogger(__name__)

LOOK_S = 30.0
"""How often what waits is written and what is over is tidied."""
FRESH_S = 60.0
"""How old the stored row of a running session may get; the ledger has its energy meanwhile."""
_DAYS_A_MONTH = 30.5
_MOST_MISSED = 10_000

type _Told = TransactionReported | MetersReported | ConnectorStatusReported | TransactionVanished


class Sessions:
    """Observes every station; owns the session rows that may still change."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        zone: Callable[[], ZoneInfo],
        tokens: Callable[[], Sequence[Token]],
        settings: Callable[[], Settings],
    ) -> None:
        self._store = store
        self._clock = clock
        self._tokens = tokens
        self._settings = settings
        self.prices = Prices(store, clock=clock, zone=zone)
        self.days = EnergyDays(store, zone)
        self.changes = Signal[str, bool]()
        """Told the station whose rows changed, and whether by hand."""
        self.happenings = Signal[Happening, ChargingSession]()
        self._curves = Curves(store)
        self._books: dict[str, Book] = {}
        self._rows: dict[str, ChargingSession] = {}
        """The rows of the books."""
        self._states: dict[str, StationState] = {}
        self._stale: set[str] = set()
        """Running sessions whose stored row is behind."""
        self._stored_s: dict[str, float] = {}
        self._pruned_on: date | None = None
        self._loaded = False
        self._missed = deque[Change](maxlen=_MOST_MISSED)

    async def load(self) -> None:
        """Bring back what is stored; a store that cannot be read is tried again by `look`."""
        try:
            await self.prices.load()
            await self.days.load()
            latest = await self._store.query(lambda db: query.latest_evidence(db, MAX_EVIDENCE))
            ids = [evidence.id for kept in latest.values() for evidence in kept]
            self._rows = await self._store.query(lambda db: query.read_sessions(db, ids))
        except StoreError as err:
            _LOGGER.error("The sessions cannot be read, which is tried again: %s", err)
            return
        for station, kept in latest.items():
            own = [self._rows[evidence.id] for evidence in kept if evidence.id in self._rows]
            freed = {
                row.ended_at for row in own if row.closed_by is ClosedBy.STATUS_AVAILABLE and row.ended_at
            }
            self._books[station] = Book(station=station, evidence=kept, available=tuple(sorted(freed)))
        self._loaded = True
        missed, self._missed = tuple(self._missed), deque(maxlen=_MOST_MISSED)
        for change in missed:
            self.on_change(change)

    def catch_up(self, states: Iterable[StationState]) -> None:
        """Take over, after a start, what is stored more often than the sessions are."""
        for state in states:
            self._states[state.key] = state
            book = self._books.get(state.key)
            if book is not None:
                free = state.connector.status is ConnectorStatus.AVAILABLE
                freed_at = state.connector.reported_at if free else None
                self._keep(book, caught_up(book, state.ledger, freed_at), state)
        self.flush()

    def on_change(self, change: Change) -> None:
        """Note one step of a station; what has to survive is handed to the store before the ledger is."""
        event, state = change.cause, change.after
        self._states[state.key] = state
        if not isinstance(
            event, TransactionReported | MetersReported | ConnectorStatusReported | TransactionVanished
        ):
            return
        if not self._loaded:
            # A row that is begun anew would overwrite the stored one, whose begin nobody knows yet.
            self._missed.append(change)
            return
        if isinstance(event, TransactionReported | MetersReported):
            self.days.count(change, event)
        elif isinstance(event, ConnectorStatusReported) and event.evse_id != state.connector.evse_id:
            return
        self._note(state, event)

    async def run(self) -> None:
        """Write what waits and tidy up, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Write rows that are behind, close what was forgotten, thin and prune; what fails is done later."""
        if not self._loaded:
            await self.load()
            self.catch_up(tuple(self._states.values()))
        for key, book in tuple(self._books.items()):
            if (state := self._states.get(key)) is not None:
                self._keep(book, book, state)
        self.flush()
        try:
            await self._curves.compact()
            await self._prune()
        except StoreError as err:
            _LOGGER.debug("The sessions are tidied later: %s", err)

    def flush(self) -> None:
        """Hand every row that is behind to the store."""
        for id_ in tuple(self._stale):
            self._store_row(id_)

    def current(self, session: ChargingSession) -> ChargingSession:
        """Return the newest form of a row that was read from the store."""
        return self._rows.get(session.id, session)

    def held(self, station: str) -> tuple[ChargingSession, ...]:
        """Return a station's rows that events may still change, oldest first."""
        book = self._books.get(station)
        kept = (self._rows.get(evidence.id) for evidence in book.evidence) if book else ()
        return tuple(row for row in kept if row is not None)

    def running(self, station: str) -> ChargingSession | None:
        """Return a station's running session."""
        kept = reversed(self.held(station))
        return next((row for row in kept if row.running and not row.deleted), None)

    def replaced(self, sessions: Iterable[ChargingSession]) -> None:
        """Take over rows that were corrected by hand."""
        for session in sessions:
            if session.id in self._rows:
                self._rows[session.id] = session
            self.changes.emit(session.station, True)  # noqa: FBT003 (a signal's values have no names)

    async def forget(self, station: str) -> None:
        """Remove everything that is kept of a station.

        Raises:
            StoreError: it could not be removed from the file.

        """
        book = self._books.pop(station, None)
        self._states.pop(station, None)
        self.days.forget(station)
        for evidence in book.evidence if book is not None else ():
            self._stale.discard(evidence.id)
            self._let_go(evidence.id)
        await self._store.change(lambda db: query.forget_station(db, station))

    def _note(self, state: StationState, event: _Told) -> None:
        book = self._books.get(state.key) or Book(station=state.key)
        running_id = state.transaction.id if state.transaction is not None else None
        points = points_of(event.samples) if isinstance(event, TransactionReported | MetersReported) else ()
        after = noted(book, event, running_id, points)
        name = event.transaction_id if isinstance(event, TransactionReported) else running_id
        evidence = after.of(name or "")
        if evidence is not None and points:
            self._curves.draw(evidence.id, points)
            self._stale.add(evidence.id)
        if after is not book and after != book:
            self._keep(book, after, state)

    def _keep(self, before: Book, after: Book, state: StationState) -> None:
        self._books[after.station] = after
        for evidence in {e.id: e for e in before.evidence}.keys() - {e.id for e in after.evidence}:
            self._let_go(evidence)
        running_id = state.transaction.id if state.transaction is not None else None
        found = rows(
            after,
            state.ledger.register,
            self._clock.now(),
            running_id=running_id,
            only=affected(before, after),
        )
        for id_, (told, proof) in found.items():
            known = self._rows.get(id_)
            due = self._clock.monotonic_s() - self._stored_s.get(id_, float("-inf")) >= FRESH_S
            row = self.prices.priced(known, self._named(known, told), proof.growths, fresh=due)
            if row == known:
                continue
            self._rows[id_] = row
            self._stale.add(id_)
            self.changes.emit(row.station, False)  # noqa: FBT003 (as above)
            if known is None and row.running:
                self.happenings.emit(Happening.STARTED, row)
            if (known is None or known.running) and not row.running:
                self._curves.ended(id_)
                self.happenings.emit(Happening.ENDED, row)
                _LOGGER.info("A session at %s ended with %s Wh", row.station, row.energy_wh)
            if due or known is None or not row.running:
                self._store_row(id_)

    def _named(self, known: ChargingSession | None, found: ChargingSession) -> ChargingSession:
        """Return a derived row with what people gave it, and the names that go with its token."""
        if known is not None:
            found = replace(
                found,
                person=known.person,
                vehicle=known.vehicle,
                note=known.note,
                edited=known.edited,
                deleted=known.deleted,
            )
        if found.id_token is None or (known is not None and known.id_token == found.id_token):
            return found
        shown = found.id_token.casefold()
        token = next((token for token in self._tokens() if token.id_token.casefold() == shown), None)
        if token is None:
            return found
        return replace(
            found,
            person=found.person if "person" in found.edited else token.name,
            vehicle=found.vehicle if "vehicle" in found.edited else token.vehicle,
        )

    def _store_row(self, id_: str) -> None:
        self._stale.discard(id_)
        row = self._rows.get(id_)
        book = self._books.get(row.station) if row is not None else None
        evidence = next((one for one in book.evidence if one.id == id_), None) if book is not None else None
        if row is None or evidence is None:
            return
        self._stored_s[id_] = self._clock.monotonic_s()
        stored = StoredEvidence(station=row.station, evidence=evidence)
        records = (Record.of(id_, row), Record.of(id_, stored), *self._curves.records(id_))
        try:
            self._store.save_along(*records)
        except StoreError as err:
            _LOGGER.error("%s", err)

    def _let_go(self, id_: str) -> None:
        if id_ in self._stale:
            self._store_row(id_)
        self._curves.forget(id_)
        self._rows.pop(id_, None)
        self._stored_s.pop(id_, None)

    async def _prune(self) -> None:
        now, settings = self._clock.now(), self._settings()
        if self._pruned_on == now.date():
            return
        curves_before = now - timedelta(days=_DAYS_A_MONTH * settings.curve_months)
        months = settings.session_months
        sessions_before = now - timedelta(days=_DAYS_A_MONTH * months) if months else None
        await self._store.change(lambda db: query.prune(db, curves_before, sessions_before))
        await self.prices.grid.prune()
        self.days.drop_hours(curves_before)
        self._pruned_on = now.date()
