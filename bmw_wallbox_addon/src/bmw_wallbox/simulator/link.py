"""The box's way to its CSMS: address, credentials, TLS, and one connection at a time."""

import asyncio
import ssl
from base64 import b64encode
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from .config import SimulatorConfig

_SUBPROTOCOL = Subprotocol("ocpp2.0.1")
_CLOSE_TIMEOUT_S = 2.0


def address(config: SimulatorConfig) -> str:
    """Return the URL with the id as its last segment (OCPP 2.0.1 part 4 §3.1.1)."""
    segment = quote(config.charge_point_id, safe="*" if config.raw_id else "")
    return f"{config.url.rstrip('/')}/{segment}"


async def open_socket(config: SimulatorConfig, *, password: str, ping_interval_s: float) -> ClientConnection:
    """Connect and offer OCPP 2.0.1.

    Raises:
        OSError: No connection, or the certificate is not trusted.
        InvalidHandshake: The server refused.
    """
    headers = []
    if password:
        user = f"{config.charge_point_id}:{password}".encode()
        headers.append(("Authorization", f"Basic {b64encode(user).decode()}"))
    context = None
    if config.url.startswith("wss:"):
        context = await asyncio.to_thread(_tls_context, config)
    return await connect(
        address(config),
        subprotocols=[_SUBPROTOCOL],
        additional_headers=headers,
        ssl=context,
        proxy=None,
        ping_interval=ping_interval_s or None,
        close_timeout=_CLOSE_TIMEOUT_S,
    )


def _tls_context(config: SimulatorConfig) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=config.ca_file)
    if config.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
