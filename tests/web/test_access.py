"""Who gets in, and what they may do."""

import socket
from base64 import b64encode

import pytest
from aiohttp import ClientSession, TCPConnector, WSServerHandshakeError, web

from bmw_wallbox.web.access import Access, guard
from bmw_wallbox.web.server import PanelServer
from bmw_wallbox.web.wire import plain_errors
from tests.web.memory import ADMIN, KEY, MemoryBackend
from tests.web.panel import INGRESS, INTENT, STRANGER, Panel, make_server, rules, running


def basic(password: str, user: str = "anybody") -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/info", "/ws", "/nothing"])
async def test_a_strange_peer_is_refused_whatever_its_headers_say(server: PanelServer, path: str) -> None:
    lies = {"X-Forwarded-For": "172.30.32.2", "X-Real-IP": "172.30.32.2", "X-Remote-User-Id": ADMIN}
    async with Panel.at(server, STRANGER, lies) as stranger:
        response = await stranger.get(path)
    assert response.status == 403
    assert (await response.json())["error"] == "forbidden"


async def test_ingress_is_let_in(server: PanelServer) -> None:
    async with Panel.at(server, INGRESS) as visitor:
        assert (await visitor.get("/api/info")).status == 200


async def test_an_ipv4_peer_of_a_dual_stack_listener_is_recognised() -> None:
    async def hello(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application(middlewares=[plain_errors, guard(rules())])
    app.router.add_get("/", hello)
    runner = web.AppRunner(app)
    await runner.setup()
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as listener:
        await web.SockSite(runner, listener).start()
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with (
            ClientSession(connector=TCPConnector(local_addr=(INGRESS, 0))) as ingress,
            ingress.get(base) as response,
        ):
            assert response.status == 200
        async with (
            ClientSession(connector=TCPConnector(local_addr=(STRANGER, 0))) as stranger,
            stranger.get(base) as response,
        ):
            assert response.status == 403
        await runner.cleanup()


def test_the_product_lets_in_the_supervisor_and_this_machine_only() -> None:
    assert Access().ingress == {"172.30.32.2"}
    assert all(network.is_loopback for network in Access().local)


async def test_a_foreign_host_name_on_loopback_is_refused_as_dns_rebinding(panel: Panel) -> None:
    assert (await panel.get("/api/info", headers={"Host": "evil.example"})).status == 403
    assert (await panel.get("/api/info", headers={"Host": "localhost:8099"})).status == 200


async def test_a_password_is_asked_of_every_peer_and_makes_an_admin(backend: MemoryBackend) -> None:
    settings = make_server(backend, password="geheim ä")
    async with running(settings) as server, Panel.at(server, STRANGER) as visitor:
        refused = await visitor.get("/api/info")
        assert refused.status == 401
        assert refused.headers["WWW-Authenticate"].startswith("Basic ")
        assert (await visitor.get("/api/info", headers=basic("wrong"))).status == 401
        assert (await visitor.get("/api/info", headers={"Authorization": "Basic %%%"})).status == 401
        assert (await visitor.json("/api/info", headers=basic("geheim ä")))["admin"] is True
        assert (await visitor.json("/api/info", headers=basic("geheim ä", user="")))["admin"] is True


async def test_with_a_password_the_health_check_on_this_machine_needs_none(backend: MemoryBackend) -> None:
    async with running(make_server(backend, password="x")) as server, Panel.at(server) as local:
        assert (await local.get("/healthz")).status == 200
        assert (await local.get("/api/info")).status == 401
        async with Panel.at(server, STRANGER) as stranger:
            assert (await stranger.get("/healthz")).status == 401


def test_the_password_is_in_no_description_of_the_rules() -> None:
    assert "geheim" not in repr(Access(password="geheim"))


async def test_home_assistant_says_who_is_an_admin(server: PanelServer, guest: Panel) -> None:
    assert (await guest.json("/api/info"))["admin"] is False
    async with Panel.at(server, INGRESS, {"X-Remote-User-Id": ADMIN}) as admin:
        assert (await admin.json("/api/info"))["admin"] is True


async def test_nobody_is_an_admin_while_home_assistant_cannot_be_asked(
    server: PanelServer, backend: MemoryBackend
) -> None:
    backend.knows_users = False
    async with Panel.at(server, INGRESS, {"X-Remote-User-Id": ADMIN}) as admin:
        assert (await admin.json("/api/info"))["admin"] is False
        assert (await admin.post("/api/pairing", {"minutes": 5})).status == 403
        async with await admin.socket() as connection:
            assert (await connection.receive_json())["admin"] is False


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"/api/stations/{KEY}/approve", None),
        ("POST", f"/api/stations/{KEY}/block", None),
        ("POST", f"/api/stations/{KEY}/forget", None),
        ("POST", "/api/pairing", {"minutes": 5}),
        ("POST", "/api/tokens", {"id_token": "0401"}),
        ("PUT", "/api/tokens/1", {"id_token": "0401"}),
        ("DELETE", "/api/tokens/1", None),
        ("POST", "/api/home_assistant/setup_mqtt", None),
        ("POST", "/api/home_assistant/remove", None),
        ("POST", "/api/home_assistant/register_again", None),
        ("POST", f"/api/stations/{KEY}/commands", {"command": "end_transaction", "confirm": True}),
        (
            "POST",
            f"/api/stations/{KEY}/commands",
            {"command": "restart", "value": "immediate", "confirm": True},
        ),
        ("POST", f"/api/stations/{KEY}/ocpp", {"action": "Reset", "payload": {}, "confirm": True}),
    ],
)
async def test_only_an_admin_may_do_what_is_dangerous(
    guest: Panel, backend: MemoryBackend, method: str, path: str, body: object
) -> None:
    assert (await guest.send(method, path, body)).status == 403
    assert backend.calls == []


