"""A station has one writer, tells everybody in order, and outlives the faults of its company."""

import asyncio

import pytest

from bmw_wallbox.domain.calls import TriggerMessage
from bmw_wallbox.domain.events import HeartbeatReceived, MessageReceived, WishChanged
from bmw_wallbox.domain.state import Change
from bmw_wallbox.domain.tokens import TokenAnswer
from bmw_wallbox.errors import CallTimeoutError, StationOfflineError, StoreError
from bmw_wallbox.station import Station
from tests.domain.story import ZONE, at, fresh
from tests.fakes.clock import HandClock
from tests.fakes.link import ACCEPTED, FakeLink

CALL = TriggerMessage(message="Heartbeat")


class MemoryKeeper:
    """Keeps changes in a list, or fails."""

    def __init__(self) -> None:
        self.kept: list[Change] = []
        self.broken = False

    async def keep(self, change: Change) -> None:
        if self.broken:
            raise StoreError("the disk is full")
        self.kept.append(change)


@pytest.fixture
def keeper() -> MemoryKeeper:
    return MemoryKeeper()


@pytest.fixture
def station(keeper: MemoryKeeper) -> Station:
    return Station(
        fresh(),
        zone=lambda: ZONE,
        keeper=keeper,
        clock=HandClock(),
        judge_token=lambda _presented: TokenAnswer(status="Accepted"),
    )


async def test_every_change_is_told_and_kept_in_order(station: Station, keeper: MemoryKeeper) -> None:
    told: list[Change] = []
    station.subscribe(told.append)
    await station.apply(MessageReceived(at=at(1)), HeartbeatReceived(at=at(2)))
    assert [change.cause for change in told] == [MessageReceived(at=at(1)), HeartbeatReceived(at=at(2))]
    assert told[0].after is told[1].before
    assert told[1].after is station.state
    assert keeper.kept == told


async def test_an_event_without_news_is_told_to_nobody(station: Station, keeper: MemoryKeeper) -> None:
    await station.apply(MessageReceived(at=at(1)), MessageReceived(at=at(1)))
    assert len(keeper.kept) == 1


async def test_who_unsubscribed_hears_nothing_more(station: Station) -> None:
    told: list[Change] = []
    unsubscribe = station.subscribe(told.append)
    unsubscribe()
    unsubscribe()
    await station.apply(MessageReceived(at=at(1)))
    assert told == []


async def test_the_fault_of_one_listener_is_nobody_elses(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[Change] = []

    def stumble(_change: Change) -> None:
        raise ValueError("stumbled")

    station.subscribe(stumble)
    station.subscribe(told.append)
    await station.apply(MessageReceived(at=at(1)))
    assert len(told) == 1
    assert station.state.last_message_at == at(1)
    assert "A listener failed" in caplog.text


async def test_a_store_out_of_order_stops_nothing(station: Station, keeper: MemoryKeeper) -> None:
    keeper.broken = True
    await station.apply(WishChanged(at=at(1), limit_a=10.0, asked_by="test"))
    assert station.state.desired.limit_a == 10.0


async def test_the_newest_connection_counts(station: Station) -> None:
    first, second = FakeLink(), FakeLink()
    station.attach(first, "192.0.2.1")
    station.attach(second, "192.0.2.2")
    await station.detach(first)
    assert (station.link, station.state.connected, station.state.remote) == (second, True, "192.0.2.2")
    await station.detach(second)
    assert (station.link, station.state.connected) == (None, False)


async def test_a_call_goes_over_the_connection(station: Station) -> None:
    with pytest.raises(StationOfflineError, match="TriggerMessage"):
        await station.ask(CALL)
    link = FakeLink()
    station.attach(link, "192.0.2.1")
    assert await station.ask(CALL) == ACCEPTED
    assert link.calls == [CALL]


async def test_a_connection_that_never_answers_is_given_up(station: Station) -> None:
    link = FakeLink()
    link.hold(TriggerMessage)
    station.attach(link, "192.0.2.1")
    with pytest.raises(CallTimeoutError, match=r"did not answer TriggerMessage within 0\.01 s"):
        await station.ask(CALL, timeout_s=0.01)


async def test_a_cancelled_call_is_no_timeout(station: Station) -> None:
    link = FakeLink()
    link.hold(TriggerMessage)
    station.attach(link, "192.0.2.1")
    asking = asyncio.create_task(station.ask(CALL))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


def test_time_is_the_clocks(station: Station) -> None:
    assert station.now() == at(0)
