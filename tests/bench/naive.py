"""The yardstick: a central system and a page, as short as `ocpp`, `websockets` and `aiohttp` allow."""

import argparse
import asyncio
import ssl
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from ocpp.routing import on  # type: ignore[import-untyped]  # the library ships no types
from ocpp.v201 import ChargePoint, call_result  # type: ignore[import-untyped]  # the library ships no types
from ocpp.v201.enums import Action  # type: ignore[import-untyped]  # the library ships no types
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol


class NaiveChargePoint(ChargePoint):  # type: ignore[misc]  # the library ships no types
    """Answers what a charging wallbox sends, and keeps nothing."""

    @on(Action.boot_notification)  # type: ignore[untyped-decorator]  # the library ships no types
    async def on_boot(self, **_payload: Any) -> Any:  # noqa: ANN401  # the library ships no types
        """Accept it."""
        return call_result.BootNotification(current_time=_now(), interval=60, status="Accepted")

    @on(Action.heartbeat)  # type: ignore[untyped-decorator]  # the library ships no types
    async def on_heartbeat(self, **_payload: Any) -> Any:  # noqa: ANN401  # the library ships no types
        """Tell the time."""
        return call_result.Heartbeat(current_time=_now())

    @on(Action.status_notification)  # type: ignore[untyped-decorator]  # the library ships no types
    async def on_status(self, **_payload: Any) -> Any:  # noqa: ANN401  # the library ships no types
        """Take note."""
        return call_result.StatusNotification()

    @on(Action.transaction_event)  # type: ignore[untyped-decorator]  # the library ships no types
    async def on_transaction_event(self, **_payload: Any) -> Any:  # noqa: ANN401  # the library ships no types
        """Take note."""
        return call_result.TransactionEvent()


async def _talk(socket: ServerConnection) -> None:
    assert socket.request is not None
    charge_point = NaiveChargePoint(socket.request.path.strip("/"), socket)
    try:
        await charge_point.start()
    except ConnectionClosed:
        return


async def _main(arguments: argparse.Namespace) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(arguments.certificate, arguments.key)
    subprotocols = [Subprotocol("ocpp2.0.1")]
    async with serve(_talk, "127.0.0.1", arguments.port, ssl=context, subprotocols=subprotocols) as server:
        app = web.Application()
        app.add_routes([web.get("/healthz", _healthy), web.get("/ws", _keep_open)])
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", arguments.panel_port).start()
        await server.serve_forever()


async def _healthy(_request: web.Request) -> web.Response:
    return web.json_response({"ok": True})


async def _keep_open(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for _message in socket:
        pass
    return socket


def _now() -> str:
    return datetime.now(UTC).isoformat()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--panel-port", type=int, required=True)
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    asyncio.run(_main(parser.parse_args()))
