"""Notifications reach Home Assistant once, in its language, at the target that is set."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bmw_wallbox.domain.notices import Notice, NoticeKind
from bmw_wallbox.domain.report_words import Language
from bmw_wallbox.domain.settings import LanguageChoice, Settings
from bmw_wallbox.hass.client import HomeAssistantClient
from bmw_wallbox.house_language import HouseLanguage
from bmw_wallbox.notifications import Delivery, Notifier
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.storage.store import Store
from tests.fakes.clock import NOON, HandClock
from tests.hass.conftest import Running, direct, until_connected
from tests.hass.fake_core import FakeCore, RefusedError

NOTICE = Notice(key="a", kind=NoticeKind.FAULT, station="box", title="Fault", message="Smoke.", at=NOON)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def store(tmp_path: Path, clock: HandClock) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path, clock)
    yield store
    await store.close()


@pytest.fixture
async def notifier(store: Store, clock: HandClock) -> Notifier:
    return Notifier(store, clock)


@asynccontextmanager
async def delivering(
    notifier: Notifier, client: HomeAssistantClient, target: str = "", board: ProblemBoard | None = None
) -> AsyncIterator[None]:
    delivery = Delivery(client, board or ProblemBoard(), lambda: target)
    task = asyncio.create_task(notifier.run(delivery))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def accept_calls(core: FakeCore) -> None:
    core.commands["call_service"] = lambda _message: {"context": {}}


def calls(core: FakeCore) -> list[tuple[str, dict[str, Any]]]:
    sent = core.sent("call_service")
    return [(f"{message['domain']}.{message['service']}", message["service_data"]) for message in sent]


async def test_without_a_target_home_assistant_shows_it(
    core: FakeCore, running: Running, notifier: Notifier
) -> None:
    accept_calls(core)
    async with running(direct(core)) as client, delivering(notifier, client):
        notifier.post(NOTICE)
        await core.until(lambda: len(calls(core)) == 1)
    data = {"notification_id": "bmw_wallbox_box_fault", "title": "Fault", "message": "Smoke."}
    assert calls(core) == [("persistent_notification.create", data)]


async def test_what_was_told_is_not_told_again_after_a_restart(
    core: FakeCore, running: Running, notifier: Notifier, store: Store, clock: HandClock
) -> None:
    accept_calls(core)
    async with running(direct(core)) as client:
        async with delivering(notifier, client):
            notifier.post(NOTICE)
            notifier.post(NOTICE)
            await core.until(lambda: len(calls(core)) == 1)
            await client.call("ping")
        again = Notifier(store, clock)
        await again.load()
        async with delivering(again, client):
            again.post(NOTICE)
            again.post(replace(NOTICE, key="b", message="New."))
            await core.until(lambda: len(calls(core)) == 2)
    assert [data["message"] for _, data in calls(core)] == ["Smoke.", "New."]


@pytest.mark.parametrize(("passed", "told"), [(timedelta(minutes=59), 1), (timedelta(hours=1), 2)])
async def test_what_may_come_again_waits_for_its_time(
    core: FakeCore, running: Running, notifier: Notifier, clock: HandClock, passed: timedelta, told: int
) -> None:
    accept_calls(core)
    notice = replace(NOTICE, again_after=timedelta(hours=1))
    async with running(direct(core)) as client, delivering(notifier, client):
        notifier.post(notice)
        await core.until(lambda: len(calls(core)) == 1)
        await client.call("ping")
        clock.advance(passed.total_seconds())
        notifier.post(replace(notice, at=clock.now()))
        notifier.post(replace(notice, key="last"))
        await core.until(lambda: len(calls(core)) == told + 1)


async def test_it_waits_until_home_assistant_is_there(
    core: FakeCore, running: Running, notifier: Notifier
) -> None:
    accept_calls(core)
    core.handshake_status = 502
    notifier.post(NOTICE)
    async with running(direct(core)) as client, delivering(notifier, client):
        core.handshake_status = None
        await core.until(lambda: len(calls(core)) == 1)


async def test_a_service_of_that_name_gets_it(core: FakeCore, running: Running, notifier: Notifier) -> None:
    accept_calls(core)
    async with running(direct(core)) as client, delivering(notifier, client, "notify.mobile_app_phone"):
        notifier.post(NOTICE)
        await core.until(lambda: len(calls(core)) == 1)
    assert calls(core) == [("notify.mobile_app_phone", {"title": "Fault", "message": "Smoke."})]


async def test_an_entity_of_that_name_gets_it(core: FakeCore, running: Running, notifier: Notifier) -> None:
    accept_calls(core)
    core.commands["config/entity_registry/get"] = lambda _message: {}
    async with running(direct(core)) as client, delivering(notifier, client, "notify.phone"):
        notifier.post(NOTICE)
        await core.until(lambda: len(calls(core)) == 1)
    (message,) = core.sent("call_service")
    assert (message["service"], message["target"]) == ("send_message", {"entity_id": "notify.phone"})


async def test_a_target_that_is_gone_is_explained_and_nothing_is_lost(
    core: FakeCore, running: Running, notifier: Notifier
) -> None:
    def act(message: dict[str, Any]) -> object:
        if message["domain"] == "notify" and not repaired:
            raise RefusedError("not_found", "Action notify.gone not found", "service_not_found")
        return {"context": {}}

    repaired: list[bool] = []
    core.commands["call_service"] = act
    board = ProblemBoard()
    async with running(direct(core)) as client, delivering(notifier, client, "notify.gone", board):
        notifier.post(NOTICE)
        await core.until(lambda: len(calls(core)) == 2)
        assert calls(core)[-1][0] == "persistent_notification.create"
        (problem,) = board.problems
        assert problem.key == "notify_target_unusable"
        assert "notify.gone" in problem.message
        repaired.append(True)
        notifier.post(replace(NOTICE, key="b"))
        await core.until(lambda: len(calls(core)) == 3)
        notifier.post(replace(NOTICE, key="c"))
        await core.until(lambda: len(calls(core)) == 4)
        assert board.problems == ()


async def test_a_flood_is_cut_off(
    core: FakeCore, running: Running, notifier: Notifier, clock: HandClock
) -> None:
    accept_calls(core)
    async with running(direct(core)) as client, delivering(notifier, client):
        await until_connected(client)
        for number in range(25):
            notifier.post(replace(NOTICE, key=str(number)))
        await core.until(lambda: len(calls(core)) == 10)
        clock.advance(601)
        notifier.post(replace(NOTICE, key="last", at=clock.now()))
        await core.until(lambda: len(calls(core)) == 11)
    assert len(calls(core)) == 11


async def test_what_a_wallbox_tells_half_a_day_late_is_no_news(notifier: Notifier, clock: HandClock) -> None:
    notifier.post(replace(NOTICE, at=clock.now() - timedelta(hours=13)))
    assert notifier._waiting == {}


async def test_what_is_half_a_day_old_is_not_told_any_more(
    core: FakeCore, running: Running, notifier: Notifier, clock: HandClock
) -> None:
    accept_calls(core)
    notifier.post(NOTICE)
    clock.advance(13 * 3600)
    notifier.post(replace(NOTICE, key="fresh", message="New.", at=clock.now()))
    async with running(direct(core)) as client, delivering(notifier, client):
        await core.until(lambda: len(calls(core)) == 1)
    assert calls(core)[0][1]["message"] == "New."


@pytest.mark.parametrize(
    ("tag", "choice", "expected"),
    [
        ("de", LanguageChoice.AUTO, Language.DE),
        ("de-CH", LanguageChoice.AUTO, Language.DE),
        ("fr", LanguageChoice.AUTO, Language.EN),
        ("de", LanguageChoice.EN, Language.EN),
    ],
)
async def test_the_language_is_home_assistants_unless_one_is_set(
    core: FakeCore, running: Running, store: Store, tag: str, choice: LanguageChoice, expected: Language
) -> None:
    core.commands["get_config"] = lambda _message: {"state": "RUNNING", "language": tag}
    settings = Settings(language=choice)
    language = HouseLanguage(store, lambda: settings)
    async with running(direct(core)) as client:
        language.follow(client)
        await core.until(lambda: len(core.sent("get_config")) == 2)
        await client.call("ping")
    assert language.current is expected
    again = HouseLanguage(store, lambda: settings)
    await again.load()
    assert again.current is expected
