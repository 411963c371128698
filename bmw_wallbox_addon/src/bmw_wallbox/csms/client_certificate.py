"""A station's own certificate (security profile 3): whose it is, and whether it fits the station."""

from collections.abc import Mapping
from typing import Any

from bmw_wallbox.csms.gate import ClientCertificate


def read_client_certificate(peer: Mapping[str, Any] | None) -> ClientCertificate | None:
    """Return the subject of what `SSLSocket.getpeercert` told, None where TLS verified no certificate."""
    if not peer:
        return None
    pairs = [pair for part in peer.get("subject", ()) for pair in part]
    names = [value for key, value in pairs if key == "commonName"]
    return ClientCertificate(
        common_name=str(names[0]) if names else "",
        organizations=tuple(str(value) for key, value in pairs if key == "organizationName"),
    )


def misfit(
    certificate: ClientCertificate | None, charge_point_id: str, *, serial: str | None, organization: str
) -> str | None:
    """Return why a certificate does not prove that its bearer is this station, None where it does.

    The common name has to be the station's serial number (A00.FR.405) or its id. Before the station ever
    booted its serial number is unknown: then the authority's word is enough.

    Args:
        certificate: What TLS verified.
        charge_point_id: Who the bearer claims to be.
        serial: The serial number that the station told at its boot.
        organization: What has to be among the organizations (A00.FR.404); empty for any.

    """
    if certificate is None:
        return "it has no certificate of its own, which the settings ask for"
    if organization and organization not in certificate.organizations:
        named = ", ".join(certificate.organizations)[:60] or "none"
        return f"its certificate names the organization {named!a}, not {organization!a}"
    known = {name.casefold() for name in (charge_point_id, serial) if name}
    if serial and certificate.common_name.casefold() not in known:
        return f"its certificate is that of {certificate.common_name[:48]!a}, not of this wallbox"
    if not certificate.common_name:
        return "its certificate names nobody"
    return None
