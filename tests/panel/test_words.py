"""The panel's words: in the language of Home Assistant, and the same in every language."""

import json
from string import Formatter

import pytest
from playwright.async_api import expect

from bmw_wallbox.web.files import STATIC
from tests.panel.conftest import House

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]


async def test_it_speaks_german_where_home_assistant_does(house: House) -> None:
    async with house.screen(language="de") as screen:
        await expect(screen.frame.get_by_role("heading", name="Lädt")).to_be_visible()
        await expect(screen.frame.get_by_text("7,36")).to_be_visible()
        await expect(screen.frame.locator("html")).to_have_attribute("lang", "de")
        assert screen.faults == []


async def test_a_language_that_it_does_not_speak_is_english(house: House) -> None:
    async with house.screen(language="fr") as screen:
        await expect(screen.frame.get_by_role("heading", name="Charging")).to_be_visible()
        await expect(screen.frame.get_by_text("7.36")).to_be_visible()
        assert screen.faults == []


def test_every_language_has_the_same_texts_and_placeholders() -> None:
    english = _texts("en")
    for language in (path.name for path in (STATIC / "i18n").iterdir()):
        texts = _texts(language)
        assert texts.keys() == english.keys()
        for key, text in english.items():
            assert _placeholders(text) == _placeholders(texts[key]), key


def test_a_page_repeats_no_word_of_another() -> None:
    keys = [key for path in (STATIC / "i18n" / "en").iterdir() for key in json.loads(path.read_text("utf-8"))]
    assert len(keys) == len(set(keys))


def _texts(language: str) -> dict[str, str]:
    """Return a language's texts by file and key."""
    return {
        f"{path.stem} {key}": text
        for path in (STATIC / "i18n" / language).iterdir()
        if path.stem != "server"  # keyed by the English text
        for key, text in json.loads(path.read_text("utf-8")).items()
    }


def _placeholders(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
