"""What a failed TLS handshake means to the owner."""

import ssl
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFault:
    """Why a handshake failed."""

    cause: str
    """A stable name."""
    reason: str
    """In words, and what to do about it."""
    alert: str
    """OpenSSL's own word for it."""


_PLAIN_TEXT = "it spoke plain text; the address must begin with wss://"
_DISTRUST = (
    "it does not trust the certificate; that must come from a public authority, chain included, for the host "
    "name in the wallbox's settings"
)
_TOO_OLD = "it speaks no TLS version that is safe; TLS 1.2 is the least"
_NO_CIPHER = (
    "it shares no cipher with this server; the setting rsa_ciphers allows those that the specification asks "
    "for besides, if the certificate has an RSA key"
)
_NO_CERTIFICATE = "it has no certificate of its own, which the settings ask for"
_BAD_CERTIFICATE = "its own certificate is not valid for the authority in the settings, or expired"
_HUNG_UP = (
    "it hung up once it had seen the certificate, as one does that does not trust it; that must come from a "
    "public authority, chain included, for the host name in the wallbox's settings"
)
_SLOW = "it did not complete the TLS handshake in time"

_FAULTS: tuple[tuple[str, str, str], ...] = (
    ("HTTP_REQUEST", "plain_text", _PLAIN_TEXT),
    ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "no_certificate", _NO_CERTIFICATE),
    ("CERTIFICATE_VERIFY_FAILED", "bad_certificate", _BAD_CERTIFICATE),
    ("NO_SHARED_CIPHER", "no_cipher", _NO_CIPHER),
    ("UNSUPPORTED_PROTOCOL", "old_tls", _TOO_OLD),
    ("VERSION", "old_tls", _TOO_OLD),
    ("UNKNOWN_CA", "distrusted", _DISTRUST),
    ("CERTIFICATE", "distrusted", _DISTRUST),
)
"""By a part of OpenSSL's reason; the first that fits."""


def explain(error: OSError | None, *, greeted: bool) -> TlsFault | None:
    """Return what a failed handshake means; None for noise, such as a port that was merely tried.

    Args:
        error: What the handshake ended with; None where the client just went away.
        greeted: Whether the client's first message was read.

    """
    if isinstance(error, ConnectionAbortedError):
        return TlsFault(cause="slow", reason=_SLOW, alert="")
    alert = (error.reason if isinstance(error, ssl.SSLError) else None) or ""
    for part, cause, reason in _FAULTS:
        if part in alert:
            return TlsFault(cause=cause, reason=reason, alert=alert)
    if alert and "EOF" not in alert:
        return TlsFault(cause="no_tls", reason="it spoke no TLS that can be understood", alert=alert)
    return TlsFault(cause="hung_up", reason=_HUNG_UP, alert=alert) if greeted else None
