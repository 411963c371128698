"""The whole program with its own simulated wallbox: it comes up, charges, ends, and goes on from there."""

import signal
import sys
from pathlib import Path

import pytest

from tests.conftest import WALLBOX_ID, MakeApp, MakeBox
from tests.support.app_process import AppProcess, run_command

_SIMULATED = "DE*BMW*ESIMULATED1"
_CONNECT_S = 20.0


async def _energy_beyond(app: AppProcess, energy_kwh: float) -> float:
    """Return the total once it is higher than that."""
    view = await app.panel.until(lambda view: (view.state.get("energy_total") or 0) > energy_kwh, 20)
    return float(view.state["energy_total"])


async def test_the_simulated_wallbox_charges_and_its_energy_goes_on_after_a_restart(
    make_app: MakeApp,
) -> None:
    app = await make_app("--simulate", charge_point_id=None)
    await _until_set_up(app)
    await app.panel.until(lambda view: (view.state["power"] or 0) > 0, _CONNECT_S)
    energy_kwh = await _energy_beyond(app, await _energy_beyond(app, 0))
    before = await app.panel.state(_SIMULATED)
    assert await app.stop(signal.SIGTERM) == 0
    await app.start()
    assert (await app.panel.state(_SIMULATED))["energy_total"] >= energy_kwh
    await _until_set_up(app, before["device"]["booted_at"])
    assert await _energy_beyond(app, energy_kwh) > energy_kwh
    assert await app.stop(signal.SIGINT) == 0


async def _until_set_up(app: AppProcess, booted_before: str | None = None) -> None:
    """Wait until the wallbox was told what to measure after its newest boot, then have it do so faster."""
    await app.panel.until(
        lambda view: (
            view.state.get("connected")
            and view.state["device"]["booted_at"] not in {None, booted_before}
            and view.state["metering"]["mode"] == "streaming"
        ),
        _CONNECT_S,
    )
    await app.panel.sample_every_second(_SIMULATED)


async def test_a_simulated_wallbox_and_a_real_one_are_kept_apart(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app("--simulate")
    await make_wallbox(app)
    view = await app.panel.until(
        lambda view: [state["connected"] for state in view.states.values()] == [True, True], _CONNECT_S
    )
    assert {state["charge_point_id"]: state["simulated"] for state in view.states.values()} == {
        _SIMULATED: True,
        WALLBOX_ID: False,
    }
    listed = await app.panel.get("api/stations")
    assert {(row["id"], row["key"], row["admission"], row["connected"]) for row in listed} == {
        (_SIMULATED, "debmwesimulated1", "approved", True),
        (WALLBOX_ID, "debmwetest1234567890ab", "approved", True),
    }
    await app.stop()
    app.arguments = ()
    await app.start()
    assert [station["id"] for station in await app.panel.get("api/stations")] == [WALLBOX_ID]


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve", "--ocpp-port", "70000"),
        ("serve", "--panel-host", "0.0.0.0"),
        ("charge",),
        (),
    ],
)
async def test_an_unusable_command_line_ends_with_2(arguments: tuple[str, ...]) -> None:
    code, said = await run_command(*arguments)
    assert code == 2
    assert "usage: bmw-wallbox" in said


async def test_a_snapshot_holds_the_energy_and_a_start_without_a_store_restores_it(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app()
    box = await make_wallbox(app)
    await box.plug()
    await app.panel.until(lambda view: view.state.get("metering", {}).get("mode") == "streaming")
    await app.panel.sample_every_second(WALLBOX_ID)
    await _energy_beyond(app, 0)
    await box.unplug()
    ended = await app.panel.until(lambda view: view.state["transaction_id"] is None)
    code, said = await run_command("snapshot", "--data", str(app.data))
    assert (code, said) == (0, "")
    await app.stop()
    _remove_what_backups_leave_out(app.data)
    await app.start()
    assert (await app.panel.state(WALLBOX_ID))["energy_total"] == ended.state["energy_total"]


def _remove_what_backups_leave_out(data: Path) -> None:
    """Take the live files away, as a restored backup does; only the snapshot is in it."""
    for path in data.glob("*.db*"):
        if "snapshot" not in path.name:
            path.unlink()


def test_the_command_is_installed_beside_the_interpreter() -> None:
    assert Path(sys.executable).with_name("bmw-wallbox").exists()
