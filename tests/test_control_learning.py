"""A box that no row knows teaches the worker what it takes, and is not asked again for what it refused."""

from dataclasses import replace
from typing import TYPE_CHECKING

from bmw_wallbox.domain.calls import (
    Answer,
    Call,
    ClearChargingProfile,
    GetCompositeSchedule,
    SetChargingProfile,
)
from bmw_wallbox.domain.learning import Learned
from bmw_wallbox.domain.quirk_events import QuirksChosen
from bmw_wallbox.handling import ControlSettings
from bmw_wallbox.keeper import StoreKeeper, recall
from bmw_wallbox.storage.store import Store
from tests.control_rig import SETTLE_S, Rig, working
from tests.domain.story import booted, fresh
from tests.fakes.link import ACCEPTED, FakeLink, rejected

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bmw_wallbox.domain.state import Change

SETTINGS = ControlSettings(settle_s=SETTLE_S, raise_interval_s=5.0, retry_s=60.0)
ZERO_ONLY = Learned(stack_level_zero_only=True)


def stack_level_zero(call: Call) -> Answer:
    assert isinstance(call, SetChargingProfile)
    return rejected("InvalidStackLevel") if call.stack_level else ACCEPTED


def no_tx_profile(call: Call) -> Answer:
    assert isinstance(call, SetChargingProfile)
    return rejected() if call.purpose == "TxProfile" else ACCEPTED


async def charge(rig: Rig, answer: "Callable[[Call], Answer]") -> FakeLink:
    link = FakeLink()
    link.script[SetChargingProfile] = answer
    await rig.connect(link)
    await rig.tell(booted(rig.seconds, vendor="Example", model="Plain AC 22"))
    await rig.plug_in("Charging")
    await rig.pass_time(10)
    return link


def sent(link: FakeLink) -> list[tuple[str, int]]:
    return [(str(call.purpose), call.stack_level) for call in link.of(SetChargingProfile)]


async def test_a_refused_stack_level_is_followed_by_zero_and_remembered_over_a_restart(
    tmp_path: "Path",
) -> None:
    kept: list[Change] = []
    async with working(Rig(SETTINGS)) as rig:
        rig.station.subscribe(kept.append)
        link = await charge(rig, stack_level_zero)
        assert sent(link) == [("TxDefaultProfile", 0), ("TxProfile", 1), ("TxProfile", 0)]
        assert rig.station.state.learned == ZERO_ONLY
    store = await Store.open(tmp_path, rig.clock)
    for change in kept:
        await StoreKeeper(store).keep(change)
    await store.close()
    store = await Store.open(tmp_path, rig.clock)
    again = await recall(store, fresh())
    await store.close()
    assert (again.learned, again.facts.model) == (ZERO_ONLY, "Plain AC 22")
    assert again.profile_calls == 3


async def test_what_was_learned_holds_for_the_next_connection() -> None:
    async with working(Rig(SETTINGS)) as rig:
        await charge(rig, stack_level_zero)
        await rig.disconnect()
        link = FakeLink()
        link.script[SetChargingProfile] = stack_level_zero
        await rig.connect(link)
        assert sent(link) == [("TxProfile", 0)]


async def test_a_tx_profile_refused_at_every_level_makes_way_for_the_default_profile() -> None:
    async with working(Rig(SETTINGS)) as rig:
        link = await charge(rig, no_tx_profile)
        assert sent(link)[:3] == [("TxDefaultProfile", 0), ("TxProfile", 1), ("TxProfile", 0)]
        assert rig.station.state.learned.tx_profile_refused
        assert set(sent(link)[3:]) <= {("TxDefaultProfile", 0)}


async def test_a_schedule_that_allows_more_twice_changes_the_purpose_and_this_is_kept() -> None:
    async with working(Rig(SETTINGS)) as rig:
        link = FakeLink()
        wide = Answer(accepted=True, status="Accepted", limit_a=32.0)
        link.script[GetCompositeSchedule] = lambda _call: (
            wide if link.of(SetChargingProfile)[-1].purpose == "TxProfile" else replace(wide, limit_a=16.0)
        )
        await rig.connect(link)
        await rig.tell(booted(rig.seconds, vendor="Example", model="Plain AC 22"))
        await rig.plug_in("Charging")
        for _ in range(4):
            await rig.pass_time(10)
        assert link.of(ClearChargingProfile) == [ClearChargingProfile(profile_id=999)]
        assert sent(link)[-1] == ("TxDefaultProfile", 0)
        assert rig.station.state.learned == Learned(tx_profile_ineffective=True)
        await rig.tell(QuirksChosen(at=rig.clock.now(), row=None, forget_learned=True))
        assert rig.station.state.learned == Learned()


async def test_a_delta_is_neither_cleared_nor_switched_by_what_its_schedule_says() -> None:
    async with working(Rig(SETTINGS)) as rig:
        link = FakeLink()
        link.script[GetCompositeSchedule] = Answer(accepted=True, status="Accepted", limit_a=32.0)
        await rig.connect(link)
        await rig.plug_in("Charging")
        for _ in range(6):
            await rig.pass_time(20)
        assert not link.of(ClearChargingProfile)
        assert set(sent(link)) == {("TxDefaultProfile", 0)}
        assert rig.station.state.learned == Learned()
