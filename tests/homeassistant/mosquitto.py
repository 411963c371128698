"""Debian's Mosquitto as a process of its own, on a free loopback port, with a store that survives."""

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

_START_TIMEOUT_S = 10
_CONFIG = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_interval 1
user root
log_dest file {folder}/mosquitto.log
"""


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Mosquitto:
    """A broker that can be stopped and started again; every call blocks until it is done.

    `store` is the file that holds what is retained.
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.store = folder / "mosquitto.db"
        self._config = folder / "mosquitto.conf"
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._config.write_text(_CONFIG.format(port=self.port, folder=folder))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, if it does not run, and return when it listens."""
        if self._process is not None:
            return
        executable = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
        if executable is None:
            raise RuntimeError("These tests need Mosquitto: apt-get install mosquitto")
        with (self._config.parent / "output.log").open("ab") as output:
            self._process = subprocess.Popen([executable, "-c", self._config], stdout=output, stderr=output)
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("Mosquitto did not start")
            # A process tells nobody that it listens; it can only be asked, and asking too often slows it.
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it in an orderly way: what is retained is written out."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut does."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=10)
            self._process = None

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
