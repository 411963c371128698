"""The automations of the documentation work in a real Core as they stand there."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from bmw_wallbox.entities.table import BY_KEY
from tests.homeassistant.automations import running_automation
from tests.homeassistant.core_process import CoreProcess
from tests.homeassistant.house import House, open_house

pytestmark = pytest.mark.asyncio(loop_scope="module")

_MANUALS = Path(__file__).parents[2] / "bmw_wallbox_addon"
_WALLBOX_ID = "DE*BMW*EDOCUMENTED0001"
_OURS = re.compile(r"\b([a-z_]+)\.bmw_wallbox_(\w+)")


def documented(name: str) -> list[str]:
    text = (_MANUALS / name).read_text("utf-8")
    return re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_house(
    _core_with_mqtt: CoreProcess, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    async with open_house(_core_with_mqtt, tmp_path_factory.mktemp("house"), _WALLBOX_ID) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def house(shared_house: House, core: CoreProcess) -> House:
    await shared_house.settle()
    return shared_house


@asynccontextmanager
async def automation(house: House, text: str) -> AsyncIterator[None]:
    """Have Core run an automation of the documentation, with this house's entities in it."""
    ids = await house.owner.entity_ids()
    body: dict[str, Any] = yaml.safe_load(_OURS.sub(lambda found: ids[found[2]], text))
    async with running_automation(house, "documented", body):
        yield


@pytest.mark.parametrize("name", ["DOCS.md", "DOCS.de.md"])
async def test_core_takes_every_automation(house: House, name: str) -> None:
    texts = documented(name)
    assert len(texts) == 3
    for text in texts:
        async with automation(house, text):
            states = await asyncio.to_thread(house.core.get, "/api/states")
        assert [s["state"] for s in states if s["entity_id"].startswith("automation.")] == ["on"]


async def test_the_limit_follows_the_oven(house: House) -> None:
    text = next(text for text in documented("DOCS.md") if "switch.oven" in text)
    await asyncio.to_thread(house.core.post, "/api/states/switch.oven", {"state": "off"})
    async with automation(house, text):
        await asyncio.to_thread(house.core.post, "/api/states/switch.oven", {"state": "on"})
        await house.owner.sees("current_limit", lambda state: float(state["state"]) == 8)


async def test_entities_have_the_documented_ids(house: House) -> None:
    text = (_MANUALS / "DOCS.md").read_text("utf-8")
    ids = await house.owner.entity_ids()
    ours = {ids[key] for key in ids.keys() & BY_KEY.keys()}
    assert len(ours) > 40
    assert {entity_id for entity_id in ours if f"`{entity_id}`" not in text} == set()
