"""The sessions of a real station in a real store: over restarts, replays, corrections of names and time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bmw_wallbox.domain.events import AnyEvent
from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy, Doubt, Source
from bmw_wallbox.domain.sessions_curve import Point
from bmw_wallbox.domain.sessions_list import SessionFilter
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.tariffs import PriceList, Tariffs
from bmw_wallbox.domain.tokens import Token, TokenAnswer
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus
from bmw_wallbox.errors import StoreError
from bmw_wallbox.keeper import StoreKeeper, recall
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.station import Station
from bmw_wallbox.storage import session_query as query
from bmw_wallbox.storage.store import Store
from tests.domain.story import (
    at,
    connected,
    ended,
    energy,
    fresh,
    power,
    started,
    status,
    updated,
    vanished,
)
from tests.fakes.clock import HandClock

BERLIN = ZoneInfo("Europe/Berlin")
KEY = "debmw1"
FLAT = Tariffs(
    currency="EUR", lists=(PriceList(name="Home", valid_from=date(2026, 1, 1), price_micros=300_000),)
)


@dataclass(slots=True, kw_only=True)
class House:
    """One wallbox, its store and its sessions; `again` is a restart of the app."""

    folder: Path
    clock: HandClock
    store: Store
    sessions: Sessions
    station: Station
    tokens: list[Token] = field(default_factory=list)

    @classmethod
    async def open(cls, folder: Path, clock: HandClock, tokens: list[Token]) -> "House":
        store = await Store.open(folder, clock)
        sessions = Sessions(
            store,
            clock=clock,
            zone=lambda: BERLIN,
            tokens=lambda: tokens,
            settings=Settings,
        )
        await sessions.load()
        station = Station(
            await recall(store, fresh()),
            zone=lambda: BERLIN,
            keeper=StoreKeeper(store),
            clock=clock,
            judge_token=lambda *_: TokenAnswer(status="Accepted"),
        )
        station.subscribe(sessions.on_change)
        sessions.catch_up([station.state])
        return cls(folder=folder, clock=clock, store=store, sessions=sessions, station=station, tokens=tokens)

    async def again(self) -> "House":
        self.sessions.flush()
        await self.store.close()
        return await House.open(self.folder, self.clock, self.tokens)

    async def hear(self, *events: AnyEvent) -> None:
        for event in events:
            self.clock.advance(max((event.at - self.clock.now()).total_seconds(), 0.001))
            await self.station.apply(replace(event, at=self.clock.now()))

    async def listed(self) -> list[ChargingSession]:
        page = await self.store.query(lambda db: query.list_sessions(db, SessionFilter(station=KEY)))
        return list(page.sessions)

    async def only(self) -> ChargingSession:
        (session,) = await self.listed()
        return session

    async def curve(self) -> tuple[Point, ...]:
        session = await self.only()
        return await self.store.query(lambda db: query.read_curve(db, session.id))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = await House.open(
        tmp_path, HandClock(), [Token(key="a", id_token="04a1b2c3", name="Anna", vehicle="i4")]
    )
    yield house
    await house.store.close()


BEGIN = (
    connected(0),
    status(0, ConnectorStatus.OCCUPIED),
    started(1, 0, samples=(energy(1, 50_000, context="Transaction.Begin"),), id_token="04A1B2C3"),
    updated(60, 1, charging_state=ChargingState.CHARGING, samples=(energy(60, 50_010), power(60, 7_000))),
)
MIDDLE = (updated(1800, 2, samples=(energy(1800, 53_500), power(1800, 7_200))),)
END = (ended(3600, 3, samples=(energy(3600, 57_000, context="Transaction.End"),)),)


async def test_a_charge_is_stored_with_its_curve_its_names_and_its_day(house: House) -> None:
    await house.sessions.prices.save(FLAT)
    await house.hear(*BEGIN, *MIDDLE, *END)
    session = await house.only()
    assert (session.energy_wh, session.closed_by) == (7_000, ClosedBy.ENDED)
    assert (session.person, session.vehicle) == ("Anna", "i4")
    assert session.cost is not None
    assert (session.cost.micros, session.cost.currency) == (2_100_000, "EUR")
    assert [(point.at, point.power_w) for point in await house.curve()] == [
        (at(60), 7_000),
        (at(1800), 7_200),
    ]
    assert house.sessions.days.series(KEY, date(2026, 6, 1), date(2026, 6, 30)) == {date(2026, 6, 1): 7_000}


async def test_the_row_agrees_with_the_ledger_over_a_restart_in_the_middle(house: House) -> None:
    await house.hear(*BEGIN)
    house = await house.again()
    assert house.sessions.running(KEY) is not None
    await house.hear(*MIDDLE)
    house = await house.again()
    await house.hear(*END)
    session = await house.only()
    account = house.station.state.ledger.account_of("tx-1")
    assert account is not None
    assert session.energy_wh == account.energy_wh == 7_000
    assert session.doubts == ()
    assert len(await house.curve()) == 2
    await house.store.close()


async def test_after_a_kill_the_ledgers_newest_reading_is_taken_over(house: House) -> None:
    await house.hear(*BEGIN[:3], updated(30, 1, samples=(energy(30, 50_070),)))
    assert (await house.only()).energy_wh == 0
    killed = await House.open(house.folder, house.clock, house.tokens)
    assert (await killed.only()).energy_wh == 70
    await killed.store.close()


async def test_what_a_station_replays_after_an_outage_is_one_more_session(house: House) -> None:
    await house.hear(*BEGIN, *MIDDLE, *END, status(3700, ConnectorStatus.AVAILABLE))
    name = {"transaction_id": "tx-2", "offline": True}
    replay: list[AnyEvent] = [
        started(9000, 0, samples=(energy(9000, 57_000, context="Transaction.Begin"),), **name),
        updated(10_800, 1, samples=(energy(10_800, 60_000),), **name),
        ended(12_600, 2, samples=(energy(12_600, 62_000, context="Transaction.End"),), **name),
    ]
    house.clock.advance(86_400)
    await house.hear(*reversed(replay), *replay)
    second, first = await house.listed()
    assert (first.transaction_id, first.energy_wh) == ("tx-1", 7_000)
    assert (second.transaction_id, second.energy_wh, second.source) == ("tx-2", 5_000, Source.OFFLINE)
    assert (second.started_at, second.ended_at) == (at(9000), at(12_600))


async def test_a_session_closed_by_status_stays_so_after_a_restart(house: House) -> None:
    await house.hear(*BEGIN, *MIDDLE, status(5000, ConnectorStatus.AVAILABLE))
    house = await house.again()
    await house.sessions.look()
    session = await house.only()
    assert (session.closed_by, session.ended_at) == (ClosedBy.STATUS_AVAILABLE, at(5000))
    await house.store.close()


async def test_a_session_that_the_wallbox_disowns_is_closed_and_stays_so_after_a_restart(
    house: House,
) -> None:
    await house.hear(*BEGIN, *MIDDLE, connected(5000), vanished(5001))
    house = await house.again()
    await house.sessions.look()
    session = await house.only()
    assert (session.closed_by, session.ended_at) == (ClosedBy.DISOWNED, at(1800))
    assert (session.energy_wh, Doubt.END_MISSING in session.doubts) == (3_500, True)
    await house.store.close()


async def test_a_session_that_nobody_ends_is_forgotten_after_a_week(house: House) -> None:
    await house.hear(*BEGIN, *MIDDLE)
    house.station._state = replace(house.station.state, transaction=None)
    house.sessions.catch_up([house.station.state])
    house.clock.advance(8 * 86_400)
    await house.sessions.look()
    session = await house.only()
    assert (session.closed_by, session.ended_at) == (ClosedBy.FORGOTTEN, at(1800))


async def test_what_somebody_corrected_survives_late_events(house: House) -> None:
    await house.hear(*BEGIN, *MIDDLE)
    running = house.sessions.running(KEY)
    assert running is not None
    house.sessions.replaced([replace(running, person="Bert", note="Gast", edited=("note", "person"))])
    await house.hear(*END)
    session = await house.only()
    assert (session.person, session.note, session.energy_wh) == ("Bert", "Gast", 7_000)


async def test_a_new_tariff_leaves_what_was_priced(house: House) -> None:
    await house.sessions.prices.save(FLAT)
    await house.hear(*BEGIN, *MIDDLE, *END)
    before = await house.only()
    dear = replace(FLAT.lists[0], price_micros=900_000)
    await house.sessions.prices.save(replace(FLAT, lists=(dear,)))
    await house.hear(*END, status(3700, ConnectorStatus.AVAILABLE))
    assert (await house.only()).cost == before.cost


async def test_late_evidence_prices_a_session_anew_and_says_so(house: House) -> None:
    await house.sessions.prices.save(FLAT)
    await house.hear(*BEGIN, ended(3600, 3))
    assert (await house.only()).energy_wh == 10
    await house.hear(replace(MIDDLE[0], offline=True))
    session = await house.only()
    assert session.cost is not None
    assert (session.energy_wh, session.cost.micros) == (3_500, 1_050_000)
    assert Doubt.PRICED_ANEW in session.doubts


async def test_the_price_of_an_entity_counts_from_when_it_was_shown(house: House) -> None:
    dynamic = PriceList(name="Spot", valid_from=date(2026, 1, 1), entity_id="sensor.spot")
    await house.sessions.prices.save(Tariffs(currency="EUR", lists=(dynamic,)))
    house.sessions.prices.note("sensor.spot", 200_000)
    await house.hear(*BEGIN, *MIDDLE)
    house.sessions.prices.note("sensor.spot", 400_000)
    house = await house.again()
    await house.hear(*END)
    session = await house.only()
    assert session.cost is not None
    assert session.cost.micros == 3_500 * 200 + 3_500 * 400
    assert session.cost.price_list == "Spot"
    await house.store.close()


async def test_a_long_curve_is_thinned_when_the_session_ends(house: House) -> None:
    await house.hear(*BEGIN)
    events = [
        updated(60 + 2 * n, n + 1, samples=(power(60 + 2 * n, 7_000 + n % 5), energy(60 + 2 * n, 50_010 + n)))
        for n in range(1, 2_100)
    ]
    await house.hear(*events, ended(4300, 2_200))
    await house.sessions.look()
    curve = await house.curve()
    assert 1_900 < len(curve) <= 2_000
    assert (curve[0].at, curve[-1].at) == (at(60), events[-1].station_at)


async def test_energy_over_midnight_counts_to_both_days(house: House) -> None:
    late = 9 * 3600
    await house.hear(
        started(late, 0, samples=(energy(late, 0, context="Transaction.Begin"),)),
        updated(late + 1, 1, samples=(energy(late + 1, 1),)),
        ended(late + 7200, 2, samples=(energy(late + 7200, 8_001),)),
    )
    days = house.sessions.days.series(KEY, date(2026, 6, 1), date(2026, 6, 2))
    assert days == {date(2026, 6, 1): 4_000, date(2026, 6, 2): 4_001}
    house = await house.again()
    assert house.sessions.days.series(KEY, date(2026, 6, 1), date(2026, 6, 2)) == days
    await house.store.close()


async def test_a_forgotten_station_takes_its_sessions_along(house: House) -> None:
    await house.hear(*BEGIN, *MIDDLE, *END)
    await house.sessions.forget(KEY)
    assert await house.listed() == []
    assert house.sessions.days.series(KEY, date(2026, 1, 1), date(2026, 12, 31)) == {}


async def test_curves_older_than_the_setting_are_dropped(house: House) -> None:
    await house.hear(*BEGIN, *MIDDLE, *END)
    house.clock.advance(timedelta(days=400).total_seconds())
    await house.sessions.look()
    assert await house.curve() == ()
    assert (await house.only()).energy_wh == 7_000


async def test_a_store_that_cannot_be_read_at_first_loses_no_session(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.hear(*BEGIN)

    async def fail(*_: object) -> None:
        raise StoreError("The disk does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "query", fail)
        house = await house.again()
        await house.hear(*MIDDLE)
    await house.sessions.look()
    await house.hear(*END)
    session = await house.only()
    assert (session.energy_wh, session.doubts) == (7_000, ())
    assert house.sessions.days.series(KEY, date(2026, 6, 1), date(2026, 6, 1)) == {date(2026, 6, 1): 7_000}
    await house.store.close()


async def test_a_curve_that_no_look_thinned_is_thinned_after_the_restart(house: House) -> None:
    events = [
        updated(60 + 2 * n, n + 1, samples=(power(60 + 2 * n, 7_000 + n % 5),)) for n in range(1, 2_100)
    ]
    await house.hear(*BEGIN, *events, ended(4300, 2_200))
    house = await house.again()
    assert len(await house.curve()) > 2_000
    await house.sessions.look()
    assert len(await house.curve()) <= 2_000
    await house.store.close()
