"""Sets MQTT up on the owner's click: drives Home Assistant's own flow, which brings its own broker."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Any

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.client import HomeAssistantClient
from bmw_wallbox.hass.rest import RestClient

_FLOW = "config/config_entries/flow"
_POLL_S = 2.0
# The broker's image has to be downloaded, on a slow line and a slow machine.
_TIMEOUT_S = 900.0


class SetupStep(StrEnum):
    """What Home Assistant is doing for the owner."""

    ASKING = "asking"
    INSTALLING = "installing"
    STARTING = "starting"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupProgress:
    """One step of the set-up, in a word and in a sentence."""

    step: SetupStep
    message: str


_MESSAGES = {
    SetupStep.ASKING: "Asking Home Assistant to set up MQTT.",
    SetupStep.INSTALLING: "Home Assistant is installing the Mosquitto broker.",
    SetupStep.STARTING: "Home Assistant is starting the Mosquitto broker.",
    SetupStep.DONE: "MQTT is set up.",
}
_STEP_BY_ACTION = {"install_addon": SetupStep.INSTALLING, "start_addon": SetupStep.STARTING}
_MESSAGE_BY_REASON = {
    "addon_info_failed": "Home Assistant cannot ask the Supervisor about the Mosquitto broker.",
    "addon_install_failed": "The Mosquitto broker could not be installed. Try it from the app store.",
    "addon_start_failed": "The Mosquitto broker could not be started. Look at its log.",
    "addon_connection_failed": "The Mosquitto broker runs, but Home Assistant cannot connect to it.",
    "no_supervisor": "This Home Assistant cannot install a broker by itself. "
    "Add the MQTT integration with a broker of your own.",
    "timeout": "The Mosquitto broker did not get ready in time. Home Assistant may still be at it.",
}
_UNEXPLAINED = "Home Assistant did not set up MQTT ({reason}). Add the MQTT integration yourself."


async def set_up_mqtt(
    client: HomeAssistantClient, rest: RestClient, *, poll_s: float = _POLL_S, timeout_s: float = _TIMEOUT_S
) -> AsyncIterator[SetupProgress]:
    """Install, start and connect the Mosquitto broker, telling every step once.

    Nothing is done where MQTT is set up already. The last thing told is `DONE`.

    Raises:
        HomeAssistantError: It did not work; the text says what to do, `code` is the flow's reason,
            `no_supervisor`, `timeout`, or as in `RestClient.post`.
    """
    yield _progress(SetupStep.ASKING)
    if not await _is_set_up(client):
        told = None
        async for step in _drive_flow(client, rest, poll_s, timeout_s):
            if step is not told:
                yield _progress(step)
            told = step
    yield _progress(SetupStep.DONE)


async def _drive_flow(
    client: HomeAssistantClient, rest: RestClient, poll_s: float, timeout_s: float
) -> AsyncIterator[SetupStep]:
    """Choose Home Assistant's own broker and follow the flow until MQTT is set up."""
    deadline_s = monotonic() + timeout_s
    flow = await rest.post(_FLOW, {"handler": "mqtt", "show_advanced_options": False})
    path = f"{_FLOW}/{flow.get('flow_id')}"
    if flow.get("type") == "menu" and "addon" in flow.get("menu_options", ()):
        flow = await rest.post(path, {"next_step_id": "addon"})
    while flow.get("type") == "progress":
        if monotonic() > deadline_s:
            raise _failed("timeout")
        yield _STEP_BY_ACTION.get(flow.get("progress_action"), SetupStep.INSTALLING)
        await asyncio.sleep(poll_s)
        flow = await _look(rest, path)
    if flow.get("type") == "form":
        await rest.delete(path)
        raise _failed("no_supervisor")
    if flow.get("type") != "create_entry" and not await _is_set_up(client):
        raise _failed(str(flow.get("reason") or flow.get("type")))


async def _look(rest: RestClient, path: str) -> Mapping[str, Any]:
    """Return how the flow stands; a finished one is gone, and only its result tells how it went."""
    try:
        flow: Mapping[str, Any] = await rest.get(path)
    except HomeAssistantError as error:
        if error.code != "http_404":
            raise
        return {"type": "gone"}
    return flow


async def _is_set_up(client: HomeAssistantClient) -> bool:
    entries = await client.call("config_entries/get", domain="mqtt")
    return any(entry.get("source") != "ignore" for entry in entries)


def _progress(step: SetupStep) -> SetupProgress:
    return SetupProgress(step=step, message=_MESSAGES[step])


def _failed(reason: str) -> HomeAssistantError:
    return HomeAssistantError(_MESSAGE_BY_REASON.get(reason, _UNEXPLAINED.format(reason=reason)), reason)
