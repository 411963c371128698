"""What the panel's expert page needs, held in memory: real schemas and a real log of messages."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bmw_wallbox.csms.actions import CSMS_ACTIONS
from bmw_wallbox.csms.frames import FrameListener, FrameLog
from bmw_wallbox.csms.schema import schema_of
from bmw_wallbox.csms.validation import check_outgoing
from bmw_wallbox.domain.deeds import Deed, DeedOutcome
from bmw_wallbox.errors import NotFoundError
from tests.fakes.clock import HandClock


@dataclass(slots=True)
class MemoryAudit:
    """The audit, without a disk."""

    rows: dict[str, Deed] = field(default_factory=dict)

    async def deeds(self) -> list[Deed]:
        return list(reversed(self.rows.values()))

    async def begin(self, who: str, action: str, target: str, details: str) -> Deed:
        at = HandClock().now()
        deed = Deed(id=f"{len(self.rows):04}", at=at, who=who, action=action, target=target, details=details)
        self.rows[deed.id] = deed
        return deed

    async def end(self, deed: Deed, outcome: DeedOutcome, note: str) -> None:
        self.rows[deed.id] = replace(deed, outcome=outcome, note=note)


@dataclass(slots=True)
class MemoryExpert:
    """Implements the panel's ExpertBackend."""

    audit: MemoryAudit = field(default_factory=MemoryAudit)
    frames: FrameLog = field(default_factory=FrameLog)
    actions: Collection[str] = CSMS_ACTIONS
    facts: dict[str, Any] = field(default_factory=lambda: {"options": {}, "store": {}, "system": {}})
    hidden: list[str] = field(default_factory=list)

    def schema(self, action: str) -> Mapping[str, Any]:
        schema = schema_of(action, "Request") if action in CSMS_ACTIONS else None
        if schema is None:
            raise NotFoundError("action", action)
        return schema.root

    def check(self, action: str, payload: object) -> None:
        self.schema(action)
        check_outgoing(action, payload)

    def follow(self, listener: FrameListener) -> Callable[[], None]:
        return self.frames.subscribe(listener)

    async def diagnosis(self) -> Mapping[str, object]:
        return self.facts

    def secrets(self) -> Collection[str]:
        return self.hidden