@pytest.mark.parametrize("command", ["start_charging", "stop_charging", "refresh", "restart"])
async def test_everybody_in_the_house_may_charge(guest: Panel, command: str) -> None:
    assert (await guest.post(f"/api/stations/{KEY}/commands", {"command": command})).status == 200


async def test_a_change_needs_the_header_that_a_foreign_page_cannot_send(panel: Panel) -> None:
    path = f"{panel.base}/api/stations/{KEY}/commands"
    async with panel.session.post(path, json={"command": "stop_charging"}) as response:
        assert response.status == 403
    async with panel.session.delete(f"{panel.base}/api/tokens/1") as response:
        assert response.status == 403


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_a_body_must_be_declared_as_json(panel: Panel, backend: MemoryBackend, kind: str) -> None:
    path = f"{panel.base}/api/stations/{KEY}/commands"
    headers = {**INTENT, "Content-Type": kind}
    async with panel.session.post(path, data=b'{"command": "stop_charging"}', headers=headers) as response:
        assert response.status == 415
    assert backend.calls == []


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
async def test_a_socket_from_a_foreign_page_is_refused(panel: Panel, origin: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await panel.socket(headers={"Origin": origin})
    assert refused.value.status == 403


async def test_a_socket_from_our_own_page_is_let_in(panel: Panel) -> None:
    async with await panel.socket(headers={"Origin": panel.base}) as connection:
        assert (await connection.receive_json())["type"] == "snapshot"


async def test_behind_a_proxy_the_host_that_the_browser_named_counts(server: PanelServer) -> None:
    async with Panel.at(server, INGRESS) as visitor:
        headers = {"Origin": "https://home.example", "X-Forwarded-Host": "home.example"}
        async with await visitor.socket(headers=headers) as connection:
            assert (await connection.receive_json())["type"] == "snapshot"


async def test_forwarded_hosts_count_from_ingress_only(panel: Panel) -> None:
    with pytest.raises(WSServerHandshakeError):
        await panel.socket(headers={"Origin": "https://home.example", "X-Forwarded-Host": "home.example"})
