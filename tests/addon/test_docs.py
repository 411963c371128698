"""What the documents name exists, what they link to is there, and their tables are current."""

import asyncio
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.entities.known_variables import KNOWN_VARIABLES
from bmw_wallbox.entities.table import ROWS
from tests.web.memory import MemoryBackend
from tests.web.panel import make_server, running

ROOT = Path(__file__).parents[2]
APP = ROOT / "bmw_wallbox_addon"
MANUALS = (APP / "DOCS.md", APP / "DOCS.de.md")
DOCUMENTS = (
    *(ROOT / "README.md", ROOT / ".github/CONTRIBUTING.md", ROOT / ".github/SECURITY.md"),
    *(APP / "README.md", APP / "CHANGELOG.md", *MANUALS),
)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_ENTITY = re.compile(r"\b(sensor|binary_sensor|button|event|number|switch)\.bmw_wallbox_(\w+)")
_PACKAGE = "bmw_wallbox_addon/src/bmw_wallbox/"
"""What `…/` stands for in CONTRIBUTING."""
_FOLDERS = ("script/", "tests/", "bmw_wallbox_addon/", ".github/", ".devcontainer/", "frontend/")

NOT_OURS = {
    "en": {
        *("Settings → Apps → Install app", "Settings → Automations & scenes → Blueprints → Import blueprint"),
        *("Settings → Dashboards → Energy", "Settings → Devices & services", "Add device", "Configuration"),
        *("Settings → Devices & services → Entities", "Create automation", "Individual devices", "Network"),
        *("Developer tools → Statistics", "Developer tools → YAML → Automations", "Open Web UI", "Reload"),
        *("Security → Long-lived access tokens", "Show in sidebar", "Start on boot", "Watchdog", "Console"),
        *("Let's Encrypt", "WBInstallation", "Limit while there is room", "The price of an entity"),
        *("A diagnostics file", "Backups", "The wallbox", "in your own network", "without"),
        "Note down the server address that is there",
    },
    "de": {
        *("Einstellungen → Apps → App installieren", "Einstellungen → Dashboards → Energie", "Netzwerk"),
        "Einstellungen → Automationen & Szenen → Blueprints → Blueprint importieren",
        *("Einstellungen → Geräte & Dienste", "Einstellungen → Geräte & Dienste → Entitäten", "Starten"),
        *("Automation erstellen", "Beim Booten starten", "Benutzeroberfläche öffnen", "Gerät hinzufügen"),
        *(
            "Einzelne Geräte",
            "Entwicklerwerkzeuge → Statistik",
            "Entwicklerwerkzeuge → YAML",
            "Konfiguration",
        ),
        *("Sicherheit → Langlebige Zugriffstoken", "In Seitenleiste anzeigen", "Watchdog", "Konsole"),
        *("Let's Encrypt", "WBInstallation", "Limit while there is room", "Der Preis einer Entität"),
        *("Eine Diagnosedatei", "Sicherungen", "Die Wallbox", "in deinem eigenen Netz", "ohne"),
        "Schreibe die Server-Adresse auf, die dort steht",
    },
}
"""What is bold and no name of the panel: of Home Assistant, of other programs, or plain emphasis."""


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(path: Path) -> str:
    """Return a document without its blocks of code."""
    return _FENCE.sub("", path.read_text("utf-8"))


def blocks(path: Path, language: str) -> list[str]:
    return [text for kind, text in _FENCE.findall(path.read_text("utf-8")) if kind == language]


def section(path: Path, heading: str) -> str:
    """Return what stands under a heading, up to the next one of its rank."""
    text = prose(path)
    begin = text.index(f"\n{heading}\n")
    rank = heading.split(" ", maxsplit=1)[0]
    end = re.compile(rf"^#{{1,{len(rank)}}} ", re.MULTILINE).search(text, begin + len(heading) + 1)
    return text[begin : end.start() if end else None]


