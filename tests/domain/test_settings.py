"""Settings: read from what the panel sends, refused in words."""

import pytest

from bmw_wallbox.domain.settings import Settings, UnknownTokens, changed
from bmw_wallbox.domain.vocabulary import ProfileStrategy
from bmw_wallbox.errors import InvalidPayloadError


def test_named_settings_change_and_the_others_stay() -> None:
    settings = changed(Settings(meter_interval_s=30), {"profile_strategy": "tx"})

    assert settings == Settings(meter_interval_s=30, profile_strategy=ProfileStrategy.TX)


def test_the_policy_for_tokens_is_a_setting() -> None:
    strict = changed(Settings(), {"unknown_tokens": "refuse", "master_pass_group_id": "masters"})
    assert (strict.unknown_tokens, strict.master_pass_group_id) == (UnknownTokens.REFUSE, "masters")
    assert changed(strict, {"master_pass_group_id": ""}).master_pass_group_id is None


@pytest.mark.parametrize("limit_a", [0, 6, 32])
def test_an_offline_limit_is_one_that_a_car_can_take_or_none(limit_a: int) -> None:
    assert changed(Settings(), {"offline_limit_a": limit_a}).offline_limit_a == limit_a


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"profile_strategy": "both"}, "profile_strategy"),
        ({"meter_interval_s": 4}, "meter_interval_s"),
        ({"meter_interval_s": True}, "meter_interval_s"),
        ({"meter_interval_s": "10"}, "meter_interval_s"),
        ({"unknown_tokens": "perhaps"}, "unknown_tokens"),
        ({"master_pass_group_id": "x" * 37}, "master_pass_group_id"),
        ({"master_pass_group_id": 5}, "master_pass_group_id"),
        ({"offline_limit_a": 5}, "offline_limit_a"),
        ({"offline_limit_a": False}, "offline_limit_a"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_what_cannot_be_set_is_refused_by_name(values: dict[str, object], named: str) -> None:
    with pytest.raises(InvalidPayloadError, match=named):
        changed(Settings(), values)


def test_vehicles_are_named_once_each() -> None:
    assert changed(Settings(), {"vehicles": [" iX3 ", "i4"]}).vehicles == ("iX3", "i4")
    for wrong in (
        ["i4", "i4 "],
        [""],
        ["x" * 101],
        "i4",
        [4],
        ["\n"],
        [f"car {number}" for number in range(51)],
    ):
        with pytest.raises(InvalidPayloadError):
            changed(Settings(), {"vehicles": wrong})
