"""A running Home Assistant Core: started, onboarded and connected to a broker without a browser."""

import json
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.homeassistant.core_install import NEWEST, CoreInstallation
from tests.homeassistant.mosquitto import free_port

_START_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 30
_CLIENT_ID = "http://127.0.0.1/"
_CONFIGURATION = """\
homeassistant:
  name: Test home
  time_zone: Europe/Berlin
  currency: EUR
  country: DE
frontend:
  development_repo: {folder}/frontend
recorder:
  commit_interval: 1
config:
history:
energy:
diagnostics:
input_number:
  price:
    min: -100
    max: 100
    step: 0.01
    initial: 32.5
    unit_of_measurement: ct/kWh
  grid:
    min: -100
    max: 100
    initial: -2
    unit_of_measurement: kW
automation: !include automations.yaml
"""
# A port in YAML is only a proposal to a newer Core: it would take it back after five minutes.
_HTTP_IN_YAML = """\
http:
  server_host: 127.0.0.1
  server_port: {port}
"""


class CoreProcess:
    """A Core with its own configuration folder; every call blocks until it is done.

    `url` and `token` (of the owner, an admin) are what a client needs; a restart renews the token.
    """

    def __init__(self, installation: CoreInstallation, folder: Path) -> None:
        self.version = installation.version.number
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.token = ""
        self._refresh_token = ""
        self._python = installation.python
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._write_configuration(http_in_yaml=installation.version is not NEWEST)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, if it does not run, and return when its state is RUNNING."""
        if self._process is not None:
            return
        with (self._folder / "output.log").open("ab") as output:
            self._process = subprocess.Popen(
                [self._python, "-m", "homeassistant", "--config", self._folder, "--skip-pip"],
                stdout=output,
                stderr=output,
            )
        self._until(lambda: self._request("GET", "/api/onboarding") is not None)
        self._log_in()
        self._until(lambda: self.get("/api/core/state")["state"] == "RUNNING")

    def stop(self) -> None:
        """Stop it in an orderly way."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut does."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start it, as a user's restart does."""
        self.stop()
        self.start()

    def set_up_mqtt(self, broker_port: int) -> None:
        """Connect the MQTT integration to a broker, through the flow that the frontend drives."""
        form = self.post("/api/config/config_entries/flow", {"handler": "mqtt"})
        answers: dict[str, Any] = {"broker": "127.0.0.1", "port": broker_port}
        if any(field["name"] == "other_settings" for field in form["data_schema"]):
            answers["protocol"] = "5"
            answers["other_settings"] = {
                "set_client_cert": False,
                "set_ca_cert": "off",
                "transport": "tcp",
            }
        result = self.post(f"/api/config/config_entries/flow/{form['flow_id']}", answers)
        assert result["type"] == "create_entry", result

    def get(self, path: str) -> Any:  # noqa: ANN401 (JSON)
        return self._request("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> Any:  # noqa: ANN401 (JSON)
        return self._request("POST", path, json.dumps(body).encode(), "application/json")

    def delete(self, path: str) -> Any:  # noqa: ANN401 (JSON)
        return self._request("DELETE", path)

    def log(self) -> str:
        """Return everything that it printed."""
        return (self._folder / "output.log").read_text(errors="replace")

    def _write_configuration(self, *, http_in_yaml: bool) -> None:
        storage = self._folder / ".storage"
        storage.mkdir(parents=True)
        (self._folder / "frontend" / "hass_frontend").mkdir(parents=True)
        configuration = _CONFIGURATION.format(folder=self._folder)
        if http_in_yaml:
            configuration += _HTTP_IN_YAML.format(port=self.port)
        else:
            data = {"server_host": ["127.0.0.1"], "server_port": self.port}
            stored = {"version": 1, "minor_version": 1, "key": "http", "data": data}
            (storage / "http").write_text(json.dumps(stored))
        (self._folder / "configuration.yaml").write_text(configuration)
        (self._folder / "automations.yaml").write_text("[]")

    def _log_in(self) -> None:
        grant = {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        if not self._refresh_token:
            grant = {"grant_type": "authorization_code", "code": self._create_owner()}
        fields = urllib.parse.urlencode(grant | {"client_id": _CLIENT_ID}).encode()
        tokens = self._request("POST", "/auth/token", fields, "application/x-www-form-urlencoded")
        self.token = tokens["access_token"]
        self._refresh_token = tokens.get("refresh_token", self._refresh_token)

    def _create_owner(self) -> str:
        """Answer the first onboarding question; return a code that opens the door once."""
        owner = {"name": "Owner", "username": "owner", "password": "secret", "language": "en"}
        answer = self.post("/api/onboarding/users", owner | {"client_id": _CLIENT_ID})
        return str(answer["auth_code"])

    def _request(
        self, method: str, path: str, body: bytes | None = None, content_type: str | None = None
    ) -> Any:  # noqa: ANN401 (JSON)
        request = urllib.request.Request(self.url + path, data=body, method=method)
        if content_type:
            request.add_header("Content-Type", content_type)
        if self.token and not path.startswith(("/auth/", "/api/onboarding")):
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def _until(self, condition: Callable[[], bool]) -> None:
        """Poll a starting Core; what it refuses meanwhile is no answer yet."""
        deadline = time.monotonic() + _START_TIMEOUT_S
        while True:
            try:
                if condition():
                    return
            except (urllib.error.URLError, ConnectionError):
                pass
            assert self._process is not None
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Home Assistant did not start:\n{self.log()[-4000:]}")
            # A process tells nobody that it listens; it can only be asked, and asking too often slows it.
            time.sleep(0.05)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=_STOP_TIMEOUT_S)
            self._process = None
