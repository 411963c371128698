"""Where Home Assistant answers and what opens it: chosen from the environment, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from bmw_wallbox.errors import ConfigError

_DEFAULT_SUPERVISOR_URL = "http://supervisor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The addresses of one Home Assistant and the token that both of them take.

    Attributes:
        websocket_url: The WebSocket API, `ws` or `wss`.
        rest_url: The REST API's root; paths are put behind it with a slash.
        token: The bearer token; never printed.
        supervisor_url: The Supervisor's own API, or None without a Supervisor.
    """

    websocket_url: str
    rest_url: str
    token: str = field(repr=False)
    supervisor_url: str | None = None


def choose_endpoint(environment: Mapping[str, str]) -> Endpoint | None:
    """Choose the Supervisor's proxy, a Home Assistant by URL, or none.

    Args:
        environment: The process's environment variables.

    Raises:
        ConfigError: `HA_URL` or `HA_TOKEN` is set alone, or a URL is not an http(s) one.
    """
    if supervisor_token := environment.get("SUPERVISOR_TOKEN"):
        root = _checked("SUPERVISOR_URL", environment.get("SUPERVISOR_URL") or _DEFAULT_SUPERVISOR_URL)
        return Endpoint(
            websocket_url=_as_websocket(f"{root}/core/websocket"),
            rest_url=f"{root}/core/api",
            token=supervisor_token,
            supervisor_url=root,
        )
    url, token = environment.get("HA_URL"), environment.get("HA_TOKEN")
    if url and token:
        root = _checked("HA_URL", url)
        return Endpoint(
            websocket_url=_as_websocket(f"{root}/api/websocket"), rest_url=f"{root}/api", token=token
        )
    if url or token:
        raise ConfigError(("HA_URL and HA_TOKEN belong together: set both, or neither.",))
    return None


def _checked(name: str, url: str) -> str:
    """Return the URL without a slash at its end."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError((f"{name} must look like http://homeassistant.local:8123.",))
    return url.rstrip("/")


def _as_websocket(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(scheme="wss" if parts.scheme == "https" else "ws"))
