"""What the image is made of: pinned, licensed, listed, and there for both architectures."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from script import inventory

ROOT = Path(__file__).parents[2]
APP = ROOT / "bmw_wallbox_addon"
REQUIREMENTS = ("requirements.txt", "requirements-build.txt")
PYTHON = re.compile(r"base-python:(\d+\.\d+)-alpine")
PARTS = ROOT / "bmw_wallbox_addon/src/bmw_wallbox"

type Pins = dict[str, tuple[str, frozenset[str]]]


def locked() -> dict[str, dict[str, Any]]:
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    return {package["name"]: package for package in lock["package"]}


def runtime_packages() -> Iterator[dict[str, Any]]:
    packages = locked()
    waiting = [dependency["name"] for dependency in packages["bmw-wallbox"]["dependencies"]]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            yield packages[name]
            waiting += [dependency["name"] for dependency in packages[name].get("dependencies", [])]


def test_the_requirements_are_the_locked_packages_with_their_hashes() -> None:
    required: Pins = {}
    text = (APP / "requirements.txt").read_text("utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if match := re.match(r"([\w.-]+)==(\S+) ", line):
            hashes = frozenset(re.findall(r"--hash=(\S+)", line))
            required[match[1]] = (match[2], hashes)
    expected: Pins = {
        package["name"]: (
            package["version"],
            frozenset(file["hash"] for file in [package["sdist"], *package["wheels"]]),
        )
        for package in runtime_packages()
    }
    assert required == expected


def test_every_locked_package_comes_from_the_public_index() -> None:
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text("utf-8")))
    assert hosts == {"files.pythonhosted.org", "pypi.org"}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_is_pinned_and_has_hashes(name: str) -> None:
    text = (APP / name).read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line


@pytest.mark.parametrize("machine", ["aarch64", "x86_64"])
@pytest.mark.parametrize("name", REQUIREMENTS)
def test_the_index_has_a_wheel_of_every_requirement_for_the_base_image(name: str, machine: str) -> None:
    """Asks the index that this machine is set up for; a package without a fitting wheel is an error."""
    python = PYTHON.search((APP / "Dockerfile").read_text())
    assert python
    platform = ("--python-platform", f"{machine}-unknown-linux-musl", "--python-version", python[1])
    strict = ("--no-deps", "--require-hashes", "--only-binary", ":all:", "--refresh", "--dry-run")
    command = [
        os.environ.get("UV", "uv"),
        "pip",
        "install",
        *strict,
        *platform,
        "--target",
        "/nowhere",
        "--python",
        sys.executable,
    ]
    done = subprocess.run(
        [*command, "--requirements", APP / name], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_table_of_licences_is_current() -> None:
    assert inventory.PAGE.read_text("utf-8") == inventory.page(), "run script/document"


@pytest.mark.parametrize("work", inventory.works(), ids=lambda work: work.name)
def test_a_licence_is_compatible_with_ours(work: inventory.Work) -> None:
    """Of a choice one is enough; what is joined counts whole."""
    alternatives = work.licence.split(" OR ")
    assert any(set(alternative.split(" AND ")) <= inventory.COMPATIBLE for alternative in alternatives)
    assert work.home.startswith("http")


def test_the_bill_of_materials_lists_every_work_with_its_licence() -> None:
    components = {part["name"]: part for part in inventory.bill()["components"]}
    for work in inventory.works():
        assert components[work.name]["version"] == work.version
        assert components[work.name]["licenses"] == [{"expression": work.licence}]


def test_the_bill_of_materials_names_the_release() -> None:
    component = inventory.bill()["metadata"]["component"]
    assert (component["name"], component["type"]) == ("bmw-wallbox", "application")
    assert f'version: "{component["version"]}"' in (APP / "config.yaml").read_text()


def test_a_vendored_work_is_the_version_that_the_table_names() -> None:
    versions = {work.name: work.version for work in inventory.works()}
    head = (PARTS / "web/static/vendor/uplot.js").read_text("utf-8")[:100]
    assert f"uplot {versions['uPlot']} " in head


def test_nothing_is_vendored_that_the_table_leaves_out() -> None:
    fonts = {path.stem.split("-")[0] for path in PARTS.rglob("*.ttf")}
    vendored = {path.stem.split("-")[0] for path in (PARTS / "web/static/vendor").iterdir()}
    assert (fonts, vendored) == ({"DejaVuSansCondensed"}, {"uplot"})
