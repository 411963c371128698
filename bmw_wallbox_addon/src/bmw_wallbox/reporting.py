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
        def settings() -> Settings:
            return registry.settings

        def states() -> list[StationState]:
            at_work = {resident.record.key: resident.station.state for resident in registry}
            return [at_work.get(record.key) or _kept_out(record) for record in registry.admissions.records]

        self._registry = registry
        self._sessions = sessions
        self.language = HouseLanguage(store, settings)
        """What is written in which language."""
        self.reports = Reports(
            desk,
            clock=clock,
            states=states,
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
        self._delivery: Delivery | None = None
        self._notifier = Notifier(store, clock)
        self._watch = NoticeWatch(
            self._notifier,
            board,
            sessions,
            clock=clock,
            zone=zone,
            settings=settings,
            language=lambda: self.language.current,
            states=states,
        )

    async def load(self) -> None:
        """Bring back what is stored."""
        await self.language.load()
        await self._notifier.load()

    def follow(self, delivery: Delivery) -> None:
        """Notify this Home Assistant of what happens from now on, in its language."""
        self._delivery = delivery
        self.language.follow(delivery.client)
        self._registry.subscribe(self._watch.on_change)
        self._sessions.happenings.subscribe(self._watch.on_session)
        self.reports.ready.subscribe(self._watch.on_report)

    @property
    def work(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        """Return the tasks by name."""
        work: list[tuple[str, Callable[[], Awaitable[None]]]] = [("Monthly report", self._monthly.run)]
        if self._delivery is not None:
            work += [
                ("Notifications", partial(self._notifier.run, self._delivery)),
                ("What to notify of", self._watch.run),
            ]
        return work


def _kept_out(record: StationRecord) -> StationState:
    """Return what is known of a wallbox that may not connect any more; its sessions are still reported."""
    return StationState(
        key=record.key,
        charge_point_id=record.charge_point_id,
        simulated=record.simulated,
        desired=DesiredState(limit_a=0),
    )
