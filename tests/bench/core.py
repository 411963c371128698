"""A real Home Assistant Core with a real Mosquitto, for measurements with entities."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.homeassistant.core_install import choose_version, install
from tests.homeassistant.core_process import CoreProcess
from tests.homeassistant.mosquitto import Mosquitto


@asynccontextmanager
async def home_assistant(folder: Path) -> AsyncIterator[CoreProcess]:
    """Run one in this folder, with its MQTT integration set up."""
    core_folder = folder / "core"
    core_folder.mkdir()
    installation = await asyncio.to_thread(lambda: install(choose_version()))
    with Mosquitto(folder / "mosquitto") as broker:
        core = CoreProcess(installation, core_folder)
        try:
            await asyncio.to_thread(core.start)
            await asyncio.to_thread(core.set_up_mqtt, broker.port)
            yield core
        finally:
            core.kill()
