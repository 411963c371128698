"""Putting the desired limit in force: sparing, patient with a refusal, and quick to reduce."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.calls import (
    Answer,
    Call,
    ClearChargingProfile,
    GetCompositeSchedule,
    SetChargingProfile,
)
from bmw_wallbox.domain.events import ProfileAccepted, ProfilesForgotten
from bmw_wallbox.domain.learning import is_lesson
from bmw_wallbox.domain.limits import next_profile, renewal_at
from bmw_wallbox.domain.poison import LEAST_A, ROUNDING_A, Look, way_out
from bmw_wallbox.domain.quirk_events import CardLimited, ProfileRefused, PurposeDisproved
from bmw_wallbox.domain.quirks import DEFAULT_SLOT, TRANSACTION_SLOT, other, resolve, row_for
from bmw_wallbox.domain.tokens import limit_of
from bmw_wallbox.domain.vocabulary import ProfileStrategy
from bmw_wallbox.handling import ControlSettings
from bmw_wallbox.station import Station

_LOGGER = logging.getLogger(__name__)
_LONGEST_REST_S = 900.0
_REDUCTION_INTERVAL_S = 1.0
_SMALL_CHANGE_REST_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refusal:
    call: SetChargingProfile
    answer: Answer
    rest_s: float
    until_s: float


class Pursuit:
    """Sends a charging profile whenever the station does not hold the owner's wish.

    A profile is kept in the box's flash (OCPP 2.0.1 K01.FR.27), so an equal one is never sent again, and
    raising waits since the last one. What was refused rests for `retry_s`, then twice that, and so on,
    until another profile is wanted or somebody asks again. While a transaction runs, the station's own
    schedule has to confirm what it accepted (K08), where it tells one.
    """

    def __init__(
        self,
        station: Station,
        ask: Callable[[Call], Awaitable[Answer]],
        clock: Clock,
        settings: Callable[[], ControlSettings],
    ) -> None:
        self._station = station
        self._ask = ask
        self._clock = clock
        self._settings = settings
        self._sent_s: float | None = None
        self._sent_a = 0.0
        self._reduced_s: float | None = None
        self._wished_s = clock.monotonic_s()
        self._refused: _Refusal | None = None
        self._doubted: SetChargingProfile | None = None
        self._unproven: SetChargingProfile | None = None
        self._dip_until_s = 0.0
        self.tells_schedule = True
        """False once the station did not tell its schedule on this connection."""
        self._other_purpose = self._changed_purpose = False

    def forget(self) -> None:
        """Begin anew, since the station did."""
        self._sent_s = self._reduced_s = None
        self._refused = self._doubted = self._unproven = None
        self.tells_schedule = True
        self._other_purpose = self._changed_purpose = False

    def try_again(self) -> None:
        """Do not let a refused profile rest any longer."""
        self._refused = None

    def wished(self) -> None:
        """Note that the owner wants something else."""
        self._wished_s = self._clock.monotonic_s()
        self._dip_until_s = 0.0

    def dip(self, seconds: float) -> None:
        """Pause for so long, to wake up a car; the owner's next wish ends it."""
        self._dip_until_s = self._clock.monotonic_s() + seconds

    async def change_purpose(self) -> Answer:
        """Clear exactly our profile, then have the limit sent under the other purpose (K10.FR.02).

        The wallbox is known by that from then on; where the owner chose the strategy, it is only for the rest
        of this connection.
        """
        slot = TRANSACTION_SLOT if self.strategy is ProfileStrategy.TX else DEFAULT_SLOT
        answer = await self._ask(ClearChargingProfile(profile_id=slot.profile_id))
        if answer.accepted:
            self._changed_purpose = True
            at = self._station.now()
            if self._settings().strategy is ProfileStrategy.AUTO:
                await self._station.apply(PurposeDisproved(at=at, purpose=slot.purpose))
            else:
                self._other_purpose = True
            self.try_again()
            await self._station.apply(ProfilesForgotten(at=at))
        return answer

    @property
    def refusal(self) -> Answer | None:
        """Return the answer that keeps the present wish from being in force."""
        refused = self._refused
        return refused.answer if refused is not None and refused.call == self.wanted() else None

    @property
    def strategy(self) -> ProfileStrategy:
        """Return the strategy in use, never AUTO."""
        chosen = resolve(self._settings().strategy, self._station.state)
        return other(chosen) if self._other_purpose else chosen

    def wanted(self) -> SetChargingProfile | None:
        """Return the profile that the station lacks."""
        state = self._station.state
        if self._clock.monotonic_s() < self._dip_until_s:
            state = replace(state, desired=replace(state.desired, charging_allowed=False))
        return next_profile(state, self.strategy, self._station.now(), self._settings().offline)

    async def schedule_a(self) -> float | None:
        """Return what the wallbox's own schedule allows now, None where it tells none (OCPP 2.0.1 K08)."""
        if not self.tells_schedule:
            return None
        answer = await self._ask(GetCompositeSchedule(evse_id=self._station.state.connector.evse_id))
        return answer.limit_a if answer.accepted else None

    def due_in_s(self) -> float | None:
        """Return in how many seconds the next step is due, None where nothing is to do."""
        now_s, call = self._clock.monotonic_s(), self.wanted()
        dues = [self._dip_until_s] if now_s < self._dip_until_s else []
        if call is not None:
            dues.append(self._ready_s(call))
        elif self._unproven is not None and self._is_provable(self._unproven):
            dues.append(now_s)
        elif (renewal := renewal_at(self._station.state)) is not None:
            dues.append(now_s + (renewal - self._station.now()).total_seconds())
        return max(0.0, min(dues) - now_s) if dues else None

    async def step(self) -> None:
        """Send the next profile if it is due; have the schedule confirm it once a transaction runs."""
        await self._heed_card()
        call = self.wanted()
        if call is not None:
            if self._ready_s(call) <= self._clock.monotonic_s():
                await self._send(call)
        elif self._unproven is not None and self._is_provable(self._unproven):
            await self._prove(self._unproven)

    async def _heed_card(self) -> None:
        """Take over the limit of the card that pays for the running charge."""
        state, tokens = self._station.state, self._settings().tokens
        running, last = state.transaction, state.last_event
        pays = running is not None and last.transaction_id == running.id
        limit_a = limit_of(tokens, last.id_token, last.id_token_type) if pays else None
        if limit_a != state.desired.card_limit_a:
            await self._station.apply(CardLimited(at=self._station.now(), limit_a=limit_a))

    async def _send(self, call: SetChargingProfile) -> None:
        answer = await self._ask(call)
        if not answer.accepted:
            self._rest(call, answer)
            await self._learn(call, answer)
            return
        now_s = self._clock.monotonic_s()
        if self._sent_s is not None and call.limit_a < self._sent_a:
            self._reduced_s = now_s
        self._sent_s, self._sent_a = now_s, call.limit_a
        held = self._station.state.profiles.get(call.purpose)
        level = logging.DEBUG if held is not None and held.limit_a == call.limit_a else logging.INFO
        _LOGGER.log(level, "%s: limit of %g A accepted", self._station.state.key, call.limit_a)
        await self._station.apply(
            ProfileAccepted(
                at=self._station.now(),
                purpose=call.purpose,
                limit_a=call.limit_a,
                transaction_id=call.transaction_id,
                valid_for_s=call.valid_for_s,
            )
        )
        if self._is_provable(call):
            await self._prove(call)
        else:
            self._unproven, self._refused = call, None

    async def _learn(self, call: SetChargingProfile, answer: Answer) -> None:
        """Count what was not taken, and take in what it says of the wallbox."""
        await self._station.apply(
            ProfileRefused(
                at=self._station.now(),
                purpose=call.purpose,
                stack_level=call.stack_level,
                transaction_id=call.transaction_id,
                lasting=is_lesson(answer.status, answer.reason),
            )
        )

    def _ready_s(self, call: SetChargingProfile) -> float:
        """Return from when on `call` may be sent, on the monotonic clock."""
        settings = self._settings()
        if self._refused is not None and self._refused.call == call:
            return self._refused.until_s
        ready_s = 0.0
        if self._sent_s is not None and call.limit_a >= self._sent_a:
            ready_s = self._sent_s + settings.raise_interval_s
        elif self._reduced_s is not None:
            ready_s = self._reduced_s + min(_REDUCTION_INTERVAL_S, settings.raise_interval_s)
        if self._is_small(call, settings.dead_band_a):
            ready_s = max(ready_s, self._wished_s + _SMALL_CHANGE_REST_S)
        return ready_s

    def _is_small(self, call: SetChargingProfile, dead_band_a: float) -> bool:
        """Return whether a limit differs too little from the one in force; a pause and its end never do."""
        held = self._station.state.profiles.get(call.purpose)
        if held is None or held.transaction_id != call.transaction_id:
            return False
        return 0 not in (held.limit_a, call.limit_a) and 0 < abs(held.limit_a - call.limit_a) < dead_band_a

    def _is_provable(self, call: SetChargingProfile) -> bool:
        """Return whether to ask for the schedule; it says nothing of a transaction that is yet to come.

        Nor does it of a default profile below a transaction's own.
        """
        running = self._station.state.transaction
        leads = running is not None and call.transaction_id == (
            running.id if self.strategy is ProfileStrategy.TX else None
        )
        return self.tells_schedule and leads

    async def _prove(self, call: SetChargingProfile) -> None:
        self._unproven = None
        if await self._holds(call):
            self._refused = None
        else:
            await self._station.apply(ProfilesForgotten(at=self._station.now()))

    async def _holds(self, call: SetChargingProfile) -> bool:
        """Return False where the schedule allows more: the profile is sent once more, then it counts as a no.

        A schedule that still pauses what may charge has it sent once more too, but may have its reasons.
        """
        answer = await self._ask(GetCompositeSchedule(evse_id=call.evse_id))
        if not answer.accepted or answer.limit_a is None:
            self.tells_schedule = False
            return True
        again, self._doubted = self._doubted == call, call
        pauses = answer.limit_a < LEAST_A <= call.limit_a
        if answer.limit_a <= call.limit_a + ROUNDING_A and (again or not pauses):
            self._doubted = None
            return True
        if again and not pauses and await self._changes_purpose():
            return False
        if again:
            found = f"The wallbox accepted {call.limit_a:g} A twice, yet its own schedule allows"
            out = way_out(Look(state=self._station.state, schedule_a=answer.limit_a))
            words = f"{found} {answer.limit_a:g} A. {out}".strip()
            self._rest(call, Answer(accepted=False, status="NotInForce", reason=words))
        return False

    async def _changes_purpose(self) -> bool:
        """Return whether the limit goes under the other purpose instead, once a connection at most."""
        if self._changed_purpose or not row_for(self._station.state).may_clear:
            return False
        return (await self.change_purpose()).accepted

    def _rest(self, call: SetChargingProfile, answer: Answer) -> None:
        before = self._refused if self._refused is not None and self._refused.call == call else None
        retry_s = self._settings().retry_s
        rest_s = retry_s if before is None else min(2 * before.rest_s, _LONGEST_REST_S)
        until_s = self._clock.monotonic_s() + rest_s
        self._refused = _Refusal(call=call, answer=answer, rest_s=rest_s, until_s=until_s)
        _LOGGER.log(
            logging.WARNING if before is None else logging.DEBUG,
            "%s: limit of %g A not taken (%s %s)",
            self._station.state.key,
            call.limit_a,
            answer.status,
            answer.reason,
        )
