"""The first evening: when a house counts as set up."""

from dataclasses import dataclass
from datetime import datetime

from bmw_wallbox.domain.state import StationState


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideRecord:
    """What is kept of the set-up guide over restarts."""

    finished_at: datetime | None = None
    """When the first charge succeeded, or somebody had the guide put away."""


def has_charged(state: StationState) -> bool:
    """Return whether a wallbox let energy flow, and told how much; a simulated one proves nothing."""
    return not state.simulated and bool(state.ledger.session_wh)
