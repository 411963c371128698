import asyncio
import ssl
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from bmw_wallbox.simulator import (
    SimulatedWallbox,
    SimulatorCallError,
    SimulatorConfig,
    SimulatorOfflineError,
)
from tests.simulator.conftest import MakeBox
from tests.simulator.csms import Csms


async def test_the_id_is_percent_encoded_unless_it_shall_stay_raw(csms: Csms, make_box: MakeBox) -> None:
    await make_box()
    await make_box(raw_id=True)
    assert [path for path, _ in csms.handshakes] == ["/DE%2ABMW%2AE1", "/DE*BMW*E1"]


async def test_the_password_travels_as_basic_authentication(csms: Csms, make_box: MakeBox) -> None:
    await make_box(password="a:b")
    expected = b64encode(b"DE*BMW*E1:a:b").decode()
    assert csms.handshakes[0][1]["Authorization"] == f"Basic {expected}"


async def test_a_password_set_by_the_csms_is_used_from_the_next_connection_on(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    item = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
    await csms.call("SetVariables", {"setVariableData": [item | {"attributeValue": "new-password-1234"}]})
    read = await csms.call("GetVariables", {"getVariableData": [item]})
    assert read["getVariableResult"][0]["attributeStatus"] == "Rejected"
    await delta.go_offline()
    await delta.go_online()
    await delta.wait_connected()
    expected = b64encode(b"DE*BMW*E1:new-password-1234").decode()
    assert csms.handshakes[-1][1]["Authorization"] == f"Basic {expected}"


async def test_a_delta_boots_reports_its_clock_its_limit_and_its_connector(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    await csms.until("StatusNotification")
    assert [action for action, _ in csms.calls] == [
        "BootNotification",
        "SecurityEventNotification",
        "NotifyChargingLimit",
        "StatusNotification",
    ]
    boot, event = csms.calls[0][1], csms.calls[1][1]
    assert boot["reason"] == "PowerUp"
    assert boot["chargingStation"]["model"] == "EIAW-E22KTSE6B04"
    assert event["type"] == "SettingSystemTime"
    assert csms.calls[2][1]["chargingLimit"]["chargingLimitSource"] == "SO"


async def test_a_mere_reconnect_brings_no_boot_notification(csms: Csms, delta: SimulatedWallbox) -> None:
    await delta.go_offline()
    await delta.go_online()
    await delta.wait_connected()
    assert len(csms.handshakes) == 2
    assert len(csms.of("BootNotification")) == 1


async def test_a_dropped_connection_is_taken_up_again(csms: Csms, delta: SimulatedWallbox) -> None:
    await delta.drop_connection()
    await delta.wait_for(lambda _: len(csms.handshakes) == 2)
    await delta.wait_connected()


async def test_a_box_that_shall_boot_on_reconnect_does(csms: Csms, make_box: MakeBox) -> None:
    box = await make_box(boot_on_reconnect=True)
    await box.go_offline()
    await box.go_online()
    await box.wait_connected()
    assert len(csms.of("BootNotification")) == 2


async def test_a_refused_box_keeps_trying_and_remembers_why(csms: Csms, make_box: MakeBox) -> None:
    csms.http_status = 404
    box = await make_box(wait=False)
    await box.wait_for(lambda box: box.refused_status == 404)
    csms.http_status = None
    await box.wait_connected()
    assert box.refused_status is None


async def test_a_pending_box_sends_reports_but_no_transactions_until_it_is_accepted(
    csms: Csms, make_box: MakeBox
) -> None:
    accepted = csms.answers["BootNotification"]
    csms.answers["BootNotification"] = lambda boot: accepted(boot) | {"status": "Pending", "interval": 60}
    box = await make_box()
    await box.plug()
    await csms.call("GetBaseReport", {"requestId": 1, "reportBase": "FullInventory"})
    await csms.until("NotifyReport", lambda part: not part["tbc"])
    assert box.boot_status == "Pending"
    assert csms.of("TransactionEvent") == []

    csms.answers["BootNotification"] = accepted
    triggered = await csms.call("TriggerMessage", {"requestedMessage": "BootNotification"})
    await csms.until("TransactionEvent", lambda event: event["eventType"] == "Started")
    assert triggered["status"] == "Accepted"
    assert csms.of("BootNotification")[-1]["reason"] == "Triggered"


async def test_heartbeats_follow_the_configured_interval(csms: Csms, make_box: MakeBox) -> None:
    await make_box(heartbeat_interval_s=0.02)
    await csms.until("Heartbeat")


async def test_the_delta_keeps_its_own_heartbeat_and_plain_takes_the_one_of_the_boot_answer(
    csms: Csms, make_box: MakeBox
) -> None:
    delta, plain = await make_box(profile="delta"), await make_box(profile="plain")
    assert delta.variables["OCPPCommCtrlr.HeartbeatInterval"] == "10"
    assert plain.variables["OCPPCommCtrlr.HeartbeatInterval"] == "300"


async def test_any_frame_can_be_sent_and_its_fate_is_recorded(csms: Csms, delta: SimulatedWallbox) -> None:
    assert "currentTime" in await delta.send_call("Heartbeat", {})
    csms.errors["Heartbeat"] = 1
    with pytest.raises(SimulatorCallError) as caught:
        await delta.send_call("Heartbeat", {})
    assert caught.value.code == "InternalError"
    assert delta.sent[-1] == ("Heartbeat", {}, caught.value)
    await delta.send_raw('["not", "a call"]')
    assert (await csms.until("unreadable"))["frame"] == ["not", "a call"]


async def test_without_a_connection_nothing_can_be_called(csms: Csms, delta: SimulatedWallbox) -> None:
    await delta.go_offline()
    with pytest.raises(SimulatorOfflineError):
        await delta.send_call("Heartbeat", {})
    with pytest.raises(SimulatorOfflineError):
        await delta.send_raw("x")


async def test_a_lost_connection_ends_a_call_at_once(csms: Csms, delta: SimulatedWallbox) -> None:
    csms.silent.add("Heartbeat")
    call = asyncio.create_task(delta.send_call("Heartbeat", {}))
    await csms.until("Heartbeat")
    await delta.drop_connection()
    with pytest.raises(SimulatorOfflineError):
        await call


async def test_a_call_may_go_unanswered(csms: Csms, delta: SimulatedWallbox) -> None:
    delta.next_reply("ClearCache", None)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await csms.call("ClearCache")
    assert delta.received[-1] == ("ClearCache", {})


async def test_a_scripted_reply_replaces_the_boxs_own(csms: Csms, delta: SimulatedWallbox) -> None:
    delta.next_reply("ClearCache", {"status": "Accepted"})
    delta.next_reply("ClearCache", SimulatorCallError("SecurityError", "no"))
    assert (await csms.call("ClearCache"))["status"] == "Accepted"
    with pytest.raises(Exception, match="SecurityError"):
        await csms.call("ClearCache")
    assert (await csms.call("ClearCache"))["status"] == "Rejected"


def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(ValueError, match="delta, plain"):
        SimulatedWallbox(SimulatorConfig(url="ws://x", charge_point_id="x", profile="other"))


async def test_it_speaks_tls_and_checks_the_certificate_unless_told_otherwise(tmp_path: Path) -> None:
    cert, key = _self_signed(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)

    async def serve_one(socket: ServerConnection) -> None:
        await socket.recv()

    async with serve(
        serve_one, "127.0.0.1", 0, ssl=context, subprotocols=[Subprotocol("ocpp2.0.1")]
    ) as server:
        url = f"wss://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        outcomes = [
            await _boots(SimulatorConfig(url=url, charge_point_id="X", reconnect_s=5, **trust))
            for trust in ({}, {"insecure": True}, {"ca_file": str(cert)})
        ]
    assert outcomes == [False, True, True]


async def _boots(config: SimulatorConfig) -> bool:
    """Tell whether the box gets as far as sending its BootNotification."""
    box = SimulatedWallbox(config)
    task = asyncio.create_task(box.run())
    try:
        await box.wait_for(lambda box: bool(box.sent), 0.5)
    except TimeoutError:
        return False
    else:
        return True
    finally:
        task.cancel()
        await asyncio.wait({task})


def _self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / "cert.pem", folder / "key.pem"
    cert_path.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert_path, key_path


async def test_what_cannot_be_read_is_answered_without_an_id(csms: Csms, delta: SimulatedWallbox) -> None:
    assert csms.socket is not None
    await csms.socket.send("{")
    frame = (await csms.until("unreadable"))["frame"]
    assert frame[:3] == [4, "-1", "RpcFrameworkError"]


async def test_a_box_closed_while_it_connects_ends(csms: Csms, make_box: MakeBox) -> None:
    box = await make_box(wait=False)
    await box.close()
    assert not box.connected
