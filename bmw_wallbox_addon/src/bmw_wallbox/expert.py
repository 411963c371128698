"""What the panel's expert page needs of the app: schemas, messages, the audit and facts for a bug report."""

import asyncio
import platform
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from importlib.metadata import distributions
from typing import Any

from bmw_wallbox.audit_trail import AuditTrail
from bmw_wallbox.clock import Clock
from bmw_wallbox.config import Options
from bmw_wallbox.csms.actions import CSMS_ACTIONS
from bmw_wallbox.csms.frames import FrameListener, FrameLog
from bmw_wallbox.csms.schema import schema_of
from bmw_wallbox.csms.validation import check_outgoing
from bmw_wallbox.domain.tokens import masked
from bmw_wallbox.errors import NotFoundError
from bmw_wallbox.launch import Launch
from bmw_wallbox.storage.facts import read_facts
from bmw_wallbox.storage.store import Store

_SECRET_VARIABLES = ("SUPERVISOR_TOKEN", "HA_TOKEN", "PANEL_PASSWORD")


class Expert:
    """Implements the panel's `ExpertBackend`."""

    def __init__(
        self, launch: Launch, options: Options, store: Store, frames: FrameLog, clock: Clock
    ) -> None:
        self._launch = launch
        self._options = options
        self._store = store
        self._frames = frames
        self.audit = AuditTrail(store, clock)
        self.actions: Collection[str] = CSMS_ACTIONS

    def schema(self, action: str) -> Mapping[str, Any]:
        """Return the JSON Schema of an action's request."""
        schema = schema_of(action, "Request") if action in CSMS_ACTIONS else None
        if schema is None:
            raise NotFoundError("action", action)
        return schema.root

    def check(self, action: str, payload: object) -> None:
        """Raise InvalidPayloadError, with the field, unless a station may be sent this."""
        self.schema(action)
        check_outgoing(action, payload)

    def follow(self, listener: FrameListener) -> Callable[[], None]:
        """Call `listener` with each OCPP message to come, redacted."""
        return self._frames.subscribe(listener)

    async def diagnosis(self) -> Mapping[str, object]:
        """Return the options, what the store holds and what the app runs on, without secrets."""
        options = {name: str(value) for name, value in asdict(self._options).items() if value is not None}
        if self._options.rfid_token:
            options["rfid_token"] = masked(self._options.rfid_token)
        return {
            "options": options,
            "store": {
                "problems": self._store.problems,
                "tables": await self._store.query(read_facts),
            },
            "system": await asyncio.to_thread(_system),
        }

    def secrets(self) -> Collection[str]:
        """Return texts that must appear nowhere."""
        environment = self._launch.environment
        found = [environment.get(name) for name in _SECRET_VARIABLES]
        return [text for text in (*found, self._launch.panel_password, self._options.rfid_token) if text]


def _system() -> Mapping[str, object]:
    packages = {found.metadata["Name"]: found.version for found in distributions()}
    return {
        "platform": platform.platform(),
        "python": platform.python_version(),
        "packages": dict(sorted(packages.items())),
    }
