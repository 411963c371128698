"""What the owner should know of the certificate: every check in words, and which of them are problems."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from bmw_wallbox.csms.certificate import Certificate
from bmw_wallbox.domain.problems import Problem

_WARN = timedelta(days=21)
_URGE = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    key: str
    ok: bool
    message: str
    problem: str | None = None
    """The stable name of the problem that it is; None where it is none."""


def check_certificate(
    certificate: Certificate, now: datetime, server_names: Mapping[str, str]
) -> tuple[Check, ...]:
    """Return every check of a certificate that is served.

    Args:
        certificate: Its facts.
        now: The present time, UTC.
        server_names: The host name that each station asks for, by charge point id.

    """
    return (
        Check(key="key", ok=True, message="The certificate and the private key belong together."),
        _validity(certificate, now),
        _authority(certificate),
        _chain(certificate),
        *(_host_name(certificate, station, name) for station, name in server_names.items()),
    )


def problems_of(checks: tuple[Check, ...]) -> tuple[Problem, ...]:
    """Return the checks that the owner has to do something about."""
    return tuple(
        Problem(key=check.problem, message=check.message) for check in checks if check.problem is not None
    )


def covers(certificate: Certificate, host: str) -> bool:
    """Return whether the certificate is for a host name or address (RFC 6125; the common name counts not)."""
    wanted = host.lower().rstrip(".")
    try:
        return str(ip_address(wanted)) in certificate.names
    except ValueError:
        wildcard = "*." + wanted.partition(".")[2]
        return bool({wanted, wildcard} & {name.lower() for name in certificate.names})


def _validity(certificate: Certificate, now: datetime) -> Check:
    until = f"{certificate.not_after:%Y-%m-%d}"
    left = certificate.not_after - now
    problem: str | None = None
    if certificate.not_before > now:
        problem = "certificate_not_yet_valid"
        since = f"{certificate.not_before:%Y-%m-%d %H:%M}"
        message = f"The certificate is valid only from {since} UTC on. Check this machine's clock."
    elif left <= timedelta(0):
        problem = "certificate_expired"
        message = f"The certificate expired on {until}. The wallbox may refuse it: renew it now."
    elif left < _URGE:
        problem = "certificate_expires_soon"
        message = f"The certificate expires on {until}, in {left.days} days. Renew it now."
    elif left < _WARN:
        problem = "certificate_expires"
        message = f"The certificate expires on {until}, in {left.days} days. See why it was not renewed yet."
    else:
        message = f"The certificate is valid until {until}."
    return Check(key="validity", ok=problem is None, message=message, problem=problem)


def _authority(certificate: Certificate) -> Check:
    if certificate.self_signed:
        message = (
            "The certificate is self-signed. A BMW wallbox refuses that: use one of a public authority, "
            "such as Let's Encrypt."
        )
        return Check(key="authority", ok=False, message=message, problem="certificate_self_signed")
    if not certificate.publicly_trusted:
        message = (
            f"The public authorities do not vouch for the certificate that {certificate.issuer} signed. Only "
            "a wallbox that knows this authority will take it."
        )
        return Check(key="authority", ok=False, message=message)
    message = f"A public authority vouches for the certificate: {certificate.issuer}."
    return Check(key="authority", ok=True, message=message)


def _chain(certificate: Certificate) -> Check:
    if certificate.chain_length == 1 and not certificate.self_signed:
        message = (
            "The certificate file holds the server's certificate alone. The wallbox needs the whole chain: "
            "use fullchain.pem."
        )
        return Check(key="chain", ok=False, message=message, problem="certificate_chain_incomplete")
    message = f"The server sends {certificate.chain_length} certificates."
    return Check(key="chain", ok=True, message=message)


def _host_name(certificate: Certificate, station: str, name: str) -> Check:
    if not name:
        return Check(key="host_name", ok=True, message=f"{station} does not say which host name it uses.")
    if covers(certificate, name):
        return Check(
            key="host_name", ok=True, message=f"{station} uses {name}, and the certificate is for it."
        )
    names = ", ".join(certificate.names[:3]) or "no name at all"
    message = (
        f"{station} uses {name}, but the certificate is for {names}. Correct the server address in the "
        "wallbox, or get a certificate for that name."
    )
    return Check(key="host_name", ok=False, message=message)
