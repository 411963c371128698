"""The files that the Supervisor, the store and the image read, held against each other."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
APP = ROOT / "bmw_wallbox_addon"
SERVICE = APP / "rootfs/etc/s6-overlay/s6-rc.d/bmw-wallbox"
LANGUAGES = ("en", "de")


def load(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(content, dict)
    return content


MANIFEST = load(APP / "config.yaml")


def tracked_files() -> list[str]:
    listing = subprocess.run(
        ["git", "ls-files", "--stage"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return listing.splitlines()


def test_s6_is_the_first_process() -> None:
    assert MANIFEST["init"] is False


def test_an_option_has_a_default_exactly_if_it_is_required() -> None:
    required = {key for key, element in MANIFEST["schema"].items() if not element.endswith("?")}
    assert MANIFEST["options"].keys() == required


def test_a_stop_has_time_for_the_program_and_for_s6() -> None:
    finish_ms = int((SERVICE / "timeout-finish").read_text())
    assert MANIFEST["timeout"] >= 5 + finish_ms / 1000 + 4


def test_every_port_is_spelled_as_the_supervisor_wants_it() -> None:
    for port, host_port in MANIFEST["ports"].items():
        assert re.fullmatch(r"\d+/(tcp|udp)", port)
        assert 1 <= host_port <= 65535


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_and_port_is_translated(language: str) -> None:
    translation = load(APP / f"translations/{language}.yaml")
    assert translation["configuration"].keys() == MANIFEST["schema"].keys()
    assert translation["network"].keys() == MANIFEST["ports"].keys()
    for texts in translation["configuration"].values():
        assert texts.keys() == {"name", "description"}
        assert all(texts.values())


def test_the_documentation_explains_every_option() -> None:
    documentation = (APP / "DOCS.md").read_text("utf-8")
    for key in MANIFEST["schema"]:
        assert f"`{key}`" in documentation, key


def test_the_changelog_opens_with_the_version() -> None:
    headings = re.findall(r"^## (.+)$", (APP / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0] == MANIFEST["version"]


def test_the_store_finds_one_manifest_only() -> None:
    names = [line.split("\t", 1)[1] for line in tracked_files()]
    manifests = [name for name in names if re.fullmatch(r"config\.(yaml|yml|json)", Path(name).name)]
    assert manifests == ["bmw_wallbox_addon/config.yaml"]


def test_the_backup_leaves_the_live_database_out_and_the_snapshot_in() -> None:
    def excluded(name: str) -> bool:
        return any(Path("/data", name).match(pattern) for pattern in MANIFEST["backup_exclude"])

    assert all(excluded(name) for name in ("wallbox.db", "wallbox.db-wal", "wallbox.db-shm"))
    assert not excluded("snapshot.db")
    assert not excluded("options.json")


def test_what_starts_with_an_interpreter_is_executable_in_git_and_nothing_else() -> None:
    for line in tracked_files():
        meta, name = line.split("\t", 1)
        path = ROOT / name
        if path.is_file():
            starts = path.read_bytes()[:2] == b"#!"
            assert meta.split(" ")[0] == ("100755" if starts else "100644"), name


def test_text_files_end_their_lines_as_unix_does() -> None:
    for line in tracked_files():
        path = ROOT / line.split("\t", 1)[1]
        if path.is_file() and path.suffix in {"", ".md", ".py", ".sh", ".txt", ".yaml", ".yml"}:
            assert b"\r\n" not in path.read_bytes(), path


def test_the_service_belongs_to_the_bundle_that_s6_starts() -> None:
    assert (SERVICE / "type").read_text() == "longrun\n"
    assert (SERVICE / "dependencies.d/base").exists()
    assert (SERVICE.parent / "user/type").read_text() == "bundle\n"
    assert (SERVICE.parent / "user/contents.d/bmw-wallbox").exists()


def test_the_health_check_asks_the_panel_on_the_default_ingress_port() -> None:
    assert "http://127.0.0.1:8099/healthz" in (APP / "Dockerfile").read_text()
    assert "ingress_port" not in MANIFEST, "8099 is the Supervisor's default"


def test_the_image_description_is_the_manifests() -> None:
    dockerfile = (APP / "Dockerfile").read_text()
    assert f'io.hass.name="{MANIFEST["name"]}"' in dockerfile
    assert f'io.hass.description="{MANIFEST["description"]}"' in dockerfile


@pytest.mark.parametrize(("name", "size"), [("icon.png", (128, 128)), ("logo.png", (250, 100))])
def test_the_pictures_have_the_size_that_the_store_recommends(name: str, size: tuple[int, int]) -> None:
    header = (APP / name).read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(header[16:20]), int.from_bytes(header[20:24])) == size


@pytest.mark.parametrize("name", ["icon", "logo"])
def test_the_pictures_source_is_kept_in_the_same_size(name: str) -> None:
    source = (ROOT / f".github/artwork/{name}.svg").read_text("utf-8")
    header = (APP / f"{name}.png").read_bytes()[:24]
    width, height = int.from_bytes(header[16:20]), int.from_bytes(header[20:24])
    assert f'viewBox="0 0 {width} {height}"' in source
    assert "<image" not in source, "drawn, not embedded"


def test_the_repository_is_one_that_the_store_takes() -> None:
    repository = load(ROOT / "repository.yaml")
    assert repository.keys() <= {"name", "url", "maintainer"}
    assert repository["name"]
    assert re.fullmatch(r"https://[^/]+/[^/]+/[^/]+", repository["url"])


def test_one_placeholder_names_the_owner() -> None:
    placeholder = "OWN" + "ER"
    holding = []
    for line in tracked_files():
        path = ROOT / line.split("\t", 1)[1]
        if path.is_file() and path.suffix not in {".png", ".ttf"}:
            found = re.findall(
                rf"(?<=[/_])(?:{placeholder}|YOUR[-_]?NAME|USERNAME|<owner>)\b", path.read_text("utf-8")
            )
            holding += [(str(path.relative_to(ROOT)), name) for name in found]
    assert holding == [("repository.yaml", placeholder)]


def test_the_build_gets_what_it_copies_and_no_more() -> None:
    ignored = (APP / ".dockerignore").read_text().splitlines()
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (APP / "Dockerfile").read_text(), re.MULTILINE)
    assert {name for names in copied for name in names.split()} == let_in
