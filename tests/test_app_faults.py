"""Every mistake leaves the program alive, its panel open, and the problem there in words."""

import asyncio
import json
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from tests.conftest import WALLBOX_ID, MakeApp, MakeBox
from tests.fakes.supervisor import CoreAddress, FakeSupervisor
from tests.hass.fake_core import FakeCore
from tests.support.app_process import AppProcess
from tests.support.certificate import CertificateFiles, self_signed

type Spoil = Callable[[CertificateFiles], object]

_SPOILT_CERTIFICATES: dict[str, tuple[Spoil, str, str]] = {
    "missing": (lambda files: files.certificate.unlink(), "certificate_missing", "does not exist"),
    "another's key": (
        lambda files: self_signed(files.key.parent / "other").key.rename(files.key),
        "certificate_key_mismatch",
        "is not the private key of",
    ),
}


@pytest.mark.parametrize("how", _SPOILT_CERTIFICATES)
async def test_a_certificate_that_cannot_be_served_is_explained(
    make_app: MakeApp, tmp_path: Path, how: str
) -> None:
    spoil, key, words = _SPOILT_CERTIFICATES[how]
    files = self_signed(tmp_path / "ssl")
    spoil(files)
    app = await make_app(ssl_cert=str(files.certificate), ssl_key=str(files.key))
    view = await app.panel.until(lambda view: key in view.problems)
    assert words in view.problems[key]
    assert view.info["certificate"] is None


async def _mended(app: AppProcess, key: str) -> None:
    await app.panel.until(lambda view: view.info and key not in view.problems, 20)


async def test_an_expired_certificate_is_served_and_complained_of(
    make_app: MakeApp, make_wallbox: MakeBox, tmp_path: Path
) -> None:
    files = self_signed(tmp_path / "ssl", ends_in=timedelta(days=-1))
    app = await make_app(ssl_cert=str(files.certificate), ssl_key=str(files.key))
    view = await app.panel.until(lambda view: "certificate_expired" in view.problems)
    assert "renew it" in view.problems["certificate_expired"].lower()
    await make_wallbox(app)


async def test_a_taken_port_is_explained_and_used_once_it_is_free(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app(start=False)
    thief = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", app.ocpp_port)
    async with thief:
        await app.start()
        view = await app.panel.until(lambda view: "port_in_use" in view.problems)
        assert f"{app.ocpp_port}" in view.problems["port_in_use"]
        assert view.info["listeners"]["ocpp"]["listening"] is False
    await _mended(app, "port_in_use")
    await make_wallbox(app)


async def test_a_taken_panel_port_keeps_no_wallbox_out(make_app: MakeApp, make_wallbox: MakeBox) -> None:
    app = await make_app(start=False)
    thief = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", app.panel_port)
    async with thief:
        await app.spawn()
        await make_wallbox(app)
    await app.until_the_panel_answers()
    assert "is tried again" in app.log()


async def test_an_options_file_that_cannot_be_read_is_told_and_the_defaults_apply(make_app: MakeApp) -> None:
    app = await make_app(start=False)
    app.options = "{broken"
    await app.start()
    info = await app.panel.get("api/info")
    messages = [problem["message"] for problem in info["problems"] if problem["key"] == "invalid_options"]
    assert any("not valid JSON" in message for message in messages)
    assert info["max_current"] == 32


async def test_every_faulty_option_is_told_and_the_limit_falls_to_the_safe_side(make_app: MakeApp) -> None:
    app = await make_app(max_current=5, colour="blue", log_level="loud")
    info = await app.panel.get("api/info")
    messages = "\n".join(problem["message"] for problem in info["problems"])
    assert all(option in messages for option in ("max_current", "colour", "log_level"))
    assert info["max_current"] == 6


async def test_plain_http_on_the_wallboxs_port_does_no_harm(
    make_app: MakeApp, make_wallbox: MakeBox, http_session: aiohttp.ClientSession
) -> None:
    app = await make_app()
    box = await make_wallbox(app)
    with pytest.raises(aiohttp.ClientError):
        await http_session.get(f"http://127.0.0.1:{app.ocpp_port}/{WALLBOX_ID}")
    response = await http_session.get(f"https://127.0.0.1:{app.ocpp_port}/{WALLBOX_ID}", ssl=False)
    assert response.status == 426
    assert "currentTime" in await box.send_call("Heartbeat", {})


async def test_a_wallbox_that_speaks_another_ocpp_is_refused(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app()
    await app.panel.until(lambda view: view.info["listeners"]["ocpp"]["listening"])
    with pytest.raises(InvalidStatus) as caught:
        async with connect(f"{app.url}/{WALLBOX_ID}", ssl=_trusting(), subprotocols=[Subprotocol("ocpp1.6")]):
            pass
    assert 400 <= caught.value.response.status_code < 500
    await make_wallbox(app)


async def test_what_cannot_be_read_is_answered_and_the_connection_goes_on(make_app: MakeApp) -> None:
    app = await make_app()
    await app.panel.until(lambda view: view.info["listeners"]["ocpp"]["listening"])
    async with connect(
        f"{app.url}/{WALLBOX_ID}", ssl=_trusting(), subprotocols=[Subprotocol("ocpp2.0.1")]
    ) as socket:
        for text in ('[2,"cut","Heartbeat",', "hello", "[9]", "[]", "null", '[2,"no","Nonsense",{}]'):
            await socket.send(text)
        await socket.send('[2,"alive","Heartbeat",{}]')
        answers: dict[str, list[object]] = {}
        async with asyncio.timeout(5):
            while "alive" not in answers:
                frame = json.loads(await socket.recv())
                answers |= {frame[1]: frame} if frame[0] in {3, 4} else {}
        assert answers["no"][2] == "NotImplemented"
        assert answers["alive"][0] == 3
        await app.panel.until(lambda view: view.state.get("last_heartbeat"))


async def test_a_wrong_token_for_home_assistant_is_told_and_the_wallbox_charges_all_the_same(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    async with FakeCore().serving() as core:
        app = await make_app(environment={"HA_URL": core.url, "HA_TOKEN": "wrong"})
        view = await app.panel.until(lambda view: any("HA_TOKEN" in text for text in view.problems.values()))
        assert view.info["home_assistant"]["state"] == "unauthorized"
        await make_wallbox(app)


async def test_without_mqtt_the_problem_offers_to_set_it_up(make_app: MakeApp, make_wallbox: MakeBox) -> None:
    core = FakeCore()
    core.commands["config_entries/subscribe"] = lambda _message: None
    async with core.serving(), FakeSupervisor().serving() as supervisor:
        supervisor.core = CoreAddress(url=core.url, token=core.token)
        app = await make_app(environment=supervisor.environment, ssl=False, ssl_cert=None, ssl_key=None)
        await core.until(lambda: bool(core.sent("config_entries/subscribe")))
        await core.fire("config_entries/subscribe", [])
        view = await app.panel.until(lambda view: any("MQTT" in text for text in view.problems.values()))
        (problem,) = [problem for problem in view.info["problems"] if "MQTT" in problem["message"]]
        assert problem["action"] == "setup_mqtt"
        await make_wallbox(app)


async def test_an_unreachable_home_assistant_is_told_and_ends_nothing(
    make_app: MakeApp, make_wallbox: MakeBox
) -> None:
    app = await make_app(environment={"HA_URL": "http://127.0.0.1:9", "HA_TOKEN": "token"})
    view = await app.panel.until(lambda view: view.info["home_assistant"]["state"] != "absent")
    assert view.info["home_assistant"]["message"]
    await make_wallbox(app)
    assert await app.stop() == 0


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
