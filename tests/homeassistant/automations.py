"""Automations that a real Core runs for as long as a block lasts."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tests.homeassistant.house import House


@asynccontextmanager
async def running_automation(house: House, name: str, body: Mapping[str, Any]) -> AsyncIterator[None]:
    """Have Core run an automation; it listens to its triggers in the block, and is gone after it."""
    path = f"/api/config/automation/config/{name}"

    async def runs() -> bool:
        states = await asyncio.to_thread(house.core.get, "/api/states")
        return any(row["attributes"].get("id") == name and row["state"] == "on" for row in states)

    async def is_gone() -> bool:
        return not await runs()

    # Core answers before it has acted on either request.
    await asyncio.to_thread(house.core.post, path, dict(body))
    await house.owner.until(runs)
    try:
        yield
    finally:
        await asyncio.to_thread(house.core.delete, path)
        await house.owner.until(is_gone)
