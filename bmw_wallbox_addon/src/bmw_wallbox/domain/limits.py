"""Which charging profile is missing on the station for its owner's wish to be in force."""

from bmw_wallbox.domain.calls import SetChargingProfile
from bmw_wallbox.domain.quirks import DEFAULT_SLOT, TRANSACTION_SLOT, resolve, stack_level
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ProfileStrategy


def next_profile(state: StationState, strategy: ProfileStrategy) -> SetChargingProfile | None:
    """Return the profile to send now, None where the station accepted the wish on this connection.

    A TxDefaultProfile acts on the running and on the next transaction (OCPP 2.0.1 K01.FR.32). The `tx`
    strategy limits a running transaction by a TxProfile, and what comes after it by a TxDefaultProfile.
    """
    running = state.transaction
    by_transaction = resolve(strategy, state) is ProfileStrategy.TX and running is not None
    slot = TRANSACTION_SLOT if by_transaction else DEFAULT_SLOT
    transaction_id = running.id if by_transaction and running is not None else None
    target_a = state.desired.target_a
    held = state.profiles.get(slot.purpose)
    if held is not None and held.limit_a == target_a and held.transaction_id == transaction_id:
        return None
    return SetChargingProfile(
        limit_a=target_a,
        purpose=slot.purpose,
        profile_id=slot.profile_id,
        stack_level=stack_level(slot, state),
        evse_id=state.connector.evse_id,
        transaction_id=transaction_id,
    )
