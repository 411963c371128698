"""One charging transaction, and the TransactionEvent messages that tell of it (OCPP 2.0.1 E)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from .rpc import Json

EVSE: Json = {"id": 1, "connectorId": 1}
CABLE_MAX_A = 32


def utc_now() -> datetime:
    """Return the wall clock's time."""
    return datetime.now(UTC)


def stamp(at: datetime) -> str:
    """Return a time as OCPP writes it, with milliseconds and `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Leave to charge, given by a card or from afar, that waits for its transaction event."""

    id_token: Json
    remote_start_id: int | None = None
    charging_profile: Json | None = None
    """The TxProfile that came with a remote start (F01.FR.10)."""
    until: datetime | None = None
    """When it lapses if no car comes (EVConnectionTimeOut); None means never."""

    def trigger(self, otherwise: str) -> str:
        """Return the triggerReason of the event that reports it (F01.FR.19)."""
        return otherwise if self.remote_start_id is None else "RemoteStart"


@dataclass(slots=True, kw_only=True)
class Transaction:
    """The transaction in progress: numbered events, a charging state, who pays."""

    id: str = field(default_factory=lambda: str(uuid4()))
    began: datetime = field(default_factory=utc_now)
    charging_state: str = "EVConnected"
    authorized: bool = False
    id_token: Json | None = None
    ready_at_s: float = 0.0
    """Simulated time at which the car has closed its contactor."""
    _seq_no: int = 0
    _unreported: Permission | None = None

    def permit(self, permission: Permission) -> None:
        """Authorise; the next event carries the token and the remote start id (E03.FR.01, F01.FR.25)."""
        self.authorized = True
        self.id_token = permission.id_token
        self._unreported = permission

    def event(
        self,
        event_type: str,
        trigger: str,
        *,
        samples: list[Json],
        offline: bool,
        phases: int,
        stopped_reason: str | None = None,
    ) -> Json:
        """Return the payload of the next event."""
        at = stamp(utc_now())
        payload: Json = {
            "eventType": event_type,
            "timestamp": at,
            "triggerReason": trigger,
            "seqNo": self._seq_no,
            "offline": offline,
            "numberOfPhasesUsed": phases,
            "cableMaxCurrent": CABLE_MAX_A,
            "transactionInfo": {"transactionId": self.id, "chargingState": self.charging_state},
            "evse": EVSE,
        }
        self._seq_no += 1
        if samples:
            payload["meterValue"] = [{"timestamp": at, "sampledValue": samples}]
        if stopped_reason is not None:
            payload["transactionInfo"]["stoppedReason"] = stopped_reason
        if self._unreported is not None:
            payload["idToken"] = self._unreported.id_token
            if self._unreported.remote_start_id is not None:
                payload["transactionInfo"]["remoteStartId"] = self._unreported.remote_start_id
            self._unreported = None
        return payload
