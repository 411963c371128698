"""Commands are read strictly: a wrong value names what is needed, and nothing else can happen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.domain.commands import (
    Command,
    EndTransaction,
    Refresh,
    Restart,
    SetCurrentLimit,
    SetLedBrightness,
    StartCharging,
    StopCharging,
    parse_command,
)
from bmw_wallbox.errors import InvalidPayloadError

NAMES = [
    "start_charging",
    "stop_charging",
    "allow_charging",
    "set_current_limit",
    "set_led_brightness",
    "end_transaction",
    "refresh",
    "restart",
]


@pytest.mark.parametrize(
    ("name", "value", "command"),
    [
        ("start_charging", None, StartCharging()),
        ("start_charging", "PRESS", StartCharging()),
        ("stop_charging", None, StopCharging()),
        ("allow_charging", True, StartCharging()),
        ("allow_charging", "ON", StartCharging()),
        ("allow_charging", "OFF", StopCharging()),
        ("allow_charging", "false", StopCharging()),
        ("set_current_limit", 6, SetCurrentLimit(limit_a=6.0)),
        ("set_current_limit", "16.04", SetCurrentLimit(limit_a=16.0)),
        ("set_current_limit", 32.0, SetCurrentLimit(limit_a=32.0)),
        ("set_led_brightness", "0", SetLedBrightness(percent=0)),
        ("set_led_brightness", 99.6, SetLedBrightness(percent=100)),
        ("end_transaction", None, EndTransaction()),
        ("refresh", None, Refresh()),
        ("restart", None, Restart(when="on_idle")),
        ("restart", "PRESS", Restart(when="on_idle")),
        ("restart", "immediate", Restart(when="immediate")),
    ],
)
def test_a_command_is_read_as_the_panel_and_home_assistant_send_it(
    name: str, value: object, command: Command
) -> None:
    assert parse_command(name, value) == command


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("explode", None),
        ("", None),
        ("allow_charging", None),
        ("allow_charging", 1),
        ("allow_charging", "perhaps"),
        ("allow_charging", []),
        ("set_current_limit", None),
        ("set_current_limit", True),
        ("set_current_limit", 0),
        ("set_current_limit", 5.9),
        ("set_current_limit", 32.01),
        ("set_current_limit", float("nan")),
        ("set_current_limit", "inf"),
        ("set_current_limit", 10**400),
        ("set_current_limit", "16 A"),
        ("set_led_brightness", -1),
        ("set_led_brightness", 101),
        ("restart", "now"),
        ("restart", {}),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(name: str, value: object) -> None:
    with pytest.raises(InvalidPayloadError):
        parse_command(name, value)


def test_the_limit_ends_at_the_installations_maximum() -> None:
    assert parse_command("set_current_limit", 16, max_limit_a=16) == SetCurrentLimit(limit_a=16.0)
    with pytest.raises(InvalidPayloadError, match="6 to 16 A"):
        parse_command("set_current_limit", 16.1, max_limit_a=16)


@given(
    st.sampled_from(NAMES),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()),
)
def test_whatever_is_sent_becomes_a_command_or_a_refusal(name: str, value: object) -> None:
    try:
        command = parse_command(name, value)
    except InvalidPayloadError as refusal:
        assert str(refusal)  # noqa: PT017  # either end is right
        return
    if isinstance(command, SetCurrentLimit):
        assert 6 <= command.limit_a <= 32
