"""A Home Assistant Core from PyPI in a venv of its own, made once and kept."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CACHE = Path(__file__).parents[2] / ".cache"
# What the tests look at, and `hassio`, which the MQTT integration's own set-up flow imports.
_INTEGRATIONS = ("mqtt", "recorder", "energy", "history", "diagnostics", "frontend", "hassio")
# The frontend is mandatory, its hundred megabytes of JavaScript are not: the tests show no page.
_NOT_INSTALLED = ("home-assistant-frontend",)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreVersion:
    """A release of Core and what it needs."""

    number: str
    python: str


NEWEST = CoreVersion(number="2026.11.0", python="3.14")
OLDEST = CoreVersion(number="2025.4.4", python="3.13")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreInstallation:
    """An installed Core, ready to be started."""

    version: CoreVersion
    python: Path


def choose_version() -> CoreVersion:
    """Return the newest Core that this machine can run, or the one that HOMEASSISTANT_VERSION names."""
    wanted = os.environ.get("HOMEASSISTANT_VERSION")
    for version in (NEWEST, OLDEST):
        if wanted in {None, version.number} and _find_python(version) is not None:
            return version
    raise RuntimeError(f"No Python for Home Assistant {wanted or OLDEST.number}")


def install(version: CoreVersion) -> CoreInstallation:
    """Return that Core's venv, made at the first use."""
    folder = _CACHE / f"homeassistant-{version.number}"
    python = folder / "bin" / "python"
    complete = folder / "complete"
    if not complete.exists():
        interpreter = _find_python(version)
        assert interpreter is not None
        _uv("venv", "--clear", "--python", interpreter, str(folder))
        _uv("pip", "install", "--python", str(python), f"homeassistant=={version.number}")
        _uv("pip", "install", "--python", str(python), *_requirements(folder))
        complete.touch()
    return CoreInstallation(version=version, python=python)


def _find_python(version: CoreVersion) -> str | None:
    if f"{sys.version_info.major}.{sys.version_info.minor}" == version.python:
        return sys.executable
    return shutil.which(f"python{version.python}")


def _uv(*arguments: str) -> None:
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        raise RuntimeError("These tests need uv on PATH")
    # Elsewhere, since what this workspace leaves out of its own dependencies is Core's to have.
    subprocess.run([uv, *arguments, "--quiet"], check=True, cwd=tempfile.gettempdir())


def _requirements(folder: Path) -> list[str]:
    """Return what the manifests of the integrations and of their dependencies ask for."""
    (components,) = folder.glob("lib/python*/site-packages/homeassistant/components")
    pending, seen, requirements = list(_INTEGRATIONS), set(), set()
    while pending:
        domain = pending.pop()
        if domain in seen:
            continue
        seen.add(domain)
        manifest: dict[str, Any] = json.loads((components / domain / "manifest.json").read_text())
        pending += manifest.get("dependencies", [])
        requirements |= set(manifest.get("requirements", []))
    return sorted(line for line in requirements if not line.startswith(_NOT_INSTALLED))
