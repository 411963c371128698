"""A raw OCPP client: it sends any frame, right or wrong, and shows what comes back."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.datastructures import HeadersLike
from websockets.typing import Subprotocol

IDENTITY = "DE*BMW*ETEST1234567890AB"
DEADLINE_S = 5.0

type Frame = list[Any]


class Wallbox:
    """One socket of a station."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._ids = count(1)

    async def send(self, frame: object) -> None:
        """Send text or bytes as they are, anything else as JSON."""
        await self.socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def receive(self) -> Frame:
        async with asyncio.timeout(DEADLINE_S):
            received = json.loads(await self.socket.recv())
        assert isinstance(received, list)
        return received

    async def exchange(self, frame: object) -> Frame:
        await self.send(frame)
        return await self.receive()

    async def request(self, action: str, payload: object) -> Frame:
        """Send a CALL under a fresh id and return its answer."""
        message_id = f"m{next(self._ids)}"
        answer = await self.exchange([2, message_id, action, payload])
        assert answer[1] == message_id
        return answer

    async def alive(self) -> None:
        """Make sure that the link still works."""
        assert (await self.request("Heartbeat", {}))[0] == 3


@asynccontextmanager
async def wallbox(
    port: int,
    *,
    path: str = f"/{IDENTITY}",
    context: ssl.SSLContext | None = None,
    subprotocols: tuple[str, ...] = ("ocpp2.0.1",),
    headers: HeadersLike | None = None,
    source: str = "127.0.0.1",
    server_name: str = "localhost",
) -> AsyncIterator[Wallbox]:
    """Connect as a wallbox; `source` is its own address, `server_name` what it asks for by SNI."""
    scheme = "wss" if context else "ws"
    async with connect(
        f"{scheme}://127.0.0.1:{port}{path}",
        ssl=context,
        subprotocols=[Subprotocol(name) for name in subprotocols],
        additional_headers=headers,
        server_hostname=server_name if context else None,
        close_timeout=1,
        local_addr=(source, 0),
        max_size=None,
    ) as socket:
        yield Wallbox(socket)
