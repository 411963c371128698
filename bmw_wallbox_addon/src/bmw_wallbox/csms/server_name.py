"""The host name that a TLS client asks for (SNI), kept with its connection even if the handshake fails."""

import ssl
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class ServerName:
    """What one client said; empty while it named none."""

    text: str = ""
    greeted: bool = False
    """Whether its first message was read, so that the certificate was sent in return."""


ASKED: ContextVar[ServerName] = ContextVar("server_name")
"""Set by the task that begins a handshake: the event loop runs its callbacks in a copy of that context."""


def listen_to_server_names(context: ssl.SSLContext) -> None:
    """Have every handshake of a server context write the name down."""
    context.sni_callback = _write_down


def _write_down(_connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
    asked = ASKED.get(None)
    if asked is not None:
        asked.greeted = True
        asked.text = name or ""
