"""A wallbox reduced to its socket, so that what is measured is the server's work."""

import asyncio
import json
import ssl
import time
from contextlib import suppress
from itertools import count
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.bench import messages

CHARGE_POINT_ID = "DE*BMW*EBENCH000000000001"
_ANSWER_TIMEOUT_S = 30.0
_STATUS_OF = {
    "GetBaseReport": "NotSupported",
    "GetCompositeSchedule": "Rejected",
    "GetVariables": "Rejected",
}


class Wallbox:
    """Boots, charges, and agrees to whatever it is asked."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = count(1)
        self._sequence = count()
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read())
        self._transaction_id = "bench"
        self.register_wh = 1_000_000.0
        self.sent_s = 0.0
        """When the newest request left, on the performance counter."""
        self.took_s = 0.0
        """How long the newest answer took to come."""

    @classmethod
    async def connected(cls, url: str) -> Self:
        """Connect over TLS, trusting any certificate; OSError if nobody listens."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        socket = await connect(
            f"{url}/{CHARGE_POINT_ID}",
            ssl=context,
            subprotocols=[Subprotocol("ocpp2.0.1")],
            compression=None,
            ping_interval=None,
            proxy=None,
        )
        return cls(socket)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading

    async def boot(self) -> None:
        """Introduce itself."""
        await self.call("BootNotification", messages.boot_notification())

    async def plug(self) -> None:
        """Report a car, and begin to charge."""
        status = {"connectorStatus": "Occupied", "evseId": 1, "connectorId": 1}
        await self.call("StatusNotification", status | {"timestamp": messages.now()})
        await self.charge(16.0, begin=True)

    async def charge(self, current_a: float, *, begin: bool = False) -> Any:  # noqa: ANN401  # JSON
        """Send one event of the running charge, 20 samples long; 1 Wh more than the one before."""
        self.register_wh += 1
        payload = messages.transaction_event(
            "Started" if begin else "Updated",
            self._transaction_id,
            next(self._sequence),
            current_a=current_a,
            register_wh=self.register_wh,
        )
        return await self.call("TransactionEvent", payload)

    async def call(self, action: str, payload: dict[str, Any]) -> Any:  # noqa: ANN401  # JSON
        """Send a request and return the payload of its answer."""
        message_id = f"b{next(self._ids)}"
        frame = messages.call(message_id, action, payload)
        future = self._answers[message_id] = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(_ANSWER_TIMEOUT_S):
            self.sent_s = time.perf_counter()
            await self._socket.send(frame)
            answer = await future
        self.took_s = time.perf_counter() - self.sent_s
        return answer

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self._socket:
                kind, message_id, *rest = json.loads(text)
                if kind == 2:
                    await self._socket.send(json.dumps([3, message_id, _agree(*rest)]))
                elif kind == 3:
                    self._answers.pop(message_id).set_result(rest[0])
                else:
                    self._answers.pop(message_id).set_exception(RuntimeError(f"refused: {rest}"))
        for future in self._answers.values():
            future.set_exception(ConnectionError("the server closed the connection"))


def _agree(action: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return the friendliest answer that the schema allows."""
    if action == "SetVariables":
        keys = ("component", "variable")
        items = [
            {key: item[key] for key in keys} | {"attributeStatus": "Accepted"}
            for item in payload["setVariableData"]
        ]
        return {"setVariableResult": items}
    if action == "RequestStartTransaction":
        return {"status": "Rejected"}
    return {"status": _STATUS_OF.get(action, "Accepted")}
