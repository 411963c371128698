"""What the Supervisor and the store's linter demand of a manifest: options, rating, keys."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

ELEMENT = re.compile(
    r"^(?:"
    r"(?P<kind>bool|email|url|port)"
    r"|(?P<sized>str|password|int|float)(?:\((?P<low>[\d.-]*),(?P<high>[\d.-]*)\))?"
    r"|match\((?P<match>.*)\)"
    r"|list\((?P<choices>.+)\)"
    r"|device(?:\((?P<filter>subsystem=[a-z]+)\))?"
    r")(?P<optional>\?)?$"
)

type Schema = str | list[Any] | Mapping[str, Any] | None


class RefusedError(ValueError):
    """The options do not fit the schema; the app would not start."""


def check_schema(schema: Schema, *, in_list: bool = False) -> None:
    """Raise RefusedError for a schema that the Supervisor does not take."""
    match schema:
        case str():
            if not ELEMENT.match(schema):
                raise RefusedError(f"unknown type {schema}")
        case [element] if not in_list:
            check_schema(element, in_list=True)
        case Mapping():
            for element in schema.values():
                check_schema(element)
        case _:
            raise RefusedError(f"no schema: {schema}")


def validated(schema: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options as the app gets them: coerced, unknown keys dropped."""
    missing = [key for key, element in schema.items() if key not in options and not _may_be_absent(element)]
    if missing:
        raise RefusedError(f"missing: {missing}")
    return {key: _value(schema[key], value) for key, value in options.items() if key in schema}


def _may_be_absent(element: Schema) -> bool:
    """Only an element, or a list of elements, says so; an object never does."""
    if isinstance(element, list):
        return isinstance(element[0], str) and element[0].endswith("?")
    return isinstance(element, str) and element.endswith("?")


def _value(element: Schema, value: object) -> object:
    if value is None:
        raise RefusedError("null is no value")
    match element:
        case str():
            return _scalar(element, value)
        case [inner]:
            if not isinstance(value, list):
                raise RefusedError("no list")
            return [_value(inner, each) for each in value]
        case Mapping():
            if not isinstance(value, Mapping):
                raise RefusedError("no object")
            return validated(element, value)
        case _:
            raise RefusedError(f"no schema: {element}")


def _scalar(element: str, value: object) -> object:
    found = ELEMENT.match(element)
    if found is None:
        raise RefusedError(f"unknown type {element}")
    if found["choices"] is not None:
        return _one_of(found["choices"].split("|"), value)
    if found["match"] is not None:
        if not re.match(found["match"], str(value)):
            raise RefusedError(f"{value!r} does not match")
        return str(value)
    kind = found["kind"] or found["sized"] or "str"
    coerced = _COERCE[kind](value)
    size = float(len(coerced) if isinstance(coerced, str) else coerced)
    low, high = float(found["low"] or "-inf"), float(found["high"] or "inf")
    if not low <= size <= high:
        raise RefusedError(f"{value!r} is out of {element}")
    return coerced


