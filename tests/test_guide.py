"""The set-up guide: it ends with the first real charge, for good, and knows the address to type."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bmw_wallbox.csms.server import CentralSystem
from bmw_wallbox.domain.ledger import Ledger
from bmw_wallbox.domain.state import Change, DesiredState, StationState
from bmw_wallbox.guide import Guide
from bmw_wallbox.hass.addresses import ShownPort
from bmw_wallbox.storage.store import Store
from tests.door_rig import open_house
from tests.fakes.clock import HandClock

NEW = StationState(key="box", charge_point_id="BOX", desired=DesiredState(limit_a=16))
CHARGED = replace(NEW, ledger=Ledger(total_wh=1_000, session_wh=40))


class House:
    """Home Assistant with one address, and a port that the owner moved."""

    async def host_names(self) -> tuple[str, ...]:
        return ("home.example.org",)

    async def published_port(self, port: int) -> ShownPort:
        return ShownPort(known=True, port=port + 1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path, HandClock())
    yield store
    await store.close()


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[CentralSystem]:
    async with open_house(tmp_path / "house") as house:
        yield house.system


def guide_of(store: Store, system: CentralSystem) -> Guide:
    return Guide(store, HandClock(), system, port=9000, tls=False)


async def test_the_first_charge_finishes_the_guide_over_restarts(store: Store, system: CentralSystem) -> None:
    guide = guide_of(store, system)
    await guide.load([NEW])
    assert guide.finished_at is None
    guide.on_change(Change(NEW, CHARGED, "test"))
    assert guide.finished_at is not None
    later = guide_of(store, system)
    await later.load([NEW])
    assert later.finished_at == guide.finished_at


async def test_a_simulated_charge_proves_nothing(store: Store, system: CentralSystem) -> None:
    guide = guide_of(store, system)
    await guide.load([replace(CHARGED, simulated=True)])
    assert guide.finished_at is None


async def test_a_house_that_charged_before_needs_no_guide(store: Store, system: CentralSystem) -> None:
    guide = guide_of(store, system)
    await guide.load([CHARGED])
    assert guide.finished_at is not None


async def test_it_can_be_put_away_and_brought_back_and_says_so(store: Store, system: CentralSystem) -> None:
    guide, told = guide_of(store, system), []
    guide.changes.subscribe(lambda: told.append(guide.finished_at is not None))
    for finished in (True, False):
        await guide.finish(finished=finished)
    assert told == [True, False]


async def test_the_address_takes_home_assistants_name_and_the_hosts_port(
    store: Store, system: CentralSystem
) -> None:
    guide = guide_of(store, system)
    guide.home = House()
    assert await guide.address() == {
        "hosts": [{"name": "home.example.org", "source": "home_assistant", "covered": False}],
        "port": 9001,
        "port_known": True,
        "tls": False,
    }


async def test_without_home_assistant_the_port_is_our_own(store: Store, system: CentralSystem) -> None:
    address = await guide_of(store, system).address()
    assert (address["hosts"], address["port"], address["port_known"]) == ([], system.port, False)


async def test_a_check_without_tls_looks_the_name_up_only(store: Store, system: CentralSystem) -> None:
    found = await guide_of(store, system).check("127.0.0.1")
    assert found["tls"] is None
    assert found["lookup"]["cause"] == "address"
