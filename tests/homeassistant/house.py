"""A house with everything real but the wallbox's hardware and the Supervisor: Core, broker, app, owner."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bmw_wallbox.domain.admission import station_key
from bmw_wallbox.simulator import SimulatedWallbox, SimulatorConfig
from tests.conftest import SPEED
from tests.fakes.supervisor import CoreAddress, FakeSupervisor
from tests.homeassistant.core_process import CoreProcess
from tests.homeassistant.owner import Owner, is_number
from tests.support.app_process import AppProcess
from tests.support.panel_client import View

FINISH = Path(__file__).parents[2] / "bmw_wallbox_addon/rootfs/etc/s6-overlay/s6-rc.d/bmw-wallbox/finish"
_MAX_A = 32
# A Core that starts, and the pause that the app makes meanwhile between two attempts to connect.
CORE_RETURNS_S = 60.0


@dataclass(kw_only=True)
class House:
    """One app with one wallbox in one Core; `settle` brings it back to where a car charges."""

    core: CoreProcess
    supervisor: FakeSupervisor
    app: AppProcess
    box: SimulatedWallbox
    owner: Owner

    @property
    def wallbox_id(self) -> str:
        """The charge point id."""
        return self.box.config.charge_point_id

    @property
    def station_key(self) -> str:
        """The key of the wallbox, in unique ids and topics."""
        return station_key(self.wallbox_id, ())

    async def settle(self) -> None:
        """Return when a car charges with all the current there is, and Home Assistant shows it."""
        if not self.app.running:
            await self.app.start()
        await self.box.clear_fault()
        await self.box.go_online()
        await self.box.wait_connected(30)
        await self.box.plug()
        await self.box.car_resume()
        await self.app.panel.until(lambda view: view.state.get("connected"))
        wish = await self.app.panel.state(self.wallbox_id)
        if (wish["charging_allowed"], wish["current_limit"]) != (True, _MAX_A):
            await self.app.panel.command(self.wallbox_id, "allow_charging", value=True, wait_s=0)
            await self.app.panel.command(self.wallbox_id, "set_current_limit", _MAX_A, wait_s=0)
        await self.box.wait_for(lambda box: box.charging_state == "Charging" and box.power_w > 7000, 30)
        await self.app.panel.command(self.wallbox_id, "refresh")
        await self.owner.sees("power", lambda state: is_number(state) and float(state["state"]) > 7000)
        await self.owner.sees("status", "charging")

    async def start_core(self) -> None:
        """Start Core again, and let the Supervisor know its new token."""
        await asyncio.to_thread(self.core.start)
        self.supervisor.core = CoreAddress(url=self.core.url, token=self.core.token)

    async def until_published(self) -> None:
        """Wait until the app has a way to Home Assistant's entities."""
        await self.app.panel.until(_is_published, CORE_RETURNS_S)

    async def crash(self) -> None:
        """End the app as a crash does, and let the service manager's script clear up after it."""
        await self.app.kill()
        paths = {"BMW_WALLBOX_DATA": str(self.app.data), "BMW_WALLBOX_RUN": str(self.app.data.parent)}
        script = await asyncio.create_subprocess_exec(
            *("bash", FINISH, "256", "9", "bmw-wallbox", "1"),
            env={"PATH": "/usr/bin:/bin"} | paths | self.app.environment,
        )
        async with asyncio.timeout(20):
            assert await script.wait() == 0

    async def boot(self, firmware: str) -> None:
        """Let the wallbox boot with another firmware."""
        plate = {"vendorName": "BMW", "model": "EIAW-E22KTSE6B04", "serialNumber": "KG42350000SIMWE"}
        booted = {"reason": "PowerUp", "chargingStation": plate | {"firmwareVersion": firmware}}
        await self.box.send_call("BootNotification", booted)


@asynccontextmanager
async def open_house(
    core: CoreProcess,
    folder: Path,
    wallbox_id: str,
    *,
    environment: Mapping[str, str] | None = None,
    start: bool = True,
    options: Mapping[str, Any] | None = None,
) -> AsyncIterator[House]:
    """Open a house whose app is new to Home Assistant, and leave nothing of it there.

    Without an `environment` of its own the app has the Supervisor's, whose wallboxes come without TLS.
    """
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        address = CoreAddress(url=core.url, token=core.token)
        supervisor = await stack.enter_async_context(FakeSupervisor(core=address).serving())
        app = AppProcess(
            folder,
            session,
            options={"charge_point_id": wallbox_id, "ssl": False} | dict(options or {}),
            environment=supervisor.environment if environment is None else environment,
        )
        stack.push_async_callback(app.kill)
        if start:
            await app.start()
        owner = await stack.enter_async_context(Owner.watching(session, core, station_key(wallbox_id, ())))
        box = SimulatedWallbox(
            SimulatorConfig(url=app.url, charge_point_id=wallbox_id, insecure=True, speed=SPEED, reboot_s=0.1)
        )
        await stack.enter_async_context(_running(box))
        house = House(core=core, supervisor=supervisor, app=app, box=box, owner=owner)
        yield house
        await _remove(house)


@asynccontextmanager
async def _running(box: SimulatedWallbox) -> AsyncIterator[None]:
    task = asyncio.create_task(box.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _remove(house: House) -> None:
    if not house.app.running:
        await house.app.start()
    await house.until_published()
    await house.app.panel.post("api/home_assistant/remove", {"confirm": "remove"})
    await house.owner.until(house.owner.sees_nothing)


def _is_published(view: View) -> bool:
    return bool(view.info.get("home_assistant", {}).get("mqtt") == "ready")
