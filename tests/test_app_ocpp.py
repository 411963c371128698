"""OCPP through the whole program: what the owner sends by hand, and what a wallbox tells of itself."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any
from urllib.parse import quote

import pytest

from bmw_wallbox.csms.actions import CSMS_ACTIONS
from tests.conftest import WALLBOX_ID, MakeApp, MakeBox
from tests.csms.generated import maximal, minimal
from tests.csms.messages import EXAMPLES, transaction_event
from tests.csms.wallbox import Wallbox, wallbox
from tests.support.app_process import AppProcess
from tests.support.panel_client import PanelError

STATION = f"api/stations/{quote(WALLBOX_ID, safe='')}"
DEADLINE_S = 10.0

type Answers = dict[str, Callable[[], Any]]


class TalkingBox:
    """A wallbox that answers every request with the most that its schema allows, or as it is told to."""

    def __init__(self, box: Wallbox) -> None:
        self.box = box
        self.answers: Answers = {}
        self.heard: list[tuple[str, Any]] = []
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._ids = count()

    async def run(self) -> None:
        async for text in self.box.socket:
            frame = json.loads(text)
            if frame[0] != 2:
                self._waiting.pop(frame[1]).set_result(frame)
                continue
            _, message_id, action, payload = frame
            self.heard.append((action, payload))
            answer = self.answers.get(action, lambda name=action: maximal(name, "Response"))()
            if answer is None:
                await self.box.socket.close()
            elif isinstance(answer, list):
                await self.box.send([4, message_id, *answer])
            else:
                await self.box.send([3, message_id, answer])

    async def tell(self, action: str, payload: object) -> Any:  # noqa: ANN401  # any answer
        message_id = f"t{next(self._ids)}"
        waiting = self._waiting[message_id] = asyncio.get_running_loop().create_future()
        await self.box.send([2, message_id, action, payload])
        async with asyncio.timeout(DEADLINE_S):
            return await waiting


@asynccontextmanager
async def talking(app: AppProcess) -> AsyncIterator[TalkingBox]:
    async with asyncio.timeout(DEADLINE_S):
        while not (await app.panel.get("api/info"))["listeners"]["ocpp"]["listening"]:  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.02)
    async with wallbox(app.ocpp_port, path=f"/{WALLBOX_ID}") as raw:
        box = TalkingBox(raw)
        task = asyncio.create_task(box.run())
        try:
            await box.tell("BootNotification", EXAMPLES["BootNotification"])
            await app.panel.until(lambda view: view.state.get("connected"))
            yield box
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
async def app(make_app: MakeApp) -> AppProcess:
    return await make_app(ssl=False)


async def send(app: AppProcess, action: str, payload: object) -> Any:  # noqa: ANN401  # any answer
    body = {"action": action, "payload": payload, "confirm": True}
    return await app.panel.post(f"{STATION}/ocpp", body)


async def outcome(app: AppProcess, action: str) -> str:
    """Return `answered`, or the word for what went wrong."""
    try:
        await send(app, action, minimal(action))
    except PanelError as error:
        return error.error
    return "answered"


async def device(app: AppProcess, condition: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Return the device's document once `condition` holds; nothing announces its changes."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            document: dict[str, Any] = await app.panel.get(f"{STATION}/device")
            if condition(document):
                return document
            await asyncio.sleep(0.05)


async def test_every_request_goes_out_and_its_answer_comes_back_unchanged(app: AppProcess) -> None:
    async with talking(app) as box:
        for action in sorted(CSMS_ACTIONS):
            assert await send(app, action, maximal(action)) == maximal(action, "Response"), action
            assert (action, maximal(action)) in box.heard
    assert "could not be handled" not in app.log()


async def test_every_failure_has_its_name(app: AppProcess) -> None:
    with pytest.raises(PanelError, match="409 offline"):
        await send(app, "ClearCache", {})
    async with talking(app) as box:
        box.answers = {"ClearCache": lambda: ["NotSupported", "no cache", {}], "GetLog": lambda: None}
        with pytest.raises(
            PanelError, match="502 refused: The wallbox answered ClearCache with NotSupported"
        ):
            await send(app, "ClearCache", {})
        for action, payload in (("ClearCache", {"extra": 1}), ("Heartbeat", {}), ("Reset", {"type": "Now"})):
            with pytest.raises(PanelError, match="400 invalid_payload"):
                await send(app, action, payload)
        with pytest.raises(PanelError, match="502 disconnected"):
            await send(app, "GetLog", minimal("GetLog"))


async def test_the_simulated_wallbox_takes_every_request(make_app: MakeApp, make_wallbox: MakeBox) -> None:
    app = await make_app()
    await make_wallbox(app, profile="delta")
    inventory = await device(app, lambda told: told["inventory"]["complete_for_firmware"])
    assert [report["status"] for report in inventory["reports"]] == ["complete"]
    assert len(inventory["inventory"]["variables"]) > 30
    for action in sorted(CSMS_ACTIONS - {"Reset"}):
        assert await outcome(app, action) in {"answered", "refused"}, action
    assert "could not be handled" not in app.log()


async def test_reports_are_collected_and_what_matters_is_kept_over_a_restart(app: AppProcess) -> None:
    async with talking(app) as box:
        await box.tell("SecurityEventNotification", EXAMPLES["SecurityEventNotification"])
        monitors = maximal("NotifyMonitoringReport") | {"requestId": 40, "seqNo": 1, "tbc": False}
        await send(app, "GetMonitoringReport", {"requestId": 40})
        await box.tell("NotifyMonitoringReport", monitors)
        waiting = await device(app, lambda told: told["monitors"])
        assert [r["status"] for r in waiting["reports"] if r["kind"] == "monitors"] == ["collecting"]
        await box.tell("NotifyMonitoringReport", {**monitors, "seqNo": 0, "tbc": True})
        whole = await device(app, lambda told: told["monitors"])
        assert [r["status"] for r in whole["reports"] if r["kind"] == "monitors"] == ["complete"]
    await app.stop()
    await app.start()
    kept = await app.panel.get(f"{STATION}/device")
    assert kept["security_events"] == whole["security_events"]
    assert kept["monitors"] == whole["monitors"]


async def test_customer_information_is_shown_once_and_written_nowhere(app: AppProcess) -> None:
    secret = "Anna Musterfrau, 04DEADBEEF"
    async with talking(app) as box:
        part = EXAMPLES["NotifyCustomerInformation"] | {"data": secret}
        await box.tell("NotifyCustomerInformation", part)
        told = await device(app, lambda document: document["customer_information"])
        assert told["customer_information"]["text"] == secret
        assert secret not in json.dumps(await app.panel.get(f"{STATION}/messages"))
    await app.stop()
    assert secret not in app.log()
    assert all(secret.encode() not in path.read_bytes() for path in app.data.iterdir() if path.is_file())


async def test_a_transaction_that_the_wallbox_forgot_is_closed_after_a_reconnect(app: AppProcess) -> None:
    status = {"ongoingIndicator": False, "messagesInQueue": False}
    async with talking(app) as box:
        await box.tell("TransactionEvent", transaction_event(eventType="Started", seqNo=0))
        await app.panel.until(lambda view: view.state["transaction_id"] == "tx-1")
    async with talking(app) as box:
        box.answers = {"GetTransactionStatus": lambda: status}
        await app.panel.until(lambda view: view.state["transaction_id"] is None)
        assert ("GetTransactionStatus", {"transactionId": "tx-1"}) in box.heard


async def test_unknown_cards_are_refused_where_the_owner_says_so(app: AppProcess) -> None:
    async with talking(app) as box:
        card = {"idToken": {"idToken": "04AABBCC", "type": "ISO14443"}}
        assert (await box.tell("Authorize", card))[2] == {"idTokenInfo": {"status": "Accepted"}}
        await app.panel.put("api/settings", {"unknown_tokens": "refuse"})
        assert (await box.tell("Authorize", card))[2] == {"idTokenInfo": {"status": "Unknown"}}
        (presented, *_) = await app.panel.get("api/tokens/presented")
        assert presented["id_token"] == "04AABBCC"
        await app.panel.post("api/tokens", {"id_token": "04aabbcc", "group_id": "family"})
        answer = (await box.tell("Authorize", card))[2]["idTokenInfo"]
        assert answer == {"status": "Accepted", "groupIdToken": {"idToken": "family", "type": "Central"}}
