"""What the charging sessions and Home Assistant tell each other, beyond the entities."""

from collections.abc import Iterator
from datetime import datetime

from bmw_wallbox.backfill import Backfill, Counted
from bmw_wallbox.bookkeeping import Bookkeeping
from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.home_facts import facts_of
from bmw_wallbox.domain.session_figures import Happening, told_of
from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.entities.discovery import unique_id
from bmw_wallbox.entities.session_rows import SESSION_EVENT
from bmw_wallbox.entity_prices import EntityPrices
from bmw_wallbox.grid_power import GridPower
from bmw_wallbox.hass.client import HomeAssistantClient
from bmw_wallbox.hass.publisher import Publisher
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.registry import Registry
from bmw_wallbox.session_reports import ReadyReport


class SessionLink:
    """Takes prices, currency and country from Home Assistant; gives it events and energy by the hour."""

    def __init__(
        self,
        client: HomeAssistantClient,
        publisher: Publisher,
        registry: Registry,
        books: Bookkeeping,
        *,
        board: ProblemBoard,
        clock: Clock,
    ) -> None:
        self._client = client
        self._publisher = publisher
        self._registry = registry
        self._sessions = sessions = books.sessions
        self._entity_prices = EntityPrices(client, sessions.prices, board)
        self._grid = GridPower(
            client,
            sessions.prices.grid,
            board,
            settings=lambda: registry.settings,
            charging=lambda: any(resident.station.state.transaction is not None for resident in registry),
        )
        self._backfill = Backfill(client, board, clock=clock, source=self._counted, totals=books.totals)
        sessions.happenings.subscribe(self._session_happened)
        books.reporting.reports.ready.subscribe(self._report_ready)
        client.on_connected(self._learn)

    async def _learn(self) -> None:
        """Take over what Home Assistant's general settings say of the home."""
        self._sessions.prices.learn(facts_of(await self._client.call("get_config")))

    def _counted(self, since: datetime) -> Iterator[Counted]:
        states = (resident.station.state for resident in self._registry)
        for state in states:
            total_wh = state.ledger.total_wh
            if total_wh is not None and not state.simulated:
                hours_wh = self._sessions.days.hours(state.key, since)
                yield Counted(
                    station=state.key,
                    unique_id=unique_id(state, "energy_total"),
                    total_wh=total_wh,
                    hours_wh=hours_wh,
                )

    def _session_happened(self, happening: Happening, session: ChargingSession) -> None:
        self._publisher.happened(session.station, SESSION_EVENT, happening, told_of(session))

    def _report_ready(self, report: ReadyReport) -> None:
        """Have the event entities of all real stations tell that a report is ready."""
        told = {
            "month": f"{report.month:%Y-%m}",
            "sessions": report.count,
            "files": [str(path) for path in report.files],
        }
        for resident in self._registry:
            if not resident.station.state.simulated:
                self._publisher.happened(resident.record.key, SESSION_EVENT, Happening.REPORT_READY, told)
