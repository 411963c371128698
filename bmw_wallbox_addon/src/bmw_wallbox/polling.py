"""Asking for values where they do not flow by themselves."""

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.calls import Call, TriggerMessage
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ChargingState, Metering

_STALE_AFTER_INTERVALS = 3
_MAY_FLOW = frozenset({ChargingState.CHARGING, ChargingState.UNKNOWN})


class Polling:
    """Says when a TriggerMessage is due: at every interval if nothing streams, else once values grow old."""

    def __init__(self, clock: Clock, interval_s: float) -> None:
        self._clock = clock
        self.interval_s = interval_s
        self._asked_s = clock.monotonic_s()
        self._values_s = self._asked_s
        self._meters_only = False
        self._awaited = False

    def saw_values(self) -> None:
        """Note that values came."""
        self._values_s = self._clock.monotonic_s()

    def due_in_s(self, state: StationState) -> float | None:
        """Return in how many seconds to ask, None while nothing needs asking."""
        if state.transaction is None or state.charging_state not in _MAY_FLOW:
            return None
        patience = 1 if state.metering is Metering.POLLING else _STALE_AFTER_INTERVALS
        due_s = max(self._asked_s, self._values_s + (patience - 1) * self.interval_s) + self.interval_s
        return max(0.0, due_s - self._clock.monotonic_s())

    def next_call(self, state: StationState) -> Call:
        """Return the question: the transaction's own event or MeterValues, the other where one was in vain.

        Each brings the measurands of a list of its own (OCPP 2.0.1 F06.FR.06, F06.FR.07).
        """
        if self._awaited and self._values_s < self._asked_s:
            self._meters_only = not self._meters_only
        self._asked_s = self._clock.monotonic_s()
        return TriggerMessage(
            message="MeterValues" if self._meters_only else "TransactionEvent",
            evse_id=state.connector.evse_id,
        )

    def answered(self, *, accepted: bool) -> None:
        """Note the answer; a refusal tries the other message next time."""
        self._awaited = accepted
        if not accepted:
            self._meters_only = not self._meters_only
