"""The app's own sentences, which are English, in a panel that is not."""

import json
import re
from collections.abc import Sequence

import pytest

from bmw_wallbox.web.files import STATIC
from tests.panel.conftest import House, Screen

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

GERMAN: dict[str, str] = json.loads((STATIC / "i18n/de/server.json").read_text("utf-8"))
_HEARD = """
async (texts) => {
  const { heard } = await import("./static/said.js");
  return Promise.all(texts.map(heard));
}
"""


async def heard(screen: Screen, texts: Sequence[str]) -> list[str]:
    """Return what the panel makes of the app's sentences."""
    said: list[str] = await screen.frame.evaluate(_HEARD, list(texts))
    return said


async def test_every_sentence_is_recognised_with_its_places_filled(house: House) -> None:
    def filled(template: str) -> str:
        return re.sub(r"\{(\w+)\}", r"<\1>", template)

    async with house.screen(language="de") as screen:
        said = await heard(screen, [filled(english) for english in GERMAN])
        assert dict(zip(map(filled, GERMAN), said, strict=True)) == {
            filled(english): filled(german) for english, german in GERMAN.items()
        }
        assert screen.faults == []
