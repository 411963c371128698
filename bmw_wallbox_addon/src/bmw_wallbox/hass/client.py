"""The lasting link to Home Assistant: connects, reconnects, and says in words how it stands."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.connection import Connection, EventCallback, open_connection
from bmw_wallbox.hass.endpoint import Endpoint

_LOGGER = logging.getLogger(__name__)

_CALL_TIMEOUT_S = 15.0
_PING_EVERY_S = 30.0
_STARTED_POLL_S = 1.0
_SOON_BACK = frozenset({"core_starting", "cannot_connect"})
_SOON_BACK_S = 4.0


class LinkState(StrEnum):
    """How the link to Home Assistant stands."""

    ABSENT = "absent"
    CONNECTING = "connecting"
    CORE_STARTING = "core_starting"
    UNAUTHORIZED = "unauthorized"
    CONNECTED = "connected"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStatus:
    """The link in one value, for the panel.

    Attributes:
        ha_version: Home Assistant's version, once it was heard.
        message: What is the matter and what to do, in words; empty while connected.
    """

    state: LinkState
    ha_version: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """The pauses between attempts, doubling from the first to the longest, in seconds."""

    first_s: float = 1.0
    longest_s: float = 60.0

    def after(self, previous_s: float | None) -> float:
        """Return the pause that follows the previous one; None is the beginning."""
        return self.first_s if previous_s is None else min(previous_s * 2, self.longest_s)


ABSENT = LinkStatus(
    state=LinkState.ABSENT,
    message="No Home Assistant is configured. Set HA_URL and HA_TOKEN to get entities.",
)

_STATE_BY_CODE = {"core_starting": LinkState.CORE_STARTING, "auth_invalid": LinkState.UNAUTHORIZED}
_REFUSED_BY_SUPERVISOR = (
    "Home Assistant refuses this app's token. Restart the app; if that is not enough, Home Assistant."
)
_REFUSED_BY_CORE = (
    "Home Assistant refuses HA_TOKEN. Create a long-lived access token of an administrator and set it."
)

type ConnectedHook = Callable[[], Awaitable[None]]
type StatusListener = Callable[[LinkStatus], None]


class HomeAssistantClient:
    """Commands and subscriptions over a link that comes back by itself.

    Args:
        session: Carries the socket; belongs to the caller.
        endpoint: Where Home Assistant is.
        backoff: The pauses between attempts.
    """

    def __init__(
        self, session: aiohttp.ClientSession, endpoint: Endpoint, *, backoff: Backoff | None = None
    ) -> None:
        self._session = session
        self._endpoint = endpoint
        self._backoff = backoff or Backoff()
        self._hooks: list[ConnectedHook] = []
        self._listeners: list[StatusListener] = []
        self._connection: Connection | None = None
        self._status = LinkStatus(state=LinkState.CONNECTING, message="Connecting to Home Assistant.")
        self._logged: str | None = None

    @property
    def status(self) -> LinkStatus:
        """How the link stands now."""
        return self._status

    def on_connected(self, hook: ConnectedHook) -> None:
        """Have the hook run as a task at every connection; it is cancelled when that one ends.

        Subscriptions do not outlive a connection: a hook is where they are made anew.
        """
        self._hooks.append(hook)

    def on_status(self, listener: StatusListener) -> None:
        """Have the listener called with every change of the status."""
        self._listeners.append(listener)

    async def call(self, command: str, *, timeout_s: float = _CALL_TIMEOUT_S, **fields: object) -> Any:  # noqa: ANN401 (JSON)
        """Send a WebSocket command and return its result.

        Raises:
            HomeAssistantError: `not_connected`, `timeout`, `connection_lost`, or Home Assistant's own
                code (the translation key where it sends one).
        """
        return await self._connected().call(command, fields, timeout_s)

    async def subscribe(
        self, command: str, callback: EventCallback, *, timeout_s: float = _CALL_TIMEOUT_S, **fields: object
    ) -> None:
        """Send a subscribing command; the callback gets its events while this connection lasts.

        Raises:
            HomeAssistantError: As `call`.
        """
        await self._connected().subscribe(command, fields, callback, timeout_s)

    async def run(self) -> None:
        """Keep the link up until cancelled; the only task that opens and closes connections."""
        pause_s: float | None = None
        try:
            while True:
                was_connected, error = await self._connect_once()
                self._report_failure(error)
                pause_s = self._backoff.after(None if was_connected else pause_s)
                if error.code == "auth_invalid":
                    # Home Assistant may ban an address that keeps showing a wrong token.
                    pause_s = self._backoff.longest_s
                elif error.code in _SOON_BACK:
                    # Until we are back, nobody hears what is asked of the wallbox in Home Assistant.
                    pause_s = min(pause_s, _SOON_BACK_S)
                await asyncio.sleep(pause_s)
        finally:
            self._connection = None

    async def _connect_once(self) -> tuple[bool, HomeAssistantError]:
        """Use up one connection; return whether it served, and why it ended."""
        try:
            async with await open_connection(self._session, self._endpoint) as connection:
                return await self._serve(connection)
        except HomeAssistantError as error:
            return False, error

    async def _serve(self, connection: Connection) -> tuple[bool, HomeAssistantError]:
        ended = HomeAssistantError("The connection to Home Assistant closed.", "connection_lost")
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(connection.read())
                tasks.create_task(self._attend(connection, tasks))
        except* HomeAssistantError as group:
            ended = _first(group)
        served, self._connection = self._connection is not None, None
        return served, ended

    async def _attend(self, connection: Connection, tasks: asyncio.TaskGroup) -> None:
        """Wait until Core has started, start the hooks, then check the line for ever."""
        version = await self._wait_until_started(connection)
        self._connection = connection
        self._report(LinkStatus(state=LinkState.CONNECTED, ha_version=version), "connected")
        for hook in self._hooks:
            tasks.create_task(_guarded(hook))
        while True:
            await asyncio.sleep(_PING_EVERY_S)
            await connection.call("ping", {}, _CALL_TIMEOUT_S)

    async def _wait_until_started(self, connection: Connection) -> str | None:
        """Return Core's version when it is RUNNING; the Supervisor's proxy lets nobody in earlier anyway."""
        while True:
            config = await connection.call("get_config", {}, _CALL_TIMEOUT_S)
            if not isinstance(config, dict) or config.get("state", "RUNNING") == "RUNNING":
                told = config.get("version") if isinstance(config, dict) else None
                return str(told or connection.ha_version) or None
            self._report_failure(HomeAssistantError("Home Assistant Core is starting.", "core_starting"))
            await asyncio.sleep(_STARTED_POLL_S)

    def _connected(self) -> Connection:
        if self._connection is None:
            raise HomeAssistantError(self._status.message or "Home Assistant is away.", "not_connected")
        return self._connection

    def _report_failure(self, error: HomeAssistantError) -> None:
        message = str(error)
        if error.code == "auth_invalid":
            message = _REFUSED_BY_SUPERVISOR if self._endpoint.supervisor_url else _REFUSED_BY_CORE
        self._report(
            LinkStatus(
                state=_STATE_BY_CODE.get(error.code, LinkState.CONNECTING),
                ha_version=self._status.ha_version,
                message=message,
            ),
            error.code,
        )

    def _report(self, status: LinkStatus, reason: str) -> None:
        """Keep the status and tell the listeners; log a change of reason, not every attempt."""
        if reason != self._logged:
            self._logged = reason
            if status.state is LinkState.CONNECTED:
                _LOGGER.info("Connected to Home Assistant %s", status.ha_version)
            elif status.state is LinkState.CORE_STARTING:
                _LOGGER.info("Home Assistant Core is starting; waiting for it")
            else:
                _LOGGER.warning("No link to Home Assistant: %s", status.message)
        if status != self._status:
            self._status = status
            for listener in self._listeners:
                listener(status)


async def _guarded(hook: ConnectedHook) -> None:
    try:
        await hook()
    except HomeAssistantError as error:
        _LOGGER.warning("A task over the link to Home Assistant ended: %s", error)
    except Exception:
        # That task is gone until the next connection; the link and all other tasks go on.
        _LOGGER.exception("A task over the link to Home Assistant failed")


def _first(group: BaseExceptionGroup[HomeAssistantError]) -> HomeAssistantError:
    """Return the first error of the group."""
    first = group.exceptions[0]
    return first if isinstance(first, HomeAssistantError) else _first(first)
