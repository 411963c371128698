"""The charging sessions of the whole program: one row for each charge, whatever happens to the app."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from bmw_wallbox.simulator import SimulatedWallbox
from tests.conftest import WALLBOX_ID, MakeApp, MakeBox
from tests.support.app_process import AppProcess
from tests.support.panel_client import PanelError

_PATH = f"api/stations/{quote(WALLBOX_ID, safe='')}/sessions"
_POLL_S = 0.05


async def listed(
    app: AppProcess, wanted: Callable[[list[dict[str, Any]]], bool], timeout_s: float = 15
) -> list[dict[str, Any]]:
    """Return the sessions, newest first, once they are as wanted."""
    async with asyncio.timeout(timeout_s):
        while True:
            found: list[dict[str, Any]] = (await app.panel.get(_PATH))["sessions"]
            if wanted(found):
                return found
            await asyncio.sleep(_POLL_S)


async def charging(app: AppProcess, box: SimulatedWallbox) -> None:
    """Plug the car in and have it charge, with values every second."""
    await box.plug()
    await app.panel.until(lambda view: view.state.get("transaction_id") is not None)
    await app.panel.command(WALLBOX_ID, "start_charging")
    await app.panel.until(lambda view: view.state["metering"]["mode"] == "streaming")
    await app.panel.sample_every_second(WALLBOX_ID)


async def ended_with_all_its_energy(app: AppProcess, begin_wh: int) -> dict[str, Any]:
    """Return the only session once it ended, after proving that it agrees with the ledger."""
    (session,) = await listed(app, lambda found: [row["closed_by"] for row in found] == ["ended"])
    state = await app.panel.state(WALLBOX_ID)
    assert session["energy_wh"] == session["end"]["register_wh"] - session["begin"]["register_wh"]
    assert session["begin"]["register_wh"] == begin_wh
    assert session["energy_wh"] == state["energy_session"]
    return session


@pytest.mark.parametrize("per_session_register", [False, True])
async def test_a_charge_is_one_session_that_agrees_with_the_ledger(
    make_app: MakeApp, make_wallbox: MakeBox, *, per_session_register: bool
) -> None:
    app = await make_app()
    register_wh = 0.0 if per_session_register else 50_000.0
    box = await make_wallbox(app, register_wh=register_wh, per_session_register=per_session_register)
    await charging(app, box)
    await listed(app, lambda found: bool(found) and found[0]["energy_wh"] > 0)
    await box.unplug()
    session = await ended_with_all_its_energy(app, int(register_wh))
    assert session["doubts"] == []
    detail = await app.panel.get(f"{_PATH}/{session['id']}")
    assert any(point[1] for point in detail["curve"]["points"])
    days = await app.panel.get("api/energy")
    assert sum(day["energy_wh"] for day in days[session["station"]]) == session["energy_wh"]


async def test_a_session_goes_on_over_a_kill_of_the_app(make_app: MakeApp, make_wallbox: MakeBox) -> None:
    app = await make_app()
    box = await make_wallbox(app, register_wh=50_000.0)
    await charging(app, box)
    await listed(app, lambda found: bool(found) and found[0]["energy_wh"] > 0)
    await app.kill()
    await app.start()
    await box.wait_connected()
    await box.unplug()
    session = await ended_with_all_its_energy(app, 50_000)
    assert session["doubts"] == []


async def test_a_charge_that_ends_while_the_app_is_away_is_whole_when_it_is_back(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app()
    box = await make_wallbox(app, register_wh=50_000.0)
    await charging(app, box)
    await listed(app, lambda found: bool(found) and found[0]["energy_wh"] > 0)
    await app.stop()
    await box.unplug()
    await app.start()
    session = await ended_with_all_its_energy(app, 50_000)
    assert session["source"] == "offline"


async def test_the_wallbox_is_told_what_a_charge_costs_so_far_and_in_the_end(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app()
    flat = {"name": "Home", "valid_from": "2026-01-01", "price_micros": 400_000, "fee_micros": 500_000}
    await app.panel.put("api/tariffs", {"currency": "EUR", "lists": [flat]})
    box = await make_wallbox(app, register_wh=50_000.0)
    begin = datetime.now(UTC) - timedelta(hours=1)

    def event(kind: str, number: int, minutes: int, register_wh: int) -> dict[str, Any]:
        at = (begin + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
        context = {"Started": "Transaction.Begin", "Ended": "Transaction.End"}.get(kind, "Sample.Periodic")
        sample = {"value": register_wh, "context": context, "measurand": "Energy.Active.Import.Register"}
        return {
            "eventType": kind,
            "timestamp": at,
            "triggerReason": "MeterValuePeriodic",
            "seqNo": number,
            "transactionInfo": {"transactionId": "priced"},
            "meterValue": [{"timestamp": at, "sampledValue": [sample]}],
        }

    answers = [
        await box.send_call("TransactionEvent", event("Started", 0, 0, 50_000)),
        await box.send_call("TransactionEvent", event("Ended", 1, 30, 55_000)),
    ]
    assert [answer["totalCost"] for answer in answers] == [0.0, 2.5]


async def test_without_a_tariff_the_wallbox_is_told_no_cost(make_app: MakeApp, make_wallbox: MakeBox) -> None:
    app = await make_app()
    box = await make_wallbox(app)
    at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    started = {
        "eventType": "Started",
        "timestamp": at,
        "triggerReason": "CablePluggedIn",
        "seqNo": 0,
        "transactionInfo": {"transactionId": "free"},
    }
    assert "totalCost" not in await box.send_call("TransactionEvent", started)


async def test_the_total_counts_on_from_another_system_s_once(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app()
    box = await make_wallbox(app, register_wh=50_000.0)
    await charging(app, box)
    await app.panel.until(lambda view: view.state["energy_total"] is not None)
    path = f"api/stations/{quote(WALLBOX_ID, safe='')}/initial_total"
    with pytest.raises(PanelError, match="less than the energy counted"):
        await app.panel.post(path, {"energy_kwh": 1})
    state = await app.panel.post(path, {"energy_kwh": 4321.5})
    assert state["energy_total"] >= 4321.5
    with pytest.raises(PanelError, match="once only"):
        await app.panel.post(path, {"energy_kwh": 5000})
    await app.kill()
    await app.start()
    assert (await app.panel.state(WALLBOX_ID))["energy_total"] >= 4321.5
