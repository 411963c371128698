"""The token table with what decides beside it: the desk that every station's tokens are shown at."""

from collections.abc import Callable, Iterable, Sequence

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.settings import Settings, UnknownTokens
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.tokens import PresentedToken, Token, TokenAnswer, TokenPolicy, judge
from bmw_wallbox.errors import NotFoundError
from bmw_wallbox.storage.codec import Record, kind_of
from bmw_wallbox.storage.store import Store


class TokenDesk:
    """Owns the token table."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        own_token: str | None,
        settings: Callable[[], Settings],
        stations: Callable[[], Iterable[StationState]],
    ) -> None:
        """Args: own_token: the one of RequestStartTransaction. stations: all that may run a transaction."""
        self._store = store
        self._clock = clock
        self._own_token = own_token
        self._settings = settings
        self._stations = stations
        self._tokens: dict[str, Token] = {}

    async def load(self) -> None:
        """Bring back the stored table."""
        self._tokens = await self._store.load(Token)

    @property
    def tokens(self) -> Sequence[Token]:
        """Return the token table."""
        return tuple(self._tokens.values())

    async def save(self, token: Token) -> None:
        """Add a token, or replace the one with its key."""
        self._tokens[token.key] = token
        await self._store.save(Record.of(token.key, token))

    async def delete(self, key: str) -> None:
        """Remove a token.

        Raises:
            NotFoundError: there is none with that key.

        """
        if self._tokens.pop(key, None) is None:
            raise NotFoundError("token", key)
        await self._store.delete(kind_of(Token), key)

    def judge(self, presented: PresentedToken) -> TokenAnswer:
        """Return what a station is told about a token."""
        settings = self._settings()
        policy = TokenPolicy(
            accept_unknown=settings.unknown_tokens is UnknownTokens.ACCEPT,
            own_token=self._own_token,
            master_pass_group_id=settings.master_pass_group_id,
        )
        running = _running(self._stations())
        return judge(self._tokens.values(), presented, self._clock.now(), policy=policy, running=running)


def _running(stations: Iterable[StationState]) -> Iterable[tuple[str, str]]:
    """Return the transactions that run, each with the token that it was last seen with."""
    for state in stations:
        transaction, last = state.transaction, state.last_event
        if transaction is not None and last.transaction_id == transaction.id and last.id_token:
            yield transaction.id, last.id_token
