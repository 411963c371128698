"""Which Home Assistant is chosen from the environment."""

import pytest

from bmw_wallbox.errors import ConfigError
from bmw_wallbox.hass.endpoint import Endpoint, choose_endpoint


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        (
            {"SUPERVISOR_TOKEN": "s"},
            Endpoint(
                websocket_url="ws://supervisor/core/websocket",
                rest_url="http://supervisor/core/api",
                token="s",
                supervisor_url="http://supervisor",
            ),
        ),
        (
            {"SUPERVISOR_TOKEN": "s", "SUPERVISOR_URL": "http://127.0.0.1:80/", "HA_URL": "http://x"},
            Endpoint(
                websocket_url="ws://127.0.0.1:80/core/websocket",
                rest_url="http://127.0.0.1:80/core/api",
                token="s",
                supervisor_url="http://127.0.0.1:80",
            ),
        ),
        (
            {"HA_URL": "https://ha.example:8123/", "HA_TOKEN": "t"},
            Endpoint(
                websocket_url="wss://ha.example:8123/api/websocket",
                rest_url="https://ha.example:8123/api",
                token="t",
            ),
        ),
    ],
)
def test_the_supervisor_comes_first_then_a_url_with_a_token_then_nothing(
    environment: dict[str, str], expected: Endpoint | None
) -> None:
    assert choose_endpoint(environment) == expected


@pytest.mark.parametrize(
    "environment",
    [
        {"HA_URL": "http://ha.example"},
        {"HA_TOKEN": "t"},
        {"HA_URL": "ha.example:8123", "HA_TOKEN": "t"},
        {"HA_URL": "http://ha.example/?q=1", "HA_TOKEN": "t"},
        {"SUPERVISOR_TOKEN": "s", "SUPERVISOR_URL": "supervisor"},
    ],
)
def test_half_an_address_is_explained(environment: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        choose_endpoint(environment)


def test_the_token_is_not_printed() -> None:
    assert "secret" not in repr(choose_endpoint({"SUPERVISOR_TOKEN": "secret"}))
