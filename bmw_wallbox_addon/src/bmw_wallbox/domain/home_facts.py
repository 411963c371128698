"""What Home Assistant says of the home it runs in."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFacts:
    """From Home Assistant's general settings; kept over restarts."""

    currency: str = ""
    """ISO 4217; empty: not known."""
    country: str = ""
    """ISO 3166-1 alpha-2; empty: not known."""


def facts_of(config: Mapping[str, object]) -> HomeFacts:
    """Return the facts of an answer to `get_config`."""
    return HomeFacts(currency=_code(config.get("currency"), 3), country=_code(config.get("country"), 2))


def _code(value: object, length: int) -> str:
    fits = isinstance(value, str) and len(value) == length and value.isascii() and value.isalpha()
    return str(value).upper() if fits else ""
