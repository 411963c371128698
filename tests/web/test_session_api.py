"""The sessions over HTTP, with a real store behind them: lists, files, corrections, prices and days."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy, RegisterValue
from bmw_wallbox.domain.sessions_curve import Point
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.session_desk import SessionDesk
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.storage.session_table import CurvePart, EnergyDay
from bmw_wallbox.storage.store import Record, Store
from tests.fakes.clock import HandClock
from tests.web.memory import KEY, MemoryBackend
from tests.web.panel import Panel

STATION = f"/api/stations/{KEY}/sessions"
BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 5, 1, 18, 0, tzinfo=UTC)
TARIFFS = {
    "currency": "EUR",
    "lists": [
        {
            "name": "Home",
            "valid_from": "2026-01-01",
            "price_micros": 300_000,
            "bands": [{"price_micros": 200_000, "from_minute": 1320, "to_minute": 360}],
            "fee_micros": 0,
        }
    ],
    "holidays": ["2026-12-25"],
}


def session(number: int, **fields: Any) -> ChargingSession:  # noqa: ANN401  # any field
    start = START + timedelta(days=number)
    begin = RegisterValue(
        register_wh=1000 * number, at=start, context="Transaction.Begin", signed='{"signedMeterData":"x"}'
    )
    row = ChargingSession(
        id=f"{number:012x}",
        station=KEY,
        transaction_id=f"tx-{number}",
        started_at=start,
        ended_at=start + timedelta(hours=2),
        closed_by=ClosedBy.ENDED,
        id_token="04A1B2C3D4",
        person="Anna" if number % 2 else "Bert",
        energy_wh=2_000 + number,
        begin=begin,
        charging_s=7_200,
    )
    return replace(row, **fields)


@pytest.fixture
async def store(tmp_path: Path, backend: MemoryBackend) -> AsyncIterator[Store]:
    clock = HandClock()
    store = await Store.open(tmp_path, clock)
    sessions = Sessions(store, clock=clock, zone=lambda: BERLIN, tokens=backend.tokens, settings=Settings)
    await store.save(*(Record.of(row.id, row) for row in (session(n) for n in range(1, 6))))
    day = EnergyDay(station=KEY, day=date(2026, 5, 1), energy_wh=2_001)
    await store.save(Record.of("day", day))
    await sessions.load()
    backend.desk = SessionDesk(store, sessions, clock=clock, zone=lambda: BERLIN)
    yield store
    await store.close()


async def ids(panel: Panel, query: str = "") -> list[int]:
    found = await panel.json(f"{STATION}{query}")
    return [int(row["id"], 16) for row in found["sessions"]]


async def put(panel: Panel, path: str, body: object) -> Any:  # noqa: ANN401  # JSON
    response = await panel.send("PUT", path, body)
    assert response.status == 200, await response.text()
    return await response.json()


async def post(panel: Panel, path: str, body: object) -> Any:  # noqa: ANN401  # JSON
    response = await panel.post(path, body)
    assert response.status in {200, 201}, await response.text()
    return await response.json()


async def test_the_list_is_newest_first_with_sums_over_all(panel: Panel, store: Store) -> None:
    found = await panel.json(f"{STATION}?limit=2")
    assert [int(row["id"], 16) for row in found["sessions"]] == [5, 4]
    assert (found["count"], found["energy_wh"], found["cost_micros"]) == (5, 10_015, {})
    row = found["sessions"][0]
    assert (row["id_token"], row["person"], row["begin"]["signed"]) == ("…C3D4", "Anna", None)


async def test_the_list_can_be_filtered_and_paged(panel: Panel, store: Store) -> None:
    assert await ids(panel, "?person=Bert") == [4, 2]
    assert await ids(panel, "?from=2026-05-03&to=2026-05-04") == [3, 2]
    assert await ids(panel, "?q=TX-3") == [3]
    assert await ids(panel, "?limit=2&offset=2") == [3, 2]
    response = await panel.get(f"{STATION}?from=yesterday")
    assert response.status == 400


async def test_the_csv_file_follows_the_standard_and_the_wish_for_commas(panel: Panel, store: Store) -> None:
    await put(panel, f"{STATION}/{session(1).id}", {"note": '=1+1;"x"', "person": "Müller, Anna"})
    response = await panel.get(f"{STATION}?format=csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = (await response.read()).decode("utf-8-sig")
    assert text.count("\r\n") == 6
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert (rows[0]["started_at"], rows[0]["energy_kwh"]) == ("2026-05-02 20:00:00+02:00", "2.001")
    assert (rows[0]["person"], rows[0]["note"]) == ("Müller, Anna", '\'=1+1;"x"')
    assert rows[0]["id_token"] == "…C3D4"
    response = await panel.get(f"{STATION}?format=csv&decimal=comma&person=Bert")
    text = (await response.read()).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert [row["energy_kwh"] for row in rows] == ["2,002", "2,004"]


async def test_a_session_has_its_evidence_and_its_curve(panel: Panel, store: Store) -> None:
    points = (Point(at=START, power_w=7_000), Point(at=START + timedelta(minutes=1), power_w=7_100))
    await store.save(Record.of("c", CurvePart(session=session(1).id, points=points)))
    detail = await panel.json(f"{STATION}/{session(1).id}")
    assert detail["session"]["begin"]["signed"] == '{"signedMeterData":"x"}'
    assert detail["curve"]["columns"][:2] == ["at", "power_w"]
    assert [point[1] for point in detail["curve"]["points"]] == [7_000, 7_100]


@pytest.mark.parametrize("name", ["ffffffffffff", "zz", "000000000001x"])
async def test_a_session_that_is_not_there_is_not_found(panel: Panel, store: Store, name: str) -> None:
    assert (await panel.get(f"{STATION}/{name}")).status == 404
    assert (await panel.send("DELETE", f"{STATION}/{name}")).status == 404


async def test_person_vehicle_and_note_can_be_corrected_and_nothing_else(panel: Panel, store: Store) -> None:
    path = f"{STATION}/{session(1).id}"
    row = await put(panel, path, {"person": "Carla", "vehicle": "iX3", "note": "Gast"})
    assert (row["person"], row["vehicle"], row["note"], row["edited"]) == (
        "Carla",
        "iX3",
        "Gast",
        ["note", "person", "vehicle"],
    )
    assert (await panel.send("PUT", path, {"energy_wh": 1})).status == 400
    assert (await panel.send("PUT", path, {"person": 7})).status == 400


async def test_every_correction_can_be_taken_back_once(panel: Panel, store: Store) -> None:
    path = f"{STATION}/{session(1).id}"
    await put(panel, path, {"person": "Carla"})
    entry = (await panel.json(f"{STATION}/audit"))[0]
    assert (entry["action"], entry["who"], entry["before"][0]["person"]) == ("edit", "panel", "Anna")
    (row,) = await post(panel, f"{STATION}/undo", {"audit": entry["id"]})
    assert (row["person"], row["edited"]) == ("Anna", [])
    assert (await panel.post(f"{STATION}/undo", {"audit": entry["id"]})).status == 400
    assert [one["action"] for one in await panel.json(f"{STATION}/audit")].count("undo") == 1


async def test_a_correction_that_was_corrected_again_cannot_be_taken_back(panel: Panel, store: Store) -> None:
    path = f"{STATION}/{session(1).id}"
    await put(panel, path, {"person": "Carla"})
    entry = (await panel.json(f"{STATION}/audit"))[0]
    await put(panel, path, {"person": "Dora"})
    assert (await panel.post(f"{STATION}/undo", {"audit": entry["id"]})).status == 400


async def test_a_deleted_session_is_in_no_list_or_sum_and_comes_back(panel: Panel, store: Store) -> None:
    assert (await panel.send("DELETE", f"{STATION}/{session(3).id}")).status == 200
    assert await ids(panel) == [5, 4, 2, 1]
    assert await ids(panel, "?deleted=1") == [3]
    entry = (await panel.json(f"{STATION}/audit"))[0]
    await post(panel, f"{STATION}/undo", {"audit": entry["id"]})
    assert await ids(panel) == [5, 4, 3, 2, 1]


async def test_a_session_made_by_hand_is_priced_and_can_be_changed_wholly(panel: Panel, store: Store) -> None:
    await put(panel, "/api/tariffs", TARIFFS)
    made = {"started_at": "2026-05-10T12:00:00Z", "ended_at": "2026-05-10T13:00:00Z", "energy_wh": 5_000}
    row = await post(panel, STATION, {**made, "person": "Anna"})
    assert (row["source"], row["energy_wh"], row["cost"]["micros"]) == ("manual", 5_000, 1_500_000)
    row = await put(panel, f"{STATION}/{row['id']}", {"energy_wh": 6_000, "cost_micros": 990_000})
    assert (row["energy_wh"], row["cost"]["micros"]) == (6_000, 990_000)
    assert (await panel.post(STATION, {"energy_wh": 1})).status == 400
    backwards = {**made, "ended_at": "2026-05-10T11:00:00Z"}
    assert (await panel.post(STATION, backwards)).status == 400


async def test_a_session_is_split_with_its_curve_and_put_together_again(panel: Panel, store: Store) -> None:
    await put(panel, "/api/tariffs", TARIFFS)
    one = session(1)
    points = tuple(Point(at=one.started_at + timedelta(minutes=n), power_w=n) for n in range(120))
    await store.save(Record.of("c", CurvePart(session=one.id, points=points)))
    half = one.started_at + timedelta(minutes=30)
    parts = await post(panel, f"{STATION}/{one.id}/split", {"at": half.isoformat()})
    assert [part["energy_wh"] for part in parts] == [500, 1_501]
    assert sum(part["cost"]["micros"] for part in parts) == 600_300
    assert [part["made_of"] for part in parts] == [[one.id]] * 2
    curves = [(await panel.json(f"{STATION}/{part['id']}"))["curve"]["points"] for part in parts]
    assert [len(curve) for curve in curves] == [31, 90]
    whole = await post(panel, f"{STATION}/merge", {"ids": [part["id"] for part in parts]})
    assert (whole["energy_wh"], whole["cost"]["micros"]) == (2_001, 600_300)
    assert (whole["started_at"], whole["ended_at"]) == ("2026-05-02T18:00:00Z", "2026-05-02T20:00:00Z")
    assert len((await panel.json(f"{STATION}/{whole['id']}"))["curve"]["points"]) == 120
    assert (await panel.json(STATION))["energy_wh"] == 10_015
    for action in ("merge", "split"):
        entry = next(one for one in await panel.json(f"{STATION}/audit") if one["action"] == action)
        await post(panel, f"{STATION}/undo", {"audit": entry["id"]})
    assert await ids(panel) == [5, 4, 3, 2, 1]


async def test_a_split_outside_of_the_session_is_refused(panel: Panel, store: Store) -> None:
    response = await panel.post(f"{STATION}/{session(1).id}/split", {"at": "2026-01-01T00:00:00Z"})
    assert response.status == 400
    assert (await panel.post(f"{STATION}/merge", {"ids": [session(1).id]})).status == 400


async def test_prices_are_changed_first_and_sessions_only_when_asked(panel: Panel, store: Store) -> None:
    assert await put(panel, "/api/tariffs", TARIFFS) == await panel.json("/api/tariffs")
    assert (await panel.json(STATION))["cost_micros"] == {}
    preview = await post(panel, f"{STATION}/reprice", {"from": "2026-05-03"})
    assert [(change["before"], change["after"]["micros"]) for change in preview] == [
        (None, n) for n in (600_600, 600_900, 601_200, 601_500)
    ]
    assert (await panel.json(STATION))["cost_micros"] == {}
    await post(panel, f"{STATION}/reprice", {"from": "2026-05-03", "apply": True})
    assert (await panel.json(STATION))["cost_micros"] == {"EUR": 2_404_200}
    entry = (await panel.json(f"{STATION}/audit"))[0]
    await post(panel, f"{STATION}/undo", {"audit": entry["id"]})
    assert (await panel.json(STATION))["cost_micros"] == {}


@pytest.mark.parametrize(
    "fault",
    [
        {"currency": "Euro"},
        {"lists": [{"name": "", "valid_from": "2026-01-01"}]},
        {"lists": [{"name": "a", "valid_from": "tomorrow"}]},
        {"lists": [{"name": "a", "valid_from": "2026-01-01", "price_micros": 0.3}]},
        {"lists": [{"name": "a", "valid_from": "2026-01-01"}, {"name": "b", "valid_from": "2026-01-01"}]},
        {
            "lists": [
                {
                    "name": "a",
                    "valid_from": "2026-01-01",
                    "bands": [{"price_micros": 1, "weekdays": [7], "from_minute": 0}],
                }
            ]
        },
    ],
)
async def test_prices_that_cannot_be_are_refused(panel: Panel, store: Store, fault: object) -> None:
    assert (await panel.send("PUT", "/api/tariffs", fault)).status == 400


async def test_a_file_from_another_system_is_shown_then_imported_once(panel: Panel, store: Store) -> None:
    text = (
        "started_at;ended_at;energy_kWh;cost;currency;person;transaction_id\r\n"
        "2025-11-01 20:00;2025-11-01 23:30;12,345;3,70;EUR;Anna;\r\n"
        "2025-11-02T20:00+01:00;2025-11-02T21:00+01:00;1.234,5;;;;\r\n"
        "2026-05-02 20:00;2026-05-02 22:00;2;;;;tx-1\r\n"
        "broken;2025-11-01 23:30;1;;;;\r\n"
    )
    shown = await post(panel, f"{STATION}/import", {"csv": text})
    assert (shown["added"], shown["known"]) == (1, 1)
    assert [fault["line"] for fault in shown["faults"]] == [3, 5]
    assert await ids(panel, "?to=2025-12-31") == []
    await post(panel, f"{STATION}/import", {"csv": text, "apply": True})
    (row,) = (await panel.json(f"{STATION}?to=2025-12-31"))["sessions"]
    assert (row["started_at"], row["energy_wh"], row["cost"]["micros"], row["source"]) == (
        "2025-11-01T19:00:00Z",
        12_345,
        3_700_000,
        "import",
    )
    again = await post(panel, f"{STATION}/import", {"csv": text, "apply": True})
    assert (again["added"], again["known"]) == (0, 2)


async def test_our_own_export_can_be_imported_by_another_house(panel: Panel, store: Store) -> None:
    exported = (await (await panel.get(f"{STATION}?format=csv&decimal=comma")).read()).decode("utf-8")
    for row in (session(n) for n in range(1, 6)):
        await panel.send("DELETE", f"{STATION}/{row.id}")
    done = await post(panel, f"{STATION}/import", {"csv": exported, "apply": True})
    assert (done["added"], done["faults"]) == (5, [])
    assert (await panel.json(STATION))["energy_wh"] == 10_015


async def test_the_energy_of_each_day_is_served(panel: Panel, store: Store) -> None:
    expected = {KEY: [{"day": "2026-05-01", "energy_wh": 2_001}]}
    assert await panel.json("/api/energy") == expected
    assert await panel.json(f"/api/energy?station={KEY}&from=2026-05-01&to=2026-05-01") == expected
    assert await panel.json("/api/energy?from=2026-05-02") == {KEY: []}


async def test_only_an_administrator_corrects(guest: Panel, store: Store) -> None:
    path = f"{STATION}/{session(1).id}"
    assert (await guest.get(STATION)).status == 200
    assert (await guest.get(path)).status == 200
    for method, where in (
        ("POST", STATION),
        ("PUT", path),
        ("DELETE", path),
        ("POST", f"{path}/split"),
        ("POST", f"{STATION}/merge"),
        ("POST", f"{STATION}/undo"),
        ("POST", f"{STATION}/reprice"),
        ("POST", f"{STATION}/import"),
        ("PUT", "/api/tariffs"),
    ):
        assert (await guest.send(method, where, {})).status == 403, (method, where)


async def test_a_foreign_page_cannot_correct(panel: Panel, store: Store) -> None:
    response = await panel.session.delete(f"{panel.base}{STATION}/{session(1).id}")
    assert response.status == 403


async def test_the_places_whose_holidays_are_known_are_listed(panel: Panel, store: Store) -> None:
    places = await panel.json("/api/holidays/places")
    assert "BY" in places["DE"]
    assert await panel.json("/api/holidays") == {"country": "", "subdivision": "", "days": []}
