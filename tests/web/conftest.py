"""A panel server with a wallbox behind it, and a client on the same machine."""

from collections.abc import AsyncIterator

import pytest

from bmw_wallbox.web.server import PanelServer
from tests.web.memory import MemoryBackend
from tests.web.panel import INGRESS, Panel, make_server, running


@pytest.fixture
async def backend() -> MemoryBackend:
    return MemoryBackend()


@pytest.fixture
async def server(backend: MemoryBackend) -> AsyncIterator[PanelServer]:
    async with running(make_server(backend)) as server:
        yield server


@pytest.fixture
async def panel(server: PanelServer) -> AsyncIterator[Panel]:
    """Someone at this machine, who counts as an administrator."""
    async with Panel.at(server) as panel:
        yield panel


@pytest.fixture
async def guest(server: PanelServer) -> AsyncIterator[Panel]:
    """A user of Home Assistant who is no administrator, coming through ingress."""
    async with Panel.at(server, INGRESS, {"X-Remote-User-Id": "somebody"}) as panel:
        yield panel
