"""The wallboxes' passwords: learned at the first login, locked from then on, or set by the owner."""

import asyncio
import hmac
import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

from bmw_wallbox.domain.credentials import Credential, digest_of, read_password
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.errors import NotFoundError, StoreError
from bmw_wallbox.signals import Signal
from bmw_wallbox.storage.codec import Record, kind_of
from bmw_wallbox.storage.store import Store

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a login was not taken."""

    cause: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The last login of an approved station that was not taken, kept for the owner to trust it."""

    charge_point_id: str
    remote: str
    mark: bytes = field(repr=False)
    digest: bytes | None = field(default=None, repr=False)
    """The refused password's hash under the salt of the right one; None where none came."""


_WRONG_USER = Fault(
    cause="wrong_user", reason="its user name is not its charge point id, or its login is not HTTP Basic"
)
_NO_PASSWORD = Fault(cause="no_password", reason="it came without the password that it has given before")
_WRONG_PASSWORD = Fault(cause="wrong_password", reason="its password is not the one that is known")


class Passwords:
    """Checks logins of approved stations, which are named by their keys.

    A station that never sent a password gets in without; once one was learned or set, it has to come. Hashes
    are made one at a time and off the loop; what was the outcome last is remembered by an HMAC in memory, so
    that a station that reconnects costs nothing.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._credentials: dict[str, Credential] = {}
        self._refused: dict[str, Refused] = {}
        self._proved: dict[str, bytes] = {}
        self._secret = secrets.token_bytes(32)
        self._turn = asyncio.Lock()
        self.changes = Signal[()]()

    async def load(self) -> None:
        """Bring back what is stored."""
        self._credentials = await self._store.load(Credential)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return one problem per station that is kept out by its password."""
        return tuple(_problem(station, refused) for station, refused in self._refused.items())

    def source(self, station: str) -> str:
        """Return how the password is known: `none`, `learned` or `set`."""
        credential = self._credentials.get(station)
        return "none" if credential is None else credential.source

    def refused_from(self, station: str) -> str | None:
        """Return the address of the last login with a wrong password, None once one was taken."""
        refused = self._refused.get(station)
        return None if refused is None else refused.remote

    async def check(
        self, station: str, charge_point_id: str, remote: str, authorization: str | None
    ) -> Fault | None:
        """Return why a login is refused, None where it is taken (A00.FR.207, A00.FR.324).

        The first password that comes is learned.
        """
        credential = self._credentials.get(station)
        if authorization is None:
            if credential is None:
                return None
            self._refuse(station, Refused(charge_point_id=charge_point_id, remote=remote, mark=b""))
            return _NO_PASSWORD
        password = read_password(authorization, charge_point_id)
        if password is None:
            return _WRONG_USER
        mark = hmac.digest(self._secret, password, "sha256")
        if hmac.compare_digest(self._proved.get(station, b""), mark):
            self._clear(station)
            return None
        earlier = self._refused.get(station)
        if earlier is not None and hmac.compare_digest(earlier.mark, mark):
            self._refuse(station, replace(earlier, remote=remote))
            return _WRONG_PASSWORD
        async with self._turn:
            return await self._prove(
                station, password, Refused(charge_point_id=charge_point_id, remote=remote, mark=mark)
            )

    async def set(self, station: str, password: str | None) -> None:
        """Fix a station's password, or with None learn the next one that comes.

        Raises:
            StoreError: it is only in memory yet.

        """
        if password is None:
            await self.forget(station)
        else:
            async with self._turn:
                credential = await _hashed(password.encode(), "set")
                await self._keep(station, credential)

    async def trust(self, station: str) -> None:
        """Take the password that was refused last as the right one; without one, learn the next.

        Raises:
            NotFoundError: none was refused.
            StoreError: it is only in memory yet.

        """
        refused = self._refused.get(station)
        credential = self._credentials.get(station)
        if refused is None or credential is None:
            raise NotFoundError("refused password", station)
        if refused.digest is None:
            await self.forget(station)
        else:
            await self._keep(station, replace(credential, digest=refused.digest, source="learned"))

    async def forget(self, station: str) -> None:
        """Forget a station's password.

        Raises:
            StoreError: it is gone only in memory yet.

        """
        self._proved.pop(station, None)
        self._clear(station)
        if self._credentials.pop(station, None) is not None:
            await self._store.delete(kind_of(Credential), station)

    async def _prove(self, station: str, password: bytes, attempt: Refused) -> Fault | None:
        credential = self._credentials.get(station)
        if credential is None:
            # A disk that is out of order keeps nobody out; the store writes it later.
            with suppress(StoreError):
                await self._keep(station, await _hashed(password, "learned"))
            _LOGGER.info("%s: its password is known from now on", attempt.charge_point_id)
        else:
            digest = await asyncio.to_thread(digest_of, password, credential.salt, credential.cost)
            if not credential.matches(digest):
                self._refuse(station, replace(attempt, digest=digest))
                return _WRONG_PASSWORD
        self._proved[station] = attempt.mark
        self._clear(station)
        return None

    async def _keep(self, station: str, credential: Credential) -> None:
        self._credentials[station] = credential
        self._proved.pop(station, None)
        self._clear(station)
        await self._store.save(Record.of(station, credential))

    def _refuse(self, station: str, refused: Refused) -> None:
        if self._refused.get(station) != refused:
            self._refused[station] = refused
            self.changes.emit()

    def _clear(self, station: str) -> None:
        if self._refused.pop(station, None) is not None:
            self.changes.emit()


async def _hashed(password: bytes, source: Literal["learned", "set"]) -> Credential:
    salt = secrets.token_bytes(16)
    return Credential(salt=salt, digest=await asyncio.to_thread(digest_of, password, salt), source=source)


def _problem(station: str, refused: Refused) -> Problem:
    came = "without its password" if refused.digest is None else "with another password than before"
    return Problem(
        key="wrong_password",
        message=(
            f"The wallbox {refused.charge_point_id} came from {refused.remote} {came} and was not let in. If "
            "its password was changed or it was reset, trust what it brings now; if not, somebody else "
            "pretends to be it."
        ),
        action="trust_password",
        station=station,
    )
