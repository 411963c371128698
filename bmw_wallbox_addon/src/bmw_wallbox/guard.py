"""Keeping watch over the limit while a car charges, and climbing the safety ladder if it is broken."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.calls import (
    Answer,
    Call,
    ClearChargingProfile,
    RequestStopTransaction,
    Reset,
    SetChargingProfile,
)
from bmw_wallbox.domain.events import (
    CommandProgressed,
    Connected,
    ControlAlerted,
    ProfileAccepted,
    ProfilesForgotten,
    WishChanged,
)
from bmw_wallbox.domain.ladder import (
    CAPPED,
    HARSH,
    Climb,
    begun_again,
    in_words,
    is_disproved,
    kept_again,
    measured,
    next_rung,
    wished,
)
from bmw_wallbox.domain.quirk_events import ProfileRefused, StationCapLifted
from bmw_wallbox.domain.quirks import STATION_SLOT, row_for
from bmw_wallbox.domain.state import Change
from bmw_wallbox.domain.vocabulary import Outcome, Rung
from bmw_wallbox.handling import ControlSettings
from bmw_wallbox.pursuit import Pursuit
from bmw_wallbox.station import Station

_LOGGER = logging.getLogger(__name__)
_HARSH_REST_S = 3600.0
_AGAIN_S = 900.0
"""How long after its end the ladder is climbed once more, should the limit still be broken."""


class Guard:
    """Compares every measured current with the limit; takes a rung only if the one before failed."""

    def __init__(
        self,
        station: Station,
        pursuit: Pursuit,
        ask: Callable[[Call], Awaitable[Answer]],
        clock: Clock,
        settings: Callable[[], ControlSettings],
    ) -> None:
        self._station = station
        self._pursuit = pursuit
        self._ask = ask
        self._clock = clock
        self._settings = settings
        self._climb: Climb | None = None
        self._lift = False
        self._harsh_s: dict[Rung, float] = {}
        self._logged: set[Rung] = set()
        self._last_rung: Rung | None = None

    def saw(self, change: Change) -> None:
        """Take in what a change says of the limit and of the current."""
        before, after, now_s = change.before.meter, change.after.meter, self._clock.monotonic_s()
        match change.cause:
            case WishChanged():
                self._lift = True
            case Connected() if self._climb is not None:
                self._climb = replace(self._climb, since_s=now_s, measured_s=now_s)
            case _:
                pass
        wish = change.before.desired, change.after.desired
        if self._climb is not None and wish[0] != wish[1]:
            self._climb = wished(self._climb, change.before, change.after, now_s)
        if (before.current_received_at, before.current_a) != (after.current_received_at, after.current_a):
            self._climb = measured(self._climb, change.after, now_s, self._settings().tolerance_a)

    def reconsider(self) -> None:
        """Begin the ladder again, since the owner may permit more than before."""
        if self._climb is not None:
            self._climb = begun_again(self._climb)

    async def step(self) -> None:
        """Lift a cap that the owner's new wish ends, take the next rung, or end the alarm."""
        if self._station.state.station_cap:
            await self._hold_cap()
            return
        climb, now_s = self._climb, self._clock.monotonic_s()
        if climb is None:
            if self._station.state.control_alert:
                await self._tell("", Outcome.APPLIED, kept_again(self._last_rung))
            return
        if climb.ended_s is not None and now_s >= climb.ended_s + _AGAIN_S:
            self._climb = climb = begun_again(climb)
        if not is_disproved(climb, self._settings().settle_s):
            return
        state = self._station.state
        rung = next_rung(climb, state, row_for(state).ladder, self._permitted())
        if rung is None:
            self._climb = climb = replace(climb, ended_s=now_s)
            await self._alarm(climb)
            return
        self._climb = climb = replace(climb, tried=(*climb.tried, rung), since_s=now_s)
        if rung in HARSH:
            self._harsh_s[rung] = now_s
        await self._alarm(climb)
        await self._take(rung, climb)

    def _permitted(self) -> set[Rung]:
        settings, now_s = self._settings(), self._clock.monotonic_s()
        allowed = {Rung.STOP_TRANSACTION: settings.allow_stop_transaction, Rung.RESET: settings.allow_reset}
        return {
            rung
            for rung, permitted in allowed.items()
            if permitted and now_s - self._harsh_s.get(rung, -_HARSH_REST_S) >= _HARSH_REST_S
        }

    async def _take(self, rung: Rung, climb: Climb) -> None:
        self._last_rung = rung
        if rung not in self._logged:
            self._logged.add(rung)
            _LOGGER.warning("%s: limit broken, next is %s", self._station.state.key, rung)
        answer: Answer | None = None
        match rung:
            case Rung.PROFILE_AGAIN:
                await self._send_again()
            case Rung.OTHER_PURPOSE:
                answer = await self._pursuit.change_purpose()
            case Rung.STATION_MAX:
                answer = await self._cap()
            case Rung.STOP_TRANSACTION:
                # It may have ended while the alarm was told.
                if (running := self._station.state.transaction) is not None:
                    answer = await self._ask(RequestStopTransaction(transaction_id=running.id))
            case Rung.RESET:
                answer = await self._ask(Reset(type="Immediate"))
        if answer is not None and not answer.accepted and self._climb is not None:
            _LOGGER.info("%s: %s was not taken (%s)", self._station.state.key, rung, answer.status)
            self._climb = replace(self._climb, since_s=climb.measured_s - self._settings().settle_s)

    async def _send_again(self) -> None:
        self._pursuit.try_again()
        await self._station.apply(ProfilesForgotten(at=self._station.now()))

    async def _cap(self) -> Answer:
        call = SetChargingProfile(
            limit_a=0.0,
            purpose=STATION_SLOT.purpose,
            profile_id=STATION_SLOT.profile_id,
            stack_level=STATION_SLOT.stack_level,
            evse_id=0,
        )
        answer, at = await self._ask(call), self._station.now()
        if answer.accepted:
            self._lift = False
            await self._station.apply(ProfileAccepted(at=at, purpose=call.purpose, limit_a=call.limit_a))
        else:
            await self._station.apply(
                ProfileRefused(at=at, purpose=call.purpose, stack_level=call.stack_level, lasting=False)
            )
        return answer

    async def _hold_cap(self) -> None:
        """Hold the cap until the owner wishes something new, also over restarts."""
        if self._lift:
            self._lift = False
            answer = await self._ask(ClearChargingProfile(profile_id=STATION_SLOT.profile_id))
            if answer.accepted:
                self._climb = None
                await self._station.apply(StationCapLifted(at=self._station.now()))
        elif self._climb is None and self._station.state.control_alert != CAPPED:
            await self._tell(CAPPED, Outcome.IGNORED_BY_CAR, CAPPED)

    async def _alarm(self, climb: Climb) -> None:
        text = in_words(climb)
        await self._tell(text, Outcome.IGNORED_BY_CAR, text)

    async def _tell(self, alert: str, outcome: Outcome, text: str) -> None:
        """Let everybody know that the limit is broken, or no longer."""
        state, at = self._station.state, self._station.now()
        if bool(alert) != bool(state.control_alert):
            _LOGGER.log(logging.WARNING if alert else logging.INFO, "%s: %s", state.key, text)
        if not alert:
            self._logged.clear()
            self._last_rung = None
        await self._station.apply(
            ControlAlerted(at=at, text=alert),
            CommandProgressed(
                at=at,
                command_id=uuid4().hex[:12],
                command="keep_limit",
                outcome=outcome,
                message=text,
                asked_by="app",
                asked_at=at,
            ),
        )
