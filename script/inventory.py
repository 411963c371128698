"""What the image holds of others' work: the table of licences, and the bill of materials of a release.

`inventory.py licenses [--check]` rewrites LICENSES.md, or says whether it is current.
`inventory.py sbom FILE` writes a CycloneDX document.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
APP = ROOT / "bmw_wallbox_addon"
PAGE = APP / "LICENSES.md"

# What the packages that do not speak SPDX mean.
SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
    "PSFL": "PSF-2.0",
}
COMPATIBLE = {
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "Bitstream-Vera",
    "ISC",
    "LGPL-3.0-only",
    "MIT",
    "PSF-2.0",
}
HOMES = ("source", "source code", "repository", "github", "code", "homepage")

_PAGE = """# Licences

The app is under the MIT licence. Its image holds these works of others, each under its own;
`script/document` makes this table from the locked packages, whose licence texts lie beside their code in
the image. What is under the LGPL is a package of its own there, which can be replaced. The base image
brings its own notices.

| work | version | licence | from |
| --- | --- | --- | --- |
{rows}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Somebody else's work within the image; `licence` is an SPDX expression."""

    name: str
    version: str
    licence: str
    home: str


def works() -> list[Work]:
    """Return what is installed and what lies within our own package, by name."""
    pinned = re.findall(r"^([\w.-]+)==(\S+)", (APP / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    installed = [_package(name, version) for name, version in pinned]
    vendored = tomllib.loads((Path(__file__).with_name("vendored.toml")).read_text("utf-8"))
    return sorted(
        [*installed, *(Work(**entry) for entry in vendored["work"])], key=lambda work: work.name.lower()
    )


def _package(name: str, version: str) -> Work:
    facts = metadata(name)
    if facts["Version"] != version:
        raise SystemExit(f"{name} {version} is pinned, {facts['Version']} is installed: run uv sync")
    stated = facts.get("License-Expression") or facts.get("License") or ""
    return Work(
        name=name,
        version=version,
        licence=SPDX.get(stated, stated),
        home=_home(facts),
    )


def _home(facts: PackageMetadata) -> str:
    urls = {"homepage": facts.get("Home-page") or ""}
    for entry in facts.get_all("Project-URL") or []:
        label, url = entry.split(",", 1)
        urls[label.strip().lower()] = url.strip()
    return next((urls[label] for label in HOMES if urls.get(label)), "")


def page() -> str:
    """Return LICENSES.md."""
    rows = (f"| {work.name} | {work.version} | {work.licence} | <{work.home}> |" for work in works())
    return _PAGE.format(rows="\n".join(rows))


def bill() -> dict[str, Any]:
    """Return the bill of materials: the locked packages with their hashes, and what we ship of others."""
    export = [
        "export",
        "--quiet",
        "--locked",
        "--no-dev",
        "--package",
        "bmw-wallbox",
        "--format",
        "cyclonedx1.5",
    ]
    uv = [os.environ.get("UV", "uv"), *export, "--preview-features", "sbom-export"]
    done = subprocess.run(uv, cwd=ROOT, check=True, capture_output=True)  # noqa: S603  # a fixed command
    document: dict[str, Any] = json.loads(done.stdout)
    version = re.search(r'(?m)^version: "([^"]+)"$', (APP / "config.yaml").read_text("utf-8"))
    assert version
    document["metadata"]["component"] |= {"type": "application", "version": version[1]}
    found = {work.name: work for work in works()}
    for component in document["components"]:
        if work := found.pop(component["name"], None):
            component["licenses"] = [{"expression": work.licence}]
    document["components"] += [
        {
            "type": "library",
            "name": work.name,
            "version": work.version,
            "licenses": [{"expression": work.licence}],
            "externalReferences": [{"type": "website", "url": work.home}],
        }
        for work in found.values()
    ]
    return document


def main(arguments: list[str]) -> None:
    """Run the command that `arguments` name."""
    match arguments:
        case ["sbom", file]:
            Path(file).write_text(json.dumps(bill(), indent=2) + "\n", "utf-8")
        case ["licenses"]:
            PAGE.write_text(page(), "utf-8")
        case ["licenses", "--check"]:
            if PAGE.read_text("utf-8") != page():
                raise SystemExit(f"{PAGE.name} is not current: run script/document")
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
