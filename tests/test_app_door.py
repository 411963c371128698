"""The whole program's door: passwords, certificates, the diary, and what the owner hears of them."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import WALLBOX_ID, MakeApp, MakeBox
from tests.csms.conftest import eventually
from tests.csms.wallbox import wallbox
from tests.door_rig import login
from tests.support.certificate import self_signed
from tests.support.panel_client import PanelError

KEY = "debmwetest1234567890ab"
_RETURN_S = 25.0
"""How long a wallbox may take to come again."""


@pytest.mark.timeout(60)
async def test_a_wrong_password_is_told_everywhere_and_trusted_over_a_restart(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app()
    careless = ssl.create_default_context()
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    await eventually(lambda: "Listening for the wallbox" in app.log())
    async with wallbox(app.ocpp_port, context=careless, headers=login("the-first-password")):
        await app.panel.until(lambda view: view.state.get("connected"))
    await app.stop()
    await app.start()

    await make_wallbox(app, wait=False, password="the-second-password")
    view = await app.panel.until(lambda view: "wrong_password" in view.problems and view.state.get("notices"))
    assert WALLBOX_ID in view.problems["wrong_password"]
    assert "wrong_password" in view.state["notices"]
    (refused,) = [attempt for attempt in await app.panel.get("api/diary") if attempt["verdict"] == "refused"]
    assert (refused["charge_point_id"], refused["cause"]) == (WALLBOX_ID, "wrong_password")
    assert refused["tls"].startswith("TLS")
    assert (await app.panel.get("api/stations"))[0]["password"] == "learned"

    await app.panel.post(f"api/stations/{KEY}/trust_password", {"confirm": "trust_password"})
    await app.panel.until(
        lambda view: view.state.get("connected") and "wrong_password" not in view.problems, _RETURN_S
    )
    await app.panel.until(lambda view: not view.state["notices"])
    assert "-password" not in app.log()


async def test_an_expiring_certificate_is_a_check_a_problem_and_a_notice(
    make_app: MakeApp, tmp_path: Path
) -> None:
    expiring = self_signed(tmp_path / "expiring", ends_in=timedelta(days=5, hours=1))
    app = await make_app(ssl_cert=str(expiring.certificate), ssl_key=str(expiring.key))
    view = await app.panel.until(lambda view: view.state.get("notices"))
    assert list(view.state["notices"]) == ["certificate_expires_soon"]
    info = await app.panel.get("api/info")
    checks = {check["key"]: check for check in info["checks"]}
    assert not checks["validity"]["ok"]
    assert "in 5 days" in checks["validity"]["message"]
    assert checks["key"]["ok"]
    assert info["listeners"]["ocpp"]["security_profile"] == 2
    assert app.log().count("Renew it now") == 1


async def test_client_certificates_are_asked_for_from_then_on(
    make_app: MakeApp, make_wallbox: MakeBox, tmp_path: Path
) -> None:
    app = await make_app()
    await make_wallbox(app)
    authority = self_signed(tmp_path / "authority").certificate
    with pytest.raises(PanelError) as caught:
        await app.panel.put("api/settings", {"client_ca": str(tmp_path / "missing.pem")})
    assert (caught.value.status, caught.value.error) == (400, "invalid_payload")
    await app.panel.put("api/settings", {"client_ca": str(authority)})
    await app.panel.until(
        lambda view: any(attempt["cause"] == "no_certificate" for attempt in view.info["diary"])
    )
    assert (await app.panel.get("api/info"))["listeners"]["ocpp"]["security_profile"] == 3
    await app.stop()
    await app.start()
    assert (await app.panel.get("api/info"))["listeners"]["ocpp"]["security_profile"] == 3
    await app.panel.put("api/settings", {"client_ca": ""})
    await app.panel.until(lambda view: view.state.get("connected"), _RETURN_S)


async def test_a_password_set_by_the_owner_locks_the_wallbox_out_until_it_has_it(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app()
    await make_wallbox(app)
    chosen = {"password": "chosen-by-the-owner", "confirm": "password"}
    await app.panel.put(f"api/stations/{KEY}/password", chosen)
    await app.panel.until(lambda view: view.state.get("connected") is False)
    await make_wallbox(app, password="chosen-by-the-owner")
    await app.panel.until(lambda view: view.state.get("connected"))
    assert (await app.panel.get("api/stations"))[0]["password"] == "set"
    assert "chosen-by" not in app.log()
