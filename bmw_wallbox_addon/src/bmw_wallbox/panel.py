"""What the panel may ask of the app: the registry, the links and the problems behind one face."""

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from operator import attrgetter
from typing import Any, Protocol

from bmw_wallbox.domain.admission import Knock, StationRecord, station_key
from bmw_wallbox.domain.commands import Command
from bmw_wallbox.domain.events import ProfilesForgotten
from bmw_wallbox.domain.profiles import MOVES_PROFILES
from bmw_wallbox.domain.quirk_events import QuirksChosen
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.state import Change, CommandReport, StationState
from bmw_wallbox.domain.tokens import Token
from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.errors import HomeAssistantError, NotFoundError
from bmw_wallbox.expert import Expert
from bmw_wallbox.guide import Guide
from bmw_wallbox.initial_totals import InitialTotals
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.registry import Registry
from bmw_wallbox.session_desk import SessionDesk
from bmw_wallbox.session_reports import Reports
from bmw_wallbox.signals import Signal

_SHORT_DIARY = 20  # of the latest attempts go to every open panel
_rules = attrgetter("client_ca", "client_organization")


class Edge(Protocol):
    """The OCPP listener as the panel needs it."""

    async def send(self, charge_point_id: str, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send any request and return the answer, both in OCPP's own spelling."""

    async def close(self, charge_point_id: str) -> None:
        """Close a station's connection, so that it comes back and is judged anew."""

    async def close_all(self) -> None:
        """Close every connection, so that each station is judged anew."""

    def messages(self, charge_point_id: str) -> list[dict[str, Any]]:
        """Return the station's recent frames, redacted."""

    def diary(self) -> list[dict[str, Any]]:
        """Return who tried to connect, the latest first."""

    def forgive(self) -> None:
        """Listen again to addresses that failed too often, since the owner changed something."""

    async def secure(self, settings: Settings) -> None:
        """Put the settings on certificates and ciphers in force; raise InvalidPayloadError if it fails."""


class Home(Protocol):
    """The link to Home Assistant as the panel needs it."""

    async def setup_mqtt(self) -> Mapping[str, Any]:
        """Let Home Assistant install and connect its broker."""

    async def remove(self, station_key: str | None = None) -> None:
        """Take one or all of our devices out of Home Assistant."""

    async def register_again(self) -> None:
        """Announce our devices anew."""

    async def is_admin(self, user_id: str | None) -> bool:
        """Return whether the user is an administrator."""


class Panel:
    """Implements the panel's `Backend`; stations are named by key or charge point id."""

    def __init__(
        self,
        registry: Registry,
        edge: Edge,
        home: Home | None,
        board: ProblemBoard,
        *,
        facts: Callable[[], Mapping[str, Any]],
        healthy: Callable[[], Coroutine[Any, Any, bool]],
        sessions: SessionDesk,
        guide: Guide,
        totals: InitialTotals,
        reports: Reports,
        expert: Expert,
    ) -> None:
        self._registry = registry
        self._edge = edge
        self._home = home
        self._board = board
        self._facts = facts
        self.healthy = healthy
        self.sessions = sessions
        self.session_reports = reports
        self.guide, self.expert = guide, expert
        self._totals = totals
        self._info_changes = Signal[()]()
        board.subscribe(self._info_changes.emit)
        registry.subscribe_list(self._info_changes.emit)
        guide.changes.subscribe(self._info_changes.emit)

    def info(self) -> Mapping[str, Any]:
        """Return the app's own condition."""
        until = self._registry.admissions.pairing_until
        return {
            **self._facts(),
            "pairing": None if until is None else until.isoformat(),
            "problems": list(self._board.problems),
            "diary": self._edge.diary()[:_SHORT_DIARY],
            "set_up": self.guide.finished_at is not None,
        }

    def stations(self) -> Sequence[Mapping[str, Any]]:
        """Return every station that is known, pending or blocked."""
        at_work = {resident.record.key: resident.station.state for resident in self._registry}
        known = [self._row(record, at_work.get(record.key)) for record in self._registry.admissions.records]
        taken = {record.key for record in self._registry.admissions.records}
        for knock in self._registry.admissions.knocks:
            known.append(_waiting(knock, taken))
            taken.add(str(known[-1]["key"]))
        return known

    def state(self, station: str) -> StationState:
        """Return a station's state."""
        return self._registry.resident(station).station.state

    async def approve(self, station: str) -> None:
        """Let a station in; it reconnects as such."""
        charge_point_id = self._charge_point_id(station)
        await self._registry.approve(charge_point_id)
        self._edge.forgive()
        await self._edge.close(charge_point_id)

    async def block(self, station: str) -> None:
        """Keep a station out."""
        charge_point_id = self._charge_point_id(station)
        await self._registry.block(charge_point_id)
        await self._edge.close(charge_point_id)

    async def forget(self, station: str) -> None:
        """Remove a station and what is known of it, in Home Assistant too."""
        charge_point_id = self._charge_point_id(station)
        key = next((row["key"] for row in self.stations() if row["id"] == charge_point_id), None)
        if self._home is not None and key is not None:
            await self._home.remove(key)
        await self._registry.forget(charge_point_id)
        await self._edge.close(charge_point_id)
        if key is not None:
            await self.sessions.forget(key)

    async def set_pairing(self, minutes: float) -> None:
        """Let unknown stations wait for `minutes`."""
        self._registry.admissions.set_pairing(minutes)
        self._edge.forgive()

    async def trust_password(self, station: str) -> None:
        """Take the password that a station was refused for as the right one."""
        await self._registry.passwords.trust(self._registry.resident(station).record.key)
        self._edge.forgive()

    async def set_password(self, station: str, password: str | None) -> None:
        """Fix a station's password, or with None learn the next one; it has to show it at once."""
        record = self._registry.resident(station).record
        await self._registry.passwords.set(record.key, password)
        self._edge.forgive()
        await self._edge.close(record.charge_point_id)

    async def set_initial_total(self, station: str, total_wh: int) -> None:
        """Let the total count on from what another system had counted, once."""
        await self._totals.set(self._registry.resident(station).station, total_wh)

    def diary(self) -> Sequence[Mapping[str, Any]]:
        """Return who tried to connect, the latest first."""
        return self._edge.diary()

    def execute(self, station: str, command: Command, asked_by: str) -> CommandReport:
        """Take a command."""
        return self._registry.resident(station).control.submit(command, asked_by)

    async def wait_command(self, station: str, command_id: str, timeout_s: float) -> CommandReport:
        """Return a command's report once it is final, or as it stands after `timeout_s`."""
        return await self._registry.resident(station).control.wait(command_id, timeout_s)

    def command(self, station: str, command_id: str) -> CommandReport:
        """Return a command's newest report."""
        return self._registry.resident(station).control.report(command_id)

    async def send_ocpp(self, station: str, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send any OCPP 2.0.1 request and return the station's answer; the owner's limit is then restored."""
        resident = self._registry.resident(station)
        try:
            return await self._edge.send(resident.record.charge_point_id, action, payload)
        finally:
            if action in MOVES_PROFILES:
                await resident.station.apply(ProfilesForgotten(at=resident.station.now()))

    async def choose_quirks(self, station: str, row: str | None, *, forget_learned: bool) -> None:
        """Handle a station by this row of the quirks' table from now on."""
        worker = self._registry.resident(station).station
        await worker.apply(QuirksChosen(at=worker.now(), row=row, forget_learned=forget_learned))

    def messages(self, station: str) -> list[dict[str, Any]]:
        """Return the recent OCPP frames, redacted."""
        return self._edge.messages(self._charge_point_id(station))

    def tokens(self) -> Sequence[Token]:
        """Return the token table."""
        return self._registry.tokens

    async def save_token(self, token: Token) -> None:
        """Add a token, or replace the one with the same key."""
        await self._registry.save_token(token)

    async def delete_token(self, key: str) -> None:
        """Remove a token."""
        await self._registry.delete_token(key)

    def settings(self) -> Settings:
        """Return what the owner set."""
        return self._registry.settings

    async def save_settings(self, settings: Settings) -> None:
        """Put changed settings in force and keep them; other rules at the door hold for who is in as well."""
        before = self._registry.settings
        await self._edge.secure(settings)
        try:
            await self._registry.save_settings(settings)
        finally:
            if _rules(settings) != _rules(before):
                self._edge.forgive()
                await self._edge.close_all()

    async def setup_mqtt(self) -> Mapping[str, Any]:
        """Let Home Assistant set up its broker."""
        return await self._at_home().setup_mqtt()

    async def remove_from_home_assistant(self) -> None:
        """Take our devices out of Home Assistant."""
        await self._at_home().remove()

    async def register_again(self) -> None:
        """Announce our devices anew."""
        await self._at_home().register_again()

    async def is_admin(self, user_id: str | None) -> bool:
        """Return whether a Home Assistant user is an administrator."""
        return self._home is not None and await self._home.is_admin(user_id)

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` at every change of a station's state."""
        return self._registry.subscribe(listener)

    def subscribe_info(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever `info` or `stations` has changed."""
        return self._info_changes.subscribe(listener)

    def info_changed(self) -> None:
        """Tell the listeners that `info` has changed."""
        self._info_changes.emit()

    def _charge_point_id(self, station: str) -> str:
        for row in self.stations():
            if station in (row["id"], row["key"]):
                return str(row["id"])
        raise NotFoundError("wallbox", station)

    def _row(self, record: StationRecord, state: StationState | None) -> Mapping[str, Any]:
        seen = None if state is None else state.last_message_at
        return {
            "id": record.charge_point_id,
            "key": record.key,
            "admission": record.admission,
            "simulated": record.simulated,
            "connected": state is not None and state.connected,
            "last_seen": None if seen is None else seen.isoformat(),
            "remote": None if state is None else state.remote,
            "password": self._registry.passwords.source(record.key),
            "refused_from": self._registry.passwords.refused_from(record.key),
        }

    def _at_home(self) -> Home:
        if self._home is None:
            raise HomeAssistantError("No Home Assistant is configured. Set HA_URL and HA_TOKEN.", "absent")
        return self._home


def _waiting(knock: Knock, taken: Collection[str]) -> Mapping[str, Any]:
    return {
        "id": knock.charge_point_id,
        "key": station_key(knock.charge_point_id, taken),
        "admission": Admission.PENDING,
        "simulated": False,
        "connected": False,
        "last_seen": knock.last_at.isoformat(),
        "remote": knock.remote,
        "password": "none",
        "refused_from": None,
    }
