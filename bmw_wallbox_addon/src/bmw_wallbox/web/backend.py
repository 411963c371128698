"""What the panel's server asks of the app."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from bmw_wallbox.domain.commands import Command
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.state import Change, CommandReport, StationState
from bmw_wallbox.domain.tokens import Token
from bmw_wallbox.web.expert_backend import ExpertBackend
from bmw_wallbox.web.guide_backend import GuideBackend
from bmw_wallbox.web.session_backend import ReportBackend, SessionBackend

type Unsubscribe = Callable[[], None]


class Backend(Protocol):
    """The app as the panel sees it; `station` is always a key that `stations` lists.

    Every method may raise a WallboxError, which the panel's server turns into an answer in words.
    """

    def info(self) -> Mapping[str, Any]:
        """Return the app's own condition.

        Keys: `versions`, `listeners`, `home_assistant`, `certificate`, `checks`, `pairing`, `diary` and
        `problems`, a list of Problem or of mappings with its fields.
        """

    def stations(self) -> Sequence[Mapping[str, Any]]:
        """Return every station that is known, pending or blocked.

        Keys: `id` (charge point id), `key`, `admission`, `simulated`, `connected`, `last_seen`, `remote`,
        `password` (`none`, `learned` or `set`), `refused_from` (the address of the last wrong password).
        """

    def state(self, station: str) -> StationState:
        """Return a station's state; raise NotFoundError for one that was never approved."""

    async def approve(self, station: str) -> None:
        """Let a station in from now on."""

    async def block(self, station: str) -> None:
        """Keep a station out from now on."""

    async def forget(self, station: str) -> None:
        """Remove a station and what is known of it."""

    async def set_pairing(self, minutes: float) -> None:
        """Let unknown stations wait as pending for `minutes`; 0 ends it."""

    async def trust_password(self, station: str) -> None:
        """Take the password that a station was refused for; raise NotFoundError where none was."""

    async def set_password(self, station: str, password: str | None) -> None:
        """Fix a station's password, or with None learn the next one that it brings."""

    async def set_initial_total(self, station: str, total_wh: int) -> None:
        """Let the total count on from what another system had counted; possible once."""

    def diary(self) -> Sequence[Mapping[str, Any]]:
        """Return who tried to connect, the latest first."""

    def execute(self, station: str, command: Command, asked_by: str) -> CommandReport:
        """Take a command and return its first report at once."""

    async def wait_command(self, station: str, command_id: str, timeout_s: float) -> CommandReport:
        """Return a command's report once it is final, or as it stands after `timeout_s`."""

    def command(self, station: str, command_id: str) -> CommandReport:
        """Return a command's newest report; raise NotFoundError for one that is unknown or too old."""

    async def send_ocpp(self, station: str, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send any OCPP 2.0.1 request and return the station's answer.

        Raises:
            InvalidPayloadError: the payload does not fit the action's schema.
            StationOfflineError, CallTimeoutError, CallRefusedError: there is no answer, or an error.

        """

    async def choose_quirks(self, station: str, row: str | None, *, forget_learned: bool) -> None:
        """Handle a station by this row of the quirks' table, with None by the one that fits."""

    def messages(self, station: str) -> list[dict[str, Any]]:
        """Return the recent OCPP frames, redacted, oldest first."""

    def tokens(self) -> Sequence[Token]:
        """Return the token table."""

    async def save_token(self, token: Token) -> None:
        """Add a token, or replace the one with the same key."""

    async def delete_token(self, key: str) -> None:
        """Remove a token; raise NotFoundError for an unknown key."""

    @property
    def sessions(self) -> SessionBackend:
        """Return what answers for the charging sessions."""

    @property
    def session_reports(self) -> ReportBackend:
        """Return what makes reports on them."""

    @property
    def expert(self) -> ExpertBackend:
        """Return what answers for the expert page."""

    @property
    def guide(self) -> GuideBackend:
        """Return what answers for the set-up guide."""

    def settings(self) -> Settings:
        """Return what the owner set."""

    async def save_settings(self, settings: Settings) -> None:
        """Put changed settings in force and keep them."""

    async def setup_mqtt(self) -> Mapping[str, Any]:
        """Let Home Assistant install and connect its MQTT broker; return how far that got."""

    async def remove_from_home_assistant(self) -> None:
        """Take our devices and entities out of Home Assistant."""

    async def register_again(self) -> None:
        """Announce our devices and entities to Home Assistant anew."""

    async def healthy(self) -> bool:
        """Return whether the store answers."""

    async def is_admin(self, user_id: str | None) -> bool:
        """Return whether a Home Assistant user is an administrator; False for one who is not known."""

    def subscribe(self, listener: Callable[[Change], None]) -> Unsubscribe:
        """Call `listener` at every change of a station's state; return what ends that."""

    def subscribe_info(self, listener: Callable[[], None]) -> Unsubscribe:
        """Call `listener` whenever `info` or `stations` has changed; return what ends that."""
