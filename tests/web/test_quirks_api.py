"""An owner sees how a wallbox is handled, chooses otherwise, and has it unlearn."""

from dataclasses import asdict, replace

import pytest

from bmw_wallbox.domain.learning import Learned
from bmw_wallbox.domain.vocabulary import ProfileStrategy
from tests.web.memory import KEY, MemoryBackend, charging_state
from tests.web.panel import INGRESS, Panel, make_server, running

QUIRKS = f"/api/stations/{KEY}/quirks"
TAUGHT = Learned(stack_level_zero_only=True)


async def test_the_state_says_how_a_wallbox_is_handled(panel: Panel, backend: MemoryBackend) -> None:
    shown = (await panel.json(f"/api/stations/{KEY}/state"))["quirks"]
    assert shown == {
        "row": "delta",
        "chosen": None,
        "automatic": "delta",
        "strategy": "tx_default",
        "learned": asdict(Learned()),
        "offline": "The last limit stays in force while the app is away.",
    }
    backend.present_settings = replace(backend.present_settings, profile_strategy=ProfileStrategy.TX)
    assert (await panel.json(f"/api/stations/{KEY}/state"))["quirks"]["strategy"] == "tx"


async def test_a_choice_can_be_drawn_from_what_is_told(panel: Panel, backend: MemoryBackend) -> None:
    backend.states[KEY] = charging_state(learned=TAUGHT)
    backend.present_settings = replace(backend.present_settings, offline_limit_a=6)
    told = await panel.json(QUIRKS)
    assert (told["row"], told["chosen"], told["automatic"]) == ("delta", None, "delta")
    assert [option["row"] for option in told["options"]] == ["delta", "specification"]
    assert all(option["title"] and option["description"] for option in told["options"])
    assert told["lessons"] == ["It takes a transaction's own profile at stack level 0 only."]
    assert "keeps the last limit while the app is away" in told["offline"]


async def test_a_row_is_chosen_and_given_up_and_what_was_learned_forgotten(
    panel: Panel, backend: MemoryBackend
) -> None:
    backend.states[KEY] = charging_state(learned=TAUGHT)
    shown = await (await panel.send("PUT", QUIRKS, {"row": "specification"})).json()
    assert (shown["row"], shown["chosen"], shown["strategy"]) == ("specification", "specification", "tx")
    assert shown["learned"] == asdict(TAUGHT)
    shown = await (await panel.send("PUT", QUIRKS, {"forget_learned": True})).json()
    assert (shown["chosen"], shown["learned"]) == ("specification", asdict(Learned()))
    shown = await (await panel.send("PUT", QUIRKS, {"row": None})).json()
    assert (shown["row"], shown["chosen"]) == ("delta", None)


@pytest.mark.parametrize(
    "body", [{"row": "kobold"}, {"row": 5}, {"row": []}, {"forget_learned": 1}, {"learned": {}}]
)
async def test_what_cannot_be_used_changes_nothing(
    panel: Panel, backend: MemoryBackend, body: dict[str, object]
) -> None:
    assert (await panel.send("PUT", QUIRKS, body)).status == 400
    assert backend.calls == []


async def test_only_an_administrator_chooses(backend: MemoryBackend) -> None:
    async with (
        running(make_server(backend)) as server,
        Panel.at(server, INGRESS, {"X-Remote-User-Id": "somebody"}) as panel,
    ):
        assert (await panel.send("PUT", QUIRKS, {"row": "delta"})).status == 403
    assert backend.calls == []
