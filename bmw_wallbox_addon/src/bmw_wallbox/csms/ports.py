"""What the OCPP edge needs from the rest of the app."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from bmw_wallbox.domain.events import AnyEvent
from bmw_wallbox.domain.tokens import PresentedToken, TokenAnswer
from bmw_wallbox.domain.vocabulary import Admission

if TYPE_CHECKING:
    from bmw_wallbox.csms.session import Session


class Sink(Protocol):
    """The station that a socket belongs to."""

    async def apply(self, *events: AnyEvent) -> None:
        """Take in what happened; returns once it is durable where it must be."""

    def judge_token(self, presented: PresentedToken, /) -> TokenAnswer:
        """Return what the station is to be told about a token."""

    def attach(self, link: "Session", remote: str, /) -> None:
        """Take `link` as the connection: its socket was just accepted."""

    async def detach(self, link: "Session", /) -> None:
        """Forget `link`, unless another took its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a connection attempt."""

    admission: Admission | None = None
    """APPROVED or PENDING let it in; anything else refuses it with `status`."""
    status: HTTPStatus = HTTPStatus.NOT_FOUND
    reason: str = ""
    """For the diary and the log, in words; the station is not told."""


class Gate(Protocol):
    """Who may come in."""

    async def admit(self, charge_point_id: str, remote: str, authorization: str | None, /) -> Verdict:
        """Judge an attempt; `authorization` is that HTTP header as it came, None without one.

        A coroutine, because a slow password hash belongs off the loop.
        """
