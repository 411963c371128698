"""The app's side of the link to Home Assistant: its parts, its problems, and what the panel asks of it."""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from bmw_wallbox.alarms import Alarms
from bmw_wallbox.bookkeeping import Bookkeeping
from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.commands import Command
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.addresses import ShownPort, host_names, published_port
from bmw_wallbox.hass.client import HomeAssistantClient, LinkState, LinkStatus
from bmw_wallbox.hass.endpoint import Endpoint
from bmw_wallbox.hass.mqtt import MqttTransport
from bmw_wallbox.hass.mqtt_setup import set_up_mqtt
from bmw_wallbox.hass.publisher import Publisher
from bmw_wallbox.hass.rest import RestClient
from bmw_wallbox.hass.transport import TransportState, TransportStatus
from bmw_wallbox.home_memory import StoredMemory
from bmw_wallbox.notifications import Delivery
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.registry import Registry
from bmw_wallbox.session_link import SessionLink
from bmw_wallbox.signals import Signal
from bmw_wallbox.storage.store import Store
from bmw_wallbox.tasks import keep_running

_LOGGER = logging.getLogger(__name__)
_ADMINS_S = 60.0
_BRIDGE_FILE = "bridge_topic"


class HomeLink:
    """Connects the stations with one Home Assistant; `run` is its task."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        endpoint: Endpoint,
        *,
        registry: Registry,
        books: Bookkeeping,
        store: Store,
        board: ProblemBoard,
        clock: Clock,
        app_version: str,
        data: Path,
    ) -> None:
        self._registry, self._board, self._clock = registry, board, clock
        self._bridge_file = data / _BRIDGE_FILE
        self._client = HomeAssistantClient(session, endpoint)
        self._rest = RestClient(session, endpoint.rest_url, endpoint.token)
        supervisor = endpoint.supervisor_url
        self._supervisor = RestClient(session, supervisor, endpoint.token) if supervisor else None
        self._transport = MqttTransport(self._client, self._rest)
        self.delivery = Delivery(self._client, board, lambda: registry.settings.notify_target)
        """Where notifications go."""
        self._alarms = Alarms(self.delivery, board, lambda: registry.settings.notify_limit_broken)
        self._publisher = Publisher(
            self._transport,
            subscribe=registry.subscribe,
            execute=self._execute,
            memory=StoredMemory(store),
            clock=clock,
            app_version=app_version,
            token_names=self._token_names,
        )
        self._admins, self._admins_until_s = frozenset[str](), 0.0
        self._setup_text = self._setup_step = ""
        self._residents_changed = asyncio.Event()
        self.changes = Signal[()]()
        self._sessions = SessionLink(self._client, self._publisher, registry, books, board=board, clock=clock)
        self._client.on_status(self._link_changed)
        self._transport.on_status(self._transport_changed)

    def facts(self) -> Mapping[str, Any]:
        """Return the link's condition for `api/info`."""
        link, transport = self._client.status, self._transport.status
        return {
            "state": link.state,
            "version": link.ha_version,
            "message": link.message or transport.message,
            "mqtt": transport.state,
            "mqtt_setup": self._setup_text,
            "mqtt_setup_step": self._setup_step,
        }

    async def run(self) -> None:
        """Keep link and publisher at work until cancelled."""
        unsubscribe = self._registry.subscribe_list(self._welcome)
        self._welcome()
        try:
            async with asyncio.TaskGroup() as tasks:
                for name, work in (
                    ("Home Assistant link", self._client.run),
                    ("Publisher", self._publisher.run),
                    ("Bridge file", self._keep_bridge_file),
                    ("Alarms", self._alarms.run),
                ):
                    tasks.create_task(keep_running(name, work), name=name)
        finally:
            unsubscribe()

    async def stop(self) -> None:
        """Tell Home Assistant that the app is going; the link must still be up."""
        await self._publisher.stop()
        await asyncio.to_thread(self._bridge_file.unlink, missing_ok=True)

    async def setup_mqtt(self) -> Mapping[str, Any]:
        """Let Home Assistant install, start and connect its Mosquitto broker.

        Raises:
            HomeAssistantError: it did not work; the text says what to do.

        """
        try:
            async for progress in set_up_mqtt(self._client, self._rest):
                self._tell_setup(progress.step, progress.message)
        except HomeAssistantError as error:
            self._tell_setup("failed", str(error))
            raise
        return {"message": self._setup_text}

    def _tell_setup(self, step: str, message: str) -> None:
        self._setup_step, self._setup_text = step, message
        self.changes.emit()
        _LOGGER.info("MQTT set-up: %s", message)

    async def host_names(self) -> tuple[str, ...]:
        """Return the host names in Home Assistant's own addresses."""
        return await host_names(self._client)

    async def published_port(self, port: int) -> ShownPort:
        """Return where the host shows a port of ours."""
        return await published_port(self._supervisor, port)

    async def remove(self, station_key: str | None = None) -> None:
        """Take one device out of Home Assistant for good, or all until they register again.

        Raises:
            HomeAssistantError: it did not get through.

        """
        if station_key is None:
            await self._publisher.remove()
        else:
            await self._publisher.forget(station_key)

    async def register_again(self) -> None:
        """Announce every device anew."""
        self._publisher.register_again()

    async def is_admin(self, user_id: str | None) -> bool:
        """Return whether a Home Assistant user is an administrator; asked anew after a minute."""
        if user_id is None:
            return False
        if self._clock.monotonic_s() >= self._admins_until_s:
            try:
                users = await self._client.call("config/auth/list")
            except HomeAssistantError as err:
                _LOGGER.warning("Who is an administrator could not be asked: %s", err)
                return False
            self._admins = frozenset(
                user["id"]
                for user in users
                if user.get("is_owner") or "system-admin" in user.get("group_ids", ())
            )
            self._admins_until_s = self._clock.monotonic_s() + _ADMINS_S
        return user_id in self._admins

    def _token_names(self) -> Mapping[str, str]:
        return {token.id_token.lower(): token.name for token in self._registry.tokens if token.name}

    def _execute(self, station: str, command: Command, asked_by: str) -> object:
        return self._registry.resident(station).control.submit(command, asked_by)

    def _welcome(self) -> None:
        """Give every station at work a device."""
        for resident in self._registry:
            self._publisher.add(resident.station.state)
        self._residents_changed.set()

    async def _keep_bridge_file(self) -> None:
        """Keep the list of topics where the crash script says `offline`."""
        while True:
            self._residents_changed.clear()
            topics = "".join(f"{topic}\n" for topic in self._publisher.bridge_topics)
            try:
                await asyncio.to_thread(self._bridge_file.write_text, topics, encoding="utf-8")
            except OSError as err:
                _LOGGER.warning("The topics for the crash script could not be written: %s", err.strerror)
            await self._residents_changed.wait()

    def _link_changed(self, status: LinkStatus) -> None:
        problems = []
        if status.state is LinkState.UNAUTHORIZED:
            problems.append(Problem(key="home_assistant_unauthorized", message=status.message))
        elif status.state is not LinkState.CONNECTED:
            problems.append(Problem(key="home_assistant_unreachable", message=status.message))
        self._board.post("home_assistant", *problems, said=True)
        self.changes.emit()

    def _transport_changed(self, status: TransportStatus) -> None:
        problems = []
        if status.state not in (TransportState.READY, TransportState.LINK_DOWN):
            action = "setup_mqtt" if status.state is TransportState.NOT_SET_UP else None
            problems.append(Problem(key=f"mqtt_{status.state}", message=status.message, action=action))
        self._board.post("mqtt", *problems, said=True)
        self.changes.emit()
