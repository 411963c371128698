"""Home Assistant as its owner sees it: every state the moment it changes, the registries, the controls."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Self

import aiohttp

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.client import Backoff, HomeAssistantClient
from bmw_wallbox.hass.endpoint import choose_endpoint
from tests.homeassistant.core_process import CoreProcess

_QUICK = Backoff(first_s=0.1, longest_s=0.5)
_PATIENCE_S = 30.0
# A command may wait half a minute for its proof.
_PROOF_S = 45.0
_REGISTRY_EVENTS = frozenset({"entity_registry_updated", "device_registry_updated"})

type State = dict[str, Any]


class Owner:
    """Follows one wallbox in one Core, over that Core's restarts; entities are named by our keys.

    Without a connection nothing is known: what is awaited is always what Core holds now.
    """

    def __init__(self, client: HomeAssistantClient, station_key: str) -> None:
        self.call = client.call
        self._station_key = station_key
        self._states: dict[str, State] = {}
        self._entity_ids: dict[str, str] = {}
        self._registry_changed = True
        self._acted_at = datetime.now(UTC)
        self._happened = asyncio.Event()
        self._client = client
        client.on_connected(self._connected)
        client.on_status(lambda _status: self._forget())

    @classmethod
    @asynccontextmanager
    async def watching(
        cls, session: aiohttp.ClientSession, core: CoreProcess, station_key: str
    ) -> AsyncIterator[Self]:
        """Watch a Core for as long as the block lasts."""
        endpoint = choose_endpoint({"HA_URL": core.url, "HA_TOKEN": core.token})
        assert endpoint is not None
        client = HomeAssistantClient(session, endpoint, backoff=_QUICK)
        owner = cls(client, station_key)
        task = asyncio.create_task(client.run())
        try:
            yield owner
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def until[T](self, look: Callable[[], Awaitable[T]], timeout_s: float = _PATIENCE_S) -> T:
        """Look after every event of Core, and return the first thing seen that is true."""
        async with asyncio.timeout(timeout_s):
            while True:
                self._happened.clear()
                with suppress(HomeAssistantError):
                    if seen := await look():
                        return seen
                await self._happened.wait()

    async def sees(
        self, key: str, wanted: str | Callable[[State], object], timeout_s: float = _PATIENCE_S
    ) -> State:
        """Return an entity's state once it is as wanted."""

        async def look() -> State | None:
            state = await self.state(key)
            fits = state and (state["state"] == wanted if isinstance(wanted, str) else wanted(state))
            return state if fits else None

        try:
            found = await self.until(look, timeout_s)
        except TimeoutError:
            raise AssertionError(f"{key} stayed {await self.state(key)}") from None
        assert found is not None
        return found

    async def state(self, key: str) -> State | None:
        """Return an entity's present state, None while it has none."""
        return self._states.get((await self.entity_ids()).get(key, ""))

    async def states(self) -> dict[str, str]:
        """Return the present states of all our entities that have one, by key."""
        entity_ids = await self.entity_ids()
        return {key: self._states[id_]["state"] for key, id_ in entity_ids.items() if id_ in self._states}

    async def number(self, key: str) -> float:
        """Return what an entity shows, as a number."""
        state = await self.sees(key, is_number)
        return float(state["state"])

    async def entity_ids(self) -> dict[str, str]:
        """Return the entity ids of our device by key."""
        start = f"bmw_wallbox_{self._station_key}_"
        while self._registry_changed:
            self._registry_changed = False
            listed = await self.call("config/entity_registry/list")
            self._entity_ids = {
                entry["unique_id"].removeprefix(start): entry["entity_id"]
                for entry in listed
                if str(entry["unique_id"]).startswith(start)
            }
        return self._entity_ids

    async def device(self) -> dict[str, Any] | None:
        """Return our device, None while there is none."""
        listed = await self.call("config/device_registry/list")
        wanted = ["mqtt", f"bmw_wallbox_{self._station_key}"]
        return next((device for device in listed if wanted in device["identifiers"]), None)

    async def act(self, action: str, key: str, **data: object) -> None:
        """Perform an action such as `switch.turn_on` on an entity."""
        await self.perform(action, entity_id=(await self.entity_ids())[key], **data)

    async def perform(self, action: str, **data: object) -> None:
        """Perform any action of Home Assistant."""
        domain, _, service = action.partition(".")
        self._acted_at = datetime.now(UTC)
        await self.call("call_service", domain=domain, service=service, service_data=data)

    async def press(self, key: str) -> None:
        """Press a button."""
        await self.act("button.press", key)

    async def learns(self, outcome: str, command: str) -> str:
        """Return the words about the command that was given last, once this became of it."""

        def fits(state: State) -> bool:
            told = state["attributes"]
            newer = told["asked_at"] and datetime.fromisoformat(told["asked_at"]) >= self._acted_at
            return bool((state["state"], told["command"]) == (outcome, command) and newer)

        state = await self.sees("last_command_result", fits, _PROOF_S)
        return str(state["attributes"]["message"])

    async def delete_device(self) -> None:
        """Delete our device, as the button on its page does, and see it go."""
        device = await self.device()
        assert device is not None
        await self.call(
            "config/device_registry/remove_config_entry",
            config_entry_id=device["primary_config_entry"],
            device_id=device["id"],
        )
        await self.until(self.sees_nothing)

    async def sees_nothing(self) -> bool:
        """Return whether neither our device nor one of our entities is left."""
        return await self.device() is None and not await self.entity_ids()

    async def _connected(self) -> None:
        await self._client.subscribe("subscribe_events", self._event)
        for state in await self.call("get_states"):
            self._states.setdefault(state["entity_id"], state)
        self._happened.set()

    def _forget(self) -> None:
        self._states.clear()
        self._registry_changed = True
        self._happened.set()

    def _event(self, event: dict[str, Any]) -> None:
        data = event["data"]
        if event["event_type"] == "state_changed":
            if data["new_state"] is None:
                self._states.pop(data["entity_id"], None)
            else:
                self._states[data["entity_id"]] = data["new_state"]
        elif event["event_type"] in _REGISTRY_EVENTS:
            self._registry_changed = True
        self._happened.set()


def is_number(state: State) -> bool:
    """Tell whether a state shows a number."""
    return state["state"] not in {"unknown", "unavailable", ""}
