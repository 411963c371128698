"""The report as it is set: read back from the PDF."""

import io
import subprocess
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from bmw_wallbox import report_child
from bmw_wallbox.domain.report_document import ReportDocument, ReportedStation, ReportOrder, Section, Table
from bmw_wallbox.domain.report_words import Language
from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy
from bmw_wallbox.domain.sessions_report import compose
from bmw_wallbox.errors import ReportError
from bmw_wallbox.report_child import pdf_of
from bmw_wallbox.report_pdf import draw

START = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
_HEADS = (
    "No.",
    "Begin",
    "End",
    "h:mm",
    "Person",
    "Vehicle",
    "From",
    "To",
    "Energy",
    "Tariff",
    "Cost",
    "Marks",
)


def table(rows: int, person: str) -> Table:
    cells = (
        "2026-10-05 20:00",
        "2026-10-05 22:05",
        "2:05",
        person,
        "iX3",
        "1",
        "2",
        "3.000",
        "Home",
        "1.00",
        "S",
    )
    return Table(
        heads=_HEADS,
        flush_right=(False,) * len(_HEADS),
        rows=tuple((f"R{number}", *cells) for number in range(rows)),
        sum=("", "Sum", *("",) * 6, "9.000", "", "9.00", ""),
    )


def document(rows: int = 3, person: str = "Anna") -> ReportDocument:
    sums = Table(
        heads=("Person", "Vehicle", "Sessions", "Energy", "Cost"),
        flush_right=(False,) * 5,
        rows=((person, "iX3", "3", "9.000", "9.00"),),
        sum=("Total", "", "3", "9.000", "9.00"),
    )
    return ReportDocument(
        language=Language.EN,
        title="Charging report",
        created_at=datetime(2026, 11, 1, 5, 0, tzinfo=UTC),
        sender=("Anna Müller",),
        receiver=("AG",),
        facts=(("Period", "October"),),
        sections=(Section(facts=(("Wallbox", "DE*BOX"),), table=table(rows, person)),),
        sums_title="Sums",
        sums=sums,
        notes=("Times are local.",),
        made_by="The app 1.2.3",
        page="Page {page} of {pages}",
        missing_letters="Letters are missing.",
    )


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_hundreds_of_sessions_run_over_pages_with_a_head_and_a_number_on_each() -> None:
    pages = pages_of(draw(document(rows=400)))
    assert len(pages) > 8
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text
        assert "The app 1.2.3" in text
    assert all("No. Begin End" in text for text in pages if "R1" in text or "iX3 1 2" in text)
    shown = {word for text in pages for word in text.split() if word.startswith("R")}
    assert {f"R{number}" for number in range(400)} <= shown


@pytest.mark.parametrize("name", ["Łukasz Żółć", "Жанна Ёлкина", "Νίκος", "Đặng Thị Hương", "Ağaoğlu İpek"])
def test_names_beyond_western_europe_are_printed_as_they_are(name: str) -> None:
    text = "".join(pages_of(draw(document(person=name))))
    assert name in text
    assert "Letters are missing." not in text


def test_letters_that_the_font_lacks_are_told_by_their_numbers() -> None:
    text = "".join(pages_of(draw(document(person="张 Wei \U0001f697"))))
    assert "U+5F20 Wei U+1F697" in text
    assert "Letters are missing." in text


@pytest.mark.parametrize("name", ["a\nb\tc\x00", "**bold** __x__", "\ud800", "é" * 300, "x" * 300])
def test_no_name_stops_a_report(name: str) -> None:
    assert draw(document(person=name)).startswith(b"%PDF-")


async def test_a_process_of_its_own_sets_the_report() -> None:
    (text,) = pages_of(await pdf_of(document()))
    assert "Anna Müller" in text


async def test_a_process_that_fails_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    command = (*report_child._COMMAND[:1], "-c", "raise SystemExit('out of paper')")
    monkeypatch.setattr(report_child, "_COMMAND", command)
    with pytest.raises(ReportError, match="out of paper"):
        await pdf_of(document())


async def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    command = (*report_child._COMMAND[:1], "-c", "import time; time.sleep(60)")
    monkeypatch.setattr(report_child, "_COMMAND", command)
    monkeypatch.setattr(report_child, "_TIMEOUT_S", 0.1)
    with pytest.raises(ReportError, match="shorter period"):
        await pdf_of(document())


def test_the_app_itself_never_loads_the_pdf_library() -> None:
    check = "import sys, bmw_wallbox.app; sys.exit(bool({'fpdf', 'fontTools'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


@pytest.mark.parametrize("language", Language)
def test_no_head_of_a_column_is_broken(language: Language) -> None:
    order = ReportOrder(
        language=language,
        zone=ZoneInfo("UTC"),
        created_at=START,
        version="1",
        stations=(ReportedStation(key="box", name="BOX"),),
    )
    row = ChargingSession(
        id="000000000001", station="box", started_at=START, ended_at=START, closed_by=ClosedBy.ENDED
    )
    composed = compose(order, [row])
    (text,) = pages_of(draw(composed))
    for table in (composed.sections[0].table, composed.sums):
        assert " ".join(table.heads) in text
