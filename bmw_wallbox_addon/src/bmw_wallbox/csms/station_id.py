"""The charging station's identity in the path of its URL (OCPP 2.0.1 part 4 §3.1.1)."""

import re
from urllib.parse import unquote_to_bytes

MAX_LENGTH = 48
_PRINTABLE = re.compile(r"[ -~]{1,48}")


def station_id(path: str) -> str | None:
    """Return the identity that the last part of `path` spells, None where it spells none.

    What comes before it is the endpoint's and free to choose; a query and a trailing slash mean nothing.
    A raw `*` and `%2A` are the same. A slash or nothing but dots is refused: an identity is no path.
    """
    identity = unquote_to_bytes(_last_part(path)).decode("ascii", "replace")
    if _PRINTABLE.fullmatch(identity) is None or "/" in identity or not identity.strip(" ."):
        return None
    return identity


def names_nobody(path: str) -> bool:
    """Return whether a path has no last part at all."""
    return not _last_part(path)


def shown(text: str) -> str:
    """Return hostile text as a log may hold it: escaped and cut to 48 characters."""
    return text[:MAX_LENGTH].encode("unicode_escape").decode("ascii")[:MAX_LENGTH]


def _last_part(path: str) -> str:
    return path.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
