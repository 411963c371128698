"""The words and the spelling of numbers, dates and money on reports, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

MICROS = 1_000_000
_FEWER_DIGITS = {"ISK": 0, "JPY": 0, "KRW": 0}
"""Currencies without a hundredth part."""


class Language(StrEnum):
    """A language that reports and notifications can be written in."""

    EN = "en"
    DE = "de"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How a language writes numbers and dates."""

    decimal: str
    group: str
    date_format: str
    separator: str
    """Between the cells of a CSV file."""

    def number(self, value: int, digits: int) -> str:
        """Return `value`, counted in units of ten to the power of minus `digits`."""
        whole, part = divmod(abs(value), 10**digits)
        text = f"{whole:,}".replace(",", self.group)
        sign = "-" if value < 0 else ""
        return f"{sign}{text}{self.decimal}{part:0{digits}d}" if digits else f"{sign}{text}"

    def money(self, amount: int, currency: str) -> str:
        """Return an amount, counted in the currency's smallest part, with the currency."""
        return f"{self.number(amount, digits_of(currency))} {currency}"

    def day(self, day: date) -> str:
        """Return a local day."""
        return day.strftime(self.date_format)

    def moment(self, at: datetime, zone: ZoneInfo) -> str:
        """Return a local time; in the hour that comes twice a year with its zone."""
        local = at.astimezone(zone)
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        return local.strftime(f"{self.date_format} %H:%M") + (f" {local.tzname()}" if twice else "")


def digits_of(currency: str) -> int:
    """Return how many digits a currency has behind the decimal mark."""
    return _FEWER_DIGITS.get(currency, 2)


def rounded(micros: int, currency: str) -> int:
    """Return an amount in the currency's smallest part, halves rounded away from zero."""
    unit: int = MICROS // 10 ** digits_of(currency)
    amount = (abs(micros) * 2 + unit) // (2 * unit)
    return -amount if micros < 0 else amount


def duration(span: timedelta) -> str:
    """Return hours and minutes."""
    minutes = round(span.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


SPELLING: Mapping[Language, Spelling] = MappingProxyType(
    {
        Language.EN: Spelling(decimal=".", group=",", date_format="%Y-%m-%d", separator=","),
        Language.DE: Spelling(decimal=",", group=".", date_format="%d.%m.%Y", separator=";"),
    }
)

WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        Language.EN: {
            "title": "Charging report",
            "from": "From",
            "to": "To",
            "period": "Period",
            "period_all": "all sessions",
            "period_range": "{first} to {last}",
            "reference": "Reference",
            "licence_plate": "Licence plate",
            "person": "Person",
            "vehicle": "Vehicle",
            "created": "Created",
            "wallbox": "Wallbox",
            "model": "Model",
            "serial": "Serial number",
            "meter_serial": "Meter serial number",
            "number": "No.",
            "begin": "Begin",
            "end": "End",
            "duration": "h:mm",
            "begin_register": "Begin kWh",
            "end_register": "End kWh",
            "energy": "Energy kWh",
            "tariff": "Tariff",
            "cost": "Cost",
            "marks": "Marks",
            "sum": "Sum",
            "sums": "Sums by person and vehicle",
            "sessions": "Sessions",
            "total": "Total",
            "none": "There was no session in this period.",
            "page": "Page {page} of {pages}",
            "made_by": "BMW Wallbox app {version} · {created}",
            "note_times": "Times are local ({zone}). A session belongs to the day on which it began.",
            "note_registers": "Begin and end are the readings of the wallbox's own meter.",
            "note_rounding": (
                "Each amount is rounded for itself, and sums add the rounded amounts, so that every column"
                " adds up."
            ),
            "note_running": "Sessions that still ran when this report was made are not in it: {count}.",
            "note_letters": "Letters that the report's font lacks are shown by their Unicode number (U+…).",
            "S": "S: the meter signed its readings; the signed values are kept and can be had from the app",
            "H": "H: added by hand; there are no meter readings",
            "I": "I: imported from a file",
            "C": "C: person, vehicle or values were corrected by hand",
            "T": "T: made by splitting or merging recorded sessions",
            "G": "G: the record has a gap; the energy is what the readings prove",
            "U": "U: the wallbox did not report the end; the end is inferred",
            "E": "E: for a part of the time the price is the last one that was known",
            "P": "P: for a part of the time no price is known",
            "N": "N: priced again, since values came late",
        },
        Language.DE: {
            "title": "Ladebericht",
            "from": "Von",
            "to": "An",
            "period": "Zeitraum",
            "period_all": "alle Ladevorgänge",
            "period_range": "{first} bis {last}",
            "reference": "Referenz",
            "licence_plate": "Kennzeichen",
            "person": "Person",
            "vehicle": "Fahrzeug",
            "created": "Erstellt",
            "wallbox": "Wallbox",
            "model": "Modell",
            "serial": "Seriennummer",
            "meter_serial": "Zählernummer",
            "number": "Nr.",
            "begin": "Beginn",
            "end": "Ende",
            "duration": "h:mm",
            "begin_register": "Beginn kWh",
            "end_register": "Ende kWh",
            "energy": "Energie kWh",
            "tariff": "Tarif",
            "cost": "Kosten",
            "marks": "Zusatz",
            "sum": "Summe",
            "sums": "Summen nach Person und Fahrzeug",
            "sessions": "Ladevorgänge",
            "total": "Gesamt",
            "none": "In diesem Zeitraum gab es keinen Ladevorgang.",
            "page": "Seite {page} von {pages}",
            "made_by": "BMW-Wallbox-App {version} · {created}",
            "note_times": "Zeiten sind Ortszeit ({zone}). Ein Ladevorgang gehört zum Tag seines Beginns.",
            "note_registers": "Beginn und Ende sind die Zählerstände der Wallbox.",
            "note_rounding": (
                "Jeder Betrag ist für sich gerundet, und Summen zählen die gerundeten Beträge zusammen, damit"
                " jede Spalte aufgeht."
            ),
            "note_running": "Ladevorgänge, die bei der Erstellung noch liefen, fehlen hier: {count}.",
            "note_letters": (
                "Buchstaben, die der Schrift fehlen, sind mit ihrer Unicode-Nummer (U+…) angegeben."
            ),
            "S": "S: vom Zähler signierte Werte; sie sind gespeichert und bei der App erhältlich",
            "H": "H: von Hand eingetragen, ohne Zählerstände",
            "I": "I: aus einer Datei übernommen",
            "C": "C: Person, Fahrzeug oder Werte von Hand berichtigt",
            "T": "T: durch Teilen oder Zusammenlegen aufgezeichneter Ladevorgänge entstanden",
            "G": "G: Aufzeichnung mit Lücke; die Energie ist das, was die Zählerstände belegen",
            "U": "U: Ende von der Wallbox nicht gemeldet, sondern erschlossen",
            "E": "E: für einen Teil der Zeit gilt der letzte bekannte Preis",
            "P": "P: für einen Teil der Zeit ist kein Preis bekannt",
            "N": "N: neu berechnet, weil Werte verspätet kamen",
        },
    }
)
