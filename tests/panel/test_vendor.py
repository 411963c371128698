"""The libraries in the repository are what their first line says."""

import hashlib
import re
from pathlib import Path

import pytest

from bmw_wallbox.web.files import STATIC

VENDORED = [
    *(STATIC / "vendor").glob("*.js"),
    *(STATIC / "vendor").glob("*.css"),
    Path(__file__).parent / "vendor" / "axe.js",
]


@pytest.mark.parametrize("path", VENDORED, ids=lambda path: path.name)
def test_a_library_has_the_hash_that_it_names(path: Path) -> None:
    head, code = path.read_bytes().split(b"\n", 1)
    told = re.fullmatch(rb"/\*! \S+ [\d.]+ \| licence \S+ \| SHA-256 of what follows: (\w+) \*/", head)
    assert told is not None
    assert hashlib.sha256(code).hexdigest() == told[1].decode()
