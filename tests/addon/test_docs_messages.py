"""Every message that the documentation quotes is one that the app shows, word for word."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "bmw_wallbox_addon"
SOURCE = APP / "src/bmw_wallbox"
WORDS = SOURCE / "web/static/i18n"
MANUALS = {"en": APP / "DOCS.md", "de": APP / "DOCS.de.md"}
_QUOTES = {"en": re.compile(r"“([^”]+)”"), "de": re.compile(r"„([^“]+)“")}
_GAP = "\N{HORIZONTAL ELLIPSIS}"
_PLACE = re.compile(r"\{[^{}]*\}")


@cache
def messages(language: str) -> tuple[str, ...]:
    """Return what the app may show; what is filled in stands as a gap, and what is translated is left out."""
    panel = [json.loads(file.read_text("utf-8")) for file in (WORDS / language).glob("*.json")]
    words = {_PLACE.sub(_GAP, text) for texts in panel for text in texts.values()}
    program = {_PLACE.sub(_GAP, text) for file in SOURCE.rglob("*.py") for text in _texts(_tree(file))}
    translated = {_PLACE.sub(_GAP, text) for texts in panel for text in texts}
    return tuple(words | (program - translated))


def _tree(file: Path) -> ast.AST:
    return ast.parse(file.read_text("utf-8"))


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(v.value) if isinstance(v, ast.Constant) else _GAP for v in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def is_shown(quote: str, language: str) -> bool:
    """Return whether a message has the pieces of a quote, in their order, and begins and ends as it does."""
    pieces = [re.escape(piece.strip()) for piece in quote.split(_GAP)]
    pattern = re.compile(rf"\s*{'.*'.join(pieces)}\s*", re.DOTALL)
    return any(pattern.fullmatch(message) for message in messages(language))


def quoted(language: str) -> list[str]:
    text = " ".join(MANUALS[language].read_text("utf-8").split())
    return [quote for quote in _QUOTES[language].findall(text) if quote != _GAP]


@pytest.mark.parametrize("language", MANUALS)
def test_every_quoted_message_is_shown_by_the_app(language: str) -> None:
    assert [quote for quote in quoted(language) if not is_shown(quote, language)] == []


def test_both_languages_explain_equally_many_messages() -> None:
    assert len(quoted("en")) == len(quoted("de")) > 50


@pytest.mark.parametrize(
    ("quote", "language"),
    [
        ("The certificate is blue.", "en"),
        ("Option … is wrong", "en"),
        ("The wallbox accepted, but the car did not begin to charge.", "de"),
    ],
)
def test_a_message_that_the_app_does_not_show_is_found_out(quote: str, language: str) -> None:
    assert not is_shown(quote, language)
