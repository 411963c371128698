"""A year of charging sessions in a real store, for the panel's tests."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from math import sin
from pathlib import Path
from zoneinfo import ZoneInfo

from bmw_wallbox.domain.report_words import Language
from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy, Cost, Doubt, RegisterValue
from bmw_wallbox.domain.sessions_curve import Point
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.tariffs import PriceList, Tariffs
from bmw_wallbox.session_desk import SessionDesk
from bmw_wallbox.session_reports import Reports
from bmw_wallbox.sessions import Sessions
from bmw_wallbox.storage.session_table import CurvePart
from bmw_wallbox.storage.store import Record, Store
from tests.fakes.clock import HandClock
from tests.web.memory import KEY, NOW, MemoryBackend

ZONE = ZoneInfo("Europe/Berlin")
HOSTILE = "<img src=x onerror=console.error(1)>"


@asynccontextmanager
async def recorded(
    folder: Path, backend: MemoryBackend, rows: Iterable[ChargingSession], *, price_micros: int = 0
) -> AsyncIterator[Store]:
    """Give the app a store with these sessions, and a price per kWh where one is named."""
    clock = HandClock()
    store = await Store.open(folder, clock)
    try:
        sessions = Sessions(store, clock=clock, zone=lambda: ZONE, tokens=backend.tokens, settings=Settings)
        await store.save(*(Record.of(row.id, row) for row in rows))
        await sessions.load()
        desk = SessionDesk(store, sessions, clock=clock, zone=lambda: ZONE)
        backend.desk = desk
        if price_micros:
            price = PriceList(name="Home 2026", valid_from=date(2020, 1, 1), price_micros=price_micros)
            await desk.save_tariffs(Tariffs(currency="EUR", lists=(price,)))
        yield store
    finally:
        await store.close()


def reports(backend: MemoryBackend) -> Reports:
    """Return what makes reports of the sessions that were given to the app."""
    assert isinstance(backend.desk, SessionDesk)
    return Reports(
        backend.desk,
        clock=HandClock(),
        states=lambda: list(backend.states.values()),
        settings=Settings,
        language=lambda: Language.EN,
        version="1.2.3",
    )


def charge(number: int, **fields: object) -> ChargingSession:
    """Return the charge of the evening so many days ago: two and a half hours, 10.5 kWh and 3.15 €."""
    started_at = NOW - timedelta(days=number + 1)
    row = ChargingSession(
        id=f"{number + 1:012x}",
        station=KEY,
        transaction_id=f"tx-{number + 1}",
        started_at=started_at,
        ended_at=started_at + timedelta(hours=2, minutes=30),
        closed_by=ClosedBy.ENDED,
        end_reason="EVDisconnected",
        id_token="04A1B2C3D4",
        id_token_type="ISO14443",
        person="Anna",
        vehicle="iX3",
        energy_wh=10_500,
        begin=RegisterValue(
            register_wh=1_200_000 - 10_500 * number, at=started_at, context="Transaction.Begin"
        ),
        end=RegisterValue(
            register_wh=1_210_500 - 10_500 * number,
            at=started_at + timedelta(hours=2, minutes=30),
            context="Transaction.End",
            signed='{"signedMeterData": "T0NNRnw=", "signingMethod": "ECDSA-secp256r1-SHA256"}',
        ),
        charging_s=8_400,
        longest_pause_s=600,
        peak_power_w=7_400,
        mean_power_w=4_500,
        cost=Cost(micros=3_150_000, currency="EUR", price_list="Home 2026"),
    )
    return replace(row, **fields)  # type: ignore[arg-type]  # any field of a session


def year() -> list[ChargingSession]:
    """Return a session on most evenings of a year, of two people and two cars, some with a doubt."""
    rows = []
    for number in range(0, 330, 2):
        energy_wh = 9_000 + round(7_000 * sin(number / 9) ** 2)
        other = number % 6 == 0
        rows.append(
            charge(
                number,
                person="Bert" if other else "Anna",
                vehicle="Mini Cooper SE" if other else "iX3",
                energy_wh=energy_wh,
                cost=Cost(micros=energy_wh * 300, currency="EUR", price_list="Home 2026"),
                doubts=(Doubt.END_MISSING,) if number == 4 else (),
                closed_by=ClosedBy.STATUS_AVAILABLE if number == 4 else ClosedBy.ENDED,
                note="Guest parking, paid in cash" if number == 0 else "",
            )
        )
    return rows


async def draw(store: Store, row: ChargingSession) -> None:
    """Give a session a curve of three phases with a pause in it."""
    points = []
    for minute in range(150):
        paused = 70 <= minute < 80
        current_ma = 0 if paused else 10_000 + round(600 * sin(minute / 5))
        points.append(
            Point(
                at=row.started_at + timedelta(minutes=minute),
                power_w=current_ma * 690 // 1000,
                current_l1_ma=current_ma,
                current_l2_ma=current_ma - 100,
                current_l3_ma=current_ma + 80,
            )
        )
    await store.save(Record.of("curve", CurvePart(session=row.id, points=tuple(points))))
