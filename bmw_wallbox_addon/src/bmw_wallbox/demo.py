"""The simulated wallbox of `--simulate`: connects over the real listener, has a car, and charges."""

import asyncio

from bmw_wallbox.launch import SIMULATED_ID
from bmw_wallbox.simulator.box import SimulatedWallbox
from bmw_wallbox.simulator.config import SimulatorConfig

_CONNECT_TIMEOUT_S = 3600.0


async def run_demo(port: int, *, tls: bool) -> None:
    """Simulate until cancelled; `port` is the OCPP listener's on this machine."""
    scheme = "wss" if tls else "ws"
    config = SimulatorConfig(
        url=f"{scheme}://127.0.0.1:{port}", charge_point_id=SIMULATED_ID, insecure=True, phases=3
    )
    box = SimulatedWallbox(config)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(box.run(), name="simulated wallbox")
            await box.wait_connected(_CONNECT_TIMEOUT_S)
            await box.plug()
    finally:
        await box.close()
