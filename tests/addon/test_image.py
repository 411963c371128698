"""The image, built from the app's folder alone, and the service in it under a real s6."""

import json
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from tests.addon.container import (
    LENT,
    Container,
    base_image,
    built_image,
    command,
    container,
    missing,
    run,
    socket_in,
)
from tests.support.certificate import self_signed
from tests.test_report_pdf import document

pytestmark = [
    pytest.mark.image,
    pytest.mark.timeout(300),  # the first test on a machine makes the stand-in for the base image
    pytest.mark.skipif(bool(missing()), reason=f"building an image needs {missing()}"),
]

TOPIC = "bmw_wallbox/debmwetest1234567890ab/bridge"
TOKEN = "the-supervisors-token"
SUPERVISOR_PORT = 8888
OVER_BASE_MAX_MB = 60
STOP_MAX_S = 5.0
OPTIONS = {"ssl": True, "ssl_cert": "cert.pem", "ssl_key": "key.pem", "max_current": 20}


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with built_image(tmp_path_factory.mktemp("image")) as name:
        yield name


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """What the Supervisor mounts: options and data, the certificates and the shared folder."""
    mounted = {"/data": tmp_path / "data", "/ssl:ro": tmp_path / "ssl", "/share": tmp_path / "share"}
    for folder in mounted.values():
        folder.mkdir()
    (tmp_path / "data/options.json").write_text(json.dumps(OPTIONS))
    self_signed(tmp_path / "ssl")
    return mounted


@pytest.fixture
async def running(image: str, folders: dict[str, Path]) -> AsyncIterator[Container]:
    environment = {
        "SUPERVISOR_TOKEN": TOKEN,
        "SUPERVISOR_URL": f"http://127.0.0.1:{SUPERVISOR_PORT}",
        "TZ": "Europe/Berlin",
    }
    async with container(image, folders=folders, environment=environment) as started:
        await started.until_up()
        await started.until(lambda: listens(started), "the OCPP listener")
        yield started


def size(image: str) -> int:
    return int(run(*command("podman", "image", "inspect", "--format", "{{.Size}}", image)))


def test_the_image_adds_little_to_its_base(image: str) -> None:
    assert (size(image) - size(base_image())) / 1e6 < OVER_BASE_MAX_MB


def test_the_image_adds_the_program_and_its_service_only(image: str) -> None:
    changes = run(*command("podman", "image", "diff", image, base_image())).splitlines()
    added = {line.removeprefix("A ") for line in changes if line.startswith("A ")}
    added -= set(LENT)  # the places where the build got them
    tops = {path for path in added if not any(path.startswith(f"{other}/") for other in added)}
    assert tops <= {"/opt/bmw-wallbox", "/usr/local/bin/bmw-wallbox", "/etc/s6-overlay"}
    assert not any(line.startswith("D ") for line in changes)


def test_the_image_says_what_it_is(image: str) -> None:
    labels = json.loads(run(*command("podman", "image", "inspect", "--format", "{{json .Labels}}", image)))
    assert labels["io.hass.type"] == "app"
    assert labels["io.hass.arch"] == "amd64"
    assert labels["io.hass.version"] == "0.1.0"


async def test_the_app_starts_with_its_options_and_is_healthy(running: Container) -> None:
    info = await panel(running, "api/info")
    assert info["max_current"] == 20
    assert not {"invalid_options", "certificate_missing"} & {problem["key"] for problem in info["problems"]}
    assert running.healthy


async def test_no_shell_stands_between_s6_and_the_program(running: Container) -> None:
    command_line = running.inside("cat", f"/proc/{running.program_id}/cmdline").split("\0")
    assert command_line[1:3] == ["/usr/local/bin/bmw-wallbox", "serve"]


async def test_a_stop_ends_the_app_with_code_0_and_at_once(running: Container) -> None:
    began = time.monotonic()
    running.podman("stop", "--time", "30", running.name)
    assert time.monotonic() - began < STOP_MAX_S
    assert running.exit_code == 0
    assert "crash" not in running.log


async def test_a_crash_is_published_and_the_program_started_again(
    running: Container, folders: dict[str, Path]
) -> None:
    (folders["/data"] / "bridge_topic").write_text(f"{TOPIC}\n")
    async with supervisor(running) as published:
        first = running.program_id
        running.kill_program()
        await running.until_other_than({first})
        await running.until_up()
        assert published == [{"topic": TOPIC, "payload": "offline", "retain": True, "qos": 1}]
    assert running.exit_code is None
    assert "starting it again (crash 1 of 5" in running.log


async def test_the_fifth_crash_stops_the_container_with_the_programs_code(running: Container) -> None:
    gone: set[int] = set()
    for _ in range(5):
        await running.until_other_than(gone)
        program_id = running.program_id
        running.kill_program()
        gone.add(program_id)
    assert await running.until_ended() == 128 + signal.SIGKILL


async def test_without_options_the_panel_comes_up_and_says_so(image: str, folders: dict[str, Path]) -> None:
    (folders["/data"] / "options.json").unlink()
    async with container(image, folders=folders, environment={"SUPERVISOR_TOKEN": TOKEN}) as started:
        await started.until_up()
        info = await panel(started, "api/info")
    assert "invalid_options" in [problem["key"] for problem in info["problems"]]


async def test_certificates_are_read_from_a_folder_that_cannot_be_written(running: Container) -> None:
    with pytest.raises(AssertionError, match="Read-only file system"):
        running.inside("touch", "/ssl/new")
    assert (await panel(running, "api/info"))["certificate"] is not None


async def test_a_backup_gets_its_snapshot(running: Container, folders: dict[str, Path]) -> None:
    running.inside("bmw-wallbox", "snapshot")
    assert (folders["/data"] / "snapshot.db").stat().st_size > 0


async def test_a_report_is_drawn_with_what_the_image_holds(
    running: Container, folders: dict[str, Path]
) -> None:
    (folders["/share"] / "document").write_bytes(msgspec.json.encode(document()))
    python = "/opt/bmw-wallbox/bin/python3 -I -m bmw_wallbox report"
    running.inside("bash", "-c", f"{python} </share/document >/share/report.pdf")
    assert (folders["/share"] / "report.pdf").read_bytes().startswith(b"%PDF-")


async def test_public_holidays_are_worked_out_with_what_the_image_holds(running: Container) -> None:
    python = ("/opt/bmw-wallbox/bin/python3", "-m", "bmw_wallbox.public_holidays")
    assert "2026-12-25" in json.loads(running.inside(*python, "DE", "BY", "2026"))


async def listens(running: Container) -> bool:
    return bool((await panel(running, "api/info"))["listeners"]["ocpp"]["listening"])


async def panel(running: Container, path: str) -> dict[str, Any]:
    status, text = await running.answers(path)
    assert status == 200, text
    content = json.loads(text)
    assert isinstance(content, dict)
    return content


@asynccontextmanager
async def supervisor(running: Container) -> AsyncIterator[list[dict[str, Any]]]:
    """Record what is published through the Supervisor's proxy, within the container's network."""
    published: list[dict[str, Any]] = []

    async def publish(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        published.append(await request.json())
        return web.json_response([])

    app = web.Application()
    app.router.add_post("/core/api/services/mqtt/publish", publish)
    runner = web.AppRunner(app)
    await runner.setup()
    process_id = int(running.podman("inspect", "--format", "{{.State.Pid}}", running.name))
    listening = socket_in(process_id, lambda: socket.create_server(("127.0.0.1", SUPERVISOR_PORT)))
    await web.SockSite(runner, listening).start()
    try:
        yield published
    finally:
        await runner.cleanup()
