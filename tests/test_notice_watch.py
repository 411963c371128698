"""What is told of: each thing once, only what the owner wants, and only what lasts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bmw_wallbox.domain.device import PresentedCard
from bmw_wallbox.domain.device_records import Device
from bmw_wallbox.domain.notices import NOTICE_WORDS, Notice, NoticeKind
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.report_words import Language
from bmw_wallbox.domain.session_figures import Happening
from bmw_wallbox.domain.settings import MonthlyReport, Settings
from bmw_wallbox.domain.state import Change, Connector, StationState, Transaction
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus
from bmw_wallbox.notice_watch import NoticeWatch
from bmw_wallbox.notifications import Notifier
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.session_reports import ReadyReport
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.storage.store import Store
from tests.fakes.clock import NOON, HandClock
from tests.reporting_rig import BERLIN, STATE, STATION, session

ALL = Settings(
    notify_charging_started=True,
    notify_charging_finished=True,
    notify_problem=True,
    notify_disconnected=True,
    notify_card_refused=True,
)
HERE = replace(STATE, connected=True, connection_changed_at=NOON, last_message_at=NOON)


def charging(state: ChargingState = ChargingState.CHARGING, name: str = "tx-1") -> StationState:
    transaction = Transaction(id=name, started_at=NOON, charging_state=state, authorized=True)
    return replace(HERE, transaction=transaction)


@dataclass
class Ear:
    """A watch, and what it has told."""

    store: Store
    clock: HandClock
    settings: Settings = ALL
    language: Language = Language.EN
    state: StationState = HERE
    board: ProblemBoard = field(default_factory=ProblemBoard)

    def __post_init__(self) -> None:
        self.sessions = Sessions(
            self.store, clock=self.clock, zone=lambda: BERLIN, tokens=list, settings=Settings
        )
        self.notifier = Notifier(self.store, self.clock)
        self.watch = NoticeWatch(
            self.notifier,
            self.board,
            self.sessions,
            clock=self.clock,
            zone=BERLIN,
            settings=lambda: self.settings,
            language=lambda: self.language,
            states=lambda: [self.state],
        )

    def step(self, after: StationState) -> None:
        before, self.state = self.state, after
        self.watch.on_change(Change(before, after, "test"))

    def lasting(self, seconds: float) -> None:
        self.watch.look()
        self.clock.advance(seconds)
        self.watch.look()

    @property
    def told(self) -> list[Notice]:
        return list(self.notifier._waiting.values())

    @property
    def kinds(self) -> list[NoticeKind]:
        return [notice.kind for notice in self.told]


@pytest.fixture
async def ear(tmp_path: Path) -> AsyncIterator[Ear]:
    clock = HandClock()
    store = await Store.open(tmp_path, clock)
    yield Ear(store, clock)
    await store.close()


async def test_a_charge_is_told_when_it_starts_however_often_it_pauses(ear: Ear) -> None:
    ear.step(charging())
    ear.step(charging(ChargingState.SUSPENDED_EV))
    ear.step(charging())
    (notice,) = ear.told
    assert (notice.title, notice.message) == ("Charging started", "At 14:00 at DE*BOX.")


async def test_the_end_of_a_charge_is_told_with_its_energy_and_cost(ear: Ear) -> None:
    ear.language = Language.DE
    ear.watch.on_session(Happening.STARTED, session(1, NOON))
    ear.watch.on_session(Happening.ENDED, session(1, NOON, vehicle="iX3", energy_wh=12_345))
    ear.watch.on_session(Happening.ENDED, session(2, NOON, energy_wh=0))
    (notice,) = ear.told
    assert (notice.title, notice.message) == ("Laden beendet", "12,345 kWh in 2:00 h, 3,00 EUR (iX3).")


async def test_a_car_that_takes_nothing_for_long_has_finished_and_is_told_once(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = session(1, NOON, ended_at=None, closed_by=None)
    monkeypatch.setattr(ear.sessions, "running", lambda _station: row)
    ear.state = charging(ChargingState.SUSPENDED_EV)
    ear.lasting(599)
    assert ear.kinds == []
    ear.lasting(1)
    ear.watch.on_session(Happening.ENDED, session(1, NOON))
    assert ear.kinds == [NoticeKind.CHARGING_FINISHED]


async def test_a_fault_is_told(ear: Ear) -> None:
    connector = Connector(status=ConnectorStatus.FAULTED, reported_at=NOON)
    ear.step(replace(HERE, connector=connector))
    ear.step(replace(HERE, connector=connector, alerts={"x": "Too hot."}))
    assert [notice.message for notice in ear.told] == [
        "DE*BOX reports a fault.",
        "DE*BOX reports a fault: Too hot.",
    ]


async def test_a_problem_is_told_once_it_lasts_for_a_minute(ear: Ear) -> None:
    ear.board.post("a", Problem(key="passing", message="Soon over."))
    ear.watch.look()
    ear.board.post("a", Problem(key="lasting", message="Do something.", station=STATION))
    ear.lasting(60)
    (notice,) = ear.told
    assert (notice.kind, notice.station, notice.message) == (NoticeKind.PROBLEM, STATION, "Do something.")


async def test_a_problem_that_stays_is_not_told_every_day(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[Notice] = []
    monkeypatch.setattr(ear.notifier, "post", posted.append)
    ear.board.post("a", Problem(key="lasting", message="Do something."))
    ear.lasting(60)
    ear.lasting(3 * 86400)
    assert len(posted) == 1


@pytest.mark.parametrize(
    "key", ["home_assistant_unreachable", "mqtt_not_set_up", "limit_broken", "notify_target_unusable"]
)
async def test_what_cannot_be_told_or_is_told_elsewhere_is_left_out(ear: Ear, key: str) -> None:
    ear.board.post("a", Problem(key=key, message="Away."))
    ear.lasting(60)
    assert ear.kinds == []


async def test_a_wallbox_that_stays_away_is_told_once_until_it_is_back(ear: Ear) -> None:
    ear.state = replace(HERE, connected=False)
    ear.lasting(599)
    assert ear.kinds == []
    ear.lasting(1)
    ear.lasting(3600)
    (notice,) = ear.told
    assert notice.message.startswith("DE*BOX has had no connection for 10 minutes.")
    ear.step(HERE)
    assert ear.kinds == []


async def test_a_restart_of_the_app_is_no_absence(ear: Ear) -> None:
    ear.state = replace(HERE, connected=False, connection_changed_at=NOON - timedelta(days=1))
    ear.watch.look()
    assert ear.kinds == []


async def test_a_wallbox_that_was_never_seen_is_not_missed(ear: Ear) -> None:
    ear.state = STATE
    ear.lasting(3600)
    assert ear.kinds == []


async def test_a_refused_card_is_told_by_its_end(ear: Ear) -> None:
    def shown(status: str) -> StationState:
        card = PresentedCard(id_token="04A1B2C3D4", type="ISO14443", status=status, told_at=NOON)
        return replace(HERE, device=Device(presented_cards=(*ear.state.device.presented_cards, card)))

    ear.step(shown("Accepted"))
    assert ear.kinds == []
    ear.step(shown("Invalid"))
    ear.step(shown("Invalid"))
    (notice,) = ear.told
    assert "…C3D4" in notice.message
    assert "04A1" not in notice.message


async def test_a_report_is_told_with_where_it_lies(ear: Ear) -> None:
    ear.settings = Settings(monthly_report=MonthlyReport.BOTH)
    files = (Path("/share/bmw_wallbox/wallbox-2026-10.pdf"),)
    report = ReadyReport(
        month=date(2026, 10, 1), count=3, energy_kwh="30.000", cost="", language=Language.EN, files=files
    )
    ear.watch.on_report(report)
    ear.watch.on_report(report)
    (notice,) = ear.told
    assert notice.title == "Charging report 2026-10"
    assert "3 sessions, 30.000 kWh" in notice.message
    assert "/share/bmw_wallbox as wallbox-2026-10.pdf" in notice.message


async def test_nothing_is_told_that_nobody_wants(ear: Ear) -> None:
    ear.settings = Settings(notify_report_ready=False, monthly_report=MonthlyReport.SHARE)
    ear.step(charging())
    ear.watch.on_session(Happening.ENDED, session(1, NOON))
    ear.board.post("a", Problem(key="lasting", message="Do something."))
    ear.state = replace(HERE, connected=False)
    ear.lasting(3600)
    month = date(2026, 10, 1)
    ear.watch.on_report(
        ReadyReport(month=month, count=1, energy_kwh="1", cost="1", language=Language.EN, files=(Path("/x"),))
    )
    assert ear.kinds == []


def test_both_languages_have_words_for_every_kind() -> None:
    for words in NOTICE_WORDS.values():
        assert set(words) == set(NoticeKind)
