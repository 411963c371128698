"""What the documentation says to enter into the browser's console does what it says."""

import re
import textwrap
from pathlib import Path

import pytest

from tests.panel.conftest import House
from tests.web.memory import KEY

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

_MANUALS = Path(__file__).parents[2] / "bmw_wallbox_addon"


@pytest.mark.parametrize("name", ["DOCS.md", "DOCS.de.md"])
async def test_the_total_of_another_integration_is_carried_on(house: House, name: str) -> None:
    (code,) = re.findall(
        r"^ +```js\n(.*?)^ +```$", (_MANUALS / name).read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    async with house.screen() as screen:
        await screen.frame.evaluate(f"async () => {{ {textwrap.dedent(code)} }}")
        assert house.backend.calls == [("set_initial_total", KEY, 4_321_500)]
        assert screen.faults == []
