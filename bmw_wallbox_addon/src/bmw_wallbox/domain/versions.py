"""Firmware versions that can be compared, and ranges of them."""

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"\d+")


def version_of(text: str | None) -> tuple[int, ...]:
    """Return the numbers of a version in order, zeros at the end left out; empty for none."""
    numbers = [int(found[:9]) for found in _NUMBER.findall(text or "")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRange:
    """From `first` on and before `below`; None leaves that end open."""

    first: str | None = None
    below: str | None = None

    def __contains__(self, text: str | None) -> bool:
        """Return whether a version lies within; one that was not told lies only in the open range."""
        if self.first is None and self.below is None:
            return True
        version = version_of(text)
        if not version or version < version_of(self.first):
            return False
        return self.below is None or version < version_of(self.below)


ANY_VERSION = VersionRange()
