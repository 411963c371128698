"""Which charging profile is missing on the station for its owner's wish to be in force."""

from datetime import datetime, timedelta

from bmw_wallbox.domain.calls import SetChargingProfile
from bmw_wallbox.domain.offline import NO_OFFLINE_LIMIT, OfflineLimit, can_fall
from bmw_wallbox.domain.quirks import DEFAULT_SLOT, TRANSACTION_SLOT, ProfileSlot, resolve, stack_level
from bmw_wallbox.domain.state import InstalledProfile, StationState
from bmw_wallbox.domain.vocabulary import ProfilePurpose, ProfileStrategy


def next_profile(
    state: StationState,
    strategy: ProfileStrategy,
    now: datetime,
    offline: OfflineLimit = NO_OFFLINE_LIMIT,
) -> SetChargingProfile | None:
    """Return the profile to send now, None where the station accepted the wish on this connection."""
    wanted = _profiles(state, strategy, offline)
    return next((call for call in wanted if not _is_in_force(call, state, now)), None)


def renewal_at(state: StationState) -> datetime | None:
    """Return when the running transaction's profile has to be renewed, None where it lasts."""
    held, running = state.profiles.get(ProfilePurpose.TX), state.transaction
    if held is None or held.valid_for_s is None or running is None or held.transaction_id != running.id:
        return None
    return _renewed_at(held)


def _profiles(
    state: StationState, strategy: ProfileStrategy, offline: OfflineLimit
) -> tuple[SetChargingProfile, ...]:
    """Return the profiles that make up the wish.

    A TxDefaultProfile acts on the running and on the next transaction (OCPP 2.0.1 K01.FR.32). The `tx`
    strategy limits a running transaction by a TxProfile, and what comes after it by a TxDefaultProfile. With
    an offline limit that one is in force whenever the other one was not renewed.
    """
    target_a, running = state.desired.target_a, state.transaction
    fall_a = offline.below(target_a) if can_fall(state, strategy) else None
    default = _profile(state, DEFAULT_SLOT, target_a if fall_a is None else fall_a)
    if running is None or resolve(strategy, state) is not ProfileStrategy.TX:
        return (default,)
    if fall_a is None:
        return (_profile(state, TRANSACTION_SLOT, target_a, running.id),)
    return default, _profile(state, TRANSACTION_SLOT, target_a, running.id, offline.valid_for_s)


def _profile(
    state: StationState,
    slot: ProfileSlot,
    limit_a: float,
    transaction_id: str | None = None,
    valid_for_s: float | None = None,
) -> SetChargingProfile:
    return SetChargingProfile(
        limit_a=limit_a,
        purpose=slot.purpose,
        profile_id=slot.profile_id,
        stack_level=stack_level(slot, state),
        evse_id=state.connector.evse_id,
        transaction_id=transaction_id,
        valid_for_s=valid_for_s,
    )


def _is_in_force(call: SetChargingProfile, state: StationState, now: datetime) -> bool:
    """Return whether the station holds the profile; one that expires is renewed at half its time."""
    held = state.profiles.get(call.purpose)
    if held is None or (held.limit_a, held.transaction_id) != (call.limit_a, call.transaction_id):
        return False
    if held.valid_for_s is None or call.valid_for_s is None:
        return held.valid_for_s == call.valid_for_s
    return now < _renewed_at(held)


def _renewed_at(held: InstalledProfile) -> datetime:
    return held.accepted_at + timedelta(seconds=(held.valid_for_s or 0.0) / 2)
