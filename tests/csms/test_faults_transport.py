"""What a broken or hostile client does below OCPP; the rows are those of the catalogue (`test_faults.py`)."""

import asyncio
import json
import ssl
import zlib

import pytest
from websockets.exceptions import InvalidHandshake

from bmw_wallbox.csms import doorway
from bmw_wallbox.csms.server import CentralSystem
from bmw_wallbox.domain.events import MetersReported
from tests.csms.conftest import Listener, Serving, eventually
from tests.csms.messages import EXAMPLES
from tests.csms.raw_socket import BINARY, CONTINUATION, HANDSHAKE, PING, PONG, TEXT, frame, raw_socket
from tests.csms.test_server import plain
from tests.csms.wallbox import wallbox

HEARTBEAT = b'[2,"h","Heartbeat",{}]'


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(f"X-Long: {'x' * 100_000}\r\n", id="T3-one-of-100-kB"),
        pytest.param("".join(f"X-{number}: y\r\n" for number in range(5000)), id="T3-5000"),
    ],
)
async def test_absurd_headers_are_refused(system: CentralSystem, headers: str) -> None:
    answer = await plain(system.port, f"{HANDSHAKE}{headers}\r\n".encode())
    assert not answer or answer.startswith(b"HTTP/1.1 431")
    async with wallbox(system.port) as box:
        await box.alive()


async def test_sixty_handshakes_that_never_finish_keep_no_station_out(system: CentralSystem) -> None:
    # T4; the wallbox has an address of its own, as in a house
    writers = []
    for _ in range(60):
        _, writer = await asyncio.open_connection("127.0.0.1", system.port, local_addr=("127.0.0.2", 0))
        writer.write(b"GET /x HTTP/1.1\r\nHost:")
        writers.append(writer)
    async with wallbox(system.port) as box:
        await box.alive()
    for writer in writers:
        writer.transport.abort()


async def test_fragments_without_end_are_cut_at_the_limit(system: CentralSystem) -> None:
    # T15
    async with raw_socket(system.port) as raw:
        await raw.send(TEXT, b"[", fin=False)
        for _ in range(doorway.MAX_FRAME_BYTES // 2**16 + 1):
            await raw.send(CONTINUATION, b" " * 2**16, fin=False)
        assert await raw.close_code() == 1009


async def test_a_message_that_swells_when_it_is_unpacked_is_cut_at_the_limit(system: CentralSystem) -> None:
    # T16
    deflate = zlib.compressobj(wbits=-15)
    bomb = deflate.compress(b" " * 40 * 2**20) + deflate.flush(zlib.Z_SYNC_FLUSH)
    assert len(bomb) < doorway.MAX_FRAME_BYTES
    async with raw_socket(system.port, headers="Sec-WebSocket-Extensions: permessage-deflate\r\n") as raw:
        await raw.send(TEXT, bomb, rsv=4)
        assert await raw.close_code() == 1009


async def test_a_station_that_packs_its_messages_is_understood(system: CentralSystem) -> None:
    # Part 4 §3.3: a CSMS supports compression
    deflate = zlib.compressobj(wbits=-15)
    packed = deflate.compress(HEARTBEAT) + deflate.flush(zlib.Z_SYNC_FLUSH)
    async with raw_socket(system.port, headers="Sec-WebSocket-Extensions: permessage-deflate\r\n") as raw:
        await raw.send(TEXT, packed.removesuffix(b"\x00\x00\xff\xff"), rsv=4)
        opcode, body = await raw.receive()
        assert opcode == TEXT
        text = zlib.decompressobj(wbits=-15).decompress(body + b"\x00\x00\xff\xff")
        assert json.loads(text)[:2] == [3, "h"]


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        pytest.param(frame(TEXT, HEARTBEAT, masked=False), 1002, id="T17-unmasked"),
        pytest.param(frame(TEXT, HEARTBEAT, rsv=4), 1002, id="T17-reserved-bit"),
        pytest.param(frame(3, b""), 1002, id="T17-reserved-opcode"),
        pytest.param(frame(PING, b"x" * 200), 1002, id="T17-ping-of-200-bytes"),
        pytest.param(frame(PING, b"", fin=False), 1002, id="T17-fragmented-ping"),
        pytest.param(frame(CONTINUATION, b"x"), 1002, id="T17-continuation-of-nothing"),
        pytest.param(frame(TEXT, b"\xff\xfe"), 1007, id="T18-no-utf-8"),
    ],
)
async def test_a_broken_frame_ends_its_socket_with_the_code_of_the_rfc(
    system: CentralSystem, broken: bytes, code: int
) -> None:
    async with raw_socket(system.port) as raw:
        raw.writer.write(broken)
        assert await raw.close_code() == code
    async with wallbox(system.port) as box:
        await box.alive()


async def test_a_binary_frame_is_read_as_text(system: CentralSystem) -> None:
    # T19
    async with raw_socket(system.port) as raw:
        await raw.send(BINARY, HEARTBEAT)
        assert (await raw.answer())[:2] == [3, "h"]


async def test_a_message_in_five_hundred_fragments_with_pings_between_is_answered(
    system: CentralSystem, listener: Listener
) -> None:
    # T20
    text = json.dumps([2, "parts", "MeterValues", EXAMPLES["MeterValues"]]).encode().ljust(500)
    async with raw_socket(system.port) as raw:
        await raw.send(TEXT, text[:1], fin=False)
        for index in range(1, len(text) - 1):
            await raw.send(CONTINUATION, text[index : index + 1], fin=False)
            if index % 50 == 0:
                await raw.send(PING, b"here")
        await raw.send(CONTINUATION, text[-1:])
        assert await raw.answer() == [3, "parts", {}]
        assert listener.of(MetersReported)


@pytest.mark.parametrize("opcode", [pytest.param(PING, id="T21-pings"), pytest.param(PONG, id="T21-pongs")])
async def test_a_thousand_control_frames_at_once_leave_the_link_alive(
    system: CentralSystem, opcode: int
) -> None:
    async with raw_socket(system.port) as raw:
        raw.writer.write(frame(opcode, b"x") * 1000)
        await raw.alive()


async def test_a_tls_client_at_the_plain_port_is_told_in_words(system: CentralSystem) -> None:
    # T31
    with pytest.raises(OSError):  # noqa: PT011  # cut off, in whichever words the machine has for it
        async with wallbox(system.port, context=ssl.create_default_context()):
            pass
    await eventually(lambda: system.diary.attempts)
    (attempt,) = system.diary.attempts
    assert (attempt.verdict, attempt.cause) == ("failed", "tls_on_plain")
    assert "its address must begin with ws://" in attempt.reason


async def test_a_plain_client_at_the_tls_port_is_told_in_words(serving: Serving, pair: object) -> None:
    # T31
    async with serving(tls=pair) as system:
        with pytest.raises((OSError, InvalidHandshake)):
            async with wallbox(system.port):
                pass
        await eventually(lambda: system.diary.attempts)
        (attempt,) = system.diary.attempts
        assert (attempt.verdict, attempt.cause) == ("failed", "plain_text")
        assert "the address must begin with wss://" in attempt.reason
