"""Where the OCPP listener meets the stations: who is let in, and what is sent by hand."""

from collections import Counter
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path
from typing import Any

from bmw_wallbox.config import SSL_FOLDER
from bmw_wallbox.csms.certificate import CertificateError
from bmw_wallbox.csms.client_certificate import misfit
from bmw_wallbox.csms.frames import FrameLog
from bmw_wallbox.csms.gate import Login, Verdict
from bmw_wallbox.csms.server import CentralSystem
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.errors import CallError, InvalidPayloadError, StationOfflineError
from bmw_wallbox.registry import Registry

MAX_WAITING = 8
"""Requests from the console that one station may have before it at once."""


_WAITS = "it waits for the owner's approval in the panel"
_UNKNOWN = "its id is not approved; turn pairing on in the panel to let it in"
_BLOCKED = "its id is blocked in the panel"


class Door:
    """Judges who knocks at the listener."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def admit(self, login: Login, /) -> Verdict:
        """Return what the certificate, the list of stations and the password say, in this order.

        Who is unknown or blocked gets a 404 (OCPP 2.0.1 part 4 §3.2), a wrong password a 401 and a wrong
        certificate a 403. With certificates, security profile 3, no password is looked at (A00.FR.001).
        """
        if self._registry.settings.client_ca and (fault := self._misfit(login)) is not None:
            return Verdict(status=HTTPStatus.FORBIDDEN, cause="wrong_certificate", reason=fault)
        admission = await self._registry.admit(login.charge_point_id, login.remote)
        match admission:
            case Admission.APPROVED:
                return await self._check_password(login)
            case Admission.PENDING:
                return Verdict(admission=admission, cause="waits", reason=_WAITS)
            case _:
                blocked = self._registry.admissions.is_blocked(login.charge_point_id)
                return Verdict(
                    cause="blocked" if blocked else "unknown", reason=_BLOCKED if blocked else _UNKNOWN
                )

    def _misfit(self, login: Login) -> str | None:
        settings = self._registry.settings
        return misfit(
            login.certificate,
            login.charge_point_id,
            serial=self._registry.serial(login.charge_point_id),
            organization=settings.client_organization,
        )

    async def _check_password(self, login: Login) -> Verdict:
        approved = Verdict(admission=Admission.APPROVED)
        if self._registry.settings.client_ca:
            return approved
        record = self._registry.admissions.record(login.charge_point_id)
        fault = await self._registry.passwords.check(
            record.key, login.charge_point_id, login.remote, login.authorization
        )
        if fault is None:
            return approved
        return Verdict(status=HTTPStatus.UNAUTHORIZED, cause=fault.cause, reason=fault.reason)


class RawEdge:
    """What the panel does at the edge: the console, the frames, the diary, and the rules of the door."""

    def __init__(self, system: CentralSystem, frames: FrameLog, *, supervised: bool) -> None:
        """Args: supervised: whether certificates have to lie in /ssl."""
        self._supervised = supervised
        self._system = system
        self._frames = frames
        self._waiting: Counter[str] = Counter()

    async def send(self, charge_point_id: str, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send any request and return the answer, both in OCPP's own spelling.

        Raises:
            InvalidPayloadError: the payload does not fit the action's schema.
            CallError: the station is away, silent, or answered with CALLERROR.

        """
        session = self._system.session(charge_point_id)
        if session is None:
            raise StationOfflineError(action)
        if self._waiting[charge_point_id] >= MAX_WAITING:
            raise CallError("Too many requests wait for this wallbox already. Try again later.")
        self._waiting[charge_point_id] += 1
        try:
            return await session.call_raw(action, payload)
        finally:
            self._waiting[charge_point_id] -= 1

    async def close(self, charge_point_id: str) -> None:
        """Close a station's connection, so that it comes back and is judged anew."""
        await self._system.disconnect(charge_point_id)

    async def close_all(self) -> None:
        """Close every connection, so that each station is judged anew."""
        await self._system.disconnect_all()

    def messages(self, charge_point_id: str) -> list[dict[str, Any]]:
        """Return the station's recent frames, redacted."""
        return self._frames.to_json(charge_point_id)

    def diary(self) -> list[dict[str, Any]]:
        """Return who tried to connect, the latest first."""
        return [asdict(attempt) for attempt in reversed(self._system.diary.attempts)]

    def forgive(self) -> None:
        """Listen again to addresses that failed too often, since the owner changed something."""
        self._system.forgive()

    async def secure(self, settings: Settings) -> None:
        """Put the settings on certificates and ciphers in force.

        Raises:
            InvalidPayloadError: the file with the authority cannot be used; nothing has changed.

        """
        path = client_ca_path(settings)
        if path is not None and self._supervised and not path.is_relative_to(SSL_FOLDER):
            raise InvalidPayloadError("client_ca", settings.client_ca, "it must lie in /ssl")
        try:
            await self._system.change_tls(client_ca=path, rsa_ciphers=settings.rsa_ciphers)
        except CertificateError as error:
            raise InvalidPayloadError("client_ca", settings.client_ca, str(error)) from error


def client_ca_path(settings: Settings) -> Path | None:
    """Return where the authority of the stations' certificates lies; a bare name is one in /ssl."""
    return SSL_FOLDER / settings.client_ca if settings.client_ca else None
