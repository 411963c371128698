"""The opening handshake of a station: its URL, subprotocol, certificate and login (OCPP 2.0.1 part 4 §3)."""

import logging
from http import HTTPStatus

from websockets.http11 import Request, Response

from bmw_wallbox.csms.backoff import Backoff
from bmw_wallbox.csms.caller import Caller
from bmw_wallbox.csms.client_certificate import read_client_certificate
from bmw_wallbox.csms.diary import Diary
from bmw_wallbox.csms.doorway import SUBPROTOCOL
from bmw_wallbox.csms.gate import Gate, Login
from bmw_wallbox.csms.station_id import names_nobody, station_id
from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.errors import WallboxError

_LOGGER = logging.getLogger(__name__)
_ENTERED = {Admission.APPROVED: "accepted", Admission.PENDING: "pending"}
_NO_ID = "the address has no charge point id at its end"
_BAD_ID = "the address must end with the charge point id: 1 to 48 printable characters, no slash"


class Reception:
    """Answers opening handshakes, and writes each verdict down."""

    def __init__(self, gate: Gate, diary: Diary, backoff: Backoff) -> None:
        self._gate = gate
        self._diary = diary
        self._backoff = backoff
        self.server_names: dict[str, str] = {}
        """The host name that each approved station asked for last."""

    async def check(self, caller: Caller, request: Request) -> Response | None:
        """Return a refusal, or None to let the caller in."""
        try:
            return await self._check(caller, request)
        except WallboxError as error:
            _LOGGER.error("The login of %s could not be judged: %s", caller.remote, error)
        except Exception:  # a fault of ours costs this attempt; the station comes again
            _LOGGER.exception("The login of %s could not be judged", caller.remote)
        return caller.respond(HTTPStatus.INTERNAL_SERVER_ERROR, "Come again later.\n")

    async def _check(self, caller: Caller, request: Request) -> Response | None:
        if "websocket" not in ",".join(request.headers.get_all("Upgrade")).lower():
            refusal = caller.respond(
                HTTPStatus.UPGRADE_REQUIRED, "This port speaks OCPP over WebSocket only.\n"
            )
            refusal.headers["Upgrade"] = "websocket"
            return refusal
        caller.offered = ",".join(request.headers.get_all("Sec-WebSocket-Protocol"))
        identity = station_id(request.path)
        if identity is None:
            empty = names_nobody(request.path)
            caller.charge_point_id = request.path
            status = HTTPStatus.NOT_FOUND if empty else HTTPStatus.BAD_REQUEST
            return self._refuse(caller, status, "bad_id", _NO_ID if empty else _BAD_ID)
        caller.charge_point_id = identity
        if SUBPROTOCOL not in {name.strip() for name in caller.offered.split(",")}:
            reason = (
                f"it offers {caller.offered[:40] or 'no protocol'!r}; set the wallbox to OCPP 2.0.1 (JSON)"
            )
            return self._refuse(caller, HTTPStatus.BAD_REQUEST, "wrong_protocol", reason)
        return await self._admit(caller, request)

    async def _admit(self, caller: Caller, request: Request) -> Response | None:
        """Ask the gate; None lets the caller in."""
        verdict = await self._gate.admit(_login(caller, request))
        word = _ENTERED.get(verdict.admission) if verdict.admission else None
        if word is None:
            return self._refuse(caller, verdict.status, verdict.cause, verdict.reason)
        caller.verdict = verdict
        self._diary.note(caller.visitor, word, verdict.cause, verdict.reason)
        if verdict.admission is Admission.APPROVED:
            self._backoff.forgive(caller.remote)
            self.server_names[caller.charge_point_id] = caller.asked.text
        return None

    def _refuse(self, caller: Caller, status: HTTPStatus, cause: str, reason: str) -> Response:
        self._diary.note(caller.visitor, "refused", cause, reason)
        self._backoff.failed(caller.remote)
        refusal = caller.respond(status, "Refused.\n")
        if status is HTTPStatus.UNAUTHORIZED:
            refusal.headers["WWW-Authenticate"] = 'Basic realm="OCPP", charset="UTF-8"'
        return refusal


def _login(caller: Caller, request: Request) -> Login:
    given = request.headers.get_all("Authorization")
    return Login(
        charge_point_id=caller.charge_point_id,
        remote=caller.remote,
        # Several headers are no login at all: joined, they are refused like any that cannot be read.
        authorization=", ".join(given) if given else None,
        certificate=read_client_certificate(caller.transport.get_extra_info("peercert")),
    )
