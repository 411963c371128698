"""The link to Home Assistant: commands, events, and every way in which it can be missing."""

import asyncio
import logging
import socket
from typing import Any

import aiohttp
import pytest

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.client import Backoff, HomeAssistantClient, LinkState
from bmw_wallbox.hass.endpoint import Endpoint, choose_endpoint
from tests.fakes.supervisor import CoreAddress, FakeSupervisor
from tests.hass.conftest import Running, direct, until_connected, until_status
from tests.hass.fake_core import NO_ANSWER, FakeCore, Handler, RefusedError


def _refuse(code: str, translation_key: str | None = None) -> Handler:
    def refuse(_message: dict[str, Any]) -> None:
        raise RefusedError(code, "It is broken.", translation_key)

    return refuse


async def test_a_command_returns_its_result(core: FakeCore, running: Running) -> None:
    core.commands["echo"] = lambda message: {"heard": message["word"]}
    async with running(direct(core)) as client:
        status = await until_connected(client)
        assert await client.call("echo", word="Wallbox") == {"heard": "Wallbox"}
    assert status.ha_version == "2026.11.0"
    assert status.message == ""


async def test_results_find_their_commands_in_any_order(core: FakeCore, running: Running) -> None:
    core.commands["echo"] = lambda message: message["id"]
    async with running(direct(core)) as client:
        await until_connected(client)
        answers = await asyncio.gather(*(client.call("echo") for _ in range(50)))
    assert answers == sorted(set(answers))


@pytest.mark.parametrize(
    ("translation_key", "code"), [(None, "home_assistant_error"), ("mqtt_broker_error", "mqtt_broker_error")]
)
async def test_a_refusal_carries_home_assistants_most_exact_code(
    core: FakeCore, running: Running, translation_key: str | None, code: str
) -> None:
    core.commands["call_service"] = _refuse("home_assistant_error", translation_key)
    async with running(direct(core)) as client:
        await until_connected(client)
        with pytest.raises(HomeAssistantError, match="It is broken") as caught:
            await client.call("call_service")
    assert caught.value.code == code


async def test_a_command_without_an_answer_ends_at_its_deadline(core: FakeCore, running: Running) -> None:
    core.commands["slow"] = lambda _message: NO_ANSWER
    async with running(direct(core)) as client:
        await until_connected(client)
        with pytest.raises(HomeAssistantError) as caught:
            await client.call("slow", timeout_s=0.05)
        assert caught.value.code == "timeout"
        assert await client.call("ping") is None


async def test_a_command_under_way_fails_when_the_connection_breaks(core: FakeCore, running: Running) -> None:
    core.commands["slow"] = lambda _message: NO_ANSWER
    async with running(direct(core)) as client:
        await until_connected(client)
        call = asyncio.create_task(client.call("slow"))
        await core.until(lambda: bool(core.sent("slow")))
        await core.hang_up()
        with pytest.raises(HomeAssistantError) as caught:
            await call
    assert caught.value.code == "connection_lost"


async def test_a_command_without_a_connection_fails_at_once(
    core: FakeCore, session: aiohttp.ClientSession
) -> None:
    client = HomeAssistantClient(session, direct(core))
    with pytest.raises(HomeAssistantError) as caught:
        await client.call("ping")
    assert caught.value.code == "not_connected"


async def test_a_hook_makes_subscriptions_anew_at_every_connection(core: FakeCore, running: Running) -> None:
    core.commands["subscribe_events"] = lambda _message: None
    events: asyncio.Queue[Any] = asyncio.Queue()
    async with running(direct(core)) as client:

        async def subscribe() -> None:
            await client.subscribe("subscribe_events", events.put_nowait, event_type="x")

        client.on_connected(subscribe)
        for round_number in (1, 2):
            await core.until(lambda count=round_number: len(core.subscriptions) == count)  # type: ignore[misc]  # mypy: defaults in a lambda
            await core.fire("subscribe_events", {"round": round_number})
            async with asyncio.timeout(5):
                assert await events.get() == {"round": round_number}
            await core.hang_up()


async def test_a_refused_subscription_gets_no_events(core: FakeCore, running: Running) -> None:
    core.commands["mqtt/subscribe"] = _refuse("unknown_command")
    async with running(direct(core)) as client:
        await until_connected(client)
        with pytest.raises(HomeAssistantError) as caught:
            await client.subscribe("mqtt/subscribe", lambda _event: None, topic="x")
    assert caught.value.code == "unknown_command"


