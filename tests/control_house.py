"""A control worker and the simulated wallbox on either side of a real socket, all in one process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from bmw_wallbox.clock import SystemClock
from bmw_wallbox.control import Control
from bmw_wallbox.csms.frames import FrameLog
from bmw_wallbox.csms.gate import Login, Verdict
from bmw_wallbox.csms.server import CentralSystem
from bmw_wallbox.domain.calls import Answer, Call
from bmw_wallbox.domain.commands import Command
from bmw_wallbox.domain.state import CommandReport, DesiredState, StationState
from bmw_wallbox.domain.tokens import TokenAnswer
from bmw_wallbox.domain.vocabulary import Admission, Metering
from bmw_wallbox.handling import ControlSettings
from bmw_wallbox.simulator import SimulatedWallbox, SimulatorConfig
from bmw_wallbox.station import Station
from tests.control_rig import Keeper
from tests.domain.story import ZONE

ID = "DE*BMW*E1"
DEADLINE_S = 10.0
QUICK = ControlSettings(settle_s=0.6, raise_interval_s=0.05, retry_s=0.3)
_CALL_TIMEOUT_S = 0.5


class Impatient(Station):
    """A station whose calls time out soon."""

    async def ask(self, call: Call, timeout_s: float = _CALL_TIMEOUT_S) -> Answer:
        return await super().ask(call, timeout_s)


class Doorman:
    async def admit(self, _login: Login) -> Verdict:
        return Verdict(admission=Admission.APPROVED)


class House:
    """One station, its worker, the listener and the box."""

    def __init__(self, station: Station, control: Control, box: SimulatedWallbox) -> None:
        self.station = station
        self.control = control
        self.box = box
        self._stirred = asyncio.Event()
        station.subscribe(lambda _change: self._stirred.set())

    @property
    def state(self) -> StationState:
        return self.station.state

    async def until(self, condition: Callable[[], object], timeout_s: float = DEADLINE_S) -> None:
        """Return once `condition` holds; the box is looked at as often as the station changes, or soon."""
        async with asyncio.timeout(timeout_s):
            while not condition():
                self._stirred.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.02):
                        await self._stirred.wait()

    def submit(self, command: Command) -> str:
        return self.control.submit(command, "test").id

    async def done(self, command_id: str) -> CommandReport:
        """Return the final report of a command."""
        report = await self.control.wait(command_id, DEADLINE_S)
        assert report.outcome != "pending", report
        return report

    async def order(self, command: Command) -> CommandReport:
        return await self.done(self.submit(command))

    async def settled(self) -> None:
        """Wait until the first contact is over and the box holds what is wished for."""
        await self.until(lambda: self.state.metering is not Metering.UNKNOWN)
        await self.reconciled()

    async def reconciled(self) -> None:
        """Wait until the box's own limit is the wish."""
        await self.until(lambda: self.box.limit_a == self.state.desired.target_a)


@asynccontextmanager
async def open_house(
    profile: str = "delta",
    settings: ControlSettings = QUICK,
    **box: Any,  # noqa: ANN401 - any option of the simulator
) -> AsyncIterator[House]:
    """Run a house while the block lasts; the box values are read every second, and ramps take 30 ms."""
    clock = SystemClock()
    station = Impatient(
        StationState(key="debmwe1", charge_point_id=ID, desired=DesiredState(limit_a=16.0)),
        zone=lambda: ZONE,
        keeper=Keeper(),
        clock=clock,
        judge_token=lambda _presented: TokenAnswer(status="Accepted"),
    )
    system = CentralSystem(
        host="127.0.0.1",
        port=0,
        tls=None,
        gate=Doorman(),
        sinks=lambda _charge_point_id: station,
        clock=clock,
        frames=FrameLog(max_frames=0),
        strict=True,
    )
    control = Control(station, settings, clock)
    tasks = [asyncio.create_task(system.run()), asyncio.create_task(control.run())]
    await asyncio.wait_for(system.ready.wait(), DEADLINE_S)
    options = {"speed": 100.0, "reboot_s": 0.05, "reconnect_s": 0.02, "profile": profile, **box}
    config = SimulatorConfig(url=f"ws://127.0.0.1:{system.port}", charge_point_id=ID, **options)
    wallbox = SimulatedWallbox(config)
    tasks.append(asyncio.create_task(wallbox.run()))
    try:
        yield House(station, control, wallbox)
    finally:
        await wallbox.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
