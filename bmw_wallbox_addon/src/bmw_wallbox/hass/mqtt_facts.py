"""What the owner set in the options of Home Assistant's MQTT integration."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.rest import RestClient

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttFacts:
    """The options that matter to us; the defaults are Home Assistant's own."""

    discovery: bool = True
    discovery_prefix: str = "homeassistant"
    birth_topic: str = "homeassistant/status"
    birth_payload: str = "online"


async def read_facts(rest: RestClient, entry_id: str) -> MqttFacts:
    """Read the options from the integration's diagnostics; where there are none, take the defaults."""
    try:
        answer = await rest.get(f"diagnostics/config_entry/{entry_id}")
        config = answer["data"]["mqtt_config"]
        return _from_options({**config["data"], **config["options"]})
    except (HomeAssistantError, KeyError, TypeError) as error:
        _LOGGER.info("MQTT's options cannot be read, so its defaults are taken: %s", error)
        return MqttFacts()


def _from_options(options: Mapping[str, Any]) -> MqttFacts:
    usual = MqttFacts()
    birth = options.get("birth_message") or {}
    return MqttFacts(
        discovery=bool(options.get("discovery", usual.discovery)),
        discovery_prefix=options.get("discovery_prefix") or usual.discovery_prefix,
        birth_topic=birth.get("topic") or usual.birth_topic,
        birth_payload=birth.get("payload") or usual.birth_payload,
    )
