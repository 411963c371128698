"""Who gets in, who does not, and what one socket does to another (faults T1-T26)."""

import asyncio
import json
import logging
import ssl
import struct
from contextlib import AsyncExitStack, suppress
from http import HTTPStatus

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bmw_wallbox.csms import doorway
from bmw_wallbox.csms.gate import Login, Verdict
from bmw_wallbox.csms.limits import Limits
from bmw_wallbox.csms.server import READMIT, REPLACED, CentralSystem
from bmw_wallbox.csms.station_id import station_id
from bmw_wallbox.domain.calls import Reset
from bmw_wallbox.domain.events import Booted, HeartbeatReceived
from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.errors import StationOfflineError
from tests.csms.conftest import Doorman, Listener, Serving, eventually
from tests.csms.messages import EXAMPLES
from tests.csms.wallbox import DEADLINE_S, IDENTITY, wallbox


async def plain(port: int, request: bytes) -> bytes:
    """Send bytes and return all that comes back until the other side closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        async with asyncio.timeout(DEADLINE_S):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_plain_http_is_told_to_upgrade_and_not_written_down(system: CentralSystem, method: str) -> None:
    answer = await plain(system.port, f"{method} / HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 426")
    assert not system.diary.attempts


@pytest.mark.parametrize("noise", [b"\x00" * 100 + b"\r\n\r\n", b"hello\r\n\r\n"])
async def test_random_bytes_are_cut_off(
    system: CentralSystem, noise: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert not (await plain(system.port, noise + b"\n")).startswith(b"HTTP/1.1 101")
    async with wallbox(system.port) as box:
        await box.alive()
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_tls_on_the_plain_port_is_written_down(system: CentralSystem) -> None:
    await plain(system.port, b"\x16\x03\x01\x02\x00" + b"\x01" * 64 + b"\n")
    await eventually(lambda: system.diary.attempts)
    assert system.diary.attempts[0].cause == "tls_on_plain"
    assert "ws://" in system.diary.attempts[0].reason


async def refused(port: int, **options: object) -> int:
    with pytest.raises(InvalidStatus) as caught:
        async with wallbox(port, **options):  # type: ignore[arg-type]  # handed through
            pass
    return caught.value.response.status_code


@pytest.mark.parametrize("offered", [("ocpp1.6",), (), ("ocpp2.1", "soap")])
async def test_another_subprotocol_is_refused_with_the_remedy(
    system: CentralSystem, offered: tuple[str, ...]
) -> None:
    assert await refused(system.port, subprotocols=offered) == HTTPStatus.BAD_REQUEST
    (attempt,) = system.diary.attempts
    assert attempt.verdict == "refused"
    assert "set the wallbox to OCPP 2.0.1" in attempt.reason


async def test_two_zero_one_is_chosen_among_others(system: CentralSystem) -> None:
    async with wallbox(system.port, subprotocols=("ocpp1.6", "ocpp2.1", "ocpp2.0.1")) as box:
        assert box.socket.subprotocol == "ocpp2.0.1"
        await box.alive()


async def test_an_unknown_station_gets_404_and_one_line(
    system: CentralSystem, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        assert await refused(system.port, path="/DE*BMW*OTHER") == HTTPStatus.NOT_FOUND
    (attempt,) = system.diary.attempts
    assert (attempt.charge_point_id, attempt.count, attempt.remote) == ("DE*BMW*OTHER", 3, "127.0.0.1")
    assert sum("DE*BMW*OTHER" in record.message for record in caplog.records if record.levelno >= 30) == 1


@pytest.mark.parametrize("path", ["/", "//", "/?id=x"])
async def test_an_address_without_an_id_gets_404(system: CentralSystem, doorman: Doorman, path: str) -> None:
    assert await refused(system.port, path=path) == HTTPStatus.NOT_FOUND
    assert not doorman.asked
    assert "no charge point id" in system.diary.attempts[0].reason


@pytest.mark.parametrize(
    "path",
    [
        "/%2e%2e%2f",
        "/..",
        "/a%00b",
        "/a%0d%0aSet-Cookie:x",
        "/" + "x" * 4000,
        "/%ff",
        "/a%2fb",
        "/%20",
    ],
)
async def test_an_impossible_id_gets_400_and_an_escaped_line(
    system: CentralSystem, doorman: Doorman, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert await refused(system.port, path=path) == HTTPStatus.BAD_REQUEST
    assert not doorman.asked
    assert all(len(attempt.charge_point_id or "") <= 48 for attempt in system.diary.attempts)
    assert "\r" not in caplog.text


async def test_markup_in_an_id_is_only_text(system: CentralSystem) -> None:
    assert await refused(system.port, path="/%3Cscript%3E") == HTTPStatus.NOT_FOUND
    assert system.diary.attempts[0].charge_point_id == "<script>"


@pytest.mark.parametrize(
    "path",
    [
        f"/{IDENTITY}",
        "/DE%2ABMW%2AETEST1234567890AB",
        f"/{IDENTITY}/",
        f"/ocpp/{IDENTITY}",
        f"//{IDENTITY}",
        f"/a/b/{IDENTITY}?token=1#x",
    ],
)
def test_an_id_is_found_in_every_form_of_its_url(path: str) -> None:
    assert station_id(path) == IDENTITY


async def test_an_id_is_told_apart_by_letter_case(system: CentralSystem) -> None:
    assert await refused(system.port, path=f"/{IDENTITY.lower()}") == HTTPStatus.NOT_FOUND


async def test_the_gate_sees_the_authorization_and_a_401_says_how(
    system: CentralSystem, doorman: Doorman
) -> None:
    doorman.verdicts[IDENTITY] = Verdict(status=HTTPStatus.UNAUTHORIZED, reason="wrong password")
    with pytest.raises(InvalidStatus) as caught:
        async with wallbox(system.port, headers={"Authorization": "Basic abc"}):
            pass
    assert caught.value.response.status_code == HTTPStatus.UNAUTHORIZED
    assert "Basic" in caught.value.response.headers["WWW-Authenticate"]
    assert doorman.asked == [Login(charge_point_id=IDENTITY, remote="127.0.0.1", authorization="Basic abc")]
    assert "abc" not in repr(system.diary.attempts)


async def test_a_fault_of_the_gate_costs_one_attempt(
    system: CentralSystem, doorman: Doorman, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(doorman, "verdicts", None)
        assert await refused(system.port) == HTTPStatus.INTERNAL_SERVER_ERROR
    async with wallbox(system.port) as box:
        await box.alive()


async def test_a_pending_station_is_told_to_wait_and_nothing_of_it_is_taken(
    system: CentralSystem, doorman: Doorman, listener: Listener
) -> None:
    doorman.verdicts[IDENTITY] = Verdict(admission=Admission.PENDING, reason="waits for approval")
    async with wallbox(system.port) as box:
        boot = await box.request("BootNotification", EXAMPLES["BootNotification"])
        assert boot[2]["status"] == "Pending"
        for action in ("Heartbeat", "TransactionEvent", "NoSuchAction"):
            answer = await box.request(action, EXAMPLES.get(action, {}))
            assert answer[2] == "SecurityError"
        assert system.session(IDENTITY) is None
        assert not listener.links
        assert not listener.events
        assert system.diary.attempts[-1].verdict == "pending"

        doorman.verdicts[IDENTITY] = Verdict(admission=Admission.APPROVED)
        await system.disconnect(IDENTITY)
        with pytest.raises(ConnectionClosed):
            await box.socket.recv()
        assert box.socket.close_code == READMIT
    async with wallbox(system.port) as box:
        boot = await box.request("BootNotification", EXAMPLES["BootNotification"])
        assert (boot[2]["status"], boot[2]["interval"]) == ("Accepted", 60)
        assert listener.of(Booted)


async def test_a_station_that_does_not_boot_is_served_all_the_same(
    system: CentralSystem, listener: Listener
) -> None:
    async with wallbox(system.port) as box:
        await box.alive()
        assert listener.of(HeartbeatReceived)
        assert system.session(IDENTITY) is listener.link


async def test_the_newest_socket_wins_and_the_old_ones_end_does_not_clear_it(
    system: CentralSystem, listener: Listener
) -> None:
    async with wallbox(system.port) as old:
        await old.alive()
        waiting = asyncio.create_task(listener.links[0].ask(Reset(type="OnIdle")))
        await old.receive()
        async with wallbox(system.port) as new:
            await new.alive()
            with pytest.raises(StationOfflineError):
                await waiting
            with pytest.raises(ConnectionClosed):
                await old.socket.recv()
            assert old.socket.close_code == REPLACED
            await listener.until(lambda: len(listener.links) == 1)
            assert listener.link is listener.links[0] is system.session(IDENTITY)
            await new.alive()
        await listener.until(lambda: listener.link is None)
    await eventually(lambda: system.session(IDENTITY) is None)


async def test_the_log_tells_when_a_wallbox_comes_and_goes(
    system: CentralSystem, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with wallbox(system.port) as box:
        await box.alive()
        assert f"{IDENTITY} connected from 127.0.0.1" in caplog.messages
    await listener.until(lambda: listener.link is None)
    await eventually(lambda: f"{IDENTITY} is no longer connected" in caplog.messages)


async def test_a_half_open_socket_is_replaced_at_once(
    system: CentralSystem, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with wallbox(system.port) as dead:
        await dead.alive()
        dead.socket.transport.pause_reading()
        async with asyncio.timeout(1), wallbox(system.port) as new:
            await new.alive()
            assert system.session(IDENTITY) is listener.link
        dead.socket.transport.abort()


@pytest.mark.parametrize("size", [2 * 2**20, doorway.MAX_FRAME_BYTES + 1])
async def test_a_frame_beyond_the_limit_ends_the_socket_with_1009(system: CentralSystem, size: int) -> None:
    async with wallbox(system.port) as box:
        await box.alive()
        with pytest.raises(ConnectionClosed):
            await box.exchange("x" * size)
        assert box.socket.close_code == 1009


async def test_a_frame_that_claims_to_be_endless_ends_the_socket(system: CentralSystem) -> None:
    async with wallbox(system.port) as box:
        box.socket.transport.write(b"\x81\xff" + struct.pack("!Q", 2**62) + b"mask")
        with pytest.raises(ConnectionClosed):
            await box.socket.recv()
        assert box.socket.close_code in {1002, 1009}


async def test_handshakes_under_way_are_counted_and_a_finished_one_makes_room(
    serving: Serving,
) -> None:
    async with serving(limits=Limits(opening_per_address=2)) as system, AsyncExitStack() as stack:
        writers = []
        for _ in range(2):
            _, writer = await asyncio.open_connection("127.0.0.1", system.port)
            stack.callback(writer.close)
            writers.append(writer)
        await eventually(lambda: len(system._doorway._opening) == 2)
        assert await plain(system.port, b"GET / HTTP/1.1\r\n\r\n") == b""
        writers[0].close()
        await eventually(lambda: len(system._doorway._opening) == 1)
        async with wallbox(system.port) as box:
            await box.alive()


async def test_a_handshake_that_never_ends_is_cut(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorway, "HANDSHAKE_TIMEOUT_S", 0.05)
    async with serving() as system:
        assert await plain(system.port, b"GET /x HTTP/1.1\r\nHost:") == b""
        await eventually(lambda: not system._doorway._opening)


async def test_a_stop_closes_with_going_away(serving: Serving, listener: Listener) -> None:
    async with AsyncExitStack() as stack:
        async with serving() as system:
            box = await stack.enter_async_context(wallbox(system.port))
            await box.alive()
            receiving = asyncio.create_task(box.socket.recv())
        with pytest.raises(ConnectionClosed):
            await receiving
        assert box.socket.close_code == 1001
        assert listener.link is None
        assert not system.listening


async def test_a_taken_port_is_told_and_tried_again(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving() as first:
        taken = first.port
        async with serving(wait=False, port=taken) as second:
            await eventually(lambda: second.problems)
            assert [problem.key for problem in second.problems] == ["port_in_use"]
            assert not second.listening
            await first._doorway.close()
            await eventually(lambda: second.listening)
            assert second.port == taken
            assert not second.problems


async def test_flapping_leaves_nothing_behind(system: CentralSystem, listener: Listener) -> None:
    for _ in range(30):
        async with wallbox(system.port) as box:
            await box.alive()
    await listener.until(lambda: not listener.links)
    await eventually(lambda: len(asyncio.all_tasks()) <= 3)
    assert not system._sessions


async def test_neither_library_logs_what_travels(
    system: CentralSystem, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = {"idToken": "04DEADBEEF77", "type": "ISO14443"}
    async with wallbox(system.port, headers={"Authorization": "Basic c2VjcmV0"}) as box:
        await box.request("Authorize", {"idToken": token})
    ours = [r.getMessage() for r in caplog.records if r.name.startswith(("bmw_wallbox", "ocpp"))]
    assert "04DEADBEEF77" not in json.dumps(ours)
    assert "c2VjcmV0" not in json.dumps(ours)


async def test_a_tls_socket_is_served(serving: Serving, pair: object, trusting: ssl.SSLContext) -> None:
    async with serving(tls=pair) as system, wallbox(system.port, context=trusting) as box:
        await box.alive()
        assert box.socket.transport.get_extra_info("ssl_object").version() in {"TLSv1.2", "TLSv1.3"}
        assert system.certificate is not None
        assert "localhost" in system.certificate.names


async def test_plain_text_on_the_tls_port_is_written_down(serving: Serving, pair: object) -> None:
    async with serving(tls=pair) as system:
        await plain(system.port, b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
        await eventually(lambda: system.diary.attempts)
        assert "wss://" in system.diary.attempts[0].reason


async def test_tls_that_never_ends_is_cut(
    serving: Serving, pair: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorway, "HANDSHAKE_TIMEOUT_S", 0.05)
    async with serving(tls=pair) as system:
        assert await plain(system.port, b"") == b""
        await eventually(lambda: not system._doorway._opening)


async def test_tls_one_point_one_is_refused(serving: Serving, pair: object, trusting: ssl.SSLContext) -> None:
    trusting.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        trusting.minimum_version = trusting.maximum_version = ssl.TLSVersion.TLSv1_1
    async with serving(tls=pair) as system:
        with pytest.raises((ssl.SSLError, OSError)):
            async with wallbox(system.port, context=trusting):
                pass


class SlowTls:
    """A TLS client whose every byte the test sends itself."""

    def __init__(self, context: ssl.SSLContext, port: int) -> None:
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
        self._port = port

    async def shake_hands(self) -> None:
        """Return when only the last flight is left to send, or raise with the alert left to send."""
        self._reader, self.writer = await asyncio.open_connection("127.0.0.1", self._port)
        while True:
            try:
                return self.tls.do_handshake()
            except ssl.SSLWantReadError:
                await self.flush()
                self.incoming.write(await self._reader.read(65536))

    async def flush(self) -> None:
        self.writer.write(self.outgoing.read())
        await self.writer.drain()

    async def read(self) -> bytes:
        async with asyncio.timeout(DEADLINE_S):
            while True:
                with suppress(ssl.SSLWantReadError):
                    return self.tls.read()
                self.incoming.write(await self._reader.read(65536))


async def test_a_request_right_behind_the_tls_handshake_is_not_lost(
    serving: Serving, pair: object, trusting: ssl.SSLContext
) -> None:
    async with serving(tls=pair) as system:
        client = SlowTls(trusting, system.port)
        await client.shake_hands()
        client.tls.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await client.flush()
        assert (await client.read()).startswith(b"HTTP/1.1 426")
        client.writer.close()


async def test_a_client_that_distrusts_the_certificate_is_written_down(
    serving: Serving, pair: object
) -> None:
    async with serving(tls=pair) as system:
        client = SlowTls(ssl.create_default_context(), system.port)
        with pytest.raises(ssl.SSLCertVerificationError):
            await client.shake_hands()
        await client.flush()
        await eventually(lambda: system.diary.attempts)
        (attempt,) = system.diary.attempts
        assert (attempt.verdict, attempt.cause, attempt.server_name) == ("failed", "distrusted", "localhost")
        assert "does not trust the certificate" in attempt.reason
        assert "UNKNOWN_CA" in attempt.tls
        client.writer.close()
