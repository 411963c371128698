"""Carrying out commands: store the wish, decide, call, wait for the proof, say what became of it."""

import logging
from collections.abc import Awaitable, Callable

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.calls import Answer, Call, RequestStartTransaction, Reset, SetVariables
from bmw_wallbox.domain.commands import SetCurrentLimit, StartCharging, StopCharging
from bmw_wallbox.domain.decide import Expect, Plan, Start, decide, with_request_id
from bmw_wallbox.domain.events import CommandProgressed, Variable, VariablesReported, WishChanged
from bmw_wallbox.domain.proof import judge
from bmw_wallbox.domain.vocabulary import Outcome
from bmw_wallbox.errors import StationOfflineError
from bmw_wallbox.jobs import Job, Jobs
from bmw_wallbox.pursuit import Pursuit
from bmw_wallbox.station import Station

_LOGGER = logging.getLogger(__name__)
_LOST = "The connection was lost before the wallbox answered. Try again once it is back."
_START_REFUSED = (
    "The wallbox refused to start ({status}). After an ended transaction it starts again only once the car "
    "was unplugged and plugged in, or the wallbox was restarted."
)


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
        id_token: str,
        settle_s: float,
        next_id: Callable[[], int],
    ) -> None:
        self._station = station
        self._jobs = jobs
        self._pursuit = pursuit
        self._ask = ask
        self._clock = clock
        self._id_token = id_token
        self._settle_s = settle_s
        self._next_id = next_id

    async def store_wishes(self) -> None:
        """Make the wishes of new jobs durable, before anything acts on them."""
        for job in self._jobs:
            if job.stored:
                continue
            job.stored = True
            await self._tell(job)
            if job.is_wish:
                await self._station.apply(self._wish(job))

    async def step(self) -> None:
        """Take every job as far as it goes now."""
        for job in self._jobs:
            if job.done.is_set():
                continue
            if job.proving_since is None:
                await self._carry_out(job)
            if job.proving_since is not None:
                await self._prove(job)

    def reconsider(self) -> None:
        """Decide the wishes anew, since the wallbox came back in a situation of its own."""
        for job in self._jobs:
            if job.is_wish:
                job.plan = None
                job.proving_since = None

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

    async def _carry_out(self, job: Job) -> None:
        if job.plan is None:
            job.plan = decide(self._station.state, job.command)
        plan = job.plan
        if plan.outcome is Outcome.PENDING:
            job.plan = None
            if job.report.message != plan.text:
                await self._tell(job, plan.text)
            return
        if plan.push and not await self._limit_in_force(job):
            return
        try:
            answer = await self._call(plan)
        except StationOfflineError:
            await self._lost(job, plan)
            return
        if answer is not None and not answer.accepted:
            await self._refused(job, answer)
        elif plan.expect is Expect.NOTHING:
            await self._finish(job, plan.outcome, plan.text)
        else:
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
                await self._learn(call)
            if answer.accepted and plan.first_accepted:
                break
        accepted = [answer for answer in answers if answer.accepted]
        return next(iter(accepted or answers), None)

    async def _request_start(self) -> Answer:
        call = RequestStartTransaction(
            remote_start_id=self._next_id(),
            id_token=self._id_token,
            evse_id=self._station.state.connector.evse_id,
        )
        answer = await self._ask(call)
        if answer.accepted or answer.status != "Rejected":
            return answer
        return Answer(accepted=False, status=_START_REFUSED.format(status=answer.reason or answer.status))

    async def _learn(self, call: SetVariables) -> None:
        told = tuple(
            Variable(component=item.component, variable=item.variable, value=item.value)
            for item in call.items
        )
        await self._station.apply(VariablesReported(at=self._station.now(), variables=told))

    async def _await_proof(self, job: Job, text: str) -> None:
        job.proving_since = self._station.now()
        job.deadline_s = self._clock.monotonic_s() + self._settle_s
        await self._tell(job, text)

    async def _prove(self, job: Job) -> None:
        plan, since = job.plan, job.proving_since
        assert plan is not None
        assert since is not None
        late = self._clock.monotonic_s() >= job.deadline_s
        if late and plan.start is Start.IF_NEEDED and not job.fell_through:
            job.fell_through = True
            answer = await self._request_start()
            if answer.accepted:
                await self._await_proof(job, "The wallbox was asked to start a transaction.")
                return
        verdict = judge(self._station.state, plan.expect, since, late=late)
        if verdict is not None:
            await self._finish(job, verdict.outcome, verdict.text)

    async def _lost(self, job: Job, plan: Plan) -> None:
        if any(isinstance(call, Reset) for call in plan.calls):
            await self._await_proof(job, plan.text)
        elif not job.is_wish:
            await self._finish(job, Outcome.FAILED, _LOST)

    async def _refused(self, job: Job, answer: Answer) -> None:
        outcome = Outcome.TIMED_OUT if answer.status == "timed_out" else Outcome.REFUSED
        said = answer.reason or answer.status
        await self._finish(job, outcome, said if " " in said else f"The wallbox answered {said}.")

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