def anchors(path: Path) -> set[str]:
    """Return the anchors of the headings, as GitHub makes them; a repeated heading would have two."""
    found = []
    for _rank, heading in _HEADING.findall(prose(path)):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)|[`*]", r"\1", heading).lower()
        found.append(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    assert len(found) == len(set(found)), f"{path.name} repeats a heading"
    return set(found)


@pytest.mark.parametrize("path", DOCUMENTS, ids=ids)
def test_every_link_within_the_repository_leads_somewhere(path: Path) -> None:
    for target in _LINK.findall(prose(path)):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=ids)
def test_every_file_that_is_named_exists(path: Path) -> None:
    text = prose(path).replace("`…/", f"`{_PACKAGE}") if path.name == "CONTRIBUTING.md" else prose(path)
    names = {word for code in _CODE.findall(text) for word in code.split() if word.startswith(_FOLDERS)}
    assert [name for name in sorted(names) if not list(ROOT.glob(name.rstrip("/,")))] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=ids)
def test_every_entity_that_is_named_exists(path: Path) -> None:
    known = {(row.platform.value, row.key) for row in ROWS}
    assert set(_ENTITY.findall(path.read_text("utf-8"))) <= known


@pytest.mark.parametrize("path", MANUALS, ids=ids)
def test_what_is_bold_is_a_name_of_ours_or_of_a_neighbour(path: Path) -> None:
    language = "de" if path.name == "DOCS.de.md" else "en"
    files = (APP / "src/bmw_wallbox/web/static/i18n" / language).glob("*.json")
    ours = {text.rstrip(" …") for file in files for text in json.loads(file.read_text("utf-8")).values()}
    ours |= {row.name for row in ROWS} | {known.name for known in KNOWN_VARIABLES} | NOT_OURS[language]
    bold = re.findall(r"\*\*([^*]+)\*\*", " ".join(prose(path).split()))
    unknown = {name for name in bold if name not in ours and not set(name.split(" → ")) <= ours}
    assert unknown == set()


def test_the_generated_tables_are_current() -> None:
    subprocess.run([sys.executable, "script/tables.py", "--check"], cwd=ROOT, check=True)


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://github.com/OWN" + "ER/app", "/redirect/supervisor_store/)"),
        ("https://github.com/a/b", "/?repository_url=https%3A%2F%2Fgithub.com%2Fa%2Fb)"),
    ],
)
def test_the_link_of_the_readme_adds_the_repository_once_its_owner_is_known(url: str, page: str) -> None:
    first_step = runpy.run_path(str(ROOT / "script/tables.py"))["first_step"]
    text = "\n".join(first_step(url))
    assert page in text
    assert (f"`{url}`" in text) == ("repository_url" in page)


@pytest.mark.parametrize("path", MANUALS, ids=ids)
def test_every_setting_and_every_entity_is_explained(path: Path) -> None:
    text = prose(path)
    assert [field.name for field in fields(Settings) if f"`{field.name}`" not in text] == []
    assert [row.key for row in ROWS if f"`{row.platform}.bmw_wallbox_{row.key}`" not in text] == []


@pytest.mark.parametrize(("path", "heading"), list(zip(MANUALS, ("## Options", "## Optionen"), strict=True)))
def test_the_options_are_those_of_the_manifest(path: Path, heading: str) -> None:
    manifest: dict[str, Any] = yaml.safe_load((APP / "config.yaml").read_text("utf-8"))
    rows = dict(re.findall(r"^\| `(\w+)` \| (\S+) \|", section(path, heading), re.MULTILINE))
    assert rows.keys() == manifest["schema"].keys()
    for key, default in manifest["options"].items():
        assert rows[key] == f"`{str(default).lower()}`"


def structure(path: Path) -> list[tuple[int, int, list[str]]]:
    """Return each section's rank, rows of tables and kinds of blocks, up to the interface."""
    parts = re.split(r"^(#+) ", path.read_text("utf-8").split("\n## HTTP")[0], flags=re.MULTILINE)
    return [
        (
            len(rank),
            len(re.findall(r"^\|", text, re.MULTILINE)),
            [kind for kind, _code in _FENCE.findall(text)],
        )
        for rank, text in zip(parts[1::2], parts[2::2], strict=True)
    ]


def test_both_languages_have_the_same_structure() -> None:
    english, german = (structure(path) for path in MANUALS)
    assert english == german


def test_the_example_automations_do_the_same_in_both_languages() -> None:
    for english, german in zip(blocks(MANUALS[0], "yaml"), blocks(MANUALS[1], "yaml"), strict=True):
        ours, theirs = yaml.safe_load(english), yaml.safe_load(german)
        assert ours.keys() == theirs.keys() >= {"alias", "triggers", "actions"}
        assert _ENTITY.findall(english) == _ENTITY.findall(german) != []


async def test_every_call_of_the_interface_is_documented_and_exists() -> None:
    async with running(make_server(MemoryBackend())) as server:
        routes = list((await server._application()).router.routes())
    served = {(r.method, re.sub(r"\{\w+\}", "{}", r.resource.canonical)) for r in routes if r.resource}
    text = section(MANUALS[0], "## HTTP interface")
    named = re.findall(r"`(GET|POST|PUT|DELETE) (?:…|api|(?=healthz|ws))([^`?]*)`", text)
    for method, path in named:
        tail = re.sub(r"\{\w+\}", "{}", path)
        assert any(m == method and there.endswith(tail) for m, there in served), (method, path)
    last = {path.replace("/{}", "").rsplit("/", 1)[-1] for _method, path in served if "/api/" in path}
    assert [name for name in sorted(last) if name not in text] == []


def documented_flags(command: str) -> set[str]:
    usage = next(text for text in blocks(MANUALS[0], "sh") if "bmw-wallbox serve [" in text)
    of_command = re.split(r"^bmw-wallbox ", usage, flags=re.MULTILINE)
    return set(re.findall(r"--[a-z-]+", next(text for text in of_command if text.startswith(command))))


@pytest.mark.parametrize("command", ["serve", "simulate", "snapshot"])
def test_the_command_line_has_the_documented_flags(command: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bmw_wallbox", command, "--help"], check=True, capture_output=True, text=True
    ).stdout
    assert set(re.findall(r"--[a-z-]+", told)) - {"--help"} == documented_flags(command)


@pytest.mark.parametrize("path", DOCUMENTS, ids=ids)
def test_every_script_that_is_named_can_be_run(path: Path) -> None:
    for name in re.findall(r"\bscript/[a-z]+\b(?![./])", path.read_text("utf-8")):
        assert os.access(ROOT / name, os.X_OK), name


@pytest.mark.parametrize(
    "command",
    [
        *("run --help", "test --version", "document --check", "sbom {tmp}/sbom.json", "fuzz 0"),
        *("bench --help", "bench ocpp --help", "bench panel --help"),
    ],
)
def test_the_commands_for_developers_run(command: str, tmp_path: Path) -> None:
    name, *arguments = command.format(tmp=tmp_path).split()
    done = subprocess.run(
        [f"script/{name}", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", MANUALS, ids=ids)
async def test_the_program_starts_without_a_supervisor_as_documented(path: Path, tmp_path: Path) -> None:
    *exports, command = next(text for text in blocks(path, "sh") if "HA_URL" in text).strip().splitlines()
    environment = dict(line.removeprefix("export ").split("=", maxsplit=1) for line in exports)
    (tmp_path / "options.json").write_text('{"ssl": false, "max_current": 16}', "utf-8")
    name, *arguments = shlex.split(command)
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name(name)), *arguments, "--ocpp-port", "0", "--panel-port", "0"),
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", **environment, "HA_URL": "http://127.0.0.1:9"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            async for line in process.stdout:
                if b"Listening for the wallbox" in line:
                    break
            process.terminate()
            await process.stdout.read()
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
