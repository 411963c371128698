"""The two servers as processes: started the same way, looked at with the same eyes."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.bench.wallbox import CHARGE_POINT_ID, Wallbox
from tests.support.certificate import CertificateFiles
from tests.support.ports import free_port

_ROOT = Path(__file__).parents[2]
_START_TIMEOUT_S = 20.0
_STOP_TIMEOUT_S = 10.0
_POLL_S = 0.002

type Command = Callable[["Server"], list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How long a start took, seconds from exec."""

    listening_s: float
    """Until both listeners answered: the wallbox's port was open and the panel's page was served."""
    booted_s: float
    """Until a wallbox that waited for it had its BootNotification answered."""


class Server:
    """One server in a folder of its own."""

    def __init__(
        self,
        name: str,
        command: Command,
        folder: Path,
        certificate: CertificateFiles,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.name = name
        self.folder = folder
        self.certificate = certificate
        self.port = free_port()
        self.panel_port = free_port()
        self.url = f"wss://127.0.0.1:{self.port}"
        self._command = command
        self._environment = environment or {}
        self._process: asyncio.subprocess.Process | None = None
        self.began_s = 0.0
        folder.mkdir(parents=True)

    async def __aenter__(self) -> Self:
        with (self.folder / "output.log").open("ab") as output:
            self.began_s = time.perf_counter()
            self._process = await asyncio.create_subprocess_exec(
                *self._command(self),
                cwd=_ROOT,
                env=dict(os.environ) | self._environment,
                stdout=output,
                stderr=output,
            )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
        try:
            async with asyncio.timeout(_STOP_TIMEOUT_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def until_listening(self) -> float:
        """Return when its port was open, on the performance counter."""

        async def knock() -> None:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.close()

        await self._until(knock)
        return time.perf_counter()

    async def until_panel_answers(self) -> float:
        """Return when its page was served, on the performance counter."""

        async def knock() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.panel_port)
            with closing(writer):
                writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                status = await reader.readline()
                if b" 200 " not in status:
                    raise ConnectionError(status)

        await self._until(knock)
        return time.perf_counter()

    async def wallbox(self) -> Wallbox:
        """Return a wallbox that is connected and has booted."""

        async def join() -> Wallbox:
            return await Wallbox.connected(self.url)

        box = await self._until(join)
        await box.boot()
        return box

    def rss_mib(self) -> float:
        """Return the memory that it holds, MiB."""
        assert self._process is not None
        return float(psutil.Process(self._process.pid).memory_info().rss) / 2**20

    def cpu_s(self) -> float:
        """Return the processor time of all its living threads, in nanosecond steps."""
        assert self._process is not None
        threads = Path(f"/proc/{self._process.pid}/task")
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads.iterdir()) / 1e9

    async def _until[T](self, attempt: Callable[[], Awaitable[T]]) -> T:
        deadline_s = time.perf_counter() + _START_TIMEOUT_S
        while True:
            try:
                return await attempt()
            except OSError:
                assert self._process is not None
                if self._process.returncode is not None or time.perf_counter() > deadline_s:
                    log = (self.folder / "output.log").read_text()
                    raise RuntimeError(f"{self.name} did not start:\n{log}") from None
                await asyncio.sleep(_POLL_S)


def app_command(server: Server) -> list[str]:
    """Return how the app is started; its options are written on the way."""
    options = {"charge_point_id": CHARGE_POINT_ID, **server.certificate.options}
    options_file = server.folder / "options.json"
    options_file.write_text(json.dumps(options))
    data = server.folder / "data"
    data.mkdir(exist_ok=True)
    return [
        str(Path(sys.executable).with_name("bmw-wallbox")),
        "serve",
        *("--options", str(options_file), "--data", str(data)),
        *("--ocpp-host", "127.0.0.1", "--ocpp-port", str(server.port)),
        *("--panel-host", "127.0.0.1", "--panel-port", str(server.panel_port)),
    ]


def naive_command(server: Server) -> list[str]:
    """Return how the yardstick is started."""
    files = server.certificate
    return [
        sys.executable,
        *("-m", "tests.bench.naive", "--port", str(server.port)),
        *("--panel-port", str(server.panel_port)),
        *("--certificate", str(files.certificate), "--key", str(files.key)),
    ]


async def measure_start(server: Server) -> Start:
    """Start a server once, and stop it."""
    async with server:
        booting = asyncio.create_task(_boot(server))
        listening_s = max(await asyncio.gather(server.until_listening(), server.until_panel_answers()))
        booted_s = await booting
    return Start(listening_s=listening_s - server.began_s, booted_s=booted_s - server.began_s)


async def _boot(server: Server) -> float:
    async with await server.wallbox():
        return time.perf_counter()
