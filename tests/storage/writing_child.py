"""A process that writes ledgers for ever: it tells each total before it asks, and after it is durable."""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bmw_wallbox.clock import SystemClock
from bmw_wallbox.domain.energy import Ledger, Reading, account
from bmw_wallbox.storage.store import Record, Store

ZONE = ZoneInfo("Europe/Berlin")


def tell(word: str, ledger: Ledger) -> None:
    """Write a line in one piece, so that a kill leaves no half of it."""
    os.write(1, f"{word} {ledger.total_wh or 0}\n".encode())


async def main(folder: Path) -> None:
    store = await Store.open(folder, SystemClock())
    ledger = (await store.load(Ledger)).get("box", Ledger())
    at = ledger.register_at or datetime(2026, 6, 1, tzinfo=UTC)
    tell("open", ledger)
    while True:
        at += timedelta(minutes=1)
        register_wh = (ledger.register_wh or 0) + 100
        ledger = account(
            ledger, Reading(transaction_id="a", register_wh=register_wh, at=at, received_at=at), ZONE
        )
        tell("ask", ledger)
        await store.save(Record.of("box", ledger))
        tell("ack", ledger)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
