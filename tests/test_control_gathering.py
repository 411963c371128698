"""Values that come in a burst are looked at together, unless somebody waits for what they prove."""

import asyncio
from contextlib import suppress

import pytest

from bmw_wallbox.domain.commands import SetCurrentLimit
from bmw_wallbox.handling import ControlSettings
from tests.control_rig import Rig


async def test_a_burst_of_values_is_looked_at_once_and_a_command_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rig = Rig(ControlSettings())
    worker = asyncio.create_task(rig.run())
    await rig.connect()
    await rig.plug_in()
    turns = 0
    turned = asyncio.Event()
    work = rig.control._work

    async def counted() -> None:
        nonlocal turns
        turns += 1
        await work()
        turned.set()

    monkeypatch.setattr(rig.control, "_work", counted)
    monkeypatch.setattr(rig.control, "_gather_s", 0.02)
    for number in range(20):
        await rig.measure(10 + number / 100)
    assert turns == 0
    async with asyncio.timeout(5):
        await turned.wait()
    assert turns == 1

    monkeypatch.setattr(rig.control, "_gather_s", 3600.0)
    await rig.measure(11.0)
    assert turns == 1
    wish = await rig.order(SetCurrentLimit(limit_a=8.0))
    assert turns > 1
    await rig.pass_time(1)
    await rig.measure(8.0)
    assert rig.outcome(wish) == "applied"
    worker.cancel()
    with suppress(asyncio.CancelledError):
        await worker
