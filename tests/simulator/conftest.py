"""One CSMS, and boxes that connect to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bmw_wallbox.simulator import SimulatedWallbox, SimulatorConfig
from tests.simulator.csms import Csms

type MakeBox = Callable[..., Awaitable[SimulatedWallbox]]


@pytest.fixture
async def csms() -> AsyncIterator[Csms]:
    server = Csms()
    async with server.serving():
        yield server
    assert not server.problems


@pytest.fixture
async def make_box(csms: Csms) -> AsyncIterator[MakeBox]:
    running: list[tuple[SimulatedWallbox, asyncio.Task[None]]] = []

    async def make(*, wait: bool = True, **options: object) -> SimulatedWallbox:
        settings: dict[str, Any] = {"speed": 100.0, "reboot_s": 0.05, "reconnect_s": 0.02, **options}
        box = SimulatedWallbox(
            SimulatorConfig(url=csms.url, charge_point_id="DE*BMW*E1", **settings),
        )
        running.append((box, asyncio.create_task(box.run())))
        if wait:
            await box.wait_connected()
        return box

    yield make
    for box, task in running:
        await box.close()
        await task


@pytest.fixture
async def delta(make_box: MakeBox) -> SimulatedWallbox:
    return await make_box(profile="delta")


@pytest.fixture
async def plain(make_box: MakeBox) -> SimulatedWallbox:
    return await make_box(profile="plain")
