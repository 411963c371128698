"""The recent OCPP messages of each station, kept for the panel and redacted when shown."""

import logging
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from bmw_wallbox.csms.rpc import Message, Refusal, Request, Result, read_message
from bmw_wallbox.csms.timestamps import write_timestamp
from bmw_wallbox.domain.redaction import redacted

type Direction = Literal["in", "out"]
type Row = dict[str, object]
type FrameListener = Callable[[str, Row], None]
"""Called with the charge point id and the row."""

_LOGGER = logging.getLogger(__name__)
_MAX_STATIONS = 16
_PERSONAL = frozenset({"NotifyCustomerInformation"})
"""Requests whose `data` is nobody's to see but those who asked for it."""


class _Frame(NamedTuple):
    at: datetime
    direction: Direction
    text: str | bytes
    action: str | None


@dataclass(slots=True)
class _Ring:
    frames: deque[_Frame] = field(default_factory=deque)
    characters: int = 0


class FrameLog:
    """Keeps so many messages, and so many characters, per station; the oldest go first.

    Messages are kept as they travelled and parsed only when somebody looks, so that keeping them costs
    next to nothing.
    """

    def __init__(self, *, max_frames: int = 200, max_characters: int = 512 * 1024) -> None:
        self._max_frames = max_frames
        self._max_characters = max_characters
        self._rings: OrderedDict[str, _Ring] = OrderedDict()
        self._listeners: list[FrameListener] = []

    def record(
        self,
        charge_point_id: str,
        text: str | bytes,
        *,
        at: datetime,
        direction: Direction,
        action: str | None = None,
    ) -> None:
        """Keep one message; `action` names what an answer answers."""
        ring = self._ring(charge_point_id)
        frame = _Frame(at=at, direction=direction, text=text, action=action)
        ring.frames.append(frame)
        ring.characters += len(text)
        while len(ring.frames) > self._max_frames or ring.characters > self._max_characters:
            ring.characters -= len(ring.frames.popleft().text)
        if self._listeners:
            row = _row(frame)
            for listener in tuple(self._listeners):
                try:
                    listener(charge_point_id, row)
                except Exception:  # who watches must not disturb the link or the other listeners
                    _LOGGER.exception("A listener to the messages failed")

    def to_json(self, charge_point_id: str) -> list[Row]:
        """Return the station's recent messages, oldest first, redacted."""
        ring = self._rings.get(charge_point_id)
        return [_row(frame) for frame in ring.frames] if ring else []

    def subscribe(self, listener: FrameListener) -> Callable[[], None]:
        """Call `listener`, which must not block, with every message from now on; returns what ends that."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def _ring(self, charge_point_id: str) -> _Ring:
        ring = self._rings.get(charge_point_id)
        if ring is None:
            ring = self._rings[charge_point_id] = _Ring()
            if len(self._rings) > _MAX_STATIONS:
                self._rings.popitem(last=False)
        self._rings.move_to_end(charge_point_id)
        return ring


def _row(frame: _Frame) -> Row:
    message = read_message(frame.text)
    kind, message_id, action, payload = _parts(message, frame)
    if action in _PERSONAL and isinstance(payload, dict):
        payload = {**payload, "data": f"{len(str(payload.get('data', '')))} characters"}
    return {
        "at": write_timestamp(frame.at),
        "direction": frame.direction,
        "type": kind,
        "action": action,
        "id": message_id,
        "payload": redacted(payload),
    }


def _parts(message: Message, frame: _Frame) -> tuple[str, str | None, str | None, object]:
    match message:
        case Request():
            return "CALL", message.id, message.action, message.payload
        case Result():
            return "CALLRESULT", message.id, frame.action, message.payload
        case Refusal():
            said = {
                "errorCode": message.code,
                "errorDescription": message.description,
                "errorDetails": message.details,
            }
            return "CALLERROR", message.id, frame.action, said
        case _:
            # What cannot be read cannot be redacted either, so only its size is told.
            return "unreadable", None, None, f"{len(frame.text)} characters"
