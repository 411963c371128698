"""The listener, the page's files and the shape of every fault."""

import asyncio
import io
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from aiohttp import ClientConnectorError, WSCloseCode, WSMsgType

from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.errors import (
    CallNotSentError,
    CallRefusedError,
    CallTimeoutError,
    DisconnectedError,
    HomeAssistantError,
    StationOfflineError,
    StoreError,
)
from bmw_wallbox.web.server import PanelServer, PanelSettings
from tests.web.memory import KEY, FixedClock, MemoryBackend
from tests.web.panel import INTENT, WAIT_S, Panel, make_server, rules, running

COMMANDS = f"/api/stations/{KEY}/commands"


@pytest.mark.parametrize("path", ["/", "/static/main.js", "/api/info", "/nothing"])
async def test_every_answer_carries_the_strict_headers(panel: Panel, path: str) -> None:
    headers = (await panel.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "X-Frame-Options" not in headers


async def test_a_file_is_revalidated_by_its_tag(panel: Panel) -> None:
    first = await panel.get("/static/panel.css")
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.content_type == "text/css"
    again = await panel.get("/static/panel.css", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304


async def test_data_is_never_stored_by_the_browser(panel: Panel) -> None:
    assert (await panel.get("/api/info")).headers["Cache-Control"] == "no-store"


async def test_the_page_declares_its_encoding_first(panel: Panel) -> None:
    text = await (await panel.get("/")).text()
    head = text[text.index("<head>") + len("<head>") :].lstrip()
    assert head.startswith('<meta charset="utf-8">')


@pytest.mark.parametrize(
    "target",
    [
        "/static/../server.py",
        "/static/..%2fserver.py",
        "/static/%2e%2e/server.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/view",
        "/static/index.html%00.js",
        "//static/main.js",
        "/static/main.js/",
    ],
)
async def test_paths_that_leave_the_folder_do_not_exist(server: PanelServer, target: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    async with asyncio.timeout(WAIT_S):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.split(b" ", 2)[1] == b"404"
    assert b"root:" not in answer


async def test_a_hostile_ingress_path_is_never_repeated(panel: Panel) -> None:
    headers = {"X-Ingress-Path": "//evil.example/<script>"}
    for path in ("/", "/api/info", "/nothing"):
        response = await panel.get(path, headers=headers)
        assert "evil" not in await response.text() + str(response.headers)


async def test_what_does_not_exist_is_said_in_json(panel: Panel) -> None:
    response = await panel.get("/<script>")
    assert response.status == 404
    assert await response.json() == {"error": "not_found", "message": "There is nothing here."}


async def test_a_wrong_method_is_said_in_json(panel: Panel) -> None:
    response = await panel.send("DELETE", "/api/info")
    assert (response.status, (await response.json())["error"]) == (405, "method_not_allowed")
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"9" * 5_000,
        b"NaN",
        b'{"value": 1e999}',
        b'"\\ud800"',
        b"\xff\xfe",
        b"[]",
        b"null",
    ],
    ids=lambda body: repr(body[:12]),
)
async def test_json_that_cannot_be_used_is_a_bad_request(panel: Panel, body: bytes) -> None:
    headers = {**INTENT, "Content-Type": "application/json"}
    async with panel.session.post(panel.base + COMMANDS, data=body, headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["error"] == "invalid_payload"


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_one_mebibyte_is_cut(panel: Panel, *, chunked: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * 1024**2

    data = pieces() if chunked else io.BytesIO(b" " * (1024**2 + 1))
    headers = {**INTENT, "Content-Type": "application/json"}
    async with panel.session.post(panel.base + COMMANDS, data=data, headers=headers) as response:
        assert response.status == 413
        assert (await response.json())["error"] == "too_large"


@pytest.mark.parametrize(
    ("error", "status", "key"),
    [
        (StationOfflineError("Reset"), 409, "offline"),
        (CallTimeoutError("Reset", 30), 504, "timed_out"),
        (DisconnectedError("Reset"), 502, "disconnected"),
        (CallNotSentError("Reset", 30), 503, "not_sent"),
        (HomeAssistantError("no"), 502, "home_assistant_failed"),
        (StoreError("disk full"), 503, "store_failed"),
    ],
)
async def test_each_fault_has_its_status_and_its_words(
    panel: Panel, backend: MemoryBackend, error: Exception, status: int, key: str
) -> None:
    backend.error = error
    response = await panel.post(f"/api/stations/{KEY}/ocpp", {"action": "GetVariables", "payload": {}})
    assert response.status == status
    assert await response.json() == {"error": key, "message": str(error)}


async def test_a_call_error_is_told_whole(panel: Panel, backend: MemoryBackend) -> None:
    backend.error = CallRefusedError("Reset", "NotSupported", "<b>no</b>", {"customData": {"SoCValue": 1}})
    response = await panel.post(f"/api/stations/{KEY}/ocpp", {"action": "GetVariables", "payload": {}})
    assert response.status == 502
    assert await response.json() == {
        "error": "refused",
        "message": str(backend.error),
        "code": "NotSupported",
        "description": "<b>no</b>",
        "details": {"customData": {"SoCValue": 1}},
    }


async def test_a_fault_of_ours_shows_no_traceback(
    panel: Panel, backend: MemoryBackend, caplog: pytest.LogCaptureFixture
) -> None:
    backend.error = RuntimeError("secret detail")
    response = await panel.post(COMMANDS, {"command": "refresh"})
    assert response.status == 500
    assert "secret" not in await response.text()
    assert "could not answer" in caplog.text
    assert (await panel.get("/healthz")).status == 200


async def test_a_port_in_use_is_reported_and_tried_until_it_is_free(
    backend: MemoryBackend, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    told: list[Problem | None] = []
    reported = asyncio.Event()

    def report(problem: Problem | None) -> None:
        told.append(problem)
        reported.set()

    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        settings = PanelSettings(host="127.0.0.1", port=port, access=rules(), retry_s=(0.01,))
        server = PanelServer(backend, settings, FixedClock(), report)
        task = asyncio.create_task(server.run())
        async with asyncio.timeout(WAIT_S):
            await reported.wait()
    async with asyncio.timeout(WAIT_S):
        await server.listening.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert told[0] is not None
    assert told[0].key == "panel_port_unavailable"
    assert str(port) in told[0].message
    assert told[1:] == [None]
    assert caplog.text.count("cannot be served") == 1


async def test_a_stopped_server_says_goodbye_and_lets_go_of_its_port_and_of_the_app(
    backend: MemoryBackend,
) -> None:
    server = make_server(backend)
    async with AsyncExitStack() as client:
        async with running(server):
            panel = await client.enter_async_context(Panel.at(server))
            connection = await client.enter_async_context(await panel.socket())
            await connection.receive_json()
            goodbye = asyncio.create_task(connection.receive(timeout=WAIT_S))
        assert (await goodbye).type is WSMsgType.CLOSE
        assert connection.close_code == WSCloseCode.GOING_AWAY
        assert backend.listeners == []
        assert backend.info_listeners == []
        with pytest.raises(ClientConnectorError):
            await panel.get("/healthz")