async def test_an_event_that_cannot_be_handled_spoils_nothing_else(
    core: FakeCore, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    core.commands["subscribe_events"] = lambda _message: None
    async with running(direct(core)) as client:
        await until_connected(client)
        await client.subscribe("subscribe_events", lambda event: event["missing"])
        await core.until(lambda: bool(core.subscriptions))
        await core.fire("subscribe_events", {})
        await client.call("ping")
    assert "could not be handled" in caplog.text
    assert core.connections == 1


async def test_a_failing_hook_leaves_the_link_up(
    core: FakeCore, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(direct(core)) as client:
        failed = asyncio.Event()

        async def fail() -> None:
            failed.set()
            raise HomeAssistantError("The hook's own trouble.")

        client.on_connected(fail)
        async with asyncio.timeout(5):
            await failed.wait()
        await client.call("ping")
    assert "The hook's own trouble." in caplog.text


async def test_a_core_that_is_starting_is_waited_for(
    core: FakeCore, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bmw_wallbox.hass.client._STARTED_POLL_S", 0.01)
    core.state = "STARTING"
    async with running(direct(core)) as client:
        await until_status(client, lambda status: status.state is LinkState.CORE_STARTING)
        core.state = "RUNNING"
        await until_connected(client)


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [
        (502, LinkState.CORE_STARTING, "is starting"),
        (401, LinkState.UNAUTHORIZED, "HA_TOKEN"),
        (404, LinkState.CONNECTING, "HTTP status 404"),
    ],
)
async def test_a_handshake_that_fails_says_why(
    core: FakeCore, running: Running, status: int, state: LinkState, words: str
) -> None:
    core.handshake_status = status
    async with running(direct(core)) as client:
        reported = await until_status(client, lambda status: words in status.message)
    assert reported.state is state


async def test_a_wrong_token_is_explained_and_rarely_shown_again(
    core: FakeCore, session: aiohttp.ClientSession
) -> None:
    client = HomeAssistantClient(
        session, direct(core, token="wrong"), backoff=Backoff(first_s=0, longest_s=60)
    )
    task = asyncio.create_task(client.run())
    reported = await until_status(client, lambda status: status.state is LinkState.UNAUTHORIZED)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "HA_TOKEN" in reported.message


@pytest.mark.parametrize("greeting", ["hello", "[]", '{"type": "welcome"}'])
async def test_something_else_than_home_assistant_is_named_so(
    core: FakeCore, running: Running, greeting: str
) -> None:
    core.greeting = greeting
    async with running(direct(core)) as client:
        reported = await until_status(client, lambda status: "does not speak" in status.message)
    assert reported.state is LinkState.CONNECTING


async def test_nobody_listening_is_a_refused_connection(running: Running) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    endpoint = choose_endpoint({"HA_URL": f"http://127.0.0.1:{port}", "HA_TOKEN": "t"})
    assert endpoint is not None
    async with running(endpoint) as client:
        reported = await until_status(client, lambda status: "cannot be reached" in status.message)
    assert reported.state is LinkState.CONNECTING


async def test_a_message_of_many_mebibytes_arrives(core: FakeCore, running: Running) -> None:
    core.commands["config/entity_registry/list"] = lambda _message: "x" * (17 * 1024 * 1024)
    async with running(direct(core)) as client:
        await until_connected(client)
        assert len(await client.call("config/entity_registry/list")) == 17 * 1024 * 1024


async def test_lost_and_regained_are_one_log_line_each(
    core: FakeCore, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bmw_wallbox")
    async with running(direct(core)) as client:
        await until_connected(client)
        core.handshake_status = 502
        await core.hang_up()
        await until_status(client, lambda status: status.state is LinkState.CORE_STARTING)
        core.handshake_status = None
        await until_connected(client)
    assert [record.getMessage() for record in caplog.records] == [
        "Connected to Home Assistant 2026.11.0",
        "No link to Home Assistant: The connection to Home Assistant closed.",
        "Home Assistant Core is starting; waiting for it",
        "Connected to Home Assistant 2026.11.0",
    ]


async def test_a_silent_connection_is_given_up(
    core: FakeCore, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bmw_wallbox.hass.client._PING_EVERY_S", 0.01)
    monkeypatch.setattr("bmw_wallbox.hass.client._CALL_TIMEOUT_S", 0.1)
    core.commands["ping"] = lambda _message: NO_ANSWER
    async with running(direct(core)) as client:
        reported = await until_status(client, lambda status: "did not answer ping" in status.message)
        assert reported.state is LinkState.CONNECTING
        await core.until(lambda: core.connections > 1)


@pytest.mark.parametrize(
    ("previous_s", "next_s"), [(None, 1.0), (1.0, 2.0), (2.0, 4.0), (32.0, 60.0), (60.0, 60.0)]
)
def test_pauses_double_up_to_a_minute(previous_s: float | None, next_s: float) -> None:
    assert Backoff().after(previous_s) == next_s


def _through(supervisor: FakeSupervisor, **changes: str) -> Endpoint:
    endpoint = choose_endpoint(supervisor.environment | changes)
    assert endpoint is not None
    return endpoint


async def test_the_supervisor_answers_bad_gateway_until_core_runs(core: FakeCore, running: Running) -> None:
    async with FakeSupervisor().serving() as supervisor, running(_through(supervisor)) as client:
        await until_status(client, lambda status: status.state is LinkState.CORE_STARTING)
        supervisor.core = CoreAddress(url=core.url, token=core.token)
        await until_connected(client)
        assert await client.call("ping") is None


async def test_the_supervisor_refuses_a_strange_token_in_its_own_words(
    core: FakeCore, running: Running
) -> None:
    supervisor = FakeSupervisor(core=CoreAddress(url=core.url, token=core.token))
    async with supervisor.serving(), running(_through(supervisor, SUPERVISOR_TOKEN="old")) as client:
        reported = await until_status(client, lambda status: status.state is LinkState.UNAUTHORIZED)
    assert "Restart the app" in reported.message


async def test_the_supervisor_keeps_its_own_commands_to_itself(core: FakeCore, running: Running) -> None:
    supervisor = FakeSupervisor(core=CoreAddress(url=core.url, token=core.token))
    async with supervisor.serving(), running(_through(supervisor)) as client:
        await until_connected(client)
        with pytest.raises(HomeAssistantError) as caught:
            await client.call("supervisor/api", endpoint="/info")
        assert caught.value.code == "unauthorized"
        assert await client.call("ping") is None


async def test_a_restart_of_the_supervisor_is_survived(core: FakeCore, running: Running) -> None:
    supervisor = FakeSupervisor(core=CoreAddress(url=core.url, token=core.token))
    async with supervisor.serving(), running(_through(supervisor)) as client:
        await until_connected(client)
        await supervisor.drop_connections()
        await until_status(client, lambda status: status.state is not LinkState.CONNECTED)
        await until_connected(client)
        assert await client.call("ping") is None
