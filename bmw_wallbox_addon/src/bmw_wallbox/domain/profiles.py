"""What is known of our charging profiles on the station, and of how well it keeps to them."""

from dataclasses import replace
from typing import assert_never

from bmw_wallbox.domain.events import ControlAlerted, ProfileAccepted, ProfilesForgotten, StationCapLifted
from bmw_wallbox.domain.state import InstalledProfile, StationState
from bmw_wallbox.domain.vocabulary import ProfilePurpose

type ProfileEvent = ProfileAccepted | ProfilesForgotten | StationCapLifted | ControlAlerted

MOVES_PROFILES = frozenset({"SetChargingProfile", "ClearChargingProfile", "RequestStopTransaction", "Reset"})
"""Requests that, sent by hand, leave open which profiles are in force."""
_CAP = ProfilePurpose.STATION_MAX


def profiles_told(state: StationState, event: ProfileEvent) -> StationState:
    """Return the state after something became known of our profiles."""
    match event:
        case ProfileAccepted():
            accepted = InstalledProfile(
                limit_a=event.limit_a, transaction_id=event.transaction_id, accepted_at=event.at
            )
            return replace(
                state,
                profiles={**state.profiles, event.purpose: accepted},
                profile_calls=state.profile_calls + 1,
                station_cap=state.station_cap or event.purpose == _CAP,
            )
        case ProfilesForgotten():
            return replace(state, profiles={})
        case StationCapLifted():
            kept = {purpose: held for purpose, held in state.profiles.items() if purpose != _CAP}
            return replace(state, profiles=kept, station_cap=False)
        case ControlAlerted():
            return replace(state, control_alert=event.text)
        case _:
            assert_never(event)
