"""What a wallbox taught of itself or let go of, and what its owner chose for it."""

from dataclasses import dataclass

from bmw_wallbox.domain.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRefused(Event):
    """The station did not take a SetChargingProfile, or did not answer."""

    purpose: str
    stack_level: int
    transaction_id: str | None = None
    lasting: bool = True
    """Whether it was for what the profile is, not for the moment it came in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeDisproved(Event):
    """The station accepted a profile of this purpose, and its schedule or its current went beyond it."""

    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuirksChosen(Event):
    """The owner chose how the station is handled."""

    row: str | None
    """A row's name; None lets vendor, model and firmware decide."""
    forget_learned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLimited(Event):
    """Another card pays for the charge, or the owner gave it another limit."""

    limit_a: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StationCapLifted(Event):
    """The station no longer holds our ChargingStationMaxProfile."""
