"""How long a measured value takes from the wallbox's socket to Home Assistant's state machine."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.bench.core import home_assistant
from tests.bench.messages import power_w
from tests.bench.process import Server, app_command
from tests.bench.table import Row, Rows, percentile
from tests.bench.wallbox import CHARGE_POINT_ID, Wallbox
from tests.fakes.supervisor import CoreAddress, FakeSupervisor
from tests.homeassistant.core_process import CoreProcess
from tests.support.certificate import self_signed

_NOTES = (
    "a real Home Assistant Core and a real Mosquitto behind a Supervisor's proxy, wss from the wallbox;",
    "one value at a time, 0.3 s apart: the app merges states that follow each other within 0.2 s",
)
_EVENTS = 200
_APART_S = 0.3
_FIRST_TIMEOUT_S = 60.0
_TIMEOUT_S = 10.0
_STATE_TOPIC = f"bmw_wallbox/{''.join(filter(str.isalnum, CHARGE_POINT_ID)).lower()}/state"
_ENTITY = "sensor.bmw_wallbox_power"


class Sightings:
    """When each power was first seen at a place, on the performance counter."""

    def __init__(self) -> None:
        self._seen: dict[float, float] = {}
        self._news = asyncio.Event()

    def note(self, value_w: float | None) -> None:
        """Remember that the value is here now."""
        if value_w is not None:
            self._seen.setdefault(value_w, time.perf_counter())
            self._news.set()

    async def of(self, value_w: float, timeout_s: float) -> float:
        """Return when the value came; wait for it."""
        async with asyncio.timeout(timeout_s):
            while value_w not in self._seen:
                self._news.clear()
                await self._news.wait()
        return self._seen[value_w]


async def measure(folder: Path, _minutes: int) -> tuple[Rows, Sequence[str]]:
    """Return the figures, and what to know of them; takes about two minutes."""
    published, shown = Sightings(), Sightings()
    async with AsyncExitStack() as stack:
        core = await stack.enter_async_context(home_assistant(folder))
        supervisor = FakeSupervisor(
            core=CoreAddress(url=core.url, token=core.token),
            on_command=lambda command: published.note(_published_power(command)),
        )
        await stack.enter_async_context(supervisor.serving())
        await stack.enter_async_context(_watching(core, shown))
        # By URL, since a supervised app takes its certificate from /ssl alone; the proxy is the same.
        link = {"HA_URL": f"{supervisor.url}/core", "HA_TOKEN": supervisor.token}
        app = Server("app", app_command, folder / "app", self_signed(folder / "certificate"), link)
        await stack.enter_async_context(app)
        box = await stack.enter_async_context(await app.wallbox())
        await box.plug()
        return await _measure_events(box, published, shown), _NOTES


async def _measure_events(box: Wallbox, published: Sightings, shown: Sightings) -> list[Row]:
    to_publish_ms, to_state_ms, timeout_s = [], [], _FIRST_TIMEOUT_S
    for number in range(_EVENTS + 1):
        current_a = 6 + number * 0.1
        await box.charge(current_a)
        value_w = power_w(current_a)
        state_s = await shown.of(value_w, timeout_s)
        publish_s = await published.of(value_w, timeout_s)
        if number > 0:
            to_publish_ms.append((publish_s - box.sent_s) * 1000)
            to_state_ms.append((state_s - box.sent_s) * 1000)
        timeout_s = _TIMEOUT_S
        await asyncio.sleep(_APART_S)
    rows = (("OCPP frame → state_changed", to_state_ms), ("OCPP frame → mqtt.publish", to_publish_ms))
    return [
        Row(name=f"{name}, p{percent}", unit="ms", app=percentile(values, percent))
        for name, values in rows
        for percent in (50, 99)
    ]


@asynccontextmanager
async def _watching(core: CoreProcess, shown: Sightings) -> AsyncIterator[None]:
    """Follow every state_changed of the power, over a WebSocket of its own."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{core.url}/api/websocket") as socket,
        asyncio.TaskGroup() as tasks,
    ):
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": core.token})
        await socket.receive_json()
        await socket.send_json({"id": 1, "type": "subscribe_events", "event_type": "state_changed"})
        await socket.receive_json()
        task = tasks.create_task(_watch(socket, shown))
        yield
        task.cancel()


async def _watch(socket: aiohttp.ClientWebSocketResponse, shown: Sightings) -> None:
    async for frame in socket:
        data = json.loads(frame.data).get("event", {}).get("data", {})
        if data.get("entity_id") == _ENTITY and data.get("new_state"):
            shown.note(_number(data["new_state"]["state"]))


def _published_power(command: dict[str, Any]) -> float | None:
    data = command.get("service_data", {})
    if data.get("topic") != _STATE_TOPIC or not data.get("payload"):
        return None
    power: float | None = json.loads(data["payload"]).get("power")
    return power


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
