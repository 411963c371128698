"""The image built from the Dockerfile, and containers of it; Debian stands in for the base image."""

import asyncio
import contextlib
import hashlib
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import aiohttp

ROOT = Path(__file__).parents[2]
APP = ROOT / "bmw_wallbox_addon"
STAND_IN = Path(__file__).parent / "standin"
STORAGE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bmw-wallbox-image"
"""Outside the checkout, so that the stand-in is made once per machine."""
PROGRAMS = ("buildah", "podman", "runc", "debootstrap")
PANEL = "http://127.0.0.1:8099"

_SUITE = "trixie"
_PACKAGES = "ca-certificates,curl,execline,python3,python3-pip,python3-venv,s6"
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_LIMITS = ("--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096")
_START_TIMEOUT_S = 20.0
_POLL_S = 0.05
LENT = ("/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
"""How this machine reaches its package index, lent to the build."""


def missing() -> str:
    """Say what this machine lacks to build an image; empty if nothing."""
    lacking = [program for program in PROGRAMS if shutil.which(program) is None]
    if os.geteuid() != 0:
        lacking.insert(0, "root")
    return ", ".join(lacking)


def command(program: str, *arguments: str) -> list[str]:
    storage = (
        "--root",
        str(STORAGE / "root"),
        "--runroot",
        "/run/bmw-wallbox-image",
        "--storage-driver",
        "overlay",
    )
    return [program, *storage, *arguments]


def run(*arguments: str) -> str:
    """Run a command and return what it prints; its errors are in the exception's message."""
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done.stdout.strip()


def base_image() -> str:
    """Return the stand-in's name; make it if its recipe was never followed on this machine."""
    recipe = hashlib.sha256(f"{_SUITE} {_PACKAGES}".encode())
    for path in sorted(STAND_IN.iterdir()):
        recipe.update(path.read_bytes())
    name = f"localhost/bmw-wallbox-base:{recipe.hexdigest()[:12]}"
    if subprocess.run(
        command("buildah", "inspect", "--type", "image", name), capture_output=True, check=False
    ).returncode:
        _make_base(name)
    return name


def _make_base(name: str) -> None:
    work = run(*command("buildah", "from", "scratch"))
    try:
        root = Path(run(*command("buildah", "mount", work)))
        archive = [] if (uri := _archive()) is None else [uri]
        run(
            "debootstrap",
            "--variant=minbase",
            f"--include={_PACKAGES}",
            f"--keyring={_KEYRING}",
            _SUITE,
            str(root),
            *archive,
        )
        shutil.rmtree(root / "var/cache/apt/archives")
        for marker in root.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
            marker.unlink()
        shutil.copy(STAND_IN / "init", root / "init")
        (root / "command").mkdir()
        shutil.copy(STAND_IN / "with-contenv", root / "command/with-contenv")
        run(*command("buildah", "config", "--entrypoint", '["/init"]', work))
        run(*command("buildah", "commit", "--quiet", work, name))
    finally:
        run(*command("buildah", "rm", work))


def _archive() -> str | None:
    """Return where this machine's apt finds Debian; None leaves the choice to debootstrap."""
    listing = run(
        "apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian"
    )
    return next((uri for uri in listing.splitlines() if "security" not in uri), None)


@contextmanager
def built_image(folder: Path) -> Iterator[str]:
    """Build the Dockerfile from a copy of the app's folder alone, and lend the image's name."""
    context = folder / "context"
    shutil.copytree(APP, context, ignore=shutil.ignore_patterns("__pycache__"))
    dockerfile = context / "Dockerfile"
    # An older builder does not know this flag, which only says when the first probe comes.
    dockerfile.write_text(re.sub(r"--start-interval=\S+ ", "", dockerfile.read_text()))
    name = f"localhost/bmw-wallbox-test:{uuid4().hex}"
    lent = [part for file in LENT if Path(file).exists() for part in ("--volume", f"{file}:{file}:ro")]
    given = [part for key in os.environ if key.startswith(("PIP_", "HTTPS_")) for part in ("--env", key)]
    run(
        *command("buildah", "bud", "--format", "docker", "--network", "host"),
        *("--isolation", "chroot", *_LIMITS, *lent, *given),
        *("--build-arg", f"BUILD_FROM={base_image()}", "--build-arg", "BUILD_ARCH=amd64"),
        *("--build-arg", "BUILD_VERSION=0.1.0", "--tag", name, str(context)),
    )
    try:
        yield name
    finally:
        run(*command("buildah", "rmi", "--force", name))


@dataclass(slots=True)
class Container:
    """A container of the image, alone in a network of its own that the test can enter."""

    name: str
    session: aiohttp.ClientSession

    def podman(self, *arguments: str) -> str:
        return run(*podman(*arguments))

    def inside(self, *arguments: str) -> str:
        """Run a program in the container, as the Supervisor does for a backup."""
        return self.podman("exec", self.name, *arguments)

    @property
    def log(self) -> str:
        logs = podman("logs", self.name)
        return subprocess.run(logs, stdout=-1, stderr=subprocess.STDOUT, text=True, check=True).stdout

    @property
    def exit_code(self) -> int | None:
        """Return the exit code, None while the container runs."""
        state = self.podman("inspect", "--format", "{{.State.Running}} {{.State.ExitCode}}", self.name)
        running, code = state.split()
        return None if running == "true" else int(code)

    @property
    def healthy(self) -> bool:
        """Run the health check that the image names."""
        check = podman("healthcheck", "run", self.name)
        return subprocess.run(check, capture_output=True, check=False).returncode == 0

    @property
    def program_id(self) -> int:
        """Return the id of the program's process, seen from within the container."""
        return int(self.inside("s6-svstat", "-o", "pid", "/run/service/bmw-wallbox"))

    def kill_program(self) -> None:
        """End the program as a lack of memory does."""
        self.inside("bash", "-c", f"kill -KILL {self.program_id}")

    async def answers(self, path: str) -> tuple[int, str]:
        """Ask the panel; 0 stands for no answer."""
        try:
            async with self.session.get(f"{PANEL}/{path}") as response:
                return response.status, await response.text()
        except aiohttp.ClientConnectionError:
            return 0, ""

    async def until(self, condition: Callable[[], Awaitable[bool]], what: str) -> None:
        """Wait until a condition holds; show the log if it does not in time."""
        try:
            async with asyncio.timeout(_START_TIMEOUT_S):
                while not await condition():  # noqa: ASYNC110  # another process tells no event of ours
                    await asyncio.sleep(_POLL_S)
        except TimeoutError:
            raise AssertionError(f"not in time: {what}\n{self.log}") from None

    async def until_up(self) -> None:
        async def up() -> bool:
            return (await self.answers("healthz"))[0] == 200

        await self.until(up, "an answer of the panel")

    async def until_other_than(self, program_ids: set[int]) -> None:
        """Wait until s6 has started the program as another process."""

        async def other() -> bool:
            return self.program_id not in program_ids | {-1}

        await self.until(other, "another process")

    async def until_ended(self) -> int:
        """Wait for the container's end, and return its exit code."""

        async def ended() -> bool:
            return self.exit_code is not None

        await self.until(ended, "the end of the container")
        assert self.exit_code is not None
        return self.exit_code


def podman(*arguments: str) -> list[str]:
    return [*command("podman"), "--cgroup-manager", "cgroupfs", "--log-level", "fatal", *arguments]


def socket_in(process_id: int, make: Callable[[], socket.socket]) -> socket.socket:
    """Make a socket in the network of another process; it stays there."""
    made: list[socket.socket] = []

    def enter() -> None:
        namespace = os.open(f"/proc/{process_id}/ns/net", os.O_RDONLY)
        with contextlib.closing(os.fdopen(namespace)):
            os.setns(namespace, os.CLONE_NEWNET)
        made.append(make())

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    return made[0]


@asynccontextmanager
async def container(
    image: str, *, folders: dict[str, Path], environment: dict[str, str]
) -> AsyncIterator[Container]:
    """Run a container of the image; `folders` maps a place in it, such as `/ssl:ro`, to a folder here."""
    mounts = [part for inside, outside in folders.items() for part in ("--volume", f"{outside}:{inside}")]
    variables = [part for key, value in environment.items() for part in ("--env", f"{key}={value}")]
    limits = ("--runtime", "runc", "--network", "none", *_LIMITS)
    name = run(*podman("run", "--detach", *limits, *mounts, *variables, image))
    try:
        process_id = int(run(*podman("inspect", "--format", "{{.State.Pid}}", name)))

        def connecting(_address: object) -> socket.socket:
            made = socket_in(process_id, socket.socket)
            made.setblocking(False)  # noqa: FBT003  # as the standard library calls it
            return made

        connector = aiohttp.TCPConnector(socket_factory=connecting)
        async with aiohttp.ClientSession(connector=connector) as session:
            yield Container(name=name, session=session)
    finally:
        run(*podman("rm", "--force", "--time", "0", name))
