"""Certificates of every kind, made for one test."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from bmw_wallbox.csms.certificate import TlsFiles

_KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
NOW = datetime.now(UTC)
YESTERDAY = NOW - timedelta(days=1)
IN_TWO_MONTHS = NOW + timedelta(days=60)


@dataclass
class Authority:
    """A certificate authority; the same object signs leaves and intermediates."""

    name: str
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def root(cls, name: str = "Test Root") -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(name, key, _sign(name, key, name, key, authority=True))

    def intermediate(self, name: str = "Test Intermediate") -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        return Authority(name, key, _sign(name, key, self.name, self.key, authority=True))

    def leaf(
        self,
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
        name: str = "localhost",
        *,
        organization: str | None = None,
        not_before: datetime = YESTERDAY,
        not_after: datetime = IN_TWO_MONTHS,
    ) -> x509.Certificate:
        return _sign(
            name,
            key,
            self.name,
            self.key,
            authority=False,
            organization=organization,
            not_before=not_before,
            not_after=not_after,
        )

    def pem(self) -> bytes:
        return pem(self.certificate)


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates)


def key_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, password: bytes | None = None) -> bytes:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def write_pair(
    folder: Path,
    authority: Authority,
    *,
    name: str = "localhost",
    chain: bool = True,
    rsa_bits: int = 0,
    not_before: datetime = YESTERDAY,
    not_after: datetime = IN_TWO_MONTHS,
) -> TlsFiles:
    """Write a leaf for localhost with its key, and the chain above it."""
    key = rsa.generate_private_key(65537, rsa_bits) if rsa_bits else ec.generate_private_key(ec.SECP256R1())
    leaf = authority.leaf(key, name, not_before=not_before, not_after=not_after)
    files = TlsFiles(certificate=folder / "fullchain.pem", key=folder / "privkey.pem")
    files.certificate.write_bytes(pem(leaf, authority.certificate) if chain else pem(leaf))
    files.key.write_bytes(key_pem(key))
    return files


def _sign(  # a certificate has that many parts
    name: str,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
    organization: str | None = None,
    not_before: datetime = YESTERDAY,
    not_after: datetime = IN_TWO_MONTHS,
) -> x509.Certificate:
    addresses = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name, organization))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if authority:
        usage = dict.fromkeys(_KEY_USAGES, False) | {"key_cert_sign": True, "crl_sign": True}
        builder = builder.add_extension(x509.KeyUsage(**usage), critical=True)
    else:
        builder = builder.add_extension(x509.SubjectAlternativeName(addresses), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _named(name: str, organization: str | None = None) -> x509.Name:
    parts = [x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]
    if organization is not None:
        parts.append(x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(parts)
