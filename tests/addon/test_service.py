"""What s6 does when the program starts and ends: the real scripts against a Supervisor that records."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

SERVICE = Path(__file__).parents[2] / "bmw_wallbox_addon/rootfs/etc/s6-overlay/s6-rc.d/bmw-wallbox"
TOPIC = "bmw_wallbox/debmwetest1234567890ab/bridge"
TOKEN = "the-supervisors-token"
TIMEOUT_S = 20.0


@dataclass(slots=True)
class Supervisor:
    """Speaks the proxied part of Home Assistant's REST API that publishes a message."""

    url: str = ""
    status: int = 200
    published: list[dict[str, Any]] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)

    async def publish(self, request: web.Request) -> web.Response:
        self.authorizations.append(request.headers.get("Authorization", ""))
        self.published.append(await request.json())
        return web.json_response([], status=self.status)


@pytest.fixture
async def supervisor() -> AsyncIterator[Supervisor]:
    fake = Supervisor()
    app = web.Application()
    app.router.add_post("/core/api/services/mqtt/publish", fake.publish)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    fake.url = f"http://{host}:{port}"
    yield fake
    await runner.cleanup()


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """The folders and the environment that the scripts see."""

    data: Path
    run: Path
    bin: Path
    environment: dict[str, str]

    @property
    def halted_with(self) -> str | None:
        result = self.run / "s6-linux-init-container-results/exitcode"
        halted = (self.run / "halted").exists()
        assert result.exists() == halted
        return result.read_text().strip() if halted else None


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/usr/bin/env bash\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def container(tmp_path: Path, supervisor: Supervisor) -> Container:
    data, run, programs = tmp_path / "data", tmp_path / "run", tmp_path / "bin"
    for folder in (data, run, programs):
        folder.mkdir()
    (data / "bridge_topic").write_text(f"{TOPIC}\n")
    script(run / "s6/basedir/bin/halt", f'touch "{run}/halted"')
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "BMW_WALLBOX_DATA": str(data),
        "BMW_WALLBOX_RUN": str(run),
        "SUPERVISOR_URL": supervisor.url,
        "SUPERVISOR_TOKEN": TOKEN,
    }
    return Container(data=data, run=run, bin=programs, environment=environment)


async def bash(container: Container, name: str, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "bash",
        str(SERVICE / name),
        *arguments,
        env=container.environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(TIMEOUT_S):
        output, _ = await process.communicate()
    assert process.returncode == 0, output
    return output.decode()


type Finish = Callable[..., Coroutine[Any, Any, str]]


@pytest.fixture
def finish(container: Container) -> Finish:
    async def run(code: int, signal: int = 0) -> str:
        return await bash(container, "finish", str(code), str(signal), "bmw-wallbox", "1")

    return run


async def test_run_becomes_the_program(container: Container) -> None:
    script(container.bin / "bmw-wallbox", 'echo "$$ $PPID $*"')
    process_id, parent_id, *arguments = (await bash(container, "run")).split()
    assert arguments == ["serve"]
    assert int(process_id) != os.getpid()
    assert int(parent_id) == os.getpid(), "no shell may stand between s6 and the program"


async def test_run_sends_errors_to_the_log_too(container: Container) -> None:
    script(container.bin / "bmw-wallbox", "echo broken >&2")
    assert await bash(container, "run") == "broken\n"


async def test_a_clean_end_publishes_nothing(
    container: Container, finish: Finish, supervisor: Supervisor
) -> None:
    await finish(0)
    assert supervisor.published == []
    assert container.halted_with is None


async def test_a_crash_publishes_offline_and_leaves_the_restart_to_s6(
    container: Container, finish: Finish, supervisor: Supervisor
) -> None:
    await finish(1)
    assert supervisor.published == [{"topic": TOPIC, "payload": "offline", "retain": True, "qos": 1}]
    assert supervisor.authorizations == [f"Bearer {TOKEN}"]
    assert container.halted_with is None


async def test_a_topic_without_a_line_end_is_read(
    container: Container, finish: Finish, supervisor: Supervisor
) -> None:
    (container.data / "bridge_topic").write_text(TOPIC)
    await finish(1)
    assert [message["topic"] for message in supervisor.published] == [TOPIC]


async def test_a_crash_before_the_first_publication_needs_no_topic(
    container: Container, finish: Finish, supervisor: Supervisor
) -> None:
    (container.data / "bridge_topic").unlink()
    await finish(1)
    assert supervisor.published == []


async def test_a_home_assistant_that_refuses_does_not_stop_the_restart(
    container: Container, finish: Finish, supervisor: Supervisor
) -> None:
    supervisor.status = 502
    await finish(1)
    assert len(supervisor.published) == 1
    assert container.halted_with is None


async def test_the_token_is_not_printed(finish: Finish) -> None:
    assert TOKEN not in await finish(1)


async def test_five_crashes_halt_the_container_with_the_exit_code(
    container: Container, finish: Finish, supervisor: Supervisor
) -> None:
    for _ in range(4):
        await finish(1)
        assert container.halted_with is None
    await finish(3)
    assert container.halted_with == "3"
    assert len(supervisor.published) == 5


async def test_death_by_a_signal_halts_with_the_code_that_shells_give(
    container: Container, finish: Finish
) -> None:
    for _ in range(5):
        await finish(256, 9)
    assert container.halted_with == "137"


async def test_a_clean_end_is_not_counted_as_a_crash(container: Container, finish: Finish) -> None:
    for code in (1, 1, 0, 1, 1):
        await finish(code)
    assert container.halted_with is None


async def test_crashes_older_than_ten_minutes_are_forgotten(container: Container, finish: Finish) -> None:
    for _ in range(4):
        await finish(1)
    record = container.run / "bmw-wallbox-crashes"
    record.write_text("".join(f"{time.time() - 601:.0f}\n" for _ in record.read_text().splitlines()))
    await finish(1)
    assert container.halted_with is None
