"""What the panel's server asks of the set-up guide."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class GuideBackend(Protocol):
    """The set-up guide as the panel sees it."""

    @property
    def finished_at(self) -> datetime | None:
        """Return when the first charge succeeded, or somebody had the guide put away; None: not yet."""

    async def finish(self, *, finished: bool) -> None:
        """Put the guide away, or have it shown again."""

    async def address(self) -> Mapping[str, Any]:
        """Return what the wallbox's server address can be made of.

        Keys: `hosts`, each with `name`, `source` (`home_assistant` or `certificate`) and `covered`, the best
        first; `port`, None where none is published; `port_known`; `tls`.
        """

    async def check(self, host: str) -> Mapping[str, Any]:
        """Return what a strict client meets that is told to go to `host`.

        Keys: `host`; `covered`, whether the certificate is for it; `tls` and `lookup`, each with `ok`,
        `cause` and details.
        """
