"""A running panel server and a client that speaks to it over a real socket."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any, Self

from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, TCPConnector

from bmw_wallbox.web.access import Access
from bmw_wallbox.web.server import PanelServer, PanelSettings
from tests.web.memory import FixedClock, MemoryBackend

LOCAL = "127.0.0.1"
INGRESS = "127.0.0.2"
STRANGER = "127.0.0.3"
"""Addresses to connect from; all of 127.0.0.0/8 is this machine's."""

INTENT = {"X-Requested-With": "bmw-wallbox"}
WAIT_S = 5


def rules(password: str | None = None) -> Access:
    """Return the rules of the product, with the Supervisor moved to an address that a test can use."""
    return Access(ingress=frozenset({INGRESS}), local=(ip_network(LOCAL),), password=password)


@asynccontextmanager
async def running(server: PanelServer) -> AsyncIterator[PanelServer]:
    """Run a server until the block ends."""
    task = asyncio.create_task(server.run())
    try:
        async with asyncio.timeout(WAIT_S):
            await server.listening.wait()
        yield server
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def make_server(backend: MemoryBackend, password: str | None = None) -> PanelServer:
    """Return a server for all of this machine's addresses, on a port that the system chooses."""
    settings = PanelSettings(host="0.0.0.0", port=0, access=rules(password))
    return PanelServer(backend, settings, FixedClock())


@dataclass(slots=True)
class Panel:
    """A client of the panel, connecting from one address."""

    session: ClientSession
    base: str

    @classmethod
    @asynccontextmanager
    async def at(
        cls, server: PanelServer, address: str = LOCAL, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[Self]:
        async with ClientSession(
            connector=TCPConnector(local_addr=(address, 0), force_close=True), headers=headers
        ) as session:
            yield cls(session, f"http://127.0.0.1:{server.port}")

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> ClientResponse:
        response = await self.session.get(f"{self.base}{path}", headers=headers)
        await response.read()
        return response

    async def json(self, path: str, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401  # JSON
        return await (await self.get(path, headers)).json()

    async def send(self, method: str, path: str, body: object = None) -> ClientResponse:
        """Send a request as the panel's own page does."""
        response = await self.session.request(method, f"{self.base}{path}", json=body, headers=INTENT)
        await response.read()
        return response

    async def post(self, path: str, body: object = None) -> ClientResponse:
        return await self.send("POST", path, body)

    async def socket(self, headers: Mapping[str, str] | None = None) -> ClientWebSocketResponse:
        return await self.session.ws_connect(f"{self.base}/ws", headers=headers)
