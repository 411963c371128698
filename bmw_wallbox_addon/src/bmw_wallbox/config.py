"""The app's options: read from a file, checked all at once, every fault said in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
import voluptuous as vol

from bmw_wallbox.domain.problems import Problem

LOG_LEVELS: Mapping[str, str] = {
    "debug": "DEBUG",
    "info": "INFO",
    "warning": "WARNING",
    "error": "ERROR",
}
"""The Supervisor's level names and Python's."""
SSL_FOLDER = Path("/ssl")
SAFE_CURRENT_A = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the owner set on the options page."""

    charge_point_id: str | None = None
    ssl: bool = True
    ssl_cert: Path = SSL_FOLDER / "fullchain.pem"
    ssl_key: Path = SSL_FOLDER / "privkey.pem"
    rfid_token: str | None = None
    max_current_a: int = 32
    log_level: str = "info"


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise vol.Invalid("must be a text that is not empty")
    return value.strip()


def _charge_point_id(value: object) -> str:
    text = _text(value)
    if len(text) > 48 or not text.isascii() or not text.isprintable() or ":" in text:
        raise vol.Invalid("must be the wallbox's own id, at most 48 plain characters, such as DE*BMW*E1234")
    return text


def _path(value: object) -> Path:
    text = _text(value)
    if ".." in PurePosixPath(text).parts:
        raise vol.Invalid("must not contain '..'")
    return SSL_FOLDER / text


def _path_in_ssl(value: object) -> Path:
    path = _path(value)
    if not path.is_relative_to(SSL_FOLDER):
        raise vol.Invalid("must lie in /ssl, such as /ssl/fullchain.pem")
    return path


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise vol.Invalid("must be true or false")
    return value


def _current(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 6 <= value <= 32:
        raise vol.Invalid("must be a whole number from 6 to 32 (A)")
    return int(value)


def _level(value: object) -> str:
    if value not in LOG_LEVELS:
        raise vol.Invalid(f"must be one of {', '.join(LOG_LEVELS)}")
    return str(value)


def _schema(*, supervised: bool) -> vol.Schema:
    path = _path_in_ssl if supervised else _path
    return vol.Schema(
        {
            "charge_point_id": _charge_point_id,
            "ssl": _bool,
            "ssl_cert": path,
            "ssl_key": path,
            "rfid_token": _text,
            "max_current": _current,
            "log_level": _level,
        }
    )


def read_options(path: Path, *, supervised: bool) -> tuple[Options, tuple[Problem, ...]]:
    """Return the options in the JSON file at `path`, and a problem for each fault.

    A faulty option keeps its default, but a faulty `max_current` the smallest: too little current is safe.
    Under a Supervisor certificates must lie in `/ssl`. Blocks: call it off the loop.
    """
    try:
        raw = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        return Options(), (_problem(f"The options file {path} does not exist; the defaults apply."),)
    except OSError as err:
        return Options(), (_problem(f"The options file {path} cannot be read: {err.strerror}."),)
    except msgspec.DecodeError as err:
        return Options(), (_problem(f"The options file {path} is not valid JSON: {err}."),)
    if not isinstance(raw, dict):
        return Options(), (_problem(f"The options file {path} must hold a JSON object."),)
    return check_options(raw, supervised=supervised)


def check_options(raw: Mapping[str, Any], *, supervised: bool) -> tuple[Options, tuple[Problem, ...]]:
    """Return the options in `raw`, and a problem for each that cannot be used."""
    good = {key: value for key, value in raw.items() if value is not None and value != ""}
    problems: list[Problem] = []
    try:
        good = _schema(supervised=supervised)(good)
    except vol.MultipleInvalid as invalid:
        for error in invalid.errors:
            key = str(error.path[0]) if error.path else "?"
            text = "is not known; remove it" if error.msg == "extra keys not allowed" else error.msg
            problems.append(
                _problem(f"Option {key} {text}. Correct it on the app's options page and restart.")
            )
            good.pop(key, None)
            if key == "max_current":
                good[key] = SAFE_CURRENT_A
        good = _schema(supervised=supervised)(good)
    if "max_current" in good:
        good["max_current_a"] = good.pop("max_current")
    return Options(**good), tuple(problems)


def _problem(message: str) -> Problem:
    return Problem(key="invalid_options", message=message)
