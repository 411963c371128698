"""A report on charging sessions, for an employer or the tax office: everything that is printed, as text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bmw_wallbox.domain.report_document import ReportDocument, ReportedStation, ReportOrder, Section, Table
from bmw_wallbox.domain.report_words import SPELLING, WORDS, duration, rounded
from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy, Source

_KEYS = (
    ("number", True),
    ("begin", False),
    ("end", False),
    ("duration", True),
    ("person", False),
    ("vehicle", False),
    ("begin_register", True),
    ("end_register", True),
    ("energy", True),
    ("tariff", False),
    ("cost", True),
    ("marks", False),
)
"""The columns of the table of sessions, and whether they are set flush right."""
_SUM_KEYS = (("person", False), ("vehicle", False), ("sessions", True), ("energy", True), ("cost", True))
_MARK_OF: Mapping[str, str] = {
    "begin_missing": "G",
    "end_missing": "U",
    "events_missing": "G",
    "register_restarted": "G",
    "price_missing": "P",
    "price_estimated": "E",
    "priced_anew": "N",
}
"""The letter of each doubt."""
_LETTERS = "SHICTGUPEN"
_NONE = "\u2013"
"""What stands in a cell without a value: an en dash."""
_PASSIVE_EDITS = frozenset({"note"})
_INFERRED = frozenset({ClosedBy.STATUS_AVAILABLE, ClosedBy.NEXT_STARTED, ClosedBy.FORGOTTEN})


@dataclass(slots=True)
class _Sum:
    count: int = 0
    energy_wh: int = 0
    amounts: dict[str, int] = field(default_factory=dict)

    def add(self, session: ChargingSession) -> None:
        self.count += 1
        self.energy_wh += session.energy_wh
        if session.cost is not None:
            currency = session.cost.currency
            amount = rounded(session.cost.micros, currency)
            self.amounts[currency] = self.amounts.get(currency, 0) + amount


def compose(order: ReportOrder, sessions: Sequence[ChargingSession]) -> ReportDocument:
    """Return the report on sessions, oldest first; those that still run are only counted."""
    words = WORDS[order.language]
    ended = [session for session in sessions if not session.running]
    running = len(sessions) - len(ended)
    created = SPELLING[order.language].moment(order.created_at, order.zone)
    return ReportDocument(
        language=order.language,
        title=words["title"],
        created_at=order.created_at,
        sender=_lines(order.letterhead.sender),
        receiver=_lines(order.letterhead.receiver),
        facts=_facts(order, words, created),
        sections=tuple(
            _section(order, station, own)
            for station in order.stations
            if (own := [session for session in ended if session.station == station.key])
        ),
        sums_title=words["sums"],
        sums=_sums(order, ended),
        notes=_notes(order, ended, running),
        made_by=words["made_by"].format(version=order.version, created=created),
        page=words["page"],
        missing_letters=words["note_letters"],
        empty="" if ended else words["none"],
    )


def marks_of(session: ChargingSession) -> str:
    """Return the letters that say what is special about a session's row; the legend explains them."""
    ends = (session.begin, session.end)
    true = {
        "S": any(end is not None and end.signed for end in ends),
        "H": session.source is Source.MANUAL,
        "I": session.source is Source.IMPORT,
        "C": bool(set(session.edited) - _PASSIVE_EDITS),
        "T": bool(session.made_of),
        "U": session.closed_by in _INFERRED,
    }
    found = {letter for letter, holds in true.items() if holds}
    found |= {_MARK_OF[doubt] for doubt in session.doubts}
    return " ".join(letter for letter in _LETTERS if letter in found)


def summary(order: ReportOrder, sessions: Iterable[ChargingSession]) -> tuple[int, str, str]:
    """Return how many sessions are over, and their energy (kWh) and cost as they are printed, if any."""
    total = _Sum()
    for session in sessions:
        if not session.running:
            total.add(session)
    cost = _amounts(order, total) if total.amounts else ""
    return total.count, SPELLING[order.language].number(total.energy_wh, 3), cost


