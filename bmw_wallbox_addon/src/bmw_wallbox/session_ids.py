"""The ids of rows that people make: sessions by hand, corrections."""

import secrets

_BYTES = 6


def new_id() -> str:
    """Return an id that nothing has yet: twelve hexadecimal digits."""
    return secrets.token_hex(_BYTES)


def is_id(text: str) -> bool:
    """Tell whether a text from outside has the form of an id."""
    return len(text) == 2 * _BYTES and all(char in "0123456789abcdef" for char in text)
