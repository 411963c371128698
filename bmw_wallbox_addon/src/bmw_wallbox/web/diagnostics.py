"""The file to attach to a bug report: what is known, in one zip, without anybody's secrets."""

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.tokens import masked
from bmw_wallbox.web.wire import to_json

MOST_CHARACTERS = 4 * 1024**2
"""Of one file in the zip."""
_SHORTEST_SECRET = 4
"""What is shorter is part of too many innocent words."""
_CUT = "\n… cut here, since it is too long\n"
_ABOUT = """Diagnostics of the BMW Wallbox app, made at {at}.

Passwords and keys are left out; id tokens are shown by their last four characters. What remains tells
addresses in the home network, the wallbox's id and serial number, and when it charged: look through it before
you publish it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What goes into the zip, by file name, and what must not be in any of it."""

    at: datetime
    documents: Mapping[str, object]
    secrets: Collection[str]


def secrets_of(states: Sequence[StationState]) -> Iterator[str]:
    """Return the id tokens that wallboxes told, whole."""
    for state in states:
        if state.last_event.id_token:
            yield state.last_event.id_token
        yield from (card.id_token for card in state.device.presented_cards)


def packed(diagnosis: Diagnosis) -> bytes:
    """Return the zip; it takes up to seconds, so it is made off the event loop."""
    hidden = _pattern(diagnosis.secrets)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _ABOUT.format(at=diagnosis.at.isoformat(timespec="seconds")))
        for name, document in diagnosis.documents.items():
            archive.writestr(name, _text(document, hidden))
    return file.getvalue()


def _text(document: object, hidden: re.Pattern[str] | None) -> str:
    if isinstance(document, (list, tuple)):
        text = "".join(f"{to_json(row)}\n" for row in document)
    else:
        text = to_json(document)
    if hidden is not None:
        text = hidden.sub(lambda found: masked(found[0]), text)
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + _CUT


def _pattern(secrets: Collection[str]) -> re.Pattern[str] | None:
    """Return what finds the secrets as JSON writes them, the longest first."""
    known = {to_json(text)[1:-1] for text in secrets if len(text) >= _SHORTEST_SECRET}
    words = sorted(known, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE) if words else None
