"""What the OCPP edge needs from the app's stations."""

from typing import TYPE_CHECKING, Protocol

from bmw_wallbox.domain.events import AnyEvent
from bmw_wallbox.domain.tokens import PresentedToken, TokenAnswer

if TYPE_CHECKING:
    from bmw_wallbox.csms.session import Session


class Sink(Protocol):
    """The station that a socket belongs to."""

    async def apply(self, *events: AnyEvent) -> None:
        """Take in what happened; returns once it is durable where it must be."""

    def judge_token(self, presented: PresentedToken, /) -> TokenAnswer:
        """Return what the station is to be told about a token."""

    def total_cost(self, transaction_id: str, /) -> float | None:
        """Return what a transaction costs so far, or in all once it ended; None without a tariff."""

    def limit_a(self) -> float:
        """Return the current per phase that the car may take by the owner's wish, A."""

    def attach(self, link: "Session", remote: str, /) -> None:
        """Take `link` as the connection: its socket was just accepted."""

    async def detach(self, link: "Session", /) -> None:
        """Forget `link`, unless another took its place."""
