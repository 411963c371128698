"""Putting the desired limit in force: sparing, patient with a refusal, and quick to reduce."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.calls import Answer, Call, SetChargingProfile
from bmw_wallbox.domain.events import ProfileAccepted
from bmw_wallbox.domain.limits import next_profile
from bmw_wallbox.domain.vocabulary import ProfileStrategy
from bmw_wallbox.station import Station

_LOGGER = logging.getLogger(__name__)
_LONGEST_REST_S = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refusal:
    call: SetChargingProfile
    answer: Answer
    rest_s: float
    until_s: float


class Pursuit:
    """Sends a charging profile whenever the station does not hold the owner's wish.

    A profile is kept in the box's flash (OCPP 2.0.1 K01.FR.27), so an equal one is never sent again, and
    raising waits `raise_interval_s` since the last one. What was refused rests for `retry_s`, then twice
    that, and so on, until another profile is wanted or somebody asks again.
    """

    def __init__(
        self,
        station: Station,
        ask: Callable[[Call], Awaitable[Answer]],
        clock: Clock,
        *,
        strategy: ProfileStrategy,
        raise_interval_s: float,
        retry_s: float,
    ) -> None:
        self._station = station
        self._ask = ask
        self._clock = clock
        self.strategy = strategy
        self._raise_interval_s = raise_interval_s
        self._retry_s = retry_s
        self._sent_s: float | None = None
        self._sent_a = 0.0
        self._refused: _Refusal | None = None

    def forget(self) -> None:
        """Begin anew, since the station did."""
        self._sent_s = None
        self._refused = None

    def try_again(self) -> None:
        """Do not let a refused profile rest any longer."""
        self._refused = None

    @property
    def refusal(self) -> Answer | None:
        """Return the answer that keeps the present wish from being in force."""
        refused = self._refused
        return refused.answer if refused is not None and refused.call == self.wanted() else None

    def wanted(self) -> SetChargingProfile | None:
        """Return the profile that the station lacks."""
        return next_profile(self._station.state, self.strategy)

    def due_in_s(self) -> float | None:
        """Return in how many seconds the next profile may be sent, None where nothing is to do."""
        call = self.wanted()
        if call is None:
            return None
        now_s = self._clock.monotonic_s()
        if self._refused is not None and self._refused.call == call:
            return max(0.0, self._refused.until_s - now_s)
        if self._sent_s is not None and call.limit_a >= self._sent_a:
            return max(0.0, self._sent_s + self._raise_interval_s - now_s)
        return 0.0

    async def step(self) -> None:
        """Send the next profile if it is due."""
        call = self.wanted()
        if call is None or self.due_in_s() != 0.0:
            return
        answer = await self._ask(call)
        if not answer.accepted:
            self._rest(call, answer)
            return
        self._sent_s, self._sent_a = self._clock.monotonic_s(), call.limit_a
        self._refused = None
        _LOGGER.info("%s: limit of %g A accepted", self._station.state.key, call.limit_a)
        await self._station.apply(
            ProfileAccepted(
                at=self._station.now(),
                purpose=call.purpose,
                limit_a=call.limit_a,
                transaction_id=call.transaction_id,
            )
        )

    def _rest(self, call: SetChargingProfile, answer: Answer) -> None:
        before = self._refused if self._refused is not None and self._refused.call == call else None
        rest_s = self._retry_s if before is None else min(2 * before.rest_s, _LONGEST_REST_S)
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
