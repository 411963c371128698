"""The workflows: pinned, with least rights, and their scripts free of findings."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.homeassistant.core_install import NEWEST, OLDEST

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yaml"))
CALLED = "$/.github/workflows/"
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40}  # v?\d+\.\d+\.\d+$")
WRITES = {"release.yaml": {"image": {"id-token", "packages"}, "release": {"contents"}}}

type Job = dict[str, Any]


def load(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(content, dict)
    return content


def jobs() -> Iterator[tuple[str, str, Job]]:
    for path in WORKFLOWS:
        for name, job in load(path)["jobs"].items():
            yield path.name, name, job


JOBS = [pytest.param(*each, id=f"{each[0]}-{each[1]}") for each in jobs()]
SCRIPTS = [
    pytest.param(step["run"], id=f"{path}-{name}-{number}")
    for path, name, job in jobs()
    for number, step in enumerate(job.get("steps", []))
    if "run" in step
]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_its_whole_hash_and_says_its_version(path: Path) -> None:
    for line in path.read_text("utf-8").splitlines():
        if "uses: " in line and CALLED not in line:
            assert PINNED.search(line), line


def test_an_action_has_one_version() -> None:
    found = re.findall(r"uses: ([\w.-]+/[\w.-]+)\S*@(\S+)", "\n".join(path.read_text() for path in WORKFLOWS))
    versions: dict[str, set[str]] = {}
    for action, version in found:
        versions.setdefault(action, set()).add(version)
    assert all(len(each) == 1 for each in versions.values()), versions


@pytest.mark.parametrize(("path", "name", "job"), JOBS)
def test_a_job_may_write_only_what_it_publishes(path: str, name: str, job: Job) -> None:
    rights = job.get("permissions", {})
    assert {right for right, level in rights.items() if level == "write"} == WRITES.get(path, {}).get(
        name, set()
    )


@pytest.mark.parametrize(("path", "name", "job"), JOBS)
def test_a_job_has_an_end(path: str, name: str, job: Job) -> None:
    assert "uses" in job or job["timeout-minutes"] <= 60, (path, name)


@pytest.mark.parametrize(("path", "name", "job"), JOBS)
def test_a_checkout_keeps_no_credentials(path: str, name: str, job: Job) -> None:
    for step in job.get("steps", []):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"] == {"persist-credentials": False}, (path, name)


@pytest.mark.parametrize("text", SCRIPTS)
def test_a_workflows_script_has_no_finding(text: str) -> None:
    assert "${{" not in text, "what an expression holds would be run as part of the script"
    shellcheck = Path(sys.executable).with_name("shellcheck")
    # The runner stops a script at its first failure.
    subprocess.run([shellcheck, "--shell=bash", "-"], input=f"set -e\n{text}", text=True, check=True)


def test_the_tests_run_on_the_oldest_and_the_newest_home_assistant() -> None:
    matrix = load(ROOT / ".github/workflows/ci.yaml")["jobs"]["test"]["strategy"]["matrix"]["include"]
    expected = [{"homeassistant": each.number, "python": each.python} for each in (OLDEST, NEWEST)]
    assert matrix == expected


def test_zizmor_finds_nothing() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    done = subprocess.run(
        [zizmor, "--offline", ".github"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_updates_are_watched_for_everything_that_is_pinned() -> None:
    updates = load(ROOT / ".github/dependabot.yml")["updates"]
    places = {(each["package-ecosystem"], each["directory"]) for each in updates}
    assert places == {
        ("github-actions", "/"),
        ("uv", "/"),
        ("docker", "/bmw_wallbox_addon"),
        ("npm", "/frontend"),
    }


def test_the_release_takes_its_notes_from_the_changelog(tmp_path: Path) -> None:
    steps = load(ROOT / ".github/workflows/release.yaml")["jobs"]["release"]["steps"]
    program = re.search(r"awk '([^']+)'", steps[-1]["run"])
    assert program
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## 0.2.0\n\n- Two\n\n## 0.1.0\n\n- One\n")
    notes = subprocess.run(
        ["awk", program[1], "version=0.2.0", changelog], capture_output=True, text=True, check=True
    ).stdout
    assert notes.split() == ["-", "Two"]


def test_the_devcontainer_mounts_the_repository_where_home_assistant_looks_for_local_apps() -> None:
    devcontainer = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    tasks = json.loads((ROOT / ".vscode/tasks.json").read_text("utf-8"))["tasks"]
    assert "/mnt/supervisor/apps/local/" in devcontainer["workspaceMount"]
    assert devcontainer["image"].endswith(":6-apps")
    assert "supervisor_run" in [task["command"] for task in tasks]
