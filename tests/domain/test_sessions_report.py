"""What a report says: figures that add up, spelled as the language does, and every doubt marked."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.domain.report_document import Letterhead, ReportDocument, ReportedStation, ReportOrder
from bmw_wallbox.domain.report_words import SPELLING, WORDS, Language, duration, rounded
from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy, Cost, Doubt, RegisterValue, Source
from bmw_wallbox.domain.sessions_report import compose, marks_of

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
ORDER = ReportOrder(
    zone=BERLIN,
    created_at=datetime(2026, 11, 1, 5, 0, tzinfo=UTC),
    version="1.2.3",
    first=date(2026, 10, 1),
    last=date(2026, 10, 31),
    stations=(ReportedStation(key="box", name="DE*BOX", meter_serial="1EMH1"),),
)


def session(**fields: object) -> ChargingSession:
    row = ChargingSession(
        id="000000000001",
        station="box",
        started_at=START,
        ended_at=START + timedelta(hours=2, minutes=5),
        closed_by=ClosedBy.ENDED,
        person="Anna",
        energy_wh=12_345,
        begin=RegisterValue(register_wh=1_234_567, at=START, context="Transaction.Begin"),
        end=RegisterValue(register_wh=1_246_912, at=START, context="Transaction.End"),
    )
    return replace(row, **fields)  # type: ignore[arg-type]  # a test's own fields


def euros(micros: int, currency: str = "EUR") -> Cost:
    return Cost(micros=micros, currency=currency, price_list="Home")


def composed(*sessions: ChargingSession, **changes: object) -> ReportDocument:
    return compose(replace(ORDER, **changes), sessions)  # type: ignore[arg-type]  # a test's own fields


def test_a_row_has_the_times_registers_energy_and_cost_of_its_session() -> None:
    row = composed(session(cost=euros(3_703_500))).sections[0].table.rows[0]
    assert row == (
        "1",
        "2026-10-05 20:00",
        "2026-10-05 22:05",
        "2:05",
        "Anna",
        "\u2013",
        "1,234.567",
        "1,246.912",
        "12.345",
        "Home",
        "3.70 EUR",
        "",
    )


def test_german_spells_dates_and_numbers_the_german_way() -> None:
    row = composed(session(cost=euros(1_234_560_000)), language=Language.DE).sections[0].table.rows[0]
    assert (row[1], row[6], row[10]) == ("05.10.2026 20:00", "1.234,567", "1.234,56 EUR")


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    rows = (
        composed(
            session(started_at=first, ended_at=first + timedelta(hours=1)),
        )
        .sections[0]
        .table.rows
    )
    assert rows[0][1:4] == ("2026-10-25 02:30 CEST", "2026-10-25 02:30 CET", "1:00")


def test_sums_add_the_rounded_amounts() -> None:
    document = composed(*(session(cost=euros(1_005_000)) for _ in range(3)))
    assert document.sections[0].table.sum[-2] == "3.03 EUR"
    assert document.sums.sum == ("Total", "", "3", "37.035", "3.03 EUR")


def test_sums_are_told_by_person_and_vehicle() -> None:
    document = composed(
        session(person="Bert", vehicle="MINI"), session(vehicle="iX3"), session(vehicle="iX3"), session()
    )
    assert [row[:3] for row in document.sums.rows] == [
        ("Anna", "iX3", "2"),
        ("Anna", "\u2013", "1"),
        ("Bert", "MINI", "1"),
    ]


def test_currencies_are_never_added_to_each_other() -> None:
    document = composed(session(cost=euros(1_000_000)), session(cost=euros(2_000_000, "CHF")))
    assert document.sums.sum[-1] == "2.00 CHF + 1.00 EUR"


def test_a_session_that_still_runs_is_not_in_the_sums_but_told() -> None:
    document = composed(session(), session(ended_at=None, closed_by=None))
    assert len(document.sections[0].table.rows) == 1
    assert any("still ran" in note and note.endswith("1.") for note in document.notes)


def test_each_wallbox_has_a_table_under_its_own_meter() -> None:
    stations = (*ORDER.stations, ReportedStation(key="other", name="DE*OTHER"))
    document = composed(session(), session(station="other"), stations=stations)
    assert [dict(section.facts)["Wallbox"] for section in document.sections] == ["DE*BOX", "DE*OTHER"]
    assert dict(document.sections[0].facts)["Meter serial number"] == "1EMH1"


def test_a_month_without_a_session_says_so() -> None:
    assert composed().empty == "There was no session in this period."


def test_the_letterhead_is_taken_line_by_line() -> None:
    letterhead = Letterhead(sender="Anna\n\n Weg 1 \n", receiver="AG", reference="7", licence_plate="M-1E")
    document = composed(session(), letterhead=letterhead)
    assert (document.sender, document.receiver) == (("Anna", "Weg 1"), ("AG",))
    assert {"Reference": "7", "Licence plate": "M-1E"}.items() <= dict(document.facts).items()


@pytest.mark.parametrize(
    ("fields", "marks"),
    [
        ({"begin": RegisterValue(register_wh=1, at=START, context="x", signed="{}")}, "S"),
        ({"source": Source.MANUAL}, "H"),
        ({"source": Source.IMPORT, "edited": ("person", "note")}, "I C"),
        ({"edited": ("note",)}, ""),
        ({"made_of": ("000000000002",)}, "T"),
        ({"closed_by": ClosedBy.FORGOTTEN, "doubts": (Doubt.END_MISSING,)}, "U"),
        ({"doubts": (Doubt.BEGIN_MISSING, Doubt.PRICE_MISSING)}, "G P"),
    ],
)
def test_what_is_special_about_a_session_is_marked(fields: dict[str, object], marks: str) -> None:
    assert marks_of(session(**fields)) == marks


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("doubt", Doubt)
def test_every_doubt_has_a_mark_that_the_legend_explains(language: Language, doubt: Doubt) -> None:
    document = composed(session(doubts=(doubt,)), language=language)
    mark = document.sections[0].table.rows[0][-1]
    assert sum(note.startswith(f"{mark}: ") for note in document.notes) == 1


def test_both_languages_have_the_same_words() -> None:
    assert WORDS[Language.DE].keys() == WORDS[Language.EN].keys()


@pytest.mark.parametrize(
    ("micros", "currency", "expected"),
    [(5_000, "EUR", 1), (4_999, "EUR", 0), (-5_000, "EUR", -1), (1_500_000, "JPY", 2), (0, "EUR", 0)],
)
def test_halves_are_rounded_away_from_zero(micros: int, currency: str, expected: int) -> None:
    assert rounded(micros, currency) == expected


def test_a_long_charge_is_told_in_hours() -> None:
    assert duration(timedelta(days=2, minutes=3)) == "48:03"


@given(st.integers(min_value=-(10**15), max_value=10**15), st.sampled_from(Language))
def test_a_spelled_number_can_be_read_back(value: int, language: Language) -> None:
    spelling = SPELLING[language]
    text = spelling.number(value, 3).replace(spelling.group, "").replace(spelling.decimal, "")
    assert int(text) == value
