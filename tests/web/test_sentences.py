"""Every sentence of the app is known in every language that has a file of them, and no other is."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import bmw_wallbox.web
from tests.web.sentences import NOT_SAID, templates, texts

_FILES = {
    path.parent.name: path
    for path in (Path(bmw_wallbox.web.__file__).parent / "static" / "i18n").glob("*/server.json")
    if path.parent.name != "en"
}
_PLACE = re.compile(r"\{\w+\}")


@pytest.fixture(params=_FILES)
def sentences(request: pytest.FixtureRequest) -> Mapping[str, str]:
    found: dict[str, str] = json.loads(_FILES[request.param].read_text(encoding="utf-8"))
    return found


def shape(template: str) -> str:
    """Return a template without the names of its places."""
    return _PLACE.sub("{}", template)


def parts(template: str) -> set[str]:
    """Return the shapes of a template's sentences."""
    return set(re.split(r"(?<=[.!?]) ", shape(template)))


def test_every_sentence_of_the_app_is_translated(sentences: Mapping[str, str]) -> None:
    known = set(map(shape, sentences))
    unknown = {text: place for text, place in templates().items() if shape(text) not in known}
    assert {text: place for text, place in unknown.items() if not parts(text) <= known} == {}


def test_no_translation_is_of_a_sentence_that_the_app_does_not_say(sentences: Mapping[str, str]) -> None:
    said = {one for text in templates() for one in (shape(text), *parts(text))}
    assert [text for text in sentences if shape(text) not in said] == []


def test_a_translation_has_the_places_of_its_sentence(sentences: Mapping[str, str]) -> None:
    assert {
        english: text
        for english, text in sentences.items()
        if sorted(_PLACE.findall(english)) != sorted(_PLACE.findall(text))
    } == {}


def test_no_sentence_is_left_in_english(sentences: Mapping[str, str]) -> None:
    assert [
        english for english, text in sentences.items() if english == text and english != "{name} is {value}."
    ] == []


def test_what_is_excepted_is_in_the_sources() -> None:
    assert NOT_SAID - texts().keys() == set()
