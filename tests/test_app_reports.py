"""Reports of the whole program: by the panel's link, and at the beginning of a month without being asked."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import aiohttp
from pypdf import PdfReader

from tests.conftest import WALLBOX_ID, MakeApp, MakeBox
from tests.support.app_process import AppProcess

_SESSIONS = f"api/stations/{quote(WALLBOX_ID, safe='')}/sessions"


def last_month() -> datetime:
    """Return noon in the middle of the month before."""
    first = datetime.now(UTC).replace(day=1, hour=12, minute=0, second=0, microsecond=0)
    return (first - timedelta(days=1)).replace(day=15)


def written_at(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} if folder.exists() else {}


async def until_they_are_there(folder: Path, names: set[str]) -> None:
    async with asyncio.timeout(20):
        while not names <= written_at(folder).keys():  # noqa: ASYNC110  # another process writes them
            await asyncio.sleep(0.05)


async def report_text(app: AppProcess, session: aiohttp.ClientSession, query: str) -> str:
    async with session.get(f"http://127.0.0.1:{app.panel_port}/api/reports?{query}") as response:
        assert response.status == 200, await response.text()
        pages = PdfReader(io.BytesIO(await response.read())).pages
    return "\n".join(page.extract_text() for page in pages)


async def test_a_month_is_written_once_and_its_report_can_be_had_again(
    make_app: MakeApp, make_wallbox: MakeBox, http_session: aiohttp.ClientSession
) -> None:
    app = await make_app()
    await make_wallbox(app)
    begin = last_month()
    made = {"started_at": begin.isoformat(), "energy_wh": 12_345, "person": "Łukasz Żółć"}
    await app.panel.post(_SESSIONS, {**made, "ended_at": (begin + timedelta(hours=2)).isoformat()})
    settings = {"monthly_report": "share", "language": "de", "report_sender": "Anna\nAm Weg 1"}
    await app.panel.put("api/settings", settings)
    await app.stop()
    await app.start()
    folder = app.data / "reports"
    name = f"wallbox-{begin:%Y-%m}"
    written = {f"{name}.csv", f"{name}.pdf"}
    await until_they_are_there(folder, written)
    text = PdfReader(folder / f"{name}.pdf").pages[0].extract_text()
    for words in ("Am Weg 1", "Ladebericht", "12,345", "Łukasz Żółć", f"Wallbox {WALLBOX_ID}", "H"):
        assert words in text
    stamps = written_at(folder)
    assert stamps.keys() == written
    await app.stop()
    await app.start()
    month = f"from={begin:%Y-%m-01}&to={begin:%Y-%m-28}"
    assert "12.345" in await report_text(app, http_session, f"{month}&language=en")
    assert written_at(folder) == stamps
    await app.panel.admit(WALLBOX_ID, "block")
    assert "12,345" in await report_text(app, http_session, month)
