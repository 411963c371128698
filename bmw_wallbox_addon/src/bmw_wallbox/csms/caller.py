"""One socket of somebody who calls: who it claims to be, what was decided, and whether it still lives."""

import asyncio
import logging
from contextlib import suppress
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.typing import Data

from bmw_wallbox.csms.diary import Visitor
from bmw_wallbox.csms.gate import Verdict
from bmw_wallbox.csms.pace import Pace
from bmw_wallbox.csms.server_name import ServerName

SILENCE_S = 15.0
"""How long a station may be silent before it is asked whether it still lives."""
PONG_TIMEOUT_S = 20.0
_CLIENT_HELLO = b"\x16"
"""The first byte of TLS."""

_LOGGER = logging.getLogger(__name__)


class Caller(ServerConnection):
    """A socket that arrived at the doorway."""

    charge_point_id = ""
    offered = ""
    """The subprotocols that it offered."""
    remote = ""
    verdict = Verdict()
    pace: Pace | None = None
    _heard = 0
    _first = b""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  # the library's own, handed through
        super().__init__(*args, **options)
        self.asked = ServerName()

    @property
    def visitor(self) -> Visitor:
        """Return who came, for the diary."""
        tls = self.transport.get_extra_info("ssl_object")
        return Visitor(
            remote=self.remote,
            charge_point_id=self.charge_point_id or None,
            subprotocol=self.offered,
            tls=(tls.version() if tls else None) or "",
            server_name=self.asked.text,
        )

    @property
    def said_nothing(self) -> bool:
        """Return whether not a byte came, as when a port is merely tried."""
        return self._heard == 0

    @property
    def speaks_tls(self) -> bool:
        """Return whether it began with TLS where plain text is spoken."""
        return self._first == _CLIENT_HELLO

    def data_received(self, data: bytes) -> None:
        """Count what comes, since all of it is a sign of life."""
        if not self._heard:
            self._first = data[:1]
        self._heard += 1
        super().data_received(data)

    async def recv(self, decode: bool | None = None) -> Data:  # type: ignore[override]  # noqa: FBT001  # the library overloads it
        """Return the next message, as soon as the station may send one."""
        message = await super().recv(decode)
        if self.pace is not None:
            await self.pace.keep()
        return message

    async def keepalive(self) -> None:
        """Cut a link that is silent although it was asked: half open, since the station lost its power.

        Unlike the library's own, it takes every byte for life: a pong waits in line behind what is sent.
        """
        with suppress(ConnectionClosed):
            while True:
                heard = self._heard
                await asyncio.sleep(SILENCE_S)
                if self._heard != heard:
                    continue
                await self.ping()
                await asyncio.sleep(PONG_TIMEOUT_S)
                if self._heard == heard:
                    _LOGGER.info("%s answers no more; its connection is cut", self.charge_point_id)
                    self.transport.abort()
                    return
