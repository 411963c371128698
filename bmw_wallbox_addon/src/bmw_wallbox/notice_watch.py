"""What happens to wallboxes, sessions and reports, turned into the notifications that the owner wants."""

import asyncio
import math
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bmw_wallbox.alarms import LIMIT_BROKEN
from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.notices import Notice, NoticeKind, is_wanted, written
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.report_words import SPELLING, Language, duration, rounded
from bmw_wallbox.domain.session_figures import Happening
from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.domain.settings import MonthlyReport, Settings
from bmw_wallbox.domain.state import Change, StationState
from bmw_wallbox.domain.tokens import masked
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus
from bmw_wallbox.notifications import TARGET_PROBLEM, Notifier
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.session_reports import ReadyReport
from bmw_wallbox.sessions import Sessions

_LOOK_S = 10.0
_PATIENCE_S = 60.0
"""For how long a problem has to last until it is told."""
_FULL_S = 600.0
"""For how long a car has to take nothing until its charge counts as finished."""
_DAY, _HOUR, _SHORTLY = timedelta(days=1), timedelta(hours=1), timedelta(minutes=10)
_OF_THE_LINK = ("home_assistant_", "mqtt_", LIMIT_BROKEN, TARGET_PROBLEM)
"""How the keys of problems begin that cannot be told this way, or are told in another."""


