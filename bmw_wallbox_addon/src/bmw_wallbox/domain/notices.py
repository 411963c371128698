"""What people are told in Home Assistant when something happens, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from types import MappingProxyType

from bmw_wallbox.domain.report_words import Language
from bmw_wallbox.domain.settings import Settings


class NoticeKind(StrEnum):
    """What a notification is about."""

    CHARGING_STARTED = auto()
    CHARGING_FINISHED = auto()
    FAULT = auto()
    """The wallbox reports a fault."""
    PROBLEM = auto()
    """Something on our side is out of order."""
    DISCONNECTED = auto()
    CARD_REFUSED = auto()
    REPORT_READY = auto()
    REPORT_WRITTEN = auto()
    """The report lies in a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notification that is to be sent."""

    key: str
    """What it tells of; the same is not told twice."""
    kind: NoticeKind
    station: str = ""
    """The wallbox's key; empty where it concerns none."""
    title: str
    message: str
    at: datetime
    again_after: timedelta | None = None
    """After so long the same may be told again; None: never."""

    @property
    def notification_id(self) -> str:
        """Return the name of its place in Home Assistant, where a newer one of the kind replaces it."""
        return "_".join(filter(None, ("bmw_wallbox", self.station, self.kind)))


def is_wanted(kind: NoticeKind, settings: Settings) -> bool:
    """Return whether the owner wants notifications of this kind."""
    return {
        NoticeKind.CHARGING_STARTED: settings.notify_charging_started,
        NoticeKind.CHARGING_FINISHED: settings.notify_charging_finished,
        NoticeKind.FAULT: settings.notify_problem,
        NoticeKind.PROBLEM: settings.notify_problem,
        NoticeKind.DISCONNECTED: settings.notify_disconnected,
        NoticeKind.CARD_REFUSED: settings.notify_card_refused,
        NoticeKind.REPORT_READY: True,
        NoticeKind.REPORT_WRITTEN: settings.notify_report_ready,
    }[kind]


def written(kind: NoticeKind, language: Language, values: Mapping[str, str]) -> tuple[str, str]:
    """Return title and message; a value that is empty takes its part of the message along."""
    title, *parts = NOTICE_WORDS[language][kind]
    kept = (part.format_map(values) for part in parts if all(values[name] for name in _names(part)))
    return title.format_map(values), "".join(kept)


def _names(part: str) -> list[str]:
    return [piece.partition("}")[0] for piece in part.split("{")[1:]]


NOTICE_WORDS: Mapping[Language, Mapping[NoticeKind, tuple[str, ...]]] = MappingProxyType(
    {
        Language.EN: {
            NoticeKind.CHARGING_STARTED: ("Charging started", "At {time}", " at {station}", "."),
            NoticeKind.CHARGING_FINISHED: (
                "Charging finished",
                "{energy} kWh in {duration} h",
                ", {cost}",
                " ({vehicle})",
                ".",
            ),
            NoticeKind.FAULT: ("Wallbox fault", "{station} reports a fault", ": {detail}", "."),
            NoticeKind.PROBLEM: ("BMW Wallbox needs attention", "{detail}"),
            NoticeKind.DISCONNECTED: (
                "Wallbox away",
                "{station} has had no connection for {minutes} minutes. Check its power and the network.",
            ),
            NoticeKind.CARD_REFUSED: (
                "Card refused",
                "The card {card} was held to {station} and refused. The panel can let it in, under Cards.",
            ),
            NoticeKind.REPORT_READY: (
                "Charging report {month}",
                "{count} sessions, {energy} kWh",
                ", {cost}",
                ".",
                " It lies in {folder} as {files}.",
                " The panel has it as PDF and CSV, under History.",
            ),
            NoticeKind.REPORT_WRITTEN: (
                "Charging report {month}",
                "{count} sessions, {energy} kWh",
                ", {cost}",
                ". It lies in {folder} as {files}.",
            ),
        },
        Language.DE: {
            NoticeKind.CHARGING_STARTED: ("Laden begonnen", "Um {time}", " an {station}", "."),
            NoticeKind.CHARGING_FINISHED: (
                "Laden beendet",
                "{energy} kWh in {duration} h",
                ", {cost}",
                " ({vehicle})",
                ".",
            ),
            NoticeKind.FAULT: ("Störung der Wallbox", "{station} meldet eine Störung", ": {detail}", "."),
            NoticeKind.PROBLEM: ("BMW Wallbox braucht Aufmerksamkeit", "{detail}"),
            NoticeKind.DISCONNECTED: (
                "Wallbox nicht verbunden",
                "{station} ist seit {minutes} Minuten nicht verbunden. Prüfe Strom und Netzwerk.",
            ),
            NoticeKind.CARD_REFUSED: (
                "Karte abgelehnt",
                "Die Karte {card} wurde an {station} abgelehnt. Im Panel gibt man sie unter Karten frei.",
            ),
            NoticeKind.REPORT_READY: (
                "Ladebericht {month}",
                "{count} Ladevorgänge, {energy} kWh",
                ", {cost}",
                ".",
                " Er liegt in {folder} als {files}.",
                " Im Panel gibt es ihn als PDF und CSV, unter Verlauf.",
            ),
            NoticeKind.REPORT_WRITTEN: (
                "Ladebericht {month}",
                "{count} Ladevorgänge, {energy} kWh",
                ", {cost}",
                ". Er liegt in {folder} als {files}.",
            ),
        },
    }
)
"""A title, and the parts of a message."""
