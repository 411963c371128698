"""Where the OCPP listener meets the stations: who is let in, and what is sent by hand."""

from typing import Any

from bmw_wallbox.csms.frames import FrameLog
from bmw_wallbox.csms.ports import Verdict
from bmw_wallbox.csms.server import CentralSystem
from bmw_wallbox.errors import StationOfflineError
from bmw_wallbox.registry import Registry


class Door:
    """Judges who knocks at the listener."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def admit(self, charge_point_id: str, remote: str, _authorization: str | None, /) -> Verdict:
        """Return the registry's verdict; who is unknown gets a 404 (OCPP 2.0.1 part 4 §3.2)."""
        admission = await self._registry.admit(charge_point_id, remote)
        if admission is not None:
            return Verdict(admission=admission)
        return Verdict(reason="The id is not approved. Turn pairing on in the panel to let it in.")


class RawEdge:
    """Sends what the panel's console writes, and shows what went over the wire."""

    def __init__(self, system: CentralSystem, frames: FrameLog) -> None:
        self._system = system
        self._frames = frames

    async def send(self, charge_point_id: str, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send any request and return the answer, both in OCPP's own spelling.

        Raises:
            InvalidPayloadError: the payload does not fit the action's schema.
            CallError: the station is away, silent, or answered with CALLERROR.

        """
        session = self._system.session(charge_point_id)
        if session is None:
            raise StationOfflineError(action)
        return await session.call_raw(action, payload)

    async def close(self, charge_point_id: str) -> None:
        """Close a station's connection, so that it comes back and is judged anew."""
        await self._system.disconnect(charge_point_id)

    def messages(self, charge_point_id: str) -> list[dict[str, Any]]:
        """Return the station's recent frames, redacted."""
        return self._frames.to_json(charge_point_id)
