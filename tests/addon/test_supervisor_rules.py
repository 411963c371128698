"""The manifest against the Supervisor's schema language, its traps and its rating, and the linter's rules."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.addon.supervisor_rules import RefusedError, Schema, check_schema, lint, rating, validated

APP = Path(__file__).parents[2] / "bmw_wallbox_addon"
MANIFEST: dict[str, Any] = yaml.safe_load((APP / "config.yaml").read_text("utf-8"))
SCHEMA, DEFAULTS = MANIFEST["schema"], MANIFEST["options"]


@pytest.mark.parametrize(
    ("element", "value", "taken"),
    [
        ("str", "text", "text"),
        ("str?", "", ""),
        ("bool", "yes", True),
        ("bool", "off", False),
        ("int", 12.9, 12),
        ("int(6,32)", 6, 6),
        ("int(,32)", -4, -4),
        ("float", "1.5", 1.5),
        ("port", "9000", 9000),
        ("match(^[a-z]*)", "abc!!!", "abc!!!"),
        ("list(debug|info)", "info", "info"),
        ("url", "https://example.org", "https://example.org"),
        ("email", "a@example.org", "a@example.org"),
        (["str"], ["a"], ["a"]),
        ({"b": "str?"}, {}, {}),
    ],
)
def test_the_language_takes(element: Schema, value: object, taken: object) -> None:
    check_schema({"key": element})
    assert validated({"key": element}, {"key": value}) == {"key": taken}


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("str?", None),
        ("str", 12),
        ("str(2,3)", "long text"),
        ("bool", "perhaps"),
        ("int", "12.0"),
        ("int(6,32)", 5),
        ("int(6,32)", 33),
        ("port", 0),
        ("port", 65536),
        ("match(^[a-z]*$)", "abc!!!"),
        ("list(debug|info)", "trace"),
        ("url?", ""),
        ("email", "nobody"),
        (["str"], "a"),
        ({"b": "str?"}, "a"),
    ],
)
def test_the_language_refuses(element: Schema, value: object) -> None:
    check_schema({"key": element})
    with pytest.raises(RefusedError):
        validated({"key": element}, {"key": value})


@pytest.mark.parametrize("element", ["integer", "string", "int(6-32)", "list()", [["str"]], [], None])
def test_the_language_does_not_know(element: Schema) -> None:
    with pytest.raises(RefusedError):
        check_schema({"key": element})


@pytest.mark.parametrize(
    ("element", "absent"), [("str?", True), ("str", False), (["str?"], True), (["str"], False)]
)
def test_what_may_be_absent(element: Schema, absent: bool) -> None:  # noqa: FBT001  # a column of the table
    if absent:
        assert validated({"key": element}, {}) == {}
    else:
        with pytest.raises(RefusedError):
            validated({"key": element}, {})


def test_an_object_is_never_optional_by_itself() -> None:
    with pytest.raises(RefusedError):
        validated({"a": {"b": "str?"}}, {})


def test_an_unknown_option_is_dropped() -> None:
    assert validated({"a": "str?"}, {"gone": 1}) == {}


def test_the_schema_is_of_the_language_and_the_defaults_fit_it() -> None:
    check_schema(SCHEMA)
    assert validated(SCHEMA, DEFAULTS) == DEFAULTS


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("charge_point_id", "DE*BMW*E1234567890AB"),
        ("rfid_token", "04A1B2C3"),
        ("ssl", False),
        ("ssl_cert", "chain.pem"),
        ("ssl_key", "key.pem"),
        ("max_current", 6),
        ("max_current", 32),
        *(("log_level", level) for level in ("debug", "info", "warning", "error")),
    ],
)
def test_an_owner_may_set(key: str, value: object) -> None:
    assert validated(SCHEMA, {**DEFAULTS, key: value})[key] == value


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((key, None) for key in SCHEMA),
        ("charge_point_id", 1234),
        ("rfid_token", 4),
        ("max_current", 5),
        ("max_current", 33),
        ("max_current", "sixteen"),
        ("ssl", "perhaps"),
        ("log_level", "trace"),
    ],
)
def test_an_owner_may_not_set(key: str, value: object) -> None:
    with pytest.raises(RefusedError):
        validated(SCHEMA, {**DEFAULTS, key: value})


def test_the_store_shows_the_best_rating() -> None:
    assert rating(MANIFEST, own_profile=(APP / "apparmor.txt").exists()) == 8


@pytest.mark.parametrize(
    ("change", "own_profile", "expected"),
    [
        ({}, False, 7),
        ({"hassio_role": "manager"}, True, 7),
        ({"hassio_role": "admin"}, True, 6),
        ({"host_network": True}, False, 6),
        ({"apparmor": False}, False, 6),
        ({"privileged": ["NET_ADMIN"]}, True, 7),
        ({"ingress": False}, True, 6),
        ({"full_access": True}, True, 1),
    ],
)
def test_the_rating_counts(change: dict[str, Any], own_profile: bool, expected: int) -> None:  # noqa: FBT001  # a column
    assert rating({**MANIFEST, **change}, own_profile=own_profile) == expected


def test_the_linter_has_no_complaint() -> None:
    assert lint(MANIFEST) == []


@pytest.mark.parametrize(
    "change",
    [
        {"panel_tittle": "Wallbox"},
        {"watchdog": "tcp://[HOST]:[PORT:9000]"},
        {"webui": "http://[HOST]:[PORT:8099]"},
        {"advanced": True},
        {"ingress_port": 8099},
        {"ingress_port": 0},
        {"boot": "auto"},
        {"timeout": 10},
        {"arch": ["armv7"]},
        {"map": [{"type": "addon_config"}]},
        {"map": ["ssl", {"type": "share", "readonly": True}]},
        {"backup": "cold"},
    ],
)
def test_the_linter_complains_of(change: dict[str, Any]) -> None:
    assert lint({**MANIFEST, **change}) != []


def test_there_is_no_build_file() -> None:
    assert not [path.name for path in APP.iterdir() if path.stem == "build"]
