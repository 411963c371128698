"""The whole program as a process of its own: real sockets, a real store, a log to look into."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.panel_client import PanelClient
from tests.support.ports import free_port

COMMAND = str(Path(sys.executable).with_name("bmw-wallbox"))
_START_TIMEOUT_S = 15.0
_STOP_TIMEOUT_S = 5.0
_POLL_S = 0.02
_OURS = ("SUPERVISOR_TOKEN", "SUPERVISOR_URL", "HA_URL", "HA_TOKEN", "PANEL_PASSWORD")


class AppProcess:
    """One installation of the app: its folder, options and ports stay over restarts.

    `options` may be changed between a stop and a start.
    """

    def __init__(
        self,
        folder: Path,
        session: aiohttp.ClientSession,
        *,
        options: Mapping[str, Any],
        arguments: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.options: Mapping[str, Any] | str = options
        self.arguments = arguments
        self.environment = dict(environment or {})
        self.ocpp_port = free_port()
        self.panel_port = free_port()
        self.panel = PanelClient(session, f"http://127.0.0.1:{self.panel_port}")
        self.data = folder / "data"
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self.data.mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        """Where a wallbox connects."""
        tls = isinstance(self.options, str) or self.options.get("ssl", True)
        return f"{'wss' if tls else 'ws'}://127.0.0.1:{self.ocpp_port}"

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process is not None
        return self._process.pid

    def log(self) -> str:
        """Return everything that it printed."""
        return (self._folder / "output.log").read_text(errors="replace")

    async def spawn(self) -> None:
        """Start the process, and do not wait for it."""
        options = self.options if isinstance(self.options, str) else json.dumps(self.options)
        (self._folder / "options.json").write_text(options)
        inherited = {key: value for key, value in os.environ.items() if key not in _OURS}
        with (self._folder / "output.log").open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *_command_line(self), env=inherited | self.environment, stdout=output, stderr=output
            )

    async def start(self) -> None:
        """Start the process and return when its panel answers."""
        await self.spawn()
        await self.until_the_panel_answers()

    async def until_the_panel_answers(self) -> None:
        """Wait for the panel; fail with the log if the process ends before."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_START_TIMEOUT_S):
                while self.running and not await self.panel.answers():  # noqa: ASYNC110  # another process
                    await asyncio.sleep(_POLL_S)
        if not self.running or not await self.panel.answers():
            raise AssertionError(f"The app did not start:\n{self.log()}")

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end and return its exit code; killed and an error if it takes longer than 5 s."""
        assert self._process is not None
        self._process.send_signal(how)
        try:
            async with asyncio.timeout(_STOP_TIMEOUT_S):
                return await self._process.wait()
        except TimeoutError:
            await self.kill()
            raise AssertionError(f"The app did not end within {_STOP_TIMEOUT_S:g} s:\n{self.log()}") from None

    async def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None and self.running:
            self._process.kill()
            await self._process.wait()


async def run_command(*arguments: str) -> tuple[int, str]:
    """Run `bmw-wallbox` to its end; return its exit code and all that it printed."""
    process = await asyncio.create_subprocess_exec(
        COMMAND, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(_START_TIMEOUT_S):
        output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


def _command_line(app: AppProcess) -> tuple[str, ...]:
    return (
        COMMAND,
        "serve",
        *("--options", str(app.data.parent / "options.json")),
        *("--data", str(app.data)),
        *("--ocpp-host", "127.0.0.1", "--ocpp-port", str(app.ocpp_port)),
        *("--panel-host", "127.0.0.1", "--panel-port", str(app.panel_port)),
        *app.arguments,
    )
