"""The parts that the tests of the link share."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import aiohttp
import pytest

from bmw_wallbox.hass.client import Backoff, HomeAssistantClient, LinkState, LinkStatus
from bmw_wallbox.hass.endpoint import Endpoint, choose_endpoint
from tests.hass.fake_core import FakeCore

QUICK = Backoff(first_s=0.01, longest_s=0.05)

type Running = Callable[[Endpoint], AbstractAsyncContextManager[HomeAssistantClient]]


@pytest.fixture
async def core() -> AsyncIterator[FakeCore]:
    async with FakeCore().serving() as serving:
        yield serving


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def running(session: aiohttp.ClientSession) -> Running:
    """Make a client whose run() goes on while the block lasts."""

    @asynccontextmanager
    async def run(endpoint: Endpoint) -> AsyncIterator[HomeAssistantClient]:
        client = HomeAssistantClient(session, endpoint, backoff=QUICK)
        task = asyncio.create_task(client.run())
        try:
            yield client
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return run


def direct(core: FakeCore, token: str | None = None) -> Endpoint:
    endpoint = choose_endpoint({"HA_URL": core.url, "HA_TOKEN": token or core.token})
    assert endpoint is not None
    return endpoint


async def until_status(
    client: HomeAssistantClient, fits: Callable[[LinkStatus], bool], timeout_s: float = 5
) -> LinkStatus:
    """Wait until the link's status fits."""
    changed = asyncio.Event()
    client.on_status(lambda _status: changed.set())
    async with asyncio.timeout(timeout_s):
        while not fits(client.status):
            changed.clear()
            await changed.wait()
    return client.status


async def until_connected(client: HomeAssistantClient) -> LinkStatus:
    return await until_status(client, lambda status: status.state is LinkState.CONNECTED)
