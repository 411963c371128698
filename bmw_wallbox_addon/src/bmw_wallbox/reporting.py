"""What tells people of the charges without being asked: reports, monthly reports and notifications."""

from collections.abc import Awaitable, Callable
from functools import partial
from importlib.metadata import version
from zoneinfo import ZoneInfo

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.admission import StationRecord
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.state import DesiredState, StationState
from bmw_wallbox.house_language import HouseLanguage
from bmw_wallbox.launch import Launch
from bmw_wallbox.monthly_reports import MonthlyReports
from bmw_wallbox.notice_watch import NoticeWatch
from bmw_wallbox.notifications import Delivery, Notifier
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.registry import Registry
from bmw_wallbox.session_desk import SessionDesk
from bmw_wallbox.session_reports import Reports
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.storage.store import Store

type Work = tuple[str, Callable[[], Awaitable[None]]]
"""A task's name, and the task."""


class Reporting:
    """Builds those parts and says what has to run."""

    def __init__(
        self,
        launch: Launch,
        store: Store,
        registry: Registry,
        board: ProblemBoard,
        *,
        sessions: Sessions,
        desk: SessionDesk,
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._registry = registry
        self._board = board
        self._sessions = sessions
        self._clock = clock
        self._zone = zone
        self.language = HouseLanguage(store, self._settings)
        """What is written in which language."""
        self.reports = Reports(
            desk,
            clock=clock,
            states=self._states,
            settings=self._settings,
            language=lambda: self.language.current,
            version=version("bmw-wallbox"),
        )
        self._monthly = MonthlyReports(
            self.reports,
            store,
            board,
            clock=clock,
            zone=lambda: zone,
            settings=self._settings,
            folder=launch.reports_folder,
        )
        self._notices: list[Work] = []
        self._notifier = Notifier(store, clock)

    async def load(self) -> None:
        """Bring back what is stored."""
        await self.language.load()
        await self._notifier.load()

    def follow(self, delivery: Delivery) -> None:
        """Notify this Home Assistant of what happens from now on, in its language."""
        watch = NoticeWatch(
            self._notifier,
            self._board,
            self._sessions,
            clock=self._clock,
            zone=self._zone,
            settings=self._settings,
            language=lambda: self.language.current,
            states=self._states,
        )
        self._notices = [
            ("Notifications", partial(self._notifier.run, delivery)),
            ("What to notify of", watch.run),
        ]
        self.language.follow(delivery.client)
        self._registry.subscribe(watch.on_change)
        self._sessions.happenings.subscribe(watch.on_session)
        self.reports.ready.subscribe(watch.on_report)

    @property
    def work(self) -> list[Work]:
        """Return the tasks by name."""
        return [("Monthly report", self._monthly.run), *self._notices]

    def _settings(self) -> Settings:
        return self._registry.settings

    def _states(self) -> list[StationState]:
        at_work = {resident.record.key: resident.station.state for resident in self._registry}
        known = self._registry.admissions.records
        return [at_work.get(record.key) or _kept_out(record) for record in known]


def _kept_out(record: StationRecord) -> StationState:
    """Return what is known of a wallbox that may not connect any more; its sessions are still reported."""
    return StationState(
        key=record.key,
        charge_point_id=record.charge_point_id,
        simulated=record.simulated,
        desired=DesiredState(limit_a=0),
    )
