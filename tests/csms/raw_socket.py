"""A WebSocket client that sends what no library would: each bit of each frame is the test's own."""

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.csms.wallbox import DEADLINE_S, IDENTITY

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CONTINUATION = 0
HANDSHAKE = (
    f"GET /{IDENTITY} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: ocpp2.0.1\r\n"
)


class RawSocket:
    """One TCP connection behind its opening handshake."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def send(
        self, opcode: int, body: bytes = b"", *, fin: bool = True, rsv: int = 0, masked: bool = True
    ) -> None:
        self.writer.write(frame(opcode, body, fin=fin, rsv=rsv, masked=masked))
        await self.writer.drain()

    async def receive(self) -> tuple[int, bytes]:
        """Return the next frame: its opcode and its body."""
        async with asyncio.timeout(DEADLINE_S):
            first, second = await self._reader.readexactly(2)
            size = second & 127
            if size == 126:
                (size,) = struct.unpack("!H", await self._reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self._reader.readexactly(8))
            return first & 15, await self._reader.readexactly(size)

    async def answer(self) -> Any:  # noqa: ANN401  # an answer may hold anything
        """Return the next message as JSON, whatever control frames come before it."""
        while (received := await self.receive())[0] != TEXT:
            pass
        return json.loads(received[1])

    async def close_code(self) -> int | None:
        """Return the code that the other side closes with, None where it just cuts the line."""
        try:
            while (received := await self.receive())[0] != CLOSE:
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        (code,) = struct.unpack("!H", received[1][:2])
        return int(code)

    async def alive(self) -> None:
        """Make sure that the link still works."""
        await self.send(TEXT, b'[2,"alive","Heartbeat",{}]')
        while (await self.answer())[1] != "alive":
            pass


def frame(opcode: int, body: bytes, *, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    """Return a frame; its mask is zeros, so that the body travels as it is."""
    first, mask, size = fin << 7 | rsv << 4 | opcode, masked << 7, len(body)
    if size < 126:
        head = struct.pack("!BB", first, mask | size)
    elif size < 2**16:
        head = struct.pack("!BBH", first, mask | 126, size)
    else:
        head = struct.pack("!BBQ", first, mask | 127, size)
    return head + b"\0\0\0\0" * masked + body


@asynccontextmanager
async def raw_socket(port: int, *, headers: str = "") -> AsyncIterator[RawSocket]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"{HANDSHAKE}{headers}\r\n".encode())
        async with asyncio.timeout(DEADLINE_S):
            head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        yield RawSocket(reader, writer)
    finally:
        writer.transport.abort()