def _facts(order: ReportOrder, words: Mapping[str, str], created: str) -> tuple[tuple[str, str], ...]:
    spelling = SPELLING[order.language]
    period = words["period_all"]
    if order.first is not None or order.last is not None:
        first = "…" if order.first is None else spelling.day(order.first)
        last = "…" if order.last is None else spelling.day(order.last)
        period = words["period_range"].format(first=first, last=last)
    found = {
        "period": period,
        "reference": order.letterhead.reference,
        "licence_plate": order.letterhead.licence_plate,
        "person": order.person or "",
        "vehicle": order.vehicle or "",
        "created": created,
    }
    return tuple((words[key], value) for key, value in found.items() if value)


def _section(order: ReportOrder, station: ReportedStation, sessions: Sequence[ChargingSession]) -> Section:
    words = WORDS[order.language]
    total = _Sum()
    for session in sessions:
        total.add(session)
    found = {
        "wallbox": station.name,
        "model": station.model,
        "serial": station.serial,
        "meter_serial": station.meter_serial,
    }
    energy = SPELLING[order.language].number(total.energy_wh, 3)
    tail = (energy, "", _amounts(order, total), "")
    return Section(
        facts=tuple((words[key], value) for key, value in found.items() if value),
        table=_table(
            words,
            _KEYS,
            tuple(_row(order, number, session) for number, session in enumerate(sessions, 1)),
            ("", words["sum"], *("",) * (len(_KEYS) - 2 - len(tail)), *tail),
        ),
    )


def _row(order: ReportOrder, number: int, session: ChargingSession) -> tuple[str, ...]:
    spelling = SPELLING[order.language]
    end = session.ended_at or session.started_at
    registers = [
        _NONE if end_of is None else spelling.number(end_of.register_wh, 3)
        for end_of in (session.begin, session.end)
    ]
    cost = session.cost
    return (
        str(number),
        spelling.moment(session.started_at, order.zone),
        spelling.moment(end, order.zone),
        duration(end - session.started_at),
        session.person or _NONE,
        session.vehicle or _NONE,
        *registers,
        spelling.number(session.energy_wh, 3),
        cost.price_list if cost is not None else _NONE,
        _NONE if cost is None else spelling.money(rounded(cost.micros, cost.currency), cost.currency),
        marks_of(session),
    )


def _sums(order: ReportOrder, sessions: Sequence[ChargingSession]) -> Table:
    groups: dict[tuple[str, str], _Sum] = {}
    total = _Sum()
    for session in sessions:
        groups.setdefault((session.person or _NONE, session.vehicle or _NONE), _Sum()).add(session)
        total.add(session)
    words = WORDS[order.language]
    return _table(
        words,
        _SUM_KEYS,
        tuple((*who, *_figures(order, group)) for who, group in sorted(groups.items())),
        (words["total"], "", *_figures(order, total)),
    )


def _figures(order: ReportOrder, group: _Sum) -> tuple[str, str, str]:
    energy = SPELLING[order.language].number(group.energy_wh, 3)
    return str(group.count), energy, _amounts(order, group)


def _amounts(order: ReportOrder, total: _Sum) -> str:
    spelling = SPELLING[order.language]
    return " + ".join(spelling.money(amount, code) for code, amount in sorted(total.amounts.items())) or _NONE


def _notes(order: ReportOrder, ended: Sequence[ChargingSession], running: int) -> tuple[str, ...]:
    words = WORDS[order.language]
    used = {letter for session in ended for letter in marks_of(session).split()}
    notes = [words["note_times"].format(zone=order.zone.key), words["note_registers"]]
    if any(session.cost is not None for session in ended):
        notes.append(words["note_rounding"])
    if running:
        notes.append(words["note_running"].format(count=running))
    return (*notes, *(words[letter] for letter in _LETTERS if letter in used))


def _table(
    words: Mapping[str, str],
    keys: Sequence[tuple[str, bool]],
    rows: tuple[tuple[str, ...], ...],
    last: tuple[str, ...],
) -> Table:
    heads = tuple(words[key] for key, _ in keys)
    return Table(heads=heads, flush_right=tuple(right for _, right in keys), rows=rows, sum=last)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
