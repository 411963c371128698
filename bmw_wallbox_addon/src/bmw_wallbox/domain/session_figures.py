"""What a station's sessions come to at one moment, as its entities show it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from bmw_wallbox.domain.event import Event
from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.domain.tokens import masked


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFigures:
    """The running session, or the last one while none runs; the one before it; and all of them."""

    started_at: datetime | None = None
    duration_s: int | None = None
    """Whole minutes while it runs, so that it does not change with every reading."""
    cost_micros: int | None = None
    last_energy_wh: int | None = None
    """Of the last session that is over."""
    last_cost_micros: int | None = None
    total_cost_micros: int | None = None
    """Of every session in the currency; None as long as none has a cost."""
    currency: str = ""
    """ISO 4217; empty while there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresTold(Event):
    """The sessions' figures changed."""

    figures: SessionFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialTotalSet(Event):
    """The owner told what another system had counted before."""

    total_wh: int


type AboutSessions = FiguresTold | InitialTotalSet


class Happening(StrEnum):
    """What Home Assistant's event entity tells."""

    STARTED = auto()
    ENDED = auto()
    REPORT_READY = auto()


def told_of(session: ChargingSession) -> dict[str, str | int | float | None]:
    """Return what an event tells of a session; a card is named by its holder or its last four characters."""
    end = session.ended_at
    cost = session.cost
    return {
        "session_id": session.id,
        "started_at": session.started_at.isoformat(),
        "ended_at": None if end is None else end.isoformat(),
        "duration_s": None if end is None else round((end - session.started_at).total_seconds()),
        "energy_kwh": session.energy_wh / 1000,
        "cost": None if cost is None else cost.micros / 1_000_000,
        "currency": None if cost is None else cost.currency,
        "person": session.person or (masked(session.id_token) if session.id_token else None),
        "vehicle": session.vehicle,
    }
