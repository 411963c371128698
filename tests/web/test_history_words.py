"""Every word that the app says of a session has a text on the page of past charges."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

import bmw_wallbox.web
from bmw_wallbox.domain.sessions import ClosedBy, Doubt, Source

_WORDS = Path(bmw_wallbox.web.__file__).parent / "static" / "i18n"


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("history.doubt", Doubt),
        ("history.closed", ClosedBy),
        ("history.source", Source),
        ("history.did", ("edit", "add", "delete", "split", "merge", "reprice", "import", "undo")),
        ("end", set(ClosedBy) - {ClosedBy.ENDED}),
    ],
)
def test_every_word_has_a_text(language: str, group: str, words: Iterable[str]) -> None:
    texts = json.loads((_WORDS / language / "history.json").read_text(encoding="utf-8"))
    assert [word for word in words if not texts.get(f"{group}.{word}")] == []