class NoticeWatch:
    """Listens to the parts that know; `run` looks after what takes time to be true."""

    def __init__(
        self,
        notifier: Notifier,
        board: ProblemBoard,
        sessions: Sessions,
        *,
        clock: Clock,
        zone: ZoneInfo,
        settings: Callable[[], Settings],
        language: Callable[[], Language],
        states: Callable[[], Iterable[StationState]],
    ) -> None:
        self._notifier = notifier
        self._board = board
        self._sessions = sessions
        self._clock = clock
        self._zone = zone
        self._settings = settings
        self._language = language
        self._states = states
        self._began_s = clock.monotonic_s()
        self._since_s: dict[tuple[str, ...], float] = {}
        """Since when something lasts; infinity once that was told."""

    async def run(self) -> None:
        """Look every ten seconds, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(_LOOK_S)

    def look(self) -> None:
        """Tell what has lasted for long enough."""
        lasting = {self._name(problem): problem for problem in self._board.problems}
        idle = {("idle", state.key): state for state in self._states() if _takes_nothing(state)}
        present = lasting.keys() | idle.keys()
        self._since_s = {name: since for name, since in self._since_s.items() if name in present}
        for name, problem in lasting.items():
            if not problem.key.startswith(_OF_THE_LINK) and self._lasted(name, _PATIENCE_S):
                detail = {"detail": problem.message}
                self._tell(NoticeKind.PROBLEM, "/".join(name), detail, problem.station or "", again=_DAY)
        for name, state in idle.items():
            row = self._sessions.running(state.key)
            if row is not None and self._lasted(name, _FULL_S):
                self._finished(row)
        for state in self._states():
            self._tell_absence(state)

    def on_change(self, change: Change) -> None:
        """Tell what one step of a wallbox means."""
        before, after = change.before, change.after
        if _charges(after) and not _charges(before) and after.transaction is not None:
            at = self._clock.now().astimezone(self._zone)
            values = {"time": f"{at:%H:%M}", "station": after.charge_point_id}
            self._tell(NoticeKind.CHARGING_STARTED, f"started/{after.transaction.id}", values, after.key)
        if _is_faulted(after) and not _is_faulted(before):
            values = {"station": after.charge_point_id, "detail": ""}
            self._tell(NoticeKind.FAULT, f"fault/{after.key}", values, after.key, again=_HOUR)
        for name in after.alerts.keys() - before.alerts.keys():
            values = {"station": after.charge_point_id, "detail": after.alerts[name].rstrip(".")}
            self._tell(NoticeKind.FAULT, f"alert/{after.key}/{name}", values, after.key, again=_DAY)
        cards = after.device.presented_cards
        if cards and cards != before.device.presented_cards and cards[-1].status != "Accepted":
            card = masked(cards[-1].id_token)
            values = {"card": card, "station": after.charge_point_id}
            self._tell(NoticeKind.CARD_REFUSED, f"card/{after.key}/{card}", values, after.key, again=_SHORTLY)
        if after.connected:
            self._notifier.forget(f"away/{after.key}")

    def on_session(self, happening: Happening, session: ChargingSession) -> None:
        """Tell that a session ended; one without energy is none to tell of."""
        if happening is Happening.ENDED:
            self._finished(session)

    def on_report(self, report: ReadyReport) -> None:
        """Tell of a monthly report."""
        asked = self._settings().monthly_report in {MonthlyReport.NOTIFICATION, MonthlyReport.BOTH}
        kind = NoticeKind.REPORT_READY if asked else NoticeKind.REPORT_WRITTEN
        values = {
            "month": f"{report.month:%Y-%m}",
            "count": str(report.count),
            "energy": report.energy_kwh,
            "cost": report.cost,
            "folder": str(report.files[0].parent) if report.files else "",
            "files": ", ".join(path.name for path in report.files),
        }
        self._tell(kind, f"report/{report.month:%Y-%m}", values)

    def _finished(self, session: ChargingSession) -> None:
        ended_at = session.ended_at or self._clock.now()
        if not session.energy_wh or session.deleted:
            return
        spelling, cost = SPELLING[self._language()], session.cost
        values = {
            "energy": spelling.number(session.energy_wh, 3),
            "duration": duration(ended_at - session.started_at),
            "cost": ""
            if cost is None
            else spelling.money(rounded(cost.micros, cost.currency), cost.currency),
            "vehicle": session.vehicle or session.person or "",
        }
        self._tell(
            NoticeKind.CHARGING_FINISHED, f"finished/{session.id}", values, session.station, at=ended_at
        )

    def _tell_absence(self, state: StationState) -> None:
        """Tell that a wallbox which was here before has been away for long."""
        minutes = self._settings().notify_disconnected_min
        now, changed_at = self._clock.now(), state.connection_changed_at
        here_for_s = self._clock.monotonic_s() - self._began_s
        gone = changed_at is None or now - changed_at >= timedelta(minutes=minutes)
        if state.connected or state.last_message_at is None or not gone or here_for_s < minutes * 60:
            return
        values = {"station": state.charge_point_id, "minutes": str(minutes)}
        self._tell(NoticeKind.DISCONNECTED, f"away/{state.key}", values, state.key)

    def _lasted(self, name: tuple[str, ...], patience_s: float) -> bool:
        """Return, once for each time that it comes, whether something has lasted for long enough."""
        now_s = self._clock.monotonic_s()
        long_enough = now_s - self._since_s.setdefault(name, now_s) >= patience_s
        if long_enough:
            self._since_s[name] = math.inf
        return long_enough

    def _tell(
        self,
        kind: NoticeKind,
        key: str,
        values: dict[str, str],
        station: str = "",
        *,
        again: timedelta | None = None,
        at: datetime | None = None,
    ) -> None:
        if not is_wanted(kind, self._settings()):
            return
        title, message = written(kind, self._language(), values)
        self._notifier.post(
            Notice(
                key=key,
                kind=kind,
                station=station,
                title=title,
                message=message,
                at=at or self._clock.now(),
                again_after=again,
            )
        )

    @staticmethod
    def _name(problem: Problem) -> tuple[str, ...]:
        return "problem", problem.key, problem.station or ""


def _charges(state: StationState) -> bool:
    return state.charging_state is ChargingState.CHARGING


def _takes_nothing(state: StationState) -> bool:
    return state.charging_state is ChargingState.SUSPENDED_EV


def _is_faulted(state: StationState) -> bool:
    return state.connector.status is ConnectorStatus.FAULTED
