"""Commands from Home Assistant: read by the entity's row, executed, or refused in words."""

import logging
from collections.abc import Callable
from uuid import uuid4

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.commands import Command
from bmw_wallbox.domain.state import CommandReport, StationState
from bmw_wallbox.domain.vocabulary import Outcome
from bmw_wallbox.entities.table import find_row
from bmw_wallbox.errors import WallboxError
from bmw_wallbox.hass.transport import Message

_LOGGER = logging.getLogger(__name__)

ASKED_BY = "home_assistant"
_LONGEST_VALUE = 100

type Execute = Callable[[str, Command, str], object]
"""Takes a station's key, a command and who asks; raises WallboxError where it cannot be taken."""


class Inbox:
    """Takes one station's command messages.

    Home Assistant learns of a refusal by nothing but our state: what could not even become a command is
    kept in `refused`, to be shown as the last command.
    """

    def __init__(self, execute: Execute, clock: Clock) -> None:
        self._execute = execute
        self._clock = clock
        self._refused: CommandReport | None = None

    def take(self, message: Message, state: StationState) -> None:
        """Execute what a message asks for; a retained one is a leftover and asks for nothing."""
        key = message.topic.rpartition("/")[2]
        row = find_row(key, state)
        if message.retained or row is None:
            _LOGGER.debug("A message on %s is no command", message.topic)
            return
        try:
            self._execute(state.key, row.parse(message.payload, state), ASKED_BY)
        except WallboxError as error:
            _LOGGER.warning("Home Assistant's command was not taken: %s", error)
            self._refuse(row.command or key, message.payload, str(error))

    def last_command(self, state: StationState) -> CommandReport | None:
        """Return the newer of the station's last command and our last refusal."""
        last, refused = state.last_command, self._refused
        if refused is None or (last is not None and last.changed_at > refused.changed_at):
            return last
        return refused

    def _refuse(self, command: str, payload: str, text: str) -> None:
        now = self._clock.now()
        self._refused = CommandReport(
            id=uuid4().hex,
            command=command,
            outcome=Outcome.REFUSED,
            message=text,
            value=payload[:_LONGEST_VALUE],
            asked_by=ASKED_BY,
            asked_at=now,
            changed_at=now,
        )
