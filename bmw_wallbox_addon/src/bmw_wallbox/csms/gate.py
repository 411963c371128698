"""What a station shows of itself at the door, and what is decided about it."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

from bmw_wallbox.domain.vocabulary import Admission


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCertificate:
    """The subject of a station's own certificate; TLS proved it by the configured authority."""

    common_name: str
    organizations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One attempt of a station to connect."""

    charge_point_id: str
    remote: str
    authorization: str | None = field(default=None, repr=False)
    """That HTTP header as it came, None without one."""
    certificate: ClientCertificate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a connection attempt."""

    admission: Admission | None = None
    """APPROVED or PENDING let it in; anything else refuses it with `status`."""
    status: HTTPStatus = HTTPStatus.NOT_FOUND
    cause: str = ""
    """A stable name for the reason, such as `wrong_password`."""
    reason: str = ""
    """For the diary and the log, in words; the station is not told."""


class Gate(Protocol):
    """Who may come in."""

    async def admit(self, login: Login, /) -> Verdict:
        """Judge an attempt; a coroutine, because a slow password hash belongs off the loop."""
