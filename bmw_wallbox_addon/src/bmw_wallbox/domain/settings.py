"""What the owner may set in the panel, beyond the app's options; kept over restarts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bmw_wallbox.domain.vocabulary import ProfileStrategy
from bmw_wallbox.errors import InvalidPayloadError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How every wallbox of this app is handled."""

    profile_strategy: ProfileStrategy = ProfileStrategy.AUTO
    """Which charging profile carries the limit; `auto` follows the maker."""
    meter_interval_s: int = 10
    """How often values come while a car charges."""


def changed(settings: Settings, values: Mapping[str, object]) -> Settings:
    """Return the settings with `values` in their place, by field name.

    Raises:
        InvalidPayloadError: an unknown field, or a value that it cannot have.

    """
    unknown = sorted(set(values) - set(_READERS))
    if unknown:
        raise InvalidPayloadError("settings", unknown[0], f"known are {', '.join(sorted(_READERS))}")
    read = {name: _READERS[name](name, value) for name, value in values.items()}
    return replace(settings, **read)  # type: ignore[arg-type]  # each reader returns its field's type


def _strategy(name: str, value: object) -> ProfileStrategy:
    try:
        return ProfileStrategy(str(value))
    except ValueError:
        expected = f"one of {', '.join(ProfileStrategy)} is needed"
        raise InvalidPayloadError(name, value, expected) from None


def _whole(low: int, high: int) -> Callable[[str, object], int]:
    def read(name: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InvalidPayloadError(name, value, f"a whole number from {low} to {high} is needed")
        return value

    return read


_READERS: Mapping[str, Callable[[str, object], object]] = {
    "profile_strategy": _strategy,
    "meter_interval_s": _whole(5, 300),
}
