"""What the whole program tells Home Assistant of a charge, once, whatever happens to the app."""

from tests.conftest import MakeApp, MakeBox
from tests.hass.fake_core import FakeCore
from tests.test_app_sessions import charging, listed

_WANTED = {"notify_charging_started": True, "notify_charging_finished": True}


def titles(core: FakeCore) -> list[str]:
    return [
        message["service_data"]["title"]
        for message in core.sent("call_service")
        if (message["domain"], message["service"]) == ("persistent_notification", "create")
    ]


async def test_a_charge_is_told_when_it_starts_and_when_it_is_over_in_the_houses_language(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    async with FakeCore().serving() as core:
        core.commands["call_service"] = lambda _message: {"context": {}}
        core.commands["get_config"] = lambda _message: {"state": "RUNNING", "language": "de"}
        app = await make_app(environment={"HA_URL": core.url, "HA_TOKEN": core.token})
        await app.panel.put("api/settings", _WANTED)
        await core.until(lambda: len(core.sent("get_config")) >= 2, timeout_s=15)
        box = await make_wallbox(app, register_wh=50_000.0)
        await charging(app, box)
        await core.until(lambda: titles(core) == ["Laden begonnen"], timeout_s=15)
        await listed(app, lambda found: bool(found) and found[0]["energy_wh"] > 0)
        await app.stop()
        await app.start()
        await box.wait_connected()
        await box.unplug()
        await core.until(lambda: len(titles(core)) > 1, timeout_s=15)
        assert titles(core) == ["Laden begonnen", "Laden beendet"]
