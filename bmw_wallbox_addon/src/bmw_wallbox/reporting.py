"""What tells people of the charges without being asked: reports, monthly reports and notifications."""

from collections.abc import Awaitable, Callable
from importlib.metadata import version
from zoneinfo import ZoneInfo

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.house_language import HouseLanguage
from bmw_wallbox.launch import Launch
from bmw_wallbox.monthly_reports import MonthlyReports
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.registry import Registry
from bmw_wallbox.session_desk import SessionDesk
from bmw_wallbox.session_reports import Reports
from bmw_wallbox.storage.store import Store


class Reporting:
    """Builds those parts and says what has to run."""

    def __init__(
        self,
        launch: Launch,
        store: Store,
        registry: Registry,
        desk: SessionDesk,
        board: ProblemBoard,
        *,
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        def settings() -> Settings:
            return registry.settings

        self.language = HouseLanguage(store, settings)
        self.reports = Reports(
            desk,
            clock=clock,
            states=lambda: [resident.station.state for resident in registry],
            settings=settings,
            language=lambda: self.language.current,
            version=version("bmw-wallbox"),
        )
        self._monthly = MonthlyReports(
            self.reports,
            store,
            board,
            clock=clock,
            zone=lambda: zone,
            settings=settings,
            folder=launch.reports_folder,
        )

    async def load(self) -> None:
        """Bring back what is stored."""
        await self.language.load()

    @property
    def work(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        """Return the tasks by name."""
        return [("Monthly report", self._monthly.run)]
