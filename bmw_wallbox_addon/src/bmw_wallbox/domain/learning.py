"""What an unknown wallbox teaches by what it refuses and by what does not act on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bmw_wallbox.domain.vocabulary import ProfilePurpose, ProfileStrategy

_OF_THE_MOMENT = (
    "InternalError",
    "OutOfMemory",
    "OutOfStorage",
    "TxInProgress",
    "TxNotFound",
    "TxStarted",
    "UnknownConnectorId",
    "UnknownEvse",
)
"""Reason codes (OCPP 2.0.1 part 2, appendices) that speak of the station's condition, not of the profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What one wallbox taught beyond its row; forgotten once its vendor, model or firmware is another."""

    stack_level_zero_only: bool = False
    """A TxProfile with a higher stack level was refused."""
    tx_profile_refused: bool = False
    """A TxProfile was refused at stack level 0 as well."""
    tx_profile_ineffective: bool = False
    """A TxProfile was accepted and did not act."""
    tx_default_ineffective: bool = False
    """A TxDefaultProfile was accepted and did not act."""


IN_WORDS: Mapping[str, str] = {
    "stack_level_zero_only": "It takes a transaction's own profile at stack level 0 only.",
    "tx_profile_refused": "It refuses a transaction's own profile.",
    "tx_profile_ineffective": "It accepts a transaction's own profile, which then does not act.",
    "tx_default_ineffective": "It accepts a default profile, which then does not act.",
}


def lessons(learned: Learned) -> Iterator[str]:
    """Yield what a box taught, in words."""
    return (text for name, text in IN_WORDS.items() if getattr(learned, name))


def is_lesson(status: str, reason: str) -> bool:
    """Return whether a SetChargingProfile's answer says something lasting; silence and errors do not."""
    return status == "Rejected" and not reason.startswith(_OF_THE_MOMENT)


def refused(learned: Learned, purpose: str, stack_level: int) -> Learned:
    """Return what is known after the station refused the first profile of a transaction."""
    if purpose != ProfilePurpose.TX:
        return learned
    if stack_level > 0:
        return replace(learned, stack_level_zero_only=True)
    return replace(learned, tx_profile_refused=True)


def disproved(learned: Learned, purpose: str) -> Learned:
    """Return what is known after a purpose did not act; the other one has its turn, whatever was before."""
    by_transaction = purpose == ProfilePurpose.TX
    return replace(
        learned,
        tx_profile_ineffective=by_transaction,
        tx_profile_refused=by_transaction and learned.tx_profile_refused,
        tx_default_ineffective=not by_transaction,
    )


def strategy_of(learned: Learned, strategy: ProfileStrategy) -> ProfileStrategy:
    """Return the strategy that is left where `strategy` is a row's."""
    if learned.tx_default_ineffective:
        return ProfileStrategy.TX
    if learned.tx_profile_refused or learned.tx_profile_ineffective:
        return ProfileStrategy.TX_DEFAULT
    return strategy
