"""The commands that a wallbox was given, from the wish to the proof, and who waits for them."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

from bmw_wallbox.domain.calls import Answer
from bmw_wallbox.domain.commands import (
    Command,
    SetCurrentLimit,
    SetVariable,
    StartCharging,
    StopCharging,
)
from bmw_wallbox.domain.decide import Plan
from bmw_wallbox.domain.state import CommandReport
from bmw_wallbox.domain.vocabulary import Outcome
from bmw_wallbox.errors import NotFoundError

_REMEMBERED = 100
_MOST_OPEN = 50
"""Writes of variables that may wait; the other commands are so few that they need no bound."""
_TOO_MANY = "Too many settings wait to be written already. Try again later."
_REPLACED = "A newer request replaced this one before it could be proved."


@dataclass(slots=True, kw_only=True, eq=False)
class Job:
    """One command on its way."""

    command: Command
    report: CommandReport
    stored: bool = False
    """True once the wish it carries is durable."""
    plan: Plan | None = None
    """None until it is carried out in the present situation."""
    unclear: bool = False
    """True if it was decided before the wallbox told its situation."""
    called_at: datetime | None = None
    """When its own calls began."""
    proving_since: datetime | None = None
    """When the wallbox accepted; the proof must be newer."""
    deadline_s: float = 0.0
    """On the monotonic clock."""
    refusal: Answer | None = None
    """What the wallbox said against it, which counts only if the proof fails to come."""
    fell_through: bool = False
    wake_ups: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_wish(self) -> bool:
        """Return whether the command states a wish, which is kept while the wallbox is away."""
        return isinstance(self.command, (StartCharging, StopCharging, SetCurrentLimit))

    def reopen(self) -> None:
        """Have it decided anew, since the situation is another one."""
        self.plan = self.proving_since = None
        self.unclear = self.fell_through = False


class Jobs:
    """The open jobs in order, and the reports of the last ones."""

    def __init__(self) -> None:
        self._open: list[Job] = []
        self._known: OrderedDict[str, Job] = OrderedDict()

    def __iter__(self) -> Iterator[Job]:
        """Iterate over a copy of the open jobs, oldest first."""
        return iter(tuple(self._open))

    def add(self, command: Command, asked_by: str, at: datetime) -> Job:
        """Take on a command: an equal open one stands for it, one about the same thing is replaced."""
        for older in self:
            if older.command == command:
                return older
            if _subject(older.command) == _subject(command):
                self.finish(older, Outcome.FAILED, _REPLACED, at)
        report = CommandReport(
            id=uuid4().hex[:12],
            command=command.name,
            outcome=Outcome.PENDING,
            message="Waiting for the wallbox.",
            value=_value(command),
            asked_by=asked_by,
            asked_at=at,
            changed_at=at,
        )
        job = Job(command=command, report=report)
        self._known[report.id] = job
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        if isinstance(command, SetVariable) and len(self._open) >= _MOST_OPEN:
            self.finish(job, Outcome.REFUSED, _TOO_MANY, at)
        else:
            self._open.append(job)
        return job

    def unstarted(self) -> bool:
        """Return whether a job waits for its first step."""
        return any(not job.stored for job in self._open)

    def note(self, job: Job, outcome: Outcome, text: str, at: datetime) -> None:
        """Write down how far a job is."""
        job.report = replace(job.report, outcome=outcome, message=text, changed_at=at)

    def finish(self, job: Job, outcome: Outcome, text: str, at: datetime) -> None:
        """Close a job and wake who waits for it."""
        self.note(job, outcome, text, at)
        with suppress(ValueError):
            self._open.remove(job)
        job.done.set()

    def report(self, command_id: str) -> CommandReport:
        """Return what is known of a command.

        Raises:
            NotFoundError: it is unknown, or too long ago.

        """
        return self._get(command_id).report

    async def wait(self, command_id: str, timeout_s: float) -> CommandReport:
        """Return the report once it is final, or as it is after `timeout_s`.

        Raises:
            NotFoundError: it is unknown, or too long ago.

        """
        job = self._get(command_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await job.done.wait()
        return job.report

    def _get(self, command_id: str) -> Job:
        if command_id not in self._known:
            raise NotFoundError("command", command_id)
        return self._known[command_id]


def _subject(command: Command) -> str:
    """Return what a command is about; of two about the same thing only the newer counts."""
    if isinstance(command, SetVariable):
        return f"{command.name} {command.variable}"
    return "allowed" if isinstance(command, (StartCharging, StopCharging)) else command.name


def _value(command: Command) -> str | None:
    """Return what was asked for; of a variable only its name, since what was asked for may be a secret."""
    if isinstance(command, SetVariable):
        return command.variable
    value = getattr(command, "limit_a", None) or getattr(command, "percent", None)
    return None if value is None else f"{value:g}"
