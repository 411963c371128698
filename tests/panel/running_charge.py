"""A charge that runs, in the store, for the pages that show it."""

import math
from datetime import timedelta

from bmw_wallbox.domain.sessions import ChargingSession, Cost
from bmw_wallbox.domain.sessions_curve import Point
from bmw_wallbox.storage.session_table import CurvePart
from bmw_wallbox.storage.store import Record, Store
from tests.web.memory import KEY, NOW

SESSION = "0000000000ff"


async def charge_for(store: Store, minutes: int) -> None:
    """Keep a running session of so many minutes with a point every ten seconds."""
    start = NOW - timedelta(minutes=minutes)
    row = ChargingSession(
        id=SESSION,
        station=KEY,
        transaction_id="tx-1",
        started_at=start,
        person="Anna",
        vehicle="i4",
        energy_wh=8_420,
        cost=Cost(micros=2_526_000, currency="EUR", price_list="Home"),
    )
    points = tuple(
        Point(
            at=start + timedelta(seconds=second),
            power_w=round(7_300 + 60 * math.sin(second / 90)),
            current_l1_ma=10_700,
            current_l2_ma=10_600,
            current_l3_ma=10_650,
        )
        for second in range(0, minutes * 60, 10)
    )
    await store.save(
        Record.of(SESSION, row), Record.of(f"{SESSION}/1", CurvePart(session=SESSION, points=points))
    )
