"""The shell scripts: no finding by shellcheck, and a certificate that TLS accepts."""

import re
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICE = "bmw_wallbox_addon/rootfs/etc/s6-overlay/s6-rc.d/bmw-wallbox"


SCRIPTS = sorted(
    str(path.relative_to(ROOT))
    for folder in (".ci", "script", SERVICE, "tests/addon/standin")
    for path in (ROOT / folder).iterdir()
    if path.is_file() and re.match(rb"#!.*\b(ba)?sh\n", path.read_bytes())
)


@pytest.mark.parametrize("name", ["script/environment", *SCRIPTS])
def test_shellcheck_finds_nothing(name: str) -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    subprocess.run([shellcheck, "--shell=bash", "--external-sources", name], cwd=ROOT, check=True)


def test_the_certificate_is_its_own_authority_and_its_key_is_private(tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run([sys.executable, ROOT / "script/make_certificate.py", certificate, key], check=True)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    ssl.create_default_context(cafile=str(certificate))
    assert key.stat().st_mode & 0o777 == 0o600
