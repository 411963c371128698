"""The closed sets of words that the domain reasons with, spelled as OCPP or our interfaces spell them."""

from enum import StrEnum
from typing import Self


class _Tolerant(StrEnum):
    """An OCPP enumeration whose unheard-of members read as UNKNOWN instead of failing."""

    @classmethod
    def read(cls, text: object) -> Self:
        """Return the member spelled `text`, or UNKNOWN."""
        return cls._value2member_map_.get(text, cls("Unknown"))  # type: ignore[return-value]  # typeshed says Enum


class ChargingState(_Tolerant):
    """OCPP 2.0.1 ChargingStateEnumType; UNKNOWN until a transaction said something."""

    CHARGING = "Charging"
    EV_CONNECTED = "EVConnected"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    IDLE = "Idle"
    UNKNOWN = "Unknown"


class ConnectorStatus(_Tolerant):
    """OCPP 2.0.1 ConnectorStatusEnumType; UNKNOWN until the first StatusNotification."""

    AVAILABLE = "Available"
    OCCUPIED = "Occupied"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"
    UNKNOWN = "Unknown"


class TransactionEventType(_Tolerant):
    """OCPP 2.0.1 TransactionEventEnumType."""

    STARTED = "Started"
    UPDATED = "Updated"
    ENDED = "Ended"
    UNKNOWN = "Unknown"


class ProfilePurpose(StrEnum):
    """The ChargingProfilePurposeEnumType members that we send (K01.FR.22 forbids the fourth)."""

    TX_DEFAULT = "TxDefaultProfile"
    TX = "TxProfile"
    STATION_MAX = "ChargingStationMaxProfile"


class ProfileStrategy(StrEnum):
    """Which charging profile carries the limit; AUTO lets the maker decide."""

    AUTO = "auto"
    TX_DEFAULT = "tx_default"
    TX = "tx"


class Rung(StrEnum):
    """What may be tried while more current flows than is allowed, the gentlest first."""

    PROFILE_AGAIN = "profile_again"
    OTHER_PURPOSE = "other_purpose"
    """Our profile is cleared by its id, and the limit sent under the other purpose."""
    STATION_MAX = "station_max"
    """0 A for the whole station (ChargingStationMaxProfile), until the next wish."""
    STOP_TRANSACTION = "stop_transaction"
    RESET = "reset"


class Outcome(StrEnum):
    """What became of a command; `pending` is the only one that may still change."""

    APPLIED = "applied"
    APPLIED_NEXT_CHARGE = "applied_next_charge"
    PENDING = "pending"
    REFUSED = "refused"
    IGNORED_BY_CAR = "ignored_by_car"
    CAR_TAKES_LESS = "car_takes_less"
    OFFLINE = "offline"
    TIMED_OUT = "timed_out"
    FAILED = "failed"


class Metering(StrEnum):
    """How measured values reach us."""

    UNKNOWN = "unknown"
    STREAMING = "streaming"
    POLLING = "polling"


class Admission(StrEnum):
    """Whether a station may work with us."""

    APPROVED = "approved"
    PENDING = "pending"
    BLOCKED = "blocked"
