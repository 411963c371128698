"""The sessions' tables: what is written is found again, filtered, summed, thinned, pruned and forgotten."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bmw_wallbox.domain.energy import Ledger
from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy, Cost
from bmw_wallbox.domain.sessions_curve import Point
from bmw_wallbox.domain.sessions_evidence import Evidence, Run
from bmw_wallbox.domain.sessions_list import AuditEntry, SessionFilter, SessionPage
from bmw_wallbox.domain.tariffs_entity import PriceSample
from bmw_wallbox.storage import session_query as query
from bmw_wallbox.storage.files import LIVE
from bmw_wallbox.storage.session_table import (
    CurvePart,
    EnergyDay,
    PriceShown,
    StoredEvidence,
)
from bmw_wallbox.storage.store import Record
from tests.storage.conftest import OpenStore

START = datetime(2026, 5, 1, 18, 0, tzinfo=UTC)
MONTH = timedelta(days=30)

VERSION_1 = """
    CREATE TABLE document (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        body TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        PRIMARY KEY (kind, key)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE ledger (
        key TEXT NOT NULL PRIMARY KEY,
        total_wh INTEGER,
        completed_wh INTEGER,
        session_wh INTEGER,
        body TEXT NOT NULL,
        updated_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO ledger VALUES ('box', 1000, 700, 300, '{"total_wh":1000,"session_wh":300}', '');
    INSERT INTO document VALUES ('token', 'a', '{"key":"a","id_token":"04A1"}', '');
    PRAGMA user_version = 1;
"""
"""A file as the first release wrote it, word by word."""


def session(number: int, **fields: object) -> ChargingSession:
    given: dict[str, object] = {
        "id": f"{number:012x}",
        "station": "box",
        "transaction_id": f"tx-{number}",
        "started_at": START + timedelta(hours=number),
        "ended_at": START + timedelta(hours=number, minutes=30),
        "closed_by": ClosedBy.ENDED,
        "energy_wh": 1_000 + number,
        "cost": Cost(micros=300_000, currency="EUR", price_list="Home"),
        **fields,
    }
    return ChargingSession(**given)  # type: ignore[arg-type]  # fields are named by the test


def saved(*sessions: ChargingSession) -> list[Record]:
    return [Record.of(one.id, one) for one in sessions]


async def test_a_file_of_the_first_version_keeps_all_it_holds(
    open_store: OpenStore, made_folder: Path
) -> None:
    with closing(sqlite3.connect(made_folder / LIVE, isolation_level=None)) as connection:
        connection.executescript(VERSION_1)
    store = await open_store()
    assert (await store.load(Ledger))["box"].total_wh == 1000
    assert "a" in await store.load(dict, "token")
    await store.save(*saved(session(1)))
    page = await store.query(lambda db: query.list_sessions(db, SessionFilter(station="box")))
    assert page.sessions == (session(1),)
    assert store.problems == ()
    await store.close()


async def test_a_session_comes_back_as_it_was_saved(open_store: OpenStore) -> None:
    store = await open_store()
    await store.save(*saved(session(1)))
    await store.close()
    store = await open_store()
    assert await store.query(lambda db: query.read_sessions(db, [session(1).id])) == {
        session(1).id: session(1)
    }
    await store.close()


async def test_what_was_saved_a_moment_ago_is_in_the_list(open_store: OpenStore) -> None:
    store = await open_store()
    store.save_soon(*saved(session(1), session(2)))
    page = await store.query(lambda db: query.list_sessions(db, SessionFilter(station="box")))
    assert [one.id for one in page.sessions] == [session(2).id, session(1).id]
    await store.close()


async def test_the_list_is_filtered_paged_and_summed(open_store: OpenStore) -> None:
    store = await open_store()
    anna = [session(n, person="Anna", vehicle="i4") for n in range(10)]
    bert = [session(n, person="Bert", note="Dienstreise MÜNCHEN", cost=None) for n in range(10, 15)]
    gone = session(20, person="Anna", deleted=True)
    elsewhere = session(21, station="other")
    await store.save(*saved(*anna, *bert, gone, elsewhere))

    async def found(**fields: object) -> SessionPage:
        wanted = SessionFilter(station="box", **fields)  # type: ignore[arg-type]  # fields are named by the test
        return await store.query(lambda db: query.list_sessions(db, wanted))

    page = await found(person="Anna", limit=3, offset=2)
    assert [one.id for one in page.sessions] == [session(n).id for n in (7, 6, 5)]
    assert (page.count, page.energy_wh) == (10, sum(one.energy_wh for one in anna))
    assert page.cost_micros == {"EUR": 3_000_000}
    assert (await found()).count == 15
    assert (await found(text="münchen")).count == 5
    assert (await found(vehicle="i4")).count == 10
    assert (await found(since=START + timedelta(hours=3), until=START + timedelta(hours=5))).count == 2
    assert [one.id for one in (await found(deleted=True)).sessions] == [gone.id]
    await store.close()


async def test_a_row_that_cannot_be_read_hides_no_other(open_store: OpenStore) -> None:
    store = await open_store()
    await store.save(*saved(session(1), session(2)))
    await store.change(lambda db: db.execute("UPDATE session SET body = '{' WHERE id = 1"))
    page = await store.query(lambda db: query.list_sessions(db, SessionFilter(station="box")))
    assert [one.id for one in page.sessions] == [session(2).id]
    await store.close()


async def test_a_curve_is_thinned_to_its_bound_with_its_ends_and_extremes(open_store: OpenStore) -> None:
    store = await open_store()
    points = [Point(at=START + timedelta(seconds=n), power_w=7_000 + n % 7) for n in range(5_000)]
    points[1234] = replace(points[1234], power_w=11_000)
    points[4321] = replace(points[4321], power_w=0)
    points[777] = replace(points[777], current_l2_ma=32_000)
    await store.save(Record.of("1", CurvePart(session="1", points=tuple(points))))
    await store.change(lambda db: query.compact_curve(db, "1"))
    curve = await store.query(lambda db: query.read_curve(db, "1"))
    assert len(curve) <= 2_000
    assert {points[0], points[-1], points[1234], points[4321], points[777]} <= set(curve)
    assert await store.change(lambda db: query.compact_curve(db, "1")) == len(curve)
    await store.close()


async def test_old_curves_go_and_sessions_stay_unless_told_otherwise(open_store: OpenStore) -> None:
    store = await open_store()
    old, new = session(1), session(2, started_at=START + MONTH)
    for one in (old, new):
        point = Point(at=one.started_at, power_w=1)
        run = Run(since=one.started_at, until=one.started_at, first=0, last=0)
        evidence = Evidence(id=one.id, transaction_id="t", runs=(run,))
        await store.save(
            *saved(one),
            Record.of(one.id, CurvePart(session=one.id, points=(point,))),
            Record.of(one.id, StoredEvidence(station="box", evidence=evidence)),
        )
    middle = START + timedelta(days=10)

    await store.change(lambda db: query.prune(db, middle, None))
    assert await store.query(lambda db: query.read_curve(db, old.id)) == ()
    assert len(await store.query(lambda db: query.read_curve(db, new.id))) == 1
    assert set(await store.query(lambda db: query.read_evidence(db, [old.id, new.id]))) == {new.id}
    assert len(await store.query(lambda db: query.read_sessions(db, [old.id, new.id]))) == 2

    await store.change(lambda db: query.prune(db, middle, middle))
    assert set(await store.query(lambda db: query.read_sessions(db, [old.id, new.id]))) == {new.id}
    await store.close()


async def test_sessions_that_are_kept_for_less_than_their_curves_leave_none_behind(
    open_store: OpenStore,
) -> None:
    store = await open_store()
    one = session(1)
    evidence = Evidence(id=one.id, transaction_id="t", runs=(Run(since=START, until=START, first=0, last=0),))
    await store.save(
        *saved(one),
        Record.of(one.id, CurvePart(session=one.id, points=(Point(at=START, power_w=1),))),
        Record.of(one.id, StoredEvidence(station="box", evidence=evidence)),
    )
    await store.change(lambda db: query.prune(db, START - MONTH, START + MONTH))
    assert await store.query(lambda db: query.read_sessions(db, [one.id])) == {}
    assert await store.query(lambda db: query.read_curve(db, one.id)) == ()
    assert await store.query(lambda db: query.read_evidence(db, [one.id])) == {}
    await store.close()


async def test_a_deleted_row_takes_its_curve_and_evidence_along(open_store: OpenStore) -> None:
    store = await open_store()
    one = session(1)
    curve = CurvePart(session=one.id, points=(Point(at=START, power_w=1),))
    await store.save(*saved(one), Record.of(one.id, curve))
    await store.delete("charging_session", one.id)
    assert await store.query(lambda db: query.read_sessions(db, [one.id])) == {}
    assert await store.query(lambda db: query.read_curve(db, one.id)) == ()
    await store.close()


async def test_days_prices_and_corrections_are_found_again(open_store: OpenStore) -> None:
    store = await open_store()
    entry = AuditEntry(id="a1", at=START, station="box", who="panel", action="edit", before=(session(1),))
    await store.save(
        Record.of("box/2026-05-01", EnergyDay(station="box", day=date(2026, 5, 1), energy_wh=500)),
        *(
            Record.of(str(n), PriceShown(entity_id="sensor.p", at=START + timedelta(hours=n), price_micros=n))
            for n in range(5)
        ),
        Record.of("a1", entry),
    )
    assert await store.query(query.read_days) == {("box", date(2026, 5, 1)): 500}
    since, until = START + timedelta(minutes=90), START + timedelta(minutes=150)
    assert await store.query(lambda db: query.read_prices(db, since, until)) == {
        "sensor.p": tuple(PriceSample(START + timedelta(hours=n), n) for n in (1, 2))
    }
    assert await store.query(lambda db: query.read_audit(db, "box", 10)) == (entry,)
    assert await store.query(lambda db: query.find_audit(db, "a1")) == entry
    await store.close()


async def test_a_forgotten_station_leaves_nothing(open_store: OpenStore) -> None:
    store = await open_store()
    await store.save(*saved(session(1), session(2, station="other")))
    await store.change(lambda db: query.forget_station(db, "box"))
    assert set(await store.query(lambda db: query.read_sessions(db, [session(1).id, session(2).id]))) == {
        session(2).id
    }
    await store.close()
