"""The settings."""

from dataclasses import asdict

from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.vocabulary import ProfileStrategy
from tests.web.memory import MemoryBackend
from tests.web.panel import Panel


async def test_settings_are_shown_and_changed_one_by_one(panel: Panel, backend: MemoryBackend) -> None:
    before = await panel.json("/api/settings")
    assert before == {**asdict(Settings()), "vehicles": []}

    response = await panel.send("PUT", "/api/settings", {"profile_strategy": "tx"})

    assert await response.json() == {**before, "profile_strategy": "tx"}
    assert backend.present_settings.profile_strategy is ProfileStrategy.TX


async def test_a_setting_that_cannot_be_used_changes_nothing(panel: Panel, backend: MemoryBackend) -> None:
    response = await panel.send("PUT", "/api/settings", {"profile_strategy": "tx", "meter_interval_s": 1})

    assert response.status == 400
    assert backend.present_settings.profile_strategy is ProfileStrategy.AUTO
