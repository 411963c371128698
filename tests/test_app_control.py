"""What an owner asks of a wallbox through the whole program, and what the wallbox then does."""

from dataclasses import dataclass

import pytest

from bmw_wallbox.simulator import SimulatedWallbox
from tests.conftest import WALLBOX_ID, MakeApp, MakeBox
from tests.support.app_process import AppProcess

_POLES_APART = [("delta", True), ("plain", False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """An app and the wallbox that is connected to it."""

    app: AppProcess
    box: SimulatedWallbox

    async def command(self, command: str, value: object = None, *, confirm: bool = False) -> str:
        """Give a command and return its outcome."""
        report = await self.app.panel.command(WALLBOX_ID, command, value, confirm=confirm)
        return f"{report['outcome']}"

    async def charge(self) -> None:
        """Plug the car in and have it charge, with values every second."""
        await self.box.plug()
        await self.app.panel.until(lambda view: view.state.get("transaction_id") is not None)
        assert await self.command("start_charging") == "applied"
        await self.app.panel.until(lambda view: view.state["metering"]["mode"] == "streaming")
        await self.app.panel.sample_every_second(WALLBOX_ID)


@pytest.fixture(params=_POLES_APART, ids=["delta, raw id", "plain, encoded id"])
async def house(request: pytest.FixtureRequest, make_app: MakeApp, make_wallbox: MakeBox) -> House:
    profile, raw_id = request.param
    app = await make_app(max_current=20)
    return House(app=app, box=await make_wallbox(app, profile=profile, raw_id=raw_id))


async def test_the_wallbox_of_the_options_is_let_in_and_told_its_limit_first(house: House) -> None:
    await house.app.panel.until(lambda view: view.state.get("connected"))
    await house.box.wait_for(lambda box: bool(box.received))
    assert house.box.received[0][0] == "SetChargingProfile"
    await house.box.wait_for(lambda box: box.limit_a == 20)


async def test_charging_is_started_limited_stopped_and_resumed_by_the_switch(house: House) -> None:
    await house.charge()
    await house.box.wait_for(lambda box: box.charging_state == "Charging" and box.current_a == 20)
    assert await house.command("set_current_limit", 10) == "applied"
    await house.box.wait_for(lambda box: box.current_a == 10)
    assert await house.command("stop_charging") == "applied"
    assert (house.box.limit_a, house.box.transaction_id is None) == (0, False)
    await house.box.wait_for(lambda box: box.charging_state == "SuspendedEVSE")
    paused = await house.app.panel.until(lambda view: view.state["status"] == "paused")
    assert (paused.state["charging_allowed"], paused.state["current_limit"]) == (False, 10)
    assert await house.command("allow_charging", value=True) == "applied"
    assert (house.box.charging_state, house.box.limit_a) == ("Charging", 10)


async def test_the_led_is_set_and_fresh_values_come_on_demand(house: House) -> None:
    assert await house.command("set_led_brightness", 77) == "applied"
    assert house.box.variables[_led(house.box)] == "77"
    await house.app.panel.until(lambda view: view.state["led_brightness"] == 77)
    statuses = [action for action, *_ in house.box.sent].count("StatusNotification")
    assert await house.command("refresh") == "applied"
    await house.box.wait_for(
        lambda box: [action for action, *_ in box.sent].count("StatusNotification") > statuses
    )


def _led(box: SimulatedWallbox) -> str:
    delta = box.config.profile == "delta"
    return "StatusLED.brightness" if delta else "ChargingStation.StatusLedBrightness"


async def test_a_restart_reboots_the_wallbox_and_its_limit_is_set_again(house: House) -> None:
    assert await house.command("set_current_limit", 9) == "applied_next_charge"
    assert await house.command("restart") == "applied"
    view = await house.app.panel.until(lambda view: view.state["device"]["boot_reason"] == "RemoteReset")
    assert view.state["status"] == "available"
    await house.box.wait_connected()
    assert house.box.limit_a == 9


@pytest.mark.parametrize("house", _POLES_APART[:1], indirect=True)
async def test_a_charge_is_paused_by_the_switch_and_ended_only_with_a_confirmation(house: House) -> None:
    await house.charge()
    assert await house.command("allow_charging", value=False) == "applied"
    await house.box.wait_for(lambda box: (box.charging_state, box.limit_a) == ("SuspendedEVSE", 0))
    with pytest.raises(Exception, match="400 invalid_payload: confirm"):
        await house.command("end_transaction")
    assert house.box.transaction_id is not None
    assert await house.command("end_transaction", confirm=True) == "applied"
    await house.box.wait_for(lambda box: "Remote" in _stopped_reasons(box))


def _stopped_reasons(box: SimulatedWallbox) -> list[str | None]:
    """Return why its transactions ended, of those whose end the app acknowledged."""
    return [payload.get("transactionInfo", {}).get("stoppedReason") for _, payload, _ in box.sent]


async def test_a_limit_is_refused_above_the_owners_maximum_or_by_the_wallbox_in_its_own_words(
    house: House,
) -> None:
    await house.box.wait_for(lambda box: box.limit_a == 20)
    with pytest.raises(Exception, match="400 invalid_payload: current_limit"):
        await house.command("set_current_limit", 32)
    refusal = {"status": "Rejected", "statusInfo": {"reasonCode": "InternalError", "additionalInfo": "hot"}}
    house.box.next_reply("SetChargingProfile", refusal)
    report = await house.app.panel.command(WALLBOX_ID, "set_current_limit", 8)
    assert report["outcome"] == "refused"
    assert "hot" in report["message"]


async def test_an_unknown_wallbox_waits_on_the_first_evening_until_it_is_approved(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app(charge_point_id=None)
    box = await make_wallbox(app, raw_id=True)
    assert box.boot_status == "Pending"
    waiting = await app.panel.until(lambda view: view.stations)
    assert [(station["id"], station["admission"]) for station in waiting.stations] == [
        (WALLBOX_ID, "pending")
    ]
    await app.panel.admit(WALLBOX_ID, "approve")
    await app.panel.until(lambda view: view.state.get("connected"))
    await box.wait_for(lambda box: box.boot_status == "Accepted" and box.limit_a == 32)
    assert (await app.panel.command(WALLBOX_ID, "set_current_limit", 7))["outcome"] == "applied_next_charge"
    assert box.limit_a == 7


async def test_once_one_is_approved_a_stranger_gets_a_404_unless_pairing_is_on(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app()
    await make_wallbox(app)
    stranger = await make_wallbox(app, wait=False, charge_point_id="STRANGER", reconnect_s=0.02)
    await stranger.wait_for(lambda box: box.refused_status == 404)
    await app.panel.post("api/pairing", {"minutes": 5})
    await app.panel.until(lambda view: [row["admission"] for row in view.stations] == ["approved", "pending"])
    await stranger.wait_connected()
    assert stranger.boot_status == "Pending"


async def test_a_blocked_wallbox_is_shut_out_and_a_forgotten_one_knocks_again(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app(charge_point_id=None)
    box = await make_wallbox(app, reconnect_s=0.02)
    await app.panel.until(lambda view: view.stations)
    await app.panel.admit(WALLBOX_ID, "block")
    await box.wait_for(lambda box: box.refused_status is not None)
    await app.panel.admit(WALLBOX_ID, "forget")
    await app.panel.until(lambda view: [row["admission"] for row in view.stations] == ["pending"])
