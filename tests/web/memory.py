"""The app behind the panel, held in memory: it does as told and remembers what it was told."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bmw_wallbox.domain.commands import (
    Command,
    SetCurrentLimit,
    SetLedBrightness,
    StartCharging,
    StopCharging,
)
from bmw_wallbox.domain.learning import Learned
from bmw_wallbox.domain.ledger import Ledger
from bmw_wallbox.domain.periods import Bucket
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.state import (
    Change,
    CommandReport,
    Connector,
    DesiredState,
    Facts,
    Meter,
    StationState,
    Transaction,
)
from bmw_wallbox.domain.tokens import Token
from bmw_wallbox.domain.vocabulary import Admission, ChargingState, ConnectorStatus, Outcome
from bmw_wallbox.errors import HomeAssistantError, NotFoundError, WallboxError
from bmw_wallbox.web.session_backend import ReportBackend, SessionBackend
from tests.web.memory_expert import MemoryExpert

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
ID = "DE*BMW*ETEST1234567890AB"
KEY = "debmwetest1234567890ab"
ADMIN = "4d7c5e2f"


class FixedClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW

    def monotonic_s(self) -> float:
        return 0


def charging_state(**changes: Any) -> StationState:  # noqa: ANN401  # any field
    """Return a wallbox that charges a car with 7.4 kW."""
    state = StationState(
        key=KEY,
        charge_point_id=ID,
        connected=True,
        connection_changed_at=NOW,
        last_message_at=NOW,
        desired=DesiredState(limit_a=16),
        facts=Facts(vendor="BMW", model="EIAW-E22KTSE6B04", serial="S1", firmware="1.2.3"),
        connector=Connector(status=ConnectorStatus.OCCUPIED, reported_at=NOW),
        transaction=Transaction(
            id="tx-1", started_at=NOW, charging_state=ChargingState.CHARGING, authorized=True
        ),
        meter=Meter(
            power_w=7360,
            current_a=10.7,
            current_l1_a=10.7,
            current_l2_a=10.6,
            current_l3_a=10.7,
            voltage_v=230,
            phases_used=3,
        ),
        ledger=Ledger(
            total_wh=1_284_500,
            session_wh=8_420,
            register_wh=8_420,
            daily=Bucket(energy_wh=8_420),
            weekly=Bucket(energy_wh=21_300),
            monthly=Bucket(energy_wh=164_900),
            yearly=Bucket(energy_wh=1_284_500),
        ),
    )
    return replace(state, **changes)


@dataclass(slots=True, kw_only=True)
class MemoryGuide:
    """The set-up guide of a house whose certificate is sound."""

    finished_at: datetime | None = NOW
    hosts: list[dict[str, Any]] = field(
        default_factory=lambda: [{"name": "wallbox.example.org", "source": "home_assistant", "covered": True}]
    )
    port: int | None = 9000
    port_known: bool = True
    tls: bool = True
    verdict: dict[str, Any] = field(default_factory=dict)
    """What a check answers, beyond what a sound house would."""
    checked: list[str] = field(default_factory=list)

    async def finish(self, *, finished: bool) -> None:
        self.finished_at = NOW if finished else None

    async def address(self) -> Mapping[str, Any]:
        return {"hosts": self.hosts, "port": self.port, "port_known": self.port_known, "tls": self.tls}

    async def check(self, host: str) -> Mapping[str, Any]:
        self.checked.append(host)
        return {
            "host": host,
            "covered": True,
            "tls": {"ok": True, "cause": "trusted", "detail": "TLSv1.3"},
            "lookup": {"ok": True, "cause": "found", "addresses": ["192.168.1.2"]},
            **self.verdict,
        }


@dataclass(slots=True, kw_only=True)
class MemoryBackend:
    """Implements the panel's Backend; `calls` lists what was asked of it."""

    present_settings: Settings = field(default_factory=Settings)
    states: dict[str, StationState] = field(default_factory=lambda: {KEY: charging_state()})
    admissions: dict[str, Admission] = field(default_factory=lambda: {ID: Admission.APPROVED})
    problems: list[Problem] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """From where a wrong password came, by charge point id."""
    more_info: dict[str, Any] = field(default_factory=dict)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    """The diary."""
    table: dict[str, Token] = field(default_factory=dict)
    calls: list[tuple[object, ...]] = field(default_factory=list)
    reports: dict[str, CommandReport] = field(default_factory=dict)
    final: Outcome = Outcome.APPLIED
    """What becomes of the next commands."""
    final_message: str = "The wallbox confirmed it."
    decided: asyncio.Event = field(default_factory=asyncio.Event)
    """Commands stay pending until this is set."""
    mqtt_ready: asyncio.Event = field(default_factory=asyncio.Event)
    """MQTT is being set up until this is set."""
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the wallbox answers to raw requests, by action."""
    error: Exception | None = None
    """Raised by the next calls to a station."""
    is_healthy: bool = True
    knows_users: bool = True
    """False plays a Home Assistant that cannot be asked who is an administrator."""
    listeners: list[Callable[[Change], None]] = field(default_factory=list)
    info_listeners: list[Callable[[], None]] = field(default_factory=list)
    guide: MemoryGuide = field(default_factory=MemoryGuide)
    expert: MemoryExpert = field(default_factory=MemoryExpert)
    desk: SessionBackend | None = None
    """The sessions, for the tests that want some."""
    reporter: ReportBackend | None = None
    """The reports, likewise."""

    def __post_init__(self) -> None:
        self.decided.set()
        self.mqtt_ready.set()

    def info(self) -> Mapping[str, Any]:
        return {
            "versions": {"app": "0.1.0"},
            "listeners": {"ocpp": {"port": 9000, "tls": True}},
            "home_assistant": {"connected": True},
            "certificate": None,
            "problems": self.problems,
            "diary": self.attempts,
            "set_up": self.guide.finished_at is not None,
            **self.more_info,
        }

    def stations(self) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "id": charge_point_id,
                "key": key_of(charge_point_id),
                "admission": admission,
                "simulated": False,
                "connected": admission is not Admission.BLOCKED,
                "last_seen": NOW,
                "remote": "192.168.1.50",
                "password": "learned" if admission is Admission.APPROVED else "none",
                "refused_from": self.refused.get(charge_point_id),
            }
            for charge_point_id, admission in self.admissions.items()
        ]

    def state(self, station: str) -> StationState:
        if station not in self.states:
            raise NotFoundError("station", station)
        return self.states[station]

    async def approve(self, station: str) -> None:
        self.calls.append(("approve", station))
        self._admit(station, Admission.APPROVED)

    async def block(self, station: str) -> None:
        self.calls.append(("block", station))
        self._admit(station, Admission.BLOCKED)

    async def forget(self, station: str) -> None:
        self.calls.append(("forget", station))
        self.states.pop(station, None)
        self.admissions = {id_: known for id_, known in self.admissions.items() if key_of(id_) != station}
        self.inform()

    async def set_pairing(self, minutes: float) -> None:
        self.calls.append(("pairing", minutes))

    async def trust_password(self, station: str) -> None:
        self.calls.append(("trust_password", station))
        self.refused.clear()
        self.problems = [problem for problem in self.problems if problem.action != "trust_password"]
        self.inform()

    async def set_password(self, station: str, password: str | None) -> None:
        self.calls.append(("set_password", station, password))

    async def set_initial_total(self, station: str, total_wh: int) -> None:
        self.calls.append(("set_initial_total", station, total_wh))

    def diary(self) -> Sequence[Mapping[str, Any]]:
        return self.attempts

    def execute(self, station: str, command: Command, asked_by: str) -> CommandReport:
        self.calls.append(("execute", station, command, asked_by))
        if self.error is not None:
            raise self.error
        report = CommandReport(
            id=f"c{len(self.reports) + 1}",
            command=command.name,
            outcome=Outcome.PENDING,
            message="The wallbox is being asked.",
            value=_value_of(command),
            asked_by=asked_by,
            asked_at=NOW,
            changed_at=NOW,
        )
        self.reports[report.id] = report
        self.become(replace(self.state(station), last_command=report))
        return report

    async def wait_command(self, station: str, command_id: str, timeout_s: float) -> CommandReport:
        try:
            async with asyncio.timeout(timeout_s):
                await self.decided.wait()
        except TimeoutError:
            return self.reports[command_id]
        report = replace(self.reports[command_id], outcome=self.final, message=self.final_message)
        self.reports[command_id] = report
        state = replace(self.state(station), last_command=report)
        if report.outcome is Outcome.APPLIED:
            state = replace(state, desired=self._wish(state.desired, report))
        self.become(state)
        return report

    def command(self, station: str, command_id: str) -> CommandReport:
        if station not in self.states or command_id not in self.reports:
            raise NotFoundError("command", command_id)
        return self.reports[command_id]

    async def send_ocpp(self, station: str, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(("ocpp", station, action, payload))
        if self.error is not None:
            raise self.error
        return self.answers.get(action, {"status": "Accepted"})

    async def choose_quirks(self, station: str, row: str | None, *, forget_learned: bool) -> None:
        self.calls.append(("choose_quirks", station, row, forget_learned))
        state = self.state(station)
        learned = Learned() if forget_learned else state.learned
        self.become(replace(state, quirk_row=row, learned=learned))

    def messages(self, station: str) -> list[dict[str, Any]]:
        return self.expert.frames.to_json(next(id_ for id_ in self.admissions if key_of(id_) == station))

    @property
    def sessions(self) -> SessionBackend:
        if self.desk is None:
            raise NotFoundError("session", "any")
        return self.desk

    @property
    def session_reports(self) -> ReportBackend:
        if self.reporter is None:
            raise NotFoundError("report", "any")
        return self.reporter

    def settings(self) -> Settings:
        return self.present_settings

    async def save_settings(self, settings: Settings) -> None:
        self.present_settings = settings

    def tokens(self) -> Sequence[Token]:
        return list(self.table.values())

    async def save_token(self, token: Token) -> None:
        self.table[token.key] = token

    async def delete_token(self, key: str) -> None:
        del self.table[key]

    async def setup_mqtt(self) -> Mapping[str, Any]:
        self.calls.append(("setup_mqtt",))
        await self.mqtt_ready.wait()
        return {"message": "MQTT is ready."}

    async def remove_from_home_assistant(self) -> None:
        self.calls.append(("remove",))

    async def register_again(self) -> None:
        self.calls.append(("register_again",))

    async def healthy(self) -> bool:
        if isinstance(self.error, WallboxError):
            raise self.error
        return self.is_healthy

    async def is_admin(self, user_id: str | None) -> bool:
        if not self.knows_users:
            raise HomeAssistantError("Home Assistant is not there.")
        return user_id == ADMIN

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def subscribe_info(self, listener: Callable[[], None]) -> Callable[[], None]:
        self.info_listeners.append(listener)
        return lambda: self.info_listeners.remove(listener)

    def become(self, after: StationState) -> None:
        """Replace a station's state and tell everybody."""
        before = self.states.get(after.key, after)
        self.states[after.key] = after
        for listener in tuple(self.listeners):
            listener(Change(before, after, "test"))

    def inform(self) -> None:
        """Say that the app's own condition changed."""
        for listener in tuple(self.info_listeners):
            listener()

    def _admit(self, station: str, admission: Admission) -> None:
        for charge_point_id in self.admissions:
            if key_of(charge_point_id) == station:
                self.admissions[charge_point_id] = admission
                if admission is Admission.APPROVED and station not in self.states:
                    self.states[station] = charging_state(key=station, charge_point_id=charge_point_id)
        self.inform()

    def _wish(self, desired: DesiredState, report: CommandReport) -> DesiredState:
        match report.command:
            case StartCharging.name:
                return replace(desired, charging_allowed=True)
            case StopCharging.name:
                return replace(desired, charging_allowed=False)
            case SetCurrentLimit.name:
                return replace(desired, limit_a=float(report.value or 0))
            case _:
                return desired


def _value_of(command: Command) -> str | None:
    match command:
        case SetCurrentLimit():
            return f"{command.limit_a:g}"
        case SetLedBrightness():
            return str(command.percent)
        case _:
            return None


def key_of(charge_point_id: str) -> str:
    """Return the key that the app gives a station."""
    return "".join(char for char in charge_point_id.lower() if char.isascii() and char.isalnum())
