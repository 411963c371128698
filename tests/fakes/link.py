"""A connection whose wallbox answers as a test tells it to."""

import asyncio
from typing import TYPE_CHECKING

from bmw_wallbox.domain.calls import Answer, Call, SetChargingProfile
from bmw_wallbox.errors import CallRefusedError, CallTimeoutError, StationOfflineError

if TYPE_CHECKING:
    from collections.abc import Callable

ACCEPTED = Answer(accepted=True, status="Accepted")


def rejected(reason: str = "", status: str = "Rejected") -> Answer:
    return Answer(accepted=False, status=status, reason=reason)


def silence(call: Call) -> Answer:
    raise CallTimeoutError(type(call).__name__, 30)


def call_error(call: Call) -> Answer:
    raise CallRefusedError(type(call).__name__, "InternalError", "out of order")


def link_lost(call: Call) -> Answer:
    raise StationOfflineError(type(call).__name__)


class FakeLink:
    """Accepts every call, unless `script` has something else for its type; `hold` keeps calls waiting."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.script: dict[type, Answer | Callable[[Call], Answer]] = {}
        self.most_in_flight = 0
        self.heard: Callable[[], None] = lambda: None
        self._in_flight = 0
        self._held: dict[type, asyncio.Future[None]] = {}

    async def ask(self, call: Call) -> Answer:
        self.calls.append(call)
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        self.heard()
        try:
            if (gate := self._held.get(type(call))) is not None:
                await asyncio.shield(gate)
        finally:
            self._in_flight -= 1
        answer = self.script.get(type(call), ACCEPTED)
        return answer(call) if callable(answer) else answer

    def hold(self, kind: type) -> None:
        """Let calls of this kind wait from now on."""
        self._held[kind] = asyncio.get_running_loop().create_future()

    def release(self, kind: type) -> None:
        self._held.pop(kind).set_result(None)

    def drop(self) -> None:
        """Fail the calls in flight as a closing socket does."""
        for gate in self._held.values():
            if gate.done():
                continue
            gate.set_exception(StationOfflineError("the call"))
            gate.exception()  # whether or not a call waits for it

    def of[C](self, kind: type[C]) -> list[C]:
        return [call for call in self.calls if isinstance(call, kind)]

    @property
    def limits(self) -> list[float]:
        """Return the limits sent, in order."""
        return [call.limit_a for call in self.of(SetChargingProfile)]
