"""The errors that this app raises on purpose, each with a key, its data and one text."""

from collections.abc import Mapping
from typing import ClassVar


class WallboxError(Exception):
    """Base of all our errors: `error_key` is stable, `str(error)` is the text for HA, panel and log."""

    error_key: ClassVar[str] = "error"


class ConfigError(WallboxError):
    """The options cannot be used as they are; `problems` lists every fault in words."""

    error_key = "invalid_options"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class InvalidPayloadError(WallboxError):
    """A command came with a value that cannot be used."""

    error_key = "invalid_payload"

    def __init__(self, key: str, value: object, expected: str) -> None:
        super().__init__(f"{key} cannot be {value!r:.80}: {expected}.")
        self.key = key
        self.value = value
        self.expected = expected


class NotFoundError(WallboxError):
    """What was asked for does not exist."""

    error_key = "not_found"

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"There is no {kind} {key!r:.60}.")
        self.kind = kind
        self.key = key


class StoreError(WallboxError):
    """The data folder could not be written or read; what is in memory goes on."""

    error_key = "store_failed"


class ReportError(WallboxError):
    """A report could not be made."""

    error_key = "report_failed"


class CallError(WallboxError):
    """A request to the wallbox brought no usable answer."""

    error_key = "call_failed"


class StationOfflineError(CallError):
    """The wallbox has no connection, or lost it before it answered."""

    error_key = "offline"

    def __init__(self, action: str) -> None:
        super().__init__(f"The wallbox is not connected, so {action} could not be completed.")
        self.action = action


class DisconnectedError(StationOfflineError):
    """The connection was lost between the request and its answer."""

    error_key = "disconnected"

    def __init__(self, action: str) -> None:
        CallError.__init__(
            self,
            f"The connection was lost before the wallbox answered {action}; whether it did it is not known.",
        )
        self.action = action


class CallTimeoutError(CallError, TimeoutError):
    """The wallbox did not answer in time."""

    error_key = "timed_out"

    def __init__(self, action: str, timeout_s: float) -> None:
        super().__init__(f"The wallbox did not answer {action} within {timeout_s:g} s.")
        self.action = action
        self.timeout_s = timeout_s


class CallNotSentError(CallTimeoutError):
    """An earlier request took so long that this one never had its turn."""

    error_key = "not_sent"

    def __init__(self, action: str, timeout_s: float) -> None:
        CallError.__init__(
            self, f"{action} was not sent: the wallbox answered nothing else for {timeout_s:g} s either."
        )
        self.action = action
        self.timeout_s = timeout_s


class CallRefusedError(CallError):
    """The wallbox answered a call with CALLERROR (OCPP 2.0.1 part 4 §4.2.3)."""

    error_key = "refused"

    def __init__(
        self, action: str, code: str, description: str, details: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(
            f"The wallbox answered {action} with {code}{': ' + description if description else ''}."
        )
        self.action = action
        self.code = code
        self.description = description
        self.details = details or {}
        """errorDetails, as the wallbox sent them."""


class HomeAssistantError(WallboxError):
    """Home Assistant could not be reached or refused a request; `code` is its own word for why."""

    error_key = "home_assistant_failed"

    def __init__(self, message: str, code: str = "unknown") -> None:
        super().__init__(message)
        self.code = code
