"""What the panel's server asks of the app for experts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from bmw_wallbox.domain.deeds import Deed, DeedOutcome


class AuditBackend(Protocol):
    """The audit of dangerous actions."""

    async def deeds(self) -> Sequence[Deed]:
        """Return what was done, the newest first."""

    async def begin(self, who: str, action: str, target: str, details: str) -> Deed:
        """Keep that something is about to be done."""

    async def end(self, deed: Deed, outcome: DeedOutcome, note: str) -> None:
        """Keep what became of it."""


class ExpertBackend(Protocol):
    """What lies behind the panel's expert page."""

    @property
    def audit(self) -> AuditBackend:
        """Return the audit of dangerous actions."""

    @property
    def actions(self) -> Collection[str]:
        """Return every action that a central system may ask a station for."""

    def schema(self, action: str) -> Mapping[str, Any]:
        """Return the JSON Schema of an action's request; raise NotFoundError for an unknown action."""

    def check(self, action: str, payload: object) -> None:
        """Raise InvalidPayloadError, with the field, unless a station may be sent this."""

    def follow(self, listener: Callable[[str, Mapping[str, object]], None]) -> Callable[[], None]:
        """Call `listener` with the charge point id and the redacted row of each OCPP message to come."""

    async def diagnosis(self) -> Mapping[str, object]:
        """Return what else a bug report needs: `options`, `store` and `system`, without secrets."""

    def secrets(self) -> Collection[str]:
        """Return texts that must appear nowhere: tokens of the environment and the options."""
