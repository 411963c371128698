"""What is out of order and what to do about it, in words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that the owner should know: shown in the panel, in `api/info` and once in the log."""

    key: str
    """Stable name, such as `certificate_expired`."""
    message: str
    """What is wrong and what to do next."""
    action: str | None = None
    """What one click can do about it, such as `setup_mqtt`; None where nothing can."""
    station: str | None = None
    """The key of the wallbox that it concerns; None where it concerns all."""
