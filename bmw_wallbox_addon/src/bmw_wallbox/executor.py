"""Carrying out commands: store the wish, decide, call, wait for the proof, say what became of it."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.calls import (
    Answer,
    Call,
    GetVariables,
    RequestStartTransaction,
    SetVariables,
)
from bmw_wallbox.domain.commands import Restart, SetCurrentLimit, StartCharging, StopCharging
from bmw_wallbox.domain.decide import Expect, Plan, Situation, Start, decide, situation, with_request_id
from bmw_wallbox.domain.events import (
    CommandProgressed,
    ProfilesForgotten,
    RebootRequired,
    VariablesReported,
    WishChanged,
)
from bmw_wallbox.domain.poison import Look, diagnose, way_out
from bmw_wallbox.domain.proof import Verdict, judge
from bmw_wallbox.domain.variables import needs_reboot, read_back
from bmw_wallbox.domain.vocabulary import Outcome
from bmw_wallbox.errors import StationOfflineError
from bmw_wallbox.handling import ControlSettings
from bmw_wallbox.jobs import Job, Jobs
from bmw_wallbox.pursuit import Pursuit
from bmw_wallbox.station import Station

_LOGGER = logging.getLogger(__name__)
_TIMED_OUT = "timed_out"
_DIP_S = 10.0
"""How long the pause lasts that wakes a car up."""
_NOT_BEGUN = frozenset({Outcome.TIMED_OUT, Outcome.CAR_TAKES_LESS})
_OF_A_LIMIT = frozenset({Expect.WITHIN_LIMIT, Expect.NOT_CHARGING})
_BROKEN = "Something went wrong in the app itself; its log tells more."
_LOST = "The connection was lost before the wallbox answered. Try again once it is back."
_AFTER_REBOOT = "It takes effect once the wallbox has restarted."
_TRIED_AGAIN = "The wallbox was asked to start a transaction."


class Executor:
    """Moves the open jobs on, oldest first."""

    def __init__(
        self,
        station: Station,
        jobs: Jobs,
        pursuit: Pursuit,
        ask: Callable[[Call], Awaitable[Answer]],
        clock: Clock,
        *,
        settings: Callable[[], ControlSettings],
        next_id: Callable[[], int],
    ) -> None:
        self._station = station
        self._jobs = jobs
        self._pursuit = pursuit
        self._ask = ask
        self._clock = clock
        self._settings = settings
        self._next_id = next_id

    async def store_wishes(self) -> None:
        """Make the wishes of new jobs durable, before anything acts on them."""
        for job in self._jobs:
            if job.stored:
                continue
            job.stored = True
            await self._tell(job)
            if job.is_wish:
                self._pursuit.try_again()
                self._pursuit.wished()
                await self._station.apply(self._wish(job))

    async def step(self) -> None:
        """Take every job as far as it goes now, unless a new one came: its wish goes first."""
        for job in self._jobs:
            if self._jobs.unstarted():
                return
            if job.done.is_set():
                continue
            try:
                await self._advance(job)
            except StationOfflineError:
                await self._lost(job)
            except Exception:  # the job ends here; the other jobs and the worker go on
                _LOGGER.exception("%s: %s failed", self._station.state.key, job.report.command)
                await self._finish(job, Outcome.FAILED, _BROKEN)

    def reconsider(self) -> None:
        """Decide the wishes anew, since the connection is another one, or none."""
        for job in self._jobs:
            if job.is_wish:
                job.reopen()

    def due_in_s(self) -> float | None:
        """Return in how many seconds the next proof is overdue."""
        deadlines = [job.deadline_s for job in self._jobs if job.proving_since is not None]
        return max(0.0, min(deadlines) - self._clock.monotonic_s()) if deadlines else None

    def _wish(self, job: Job) -> WishChanged:
        at, asked_by = self._station.now(), job.report.asked_by
        match job.command:
            case SetCurrentLimit(limit_a=limit_a):
                return WishChanged(at=at, limit_a=limit_a, asked_by=asked_by)
            case StartCharging() | StopCharging() as command:
                allowed = isinstance(command, StartCharging)
                return WishChanged(at=at, charging_allowed=allowed, asked_by=asked_by)
            case _:
                raise AssertionError(job.command)

    async def _advance(self, job: Job) -> None:
        if job.unclear and situation(self._station.state) is not Situation.UNCLEAR:
            job.reopen()
        if job.proving_since is None:
            await self._carry_out(job)
        if job.proving_since is not None and job.plan is not None:
            await self._prove(job, job.plan, job.proving_since)

    async def _carry_out(self, job: Job) -> None:
        wakes = self._settings().wake_up_tries > 0
        plan = decide(self._station.state, job.command, wakes=wakes)
        if plan.outcome is Outcome.PENDING:
            if job.report.message != plan.text:
                await self._tell(job, plan.text)
            return
        if plan.push and not await self._limit_in_force(job):
            return
        job.plan = plan
        job.unclear = job.is_wish and situation(self._station.state) is Situation.UNCLEAR
        job.called_at = self._station.now()
        answer = await self._call(plan)
        # A wallbox that lets every car charge refuses to be asked; the running transaction will tell.
        runs = plan.start is Start.NOW and self._station.state.transaction is not None
        if answer is not None and not answer.accepted and not runs:
            await self._refused(job, answer)
        elif plan.expect is Expect.NOTHING:
            reboot = answer is not None and needs_reboot(answer)
            await self._finish(job, plan.outcome, f"{plan.text} {_AFTER_REBOOT}" if reboot else plan.text)
        else:
            job.refusal = answer if answer is not None and not answer.accepted else None
            await self._await_proof(job, plan.text)

    async def _limit_in_force(self, job: Job) -> bool:
        if self._pursuit.wanted() is None:
            return True
        refusal = self._pursuit.refusal
        if refusal is not None:
            await self._refused(job, refusal)
        return False

    async def _call(self, plan: Plan) -> Answer | None:
        """Make the plan's calls; return the answer that counts, None where there was nothing to ask."""
        answers = []
        if plan.start is Start.NOW:
            answers.append(await self._request_start())
        for call in plan.calls:
            answer = await self._ask(with_request_id(call, self._next_id()))
            answers.append(answer)
            if answer.accepted and isinstance(call, SetVariables):
                await self._learn(call, answer)
            if answer.status == _TIMED_OUT or (answer.accepted and plan.first_accepted):
                break
        accepted = [answer for answer in answers if answer.accepted]
        return next(iter(accepted or answers), None)

    async def _request_start(self) -> Answer:
        call = RequestStartTransaction(
            remote_start_id=self._next_id(),
            id_token=self._settings().id_token,
            evse_id=self._station.state.connector.evse_id,
        )
        answer = await self._ask(call)
        if answer.accepted or answer.status != "Rejected":
            return answer
        out = way_out(Look(state=self._station.state))
        said = f"The wallbox refused to start ({answer.reason or answer.status}). {out}"
        return Answer(accepted=False, status=said.strip())

    async def _learn(self, call: SetVariables, answer: Answer) -> None:
        """Take in what was written, as the wallbox reads it back."""
        if needs_reboot(answer):
            await self._station.apply(RebootRequired(at=self._station.now()))
        read = None
        with suppress(StationOfflineError):  # what was accepted stays accepted
            read = await self._ask(GetVariables(items=call.items))
        told = read_back(call, answer, read)
        await self._station.apply(VariablesReported(at=self._station.now(), variables=told))

    async def _await_proof(self, job: Job, text: str) -> None:
        if job.done.is_set():
            return
        job.proving_since = self._station.now()
        job.deadline_s = self._clock.monotonic_s() + self._settings().settle_s
        await self._tell(job, text)

    async def _prove(self, job: Job, plan: Plan, since: datetime) -> None:
        late = self._clock.monotonic_s() >= job.deadline_s
        tolerance_a = self._settings().tolerance_a
        verdict = judge(self._station.state, plan.expect, since, late=late, tolerance_a=tolerance_a)
        if verdict is None:
            return
        asleep = verdict.outcome is Outcome.CAR_TAKES_LESS and plan.expect is Expect.CHARGING
        if asleep and await self._woke(job):
            return
        if verdict.outcome is Outcome.TIMED_OUT and plan.start is Start.IF_NEEDED and not job.fell_through:
            job.fell_through = True
            if await self._tried_again():
                await self._await_proof(job, _TRIED_AGAIN)
                return
        if verdict.outcome is Outcome.TIMED_OUT and job.refusal is not None:
            await self._refused(job, job.refusal)
            return
        if verdict.outcome is Outcome.TIMED_OUT and plan.expect in _OF_A_LIMIT:
            verdict = await self._by_schedule() or verdict
        text = verdict.text
        if verdict.outcome in _NOT_BEGUN and plan.expect is Expect.CHARGING:
            text = f"{text} {way_out(await self._look())}".strip()
        await self._finish(job, verdict.outcome, text)

    async def _tried_again(self) -> bool:
        """Do what the table of poisoned states has for such a car; False where all was refused."""
        row = diagnose(await self._look())
        again = row is not None and row.profile_again
        started = await self._request_start()
        if again:
            self._pursuit.try_again()
            await self._station.apply(ProfilesForgotten(at=self._station.now()))
        return again or started.accepted

    async def _look(self) -> Look:
        return Look(state=self._station.state, schedule_a=await self._pursuit.schedule_a())

    async def _woke(self, job: Job) -> bool:
        """Wake a sleeping car up by a short pause, only so often and never while charging is not allowed."""
        tries = self._settings().wake_up_tries
        if job.wake_ups >= tries or not self._station.state.desired.charging_allowed:
            return False
        job.wake_ups += 1
        self._pursuit.dip(_DIP_S)
        await self._await_proof(job, f"Waking the car up, try {job.wake_ups} of {tries}.")
        job.deadline_s += _DIP_S
        return True

    async def _by_schedule(self) -> Verdict | None:
        """Return the verdict of the wallbox's own schedule where no meter speaks (OCPP 2.0.1 K08)."""
        limit_a = await self._pursuit.schedule_a()
        if limit_a is None or limit_a > self._station.state.desired.target_a:
            return None
        return Verdict(Outcome.APPLIED, f"The wallbox confirms its limit of {limit_a:g} A.")

    async def _lost(self, job: Job) -> None:
        """Go on after the connection broke: a wish waits, a restart may have caused it, the rest is over."""
        if job.is_wish:
            job.reopen()
        elif isinstance(job.command, Restart) and job.plan is not None:
            await self._await_proof(job, job.plan.text)
            job.proving_since = job.called_at
        else:
            await self._finish(job, Outcome.FAILED, _LOST)

    async def _refused(self, job: Job, answer: Answer) -> None:
        outcome = Outcome.TIMED_OUT if answer.status == _TIMED_OUT else Outcome.REFUSED
        said = answer.reason or answer.status
        out = way_out(Look(state=self._station.state, refusal=said)) if job.is_wish else ""
        text = said if " " in said else f"The wallbox answered {said}. {out}".strip()
        await self._finish(job, outcome, text)

    async def _finish(self, job: Job, outcome: Outcome, text: str) -> None:
        if job.done.is_set():
            return
        self._jobs.finish(job, outcome, text, self._station.now())
        _LOGGER.info("%s: %s is %s: %s", self._station.state.key, job.report.command, outcome, text)
        await self._tell(job)

    async def _tell(self, job: Job, text: str | None = None) -> None:
        """Let everybody know how far a job is."""
        if text is not None:
            self._jobs.note(job, job.report.outcome, text, self._station.now())
        report = job.report
        await self._station.apply(
            CommandProgressed(
                at=report.changed_at,
                command_id=report.id,
                command=report.command,
                outcome=report.outcome,
                message=report.message,
                value=report.value,
                asked_by=report.asked_by,
                asked_at=report.asked_at,
            )
        )
