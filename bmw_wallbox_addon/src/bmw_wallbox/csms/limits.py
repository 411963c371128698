"""How much the OCPP port takes from strangers and from stations before it slows them down."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one listener; a house has one or two stations."""

    opening: int = 32
    """Handshakes under way at once; a TLS connection costs about 300 KiB."""
    opening_per_address: int = 8
    waiting: int = 10
    """Stations that wait for approval at once; one more sends the first away."""
    failures_per_minute: int = 5
    """So many failed attempts of one address in a minute, and it is refused for a while."""
    shortest_ban_s: float = 10.0
    longest_ban_s: float = 600.0
    burst: int = 2000
    """Messages that a station may send at once; a replay of offline events has a thousand."""
    messages_per_s: float = 50.0
    """What a station may send for ever; beyond it, its messages are read more slowly."""
    pending_burst: int = 20
    pending_per_s: float = 2.0
    """The same for one that waits for approval."""


HOUSE = Limits()
"""What an installation at home needs, generously."""
