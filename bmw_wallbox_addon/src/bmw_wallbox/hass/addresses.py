"""Under which names this house's Home Assistant is known, and on which port its host shows ours."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.client import HomeAssistantClient
from bmw_wallbox.hass.rest import RestClient

_CLOUD = ".ui.nabu.casa"
"""Names that lead to a relay, which carries no OCPP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPort:
    """On which port of the host the Supervisor's network settings show a port of this container."""

    known: bool
    """Whether somebody could be asked."""
    port: int | None = None
    """None where it is known to be switched off."""


async def host_names(client: HomeAssistantClient) -> tuple[str, ...]:
    """Return the host names in Home Assistant's own addresses, the internal one first; none if it is away."""
    try:
        config = await client.call("get_config")
    except HomeAssistantError:
        return ()
    urls = (config.get("internal_url"), config.get("external_url"))
    names = (_host(url) for url in urls if isinstance(url, str))
    return tuple(dict.fromkeys(name for name in names if name and not name.endswith(_CLOUD)))


async def published_port(supervisor: RestClient | None, port: int) -> ShownPort:
    """Return where the Supervisor publishes a TCP port of ours."""
    if supervisor is None:
        return ShownPort(known=False)
    try:
        answer = await supervisor.get("addons/self/info")
        network = answer["data"]["network"] or {}
    except (HomeAssistantError, KeyError, TypeError):
        return ShownPort(known=False)
    shown = network.get(f"{port}/tcp")
    return ShownPort(known=True, port=shown if isinstance(shown, int) else None)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
