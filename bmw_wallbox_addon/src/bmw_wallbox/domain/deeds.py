"""Dangerous actions: what was asked for, by whom, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

type DeedOutcome = Literal["begun", "done", "failed"]
"""`begun` is what stays where the app ended before it knew more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One dangerous action."""

    id: str
    """Sorts by time."""
    at: datetime
    who: str
    """Home Assistant's user, or `panel` where nobody says who it is."""
    action: str
    """The OCPP action, or our name of what was done."""
    target: str
    """The wallbox's charge point id, or what else it was done to."""
    details: str = ""
    """What it was done with, secrets left out."""
    outcome: DeedOutcome = "begun"
    note: str = ""
    """The wallbox's answer, or why it failed, in words."""
