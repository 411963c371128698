"""What is known of our charging profiles on the station, and of how well it keeps to them."""

from dataclasses import replace
from typing import assert_never

from bmw_wallbox.domain.events import ControlAlerted, ProfileAccepted, ProfilesForgotten
from bmw_wallbox.domain.learning import Learned, disproved, refused
from bmw_wallbox.domain.quirk_events import (
    CardLimited,
    ProfileRefused,
    PurposeDisproved,
    QuirksChosen,
    StationCapLifted,
)
from bmw_wallbox.domain.quirks import row_for
from bmw_wallbox.domain.state import InstalledProfile, StationState
from bmw_wallbox.domain.vocabulary import ProfilePurpose

type ProfileEvent = (
    ProfileAccepted
    | ProfilesForgotten
    | StationCapLifted
    | ControlAlerted
    | ProfileRefused
    | PurposeDisproved
    | QuirksChosen
    | CardLimited
)

MOVES_PROFILES = frozenset({"SetChargingProfile", "ClearChargingProfile", "RequestStopTransaction", "Reset"})
"""Requests that, sent by hand, leave open which profiles are in force."""
_CAP = ProfilePurpose.STATION_MAX


def profiles_told(state: StationState, event: ProfileEvent) -> StationState:
    """Return the state after something became known of our profiles."""
    match event:
        case ProfileAccepted():
            accepted = InstalledProfile(
                limit_a=event.limit_a,
                transaction_id=event.transaction_id,
                accepted_at=event.at,
                valid_for_s=event.valid_for_s,
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
        case ProfileRefused():
            learned = _refused(state, event) if event.lasting else state.learned
            return replace(state, learned=learned, profile_calls=state.profile_calls + 1)
        case PurposeDisproved():
            if not row_for(state).may_clear:
                return state
            return replace(state, learned=disproved(state.learned, event.purpose))
        case QuirksChosen():
            learned = Learned() if event.forget_learned else state.learned
            return replace(state, quirk_row=event.row, learned=learned)
        case CardLimited():
            return replace(state, desired=replace(state.desired, card_limit_a=event.limit_a))
        case _:
            assert_never(event)


def _refused(state: StationState, event: ProfileRefused) -> Learned:
    """Return what a refusal teaches, nothing where the transaction is over or had such a profile before."""
    running, held = state.transaction, state.profiles.get(event.purpose)
    ours = running is not None and running.id == event.transaction_id
    if not row_for(state).may_clear or not ours:
        return state.learned
    if held is not None and held.transaction_id == event.transaction_id:
        return state.learned
    return refused(state.learned, event.purpose, event.stack_level)
