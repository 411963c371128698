"""What the whole program keeps over an absent wallbox, an orderly restart and a power cut."""

import json

from bmw_wallbox.simulator import SimulatedWallbox
from tests.conftest import WALLBOX_ID, MakeApp, MakeBox
from tests.support.app_process import AppProcess


async def _charging_house(make_app: MakeApp, make_wallbox: MakeBox) -> tuple[AppProcess, SimulatedWallbox]:
    """Return an app, and a wallbox that has sent it energy."""
    app = await make_app()
    box = await make_wallbox(app, register_wh=1_234_000.0)
    await box.plug()
    await app.panel.until(lambda view: view.state.get("metering", {}).get("mode") == "streaming")
    await app.panel.sample_every_second(WALLBOX_ID)
    await app.panel.until(lambda view: (view.state["energy_session"] or 0) > 0)
    return app, box


async def test_a_wish_while_the_wallbox_is_away_is_pending_and_is_its_first_call_once_it_is_back(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app()
    box = await make_wallbox(app)
    await box.wait_for(lambda box: box.limit_a == 32)
    await app.panel.until(lambda view: view.state["metering"]["mode"] == "streaming")
    await box.go_offline()
    await app.panel.until(lambda view: not view.state["connected"])
    report = await app.panel.command(WALLBOX_ID, "set_current_limit", 11, wait_s=0.1)
    assert report["outcome"] == "pending"
    assert "not connected" in report["message"]
    box.received.clear()
    await box.go_online()
    await box.wait_for(lambda box: box.limit_a == 11)
    assert box.received[0][0] == "SetChargingProfile"
    await app.panel.until(lambda view: view.state["last_command"]["outcome"] == "applied_next_charge")
    assert (await app.panel.report(WALLBOX_ID, report["id"]))["outcome"] == "applied_next_charge"


async def test_a_stop_while_the_wallbox_is_away_stops_the_charge_once_it_is_back(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app, box = await _charging_house(make_app, make_wallbox)
    await box.go_offline()
    await app.panel.until(lambda view: not view.state["connected"])
    report = await app.panel.command(WALLBOX_ID, "stop_charging", wait_s=0.1)
    assert report["outcome"] == "pending"
    await box.go_online()
    await box.wait_for(lambda box: (box.charging_state, box.limit_a) == ("SuspendedEVSE", 0))


async def test_what_cannot_wait_is_refused_at_once_while_the_wallbox_is_away(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app()
    for command, value in [("set_led_brightness", 50), ("refresh", None), ("restart", None)]:
        report = await app.panel.command(WALLBOX_ID, command, value, wait_s=5)
        assert report["outcome"] == "offline", command


async def test_a_limit_survives_a_restart_of_the_app_and_is_set_again(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app()
    box = await make_wallbox(app)
    assert (await app.panel.command(WALLBOX_ID, "set_current_limit", 13))["outcome"] == "applied_next_charge"
    assert await app.stop() == 0
    box.received.clear()
    await app.start()
    view = await app.panel.until(lambda view: view.state)
    assert view.state["current_limit"] == 13
    await box.wait_for(lambda box: bool(box.received))
    action, payload = box.received[0]
    schedule = payload["chargingProfile"]["chargingSchedule"][0]
    assert (action, schedule["chargingSchedulePeriod"][0]["limit"]) == ("SetChargingProfile", 13)


async def test_a_power_cut_during_a_charge_loses_no_energy_and_the_transaction_goes_on(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app, box = await _charging_house(make_app, make_wallbox)
    before = await app.panel.state(WALLBOX_ID)
    await app.kill()
    await box.wait_for(lambda box: not box.connected)
    await app.start()
    after = await app.panel.until(lambda view: view.state.get("connected"))
    assert after.state["transaction_id"] == before["transaction_id"] == box.transaction_id
    assert after.state["energy_total"] >= before["energy_total"]
    grown = await app.panel.until(lambda view: view.state["energy_session"] > before["energy_session"])
    assert grown.state["charging_state"] == "Charging"
    assert grown.state["energy_cumulative"] == before["energy_cumulative"]


async def test_a_charge_that_ended_during_a_power_cut_is_counted_to_its_end(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app, box = await _charging_house(make_app, make_wallbox)
    await app.kill()
    await box.wait_for(lambda box: not box.connected)
    await box.unplug()
    await app.start()
    view = await app.panel.until(lambda view: view.state.get("status") == "available")
    assert view.state["transaction_id"] is None
    assert round(view.state["energy_total"] * 1000) == round(box.register_wh)


async def test_an_unreadable_store_is_set_aside_and_told_and_the_app_runs_on(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app(start=False)
    (app.data / "wallbox.db").write_bytes(json.dumps(["no", "database"]).encode() * 1000)
    await app.start()
    await app.panel.until(lambda view: any(key.startswith("store") for key in view.problems))
    assert list(app.data.glob("*unreadable*"))
    box = await make_wallbox(app)
    await box.wait_for(lambda box: box.limit_a == 32)
