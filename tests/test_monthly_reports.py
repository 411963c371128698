"""A month's report is made once, when the month is over, whatever the app was doing at that moment."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

from pypdf import PdfReader

from bmw_wallbox.domain.settings import MonthlyReport, Settings
from tests.fakes.clock import HandClock
from tests.reporting_rig import at, open_office, put, session

TOLD = Settings(monthly_report=MonthlyReport.NOTIFICATION)
WRITTEN = Settings(monthly_report=MonthlyReport.SHARE)
OCTOBER = session(1, at("2026-10-31T23:30"))
NOVEMBER = session(2, at("2026-11-01T00:30"))


def clock_at(text: str) -> HandClock:
    return HandClock(at(text))


async def test_the_files_of_a_month_hold_its_sessions_by_local_time(tmp_path: Path) -> None:
    folder = tmp_path / "share" / "bmw_wallbox"
    async with open_office(tmp_path / "data", folder, clock_at("2026-11-01T00:00"), WRITTEN) as office:
        await put(office, OCTOBER, NOVEMBER)
        await office.monthly.look()
        assert office.board.problems == ()
    assert sorted(path.name for path in folder.iterdir()) == ["wallbox-2026-10.csv", "wallbox-2026-10.pdf"]
    table = (folder / "wallbox-2026-10.csv").read_text("utf-8-sig")
    assert "2026-10-31 23:30" in table
    assert "10,000" in table
    assert table.count("Anna") == 1
    text = PdfReader(io.BytesIO((folder / "wallbox-2026-10.pdf").read_bytes())).pages[0].extract_text()
    assert "01.10.2026 bis 31.10.2026" in text
    (report,) = office.ready
    assert (report.count, report.energy_kwh, report.cost) == (1, "10,000", "3,00 EUR")
    assert [path.name for path in report.files] == ["wallbox-2026-10.pdf", "wallbox-2026-10.csv"]


async def test_a_charge_over_midnight_is_in_the_report_of_the_month_that_it_began_in(tmp_path: Path) -> None:
    clock = clock_at("2026-11-01T00:05")
    async with open_office(tmp_path, tmp_path / "share", clock, TOLD) as office:
        await put(office, replace(OCTOBER, ended_at=None, closed_by=None))
        await office.monthly.look()
        assert office.months == []
        await put(office, OCTOBER)
        clock.advance(2 * 3600)
        await office.monthly.look()
    assert [(report.month, report.count) for report in office.ready] == [(date(2026, 10, 1), 1)]


async def test_a_charge_that_never_ends_holds_the_report_up_for_a_week_only(tmp_path: Path) -> None:
    clock = clock_at("2026-11-07T23:00")
    async with open_office(tmp_path, tmp_path / "share", clock, TOLD) as office:
        await put(office, session(3, at("2026-10-10T10:00")), replace(OCTOBER, ended_at=None, closed_by=None))
        await office.monthly.look()
        assert office.months == []
        clock.advance(2 * 3600)
        await office.monthly.look()
    assert [(report.month, report.count) for report in office.ready] == [(date(2026, 10, 1), 1)]


async def test_a_report_is_made_once_over_restarts(tmp_path: Path) -> None:
    clock = clock_at("2026-11-01T00:05")
    months = []
    for _ in range(3):
        async with open_office(tmp_path, tmp_path / "share", clock, TOLD) as office:
            await put(office, OCTOBER)
            await office.monthly.look()
            await office.monthly.look()
            months += office.months
        clock.advance(3600)
    assert months == ["2026-10"]


async def test_nothing_is_made_before_the_month_is_over(tmp_path: Path) -> None:
    clock = clock_at("2026-10-31T23:59")
    async with open_office(tmp_path, tmp_path / "share", clock, TOLD) as office:
        await put(office, session(3, at("2026-09-10T10:00")), OCTOBER)
        await office.monthly.look()
        assert office.months == ["2026-09"]
        clock.advance(60)
        await office.monthly.look()
    assert office.months == ["2026-09", "2026-10"]


async def test_months_that_the_app_slept_through_are_made_up_for(tmp_path: Path) -> None:
    clock = clock_at("2026-11-02T12:00")
    async with open_office(tmp_path, tmp_path / "share", clock, TOLD) as office:
        await put(office, OCTOBER, NOVEMBER)
        await office.monthly.look()
    clock.advance(90 * 86400)
    async with open_office(tmp_path, tmp_path / "share", clock, TOLD) as later:
        await later.monthly.look()
    assert (office.months, later.months) == (["2026-10"], ["2026-11", "2026-12"])


async def test_a_house_that_never_charged_gets_no_report(tmp_path: Path) -> None:
    async with open_office(tmp_path, tmp_path / "share", clock_at("2026-11-01T00:05"), WRITTEN) as office:
        await office.monthly.look()
    assert office.months == []
    assert not (tmp_path / "share").exists()


async def test_switched_off_there_is_no_report(tmp_path: Path) -> None:
    async with open_office(tmp_path, tmp_path / "share", clock_at("2026-11-01T00:05"), Settings()) as office:
        await put(office, OCTOBER)
        await office.monthly.look()
    assert office.months == []


async def test_a_folder_that_cannot_be_written_is_told_and_tried_again(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.write_text("a file where a folder should be")
    clock = clock_at("2026-11-01T00:05")
    async with open_office(tmp_path / "data", share, clock, WRITTEN) as office:
        await put(office, OCTOBER)
        await office.monthly.look()
        (problem,) = office.board.problems
        assert problem.key == "report_unwritable"
        assert str(share) in problem.message
        share.unlink()
        await office.monthly.look()
        assert office.months == []
        clock.advance(901)
        await office.monthly.look()
        assert office.board.problems == ()
    assert office.months == ["2026-10"]
    assert [path for path in share.iterdir() if path.name.startswith(".")] == []


async def test_switching_it_off_ends_the_complaint(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.write_text("no folder")
    async with open_office(tmp_path / "data", share, clock_at("2026-11-01T00:05"), WRITTEN) as office:
        await put(office, OCTOBER)
        await office.monthly.look()
        assert office.board.problems
        office.monthly._settings = Settings
        await office.monthly.look()
        assert office.board.problems == ()