def _one_of(choices: list[str], value: object) -> str:
    if str(value) not in choices:
        raise RefusedError(f"{value!r} is none of {choices}")
    return str(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise RefusedError(f"{value!r} is no text")
    return value


def _number[Number: (int, float)](kind: Callable[[Any], Number]) -> Callable[[object], Number]:
    def convert(value: object) -> Number:
        try:
            return kind(value)
        except (TypeError, ValueError) as err:
            raise RefusedError(f"{value!r} is no number") from err

    return convert


def _bool(value: object) -> bool:
    if isinstance(value, str):
        if value.lower() in {"1", "true", "yes", "on", "enable"}:
            return True
        if value.lower() in {"0", "false", "no", "off", "disable"}:
            return False
        raise RefusedError(f"{value!r} is no bool")
    return bool(value)


def _port(value: object) -> int:
    number = _number(int)(value)
    if not 1 <= number <= 65535:
        raise RefusedError(f"{value!r} is no port")
    return number


def _url(value: object) -> str:
    parts = urlsplit(_text(value))
    if not parts.scheme or not parts.netloc:
        raise RefusedError(f"{value!r} is no address")
    return _text(value)


def _email(value: object) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", _text(value)):
        raise RefusedError(f"{value!r} is no e-mail address")
    return _text(value)


_COERCE: Mapping[str, Callable[[object], Any]] = {
    "str": _text,
    "password": _text,
    "int": _number(int),
    "float": _number(float),
    "bool": _bool,
    "port": _port,
    "url": _url,
    "email": _email,
}

_RISKY_CAPABILITIES = {
    "BPF",
    "CHECKPOINT_RESTORE",
    "DAC_READ_SEARCH",
    "NET_ADMIN",
    "NET_RAW",
    "PERFMON",
    "SYS_ADMIN",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
}


def rating(manifest: Mapping[str, Any], *, own_profile: bool) -> int:
    """Return the security rating that the store shows, 1 to 8."""
    if manifest.get("docker_api") or manifest.get("full_access"):
        return 1
    capabilities = set(manifest.get("privileged", ()))
    points = {
        "AppArmor": -1 if manifest.get("apparmor") is False else int(own_profile),
        "ingress or login": 2 if manifest.get("ingress") else int(bool(manifest.get("auth_api"))),
        "capabilities": -int(bool(capabilities & _RISKY_CAPABILITIES or manifest.get("kernel_modules"))),
        "role": {"manager": -1, "admin": -2}.get(manifest.get("hassio_role", "default"), 0),
        "host network": -int(bool(manifest.get("host_network"))),
        "host processes": -2 * int(bool(manifest.get("host_pid"))),
        "host name": -int(bool(manifest.get("host_uts") and "SYS_ADMIN" in capabilities)),
    }
    return max(1, min(8, 5 + sum(points.values())))


NONE = object()
"""Stands for a key without a default."""

# What the linter knows of a manifest, with the defaults that it wants left out; any other key is an error.
LINTER_KEYS: Mapping[str, object] = {
    **dict.fromkeys(
        (
            *("name", "version", "slug", "description", "arch", "url", "image", "machine", "homeassistant"),
            *("map", "ports", "ports_description", "environment", "services", "discovery", "devices"),
            *(
                "backup_pre",
                "backup_post",
                "backup_exclude",
                "breaking_versions",
                "ingress_entry",
                "panel_title",
            ),
            *("privileged", "ulimits"),
        ),
        NONE,
    ),
    **dict.fromkeys(
        (
            *("audio", "auth_api", "devicetree", "docker_api", "full_access", "gpio", "hassio_api"),
            *(
                "homeassistant_api",
                "host_dbus",
                "host_ipc",
                "host_network",
                "host_pid",
                "host_uts",
                "ingress",
            ),
            *("ingress_stream", "journald", "kernel_modules", "legacy", "realtime", "stdin", "tmpfs", "uart"),
            *("udev", "usb", "video"),
        ),
        False,
    ),
    "apparmor": True,
    "backup": "hot",
    "boot": "auto",
    "hassio_role": "default",
    "ingress_port": 8099,
    "init": True,
    "options": {},
    "panel_admin": True,
    "panel_icon": "mdi:puzzle",
    "schema": {},
    "stage": "stable",
    "startup": "application",
    "timeout": 10,
}
ARCHITECTURES = {"aarch64", "amd64"}
MAP_TYPES = {"backup", "data", "homeassistant_config", "media", "share", "ssl"}
"""What can be mapped under the same name on every Supervisor that is in use."""


def lint(manifest: Mapping[str, Any]) -> list[str]:
    """Return what the linter would complain of."""
    required = ("arch", "description", "name", "slug", "version")
    complaints = [f"{key} is missing" for key in required if key not in manifest]
    complaints += [f"{key} is unknown, deprecated or replaced" for key in manifest if key not in LINTER_KEYS]
    complaints += [
        f"{key} repeats its default"
        for key, value in manifest.items()
        if key in LINTER_KEYS and LINTER_KEYS[key] is not NONE and value == LINTER_KEYS[key]
    ]
    complaints += [f"{arch} is unsupported" for arch in manifest.get("arch", ()) if arch not in ARCHITECTURES]
    complaints += [
        f"map {entry} is wrong"
        for entry in manifest.get("map", ())
        if not isinstance(entry, Mapping)
        or not entry.keys() <= {"type", "read_only", "path"}
        or entry.get("type") not in MAP_TYPES
    ]
    if manifest.get("backup") == "cold" and {"backup_pre", "backup_post"} & manifest.keys():
        complaints.append("a cold backup has no commands")
    if manifest.get("ingress_port") == 0 and not manifest.get("host_network"):
        complaints.append("a random ingress port is for the host's network")
    return complaints
