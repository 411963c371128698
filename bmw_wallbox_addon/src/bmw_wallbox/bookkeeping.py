"""Everything that has to do with charging sessions, put together: kept, priced, shown, reported."""

from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

from bmw_wallbox.clock import Clock
from bmw_wallbox.holiday_calendar import HolidayCalendar
from bmw_wallbox.initial_totals import InitialTotals
from bmw_wallbox.launch import Launch
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.registry import Registry
from bmw_wallbox.reporting import Reporting
from bmw_wallbox.session_desk import SessionDesk
from bmw_wallbox.session_feed import SessionFeed
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.storage.store import Store


class Bookkeeping:
    """Builds those parts and says what has to run."""

    def __init__(
        self,
        launch: Launch,
        store: Store,
        registry: Registry,
        board: ProblemBoard,
        *,
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        def local() -> ZoneInfo:
            return zone

        self._registry = registry
        self.sessions = Sessions(
            store,
            clock=clock,
            zone=local,
            tokens=lambda: registry.tokens,
            settings=lambda: registry.settings,
        )
        self.desk = SessionDesk(store, self.sessions, clock=clock, zone=local)
        self.feed = SessionFeed(
            store,
            self.sessions,
            clock=clock,
            stations=lambda: (resident.station for resident in registry),
        )
        self.totals = InitialTotals(store, clock)
        self._holidays = HolidayCalendar(self.sessions.prices, board, clock=clock, zone=local)
        self.reporting = Reporting(
            launch, store, registry, board, sessions=self.sessions, desk=self.desk, clock=clock, zone=zone
        )

    async def load(self) -> None:
        """Bring back what is stored, and follow the stations from now on."""
        await self.sessions.load()
        await self.totals.load()
        self._registry.subscribe(self.sessions.on_change)
        self.sessions.catch_up(resident.station.state for resident in self._registry)
        await self.reporting.load()

    @property
    def work(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        """Return the tasks by name."""
        return [
            ("Sessions", self.sessions.run),
            ("Session entities", self.feed.run),
            ("Holidays", self._holidays.run),
            *self.reporting.work,
        ]
