"""A report on sessions over HTTP: a PDF or a table, in either language, made by a process of its own."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from bmw_wallbox.domain.report_words import Language
from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy, Cost, RegisterValue
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.session_desk import SessionDesk
from bmw_wallbox.session_reports import Reports
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.storage.store import Record, Store
from tests.fakes.clock import HandClock
from tests.web.memory import ID, KEY, MemoryBackend
from tests.web.panel import Panel

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 10, 1, 18, 0, tzinfo=UTC)
SETTINGS = Settings(report_sender="Anna Müller\nAm Weg 1", report_receiver="Fuhrpark AG", language="de")  # type: ignore[arg-type]  # its value is a StrEnum's


def session(number: int) -> ChargingSession:
    start = START + timedelta(days=number)
    register_wh = 1_000_000 + number * 10_000
    return ChargingSession(
        id=f"{number:012x}",
        station=KEY,
        started_at=start,
        ended_at=start + timedelta(hours=2),
        closed_by=ClosedBy.ENDED,
        person="Anna" if number % 2 else "Łukasz Żółć",
        vehicle="=HYPERLINK(1)",
        energy_wh=10_000,
        begin=RegisterValue(register_wh=register_wh, at=start, context="Transaction.Begin", signed="{}"),
        end=RegisterValue(register_wh=register_wh + 10_000, at=start, context="Transaction.End"),
        cost=Cost(micros=3_005_000, currency="EUR", price_list="Home"),
    )


@pytest.fixture
async def store(tmp_path: Path, backend: MemoryBackend) -> AsyncIterator[Store]:
    clock = HandClock()
    store = await Store.open(tmp_path, clock)
    sessions = Sessions(store, clock=clock, zone=lambda: BERLIN, tokens=backend.tokens, settings=Settings)
    await store.save(*(Record.of(row.id, row) for row in (session(n) for n in range(1, 6))))
    running = replace(session(6), ended_at=None, closed_by=None)
    await store.save(Record.of(running.id, running))
    await sessions.load()
    desk = SessionDesk(store, sessions, clock=clock, zone=lambda: BERLIN)
    backend.desk = desk
    backend.reporter = Reports(
        desk,
        clock=clock,
        states=lambda: list(backend.states.values()),
        settings=lambda: SETTINGS,
        language=lambda: Language.DE,
        version="1.2.3",
    )
    yield store
    await store.close()


async def text_of(panel: Panel, query: str) -> str:
    response = await panel.get(f"/api/reports{query}")
    assert response.status == 200, await response.text()
    assert response.headers["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(await response.read()))
    return "\n".join(page.extract_text() for page in reader.pages)


async def test_a_report_is_a_pdf_in_the_language_that_is_set(panel: Panel, store: Store) -> None:
    text = await text_of(panel, "?from=2026-10-01&to=2026-10-31")
    assert "Ladebericht" in text
    assert "01.10.2026 bis 31.10.2026" in text
    assert "1.010,000" in text
    assert "Summe 50,000 15,05 EUR" in text
    assert "Łukasz Żółć" in text
    assert "Seite 1 von 1" in text
    assert f"Wallbox {ID}" in text
    assert "Seriennummer S1" in text


async def test_a_report_can_be_had_in_the_other_language(panel: Panel, store: Store) -> None:
    text = await text_of(panel, "?language=en")
    assert "Charging report" in text
    assert "1,010.000" in text
    assert "Page 1 of 1" in text


@pytest.mark.parametrize(
    ("query", "energy"),
    [
        ("?person=Anna", "Summe 30,000 9,03 EUR"),
        (f"?station={KEY}&to=2026-10-03", "Summe 20,000 6,02 EUR"),
        ("?vehicle=none", "keinen"),
    ],
)
async def test_a_report_tells_only_what_is_asked_for(
    panel: Panel, store: Store, query: str, energy: str
) -> None:
    text = await text_of(panel, query)
    assert energy in text


async def test_the_table_follows_the_language_and_disarms_formulas(panel: Panel, store: Store) -> None:
    response = await panel.get("/api/reports?format=csv&from=2026-10-01&to=2026-10-31")
    assert 'filename="wallbox_2026-10-01_2026-10-31.csv"' in response.headers["Content-Disposition"]
    text = (await response.read()).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert [row["energy_kwh"] for row in rows] == ["10,000"] * 5
    assert rows[0]["vehicle"] == "'=HYPERLINK(1)"
    assert (rows[0]["station"], rows[0]["signed"], rows[0]["edited"]) == (KEY, "begin", "")


async def test_the_table_can_be_spelled_otherwise(panel: Panel, store: Store) -> None:
    response = await panel.get("/api/reports?format=csv&separator=comma")
    text = (await response.read()).decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(text, newline="")))["energy_kwh"] == "10.000"


@pytest.mark.parametrize(
    "query",
    [
        "?format=doc",
        "?from=yesterday",
        "?from=0001-01-01",
        "?to=9999-12-31",
        "?from=2026-10-02&to=2026-10-01",
        "?language=fr",
        "?format=csv&decimal=x",
    ],
)
async def test_a_report_that_cannot_be_is_refused(panel: Panel, store: Store, query: str) -> None:
    assert (await panel.get(f"/api/reports{query}")).status == 400


async def test_a_report_on_an_unknown_wallbox_is_not_found(panel: Panel, store: Store) -> None:
    assert (await panel.get("/api/reports?station=other")).status == 404


async def test_everybody_who_sees_the_panel_may_have_a_report(guest: Panel, store: Store) -> None:
    assert (await guest.get("/api/reports")).status == 200
