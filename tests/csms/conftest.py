"""A central system on a real port, with a station that writes down what it hears."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from http import HTTPStatus
from pathlib import Path

import pytest

from bmw_wallbox.clock import SystemClock
from bmw_wallbox.csms.certificate import TlsFiles
from bmw_wallbox.csms.frames import FrameLog
from bmw_wallbox.csms.gate import Login, Verdict
from bmw_wallbox.csms.limits import HOUSE, Limits
from bmw_wallbox.csms.server import CentralSystem
from bmw_wallbox.csms.session import Session
from bmw_wallbox.domain.events import AnyEvent
from bmw_wallbox.domain.tokens import PresentedToken, TokenAnswer
from bmw_wallbox.domain.vocabulary import Admission
from tests.csms.certificates import Authority, write_pair
from tests.csms.wallbox import DEADLINE_S, IDENTITY, Wallbox, wallbox


class Listener:
    """A station that only writes down; `changed` wakes who waits for something."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []
        self.links: list[Session] = []
        self.link: Session | None = None
        self.fault: Exception | None = None
        self.answer = TokenAnswer(status="Accepted")
        self.presented: list[PresentedToken] = []
        self.cost: float | None = None
        self.changed = asyncio.Condition()

    async def apply(self, *events: AnyEvent) -> None:
        if self.fault is not None:
            raise self.fault
        self.events += events
        await self._wake()

    def judge_token(self, presented: PresentedToken) -> TokenAnswer:
        self.presented.append(presented)
        return self.answer

    def total_cost(self, _transaction_id: str) -> float | None:
        return self.cost

    def limit_a(self) -> float:
        return 16.0

    def attach(self, link: Session, _remote: str) -> None:
        self.link = link
        self.links.append(link)

    async def detach(self, link: Session) -> None:
        if self.link is link:
            self.link = None
        self.links.remove(link)
        await self._wake()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(DEADLINE_S), self.changed:
            await self.changed.wait_for(condition)

    def of[T: AnyEvent](self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    async def _wake(self) -> None:
        async with self.changed:
            self.changed.notify_all()


class Doorman:
    """A gate whose verdicts the test writes; it knows one station."""

    def __init__(self) -> None:
        self.verdicts = {IDENTITY: Verdict(admission=Admission.APPROVED)}
        self.unknown = Verdict(status=HTTPStatus.NOT_FOUND, reason="unknown station")
        self.asked: list[Login] = []

    async def admit(self, login: Login) -> Verdict:
        self.asked.append(login)
        return self.verdicts.get(login.charge_point_id, self.unknown)


type Serving = Callable[..., AbstractAsyncContextManager[CentralSystem]]


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def doorman() -> Doorman:
    return Doorman()


@pytest.fixture
def frames() -> FrameLog:
    return FrameLog()


@pytest.fixture
def serving(listener: Listener, doorman: Doorman, frames: FrameLog) -> Serving:
    """Run a central system while the block lasts; it listens when that begins, unless `wait` is False."""

    @asynccontextmanager
    async def run(
        *, wait: bool = True, port: int = 0, tls: TlsFiles | None = None, limits: Limits = HOUSE
    ) -> AsyncIterator[CentralSystem]:
        system = CentralSystem(
            host="127.0.0.1",
            port=port,
            tls=tls,
            gate=doorman,
            sinks=lambda _: listener,
            clock=SystemClock(),
            frames=frames,
            watch_interval_s=0.02,
            limits=limits,
            strict=True,
        )
        task = asyncio.create_task(system.run())
        try:
            if wait:
                await eventually(lambda: system.listening)
            yield system
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return run


@pytest.fixture
async def system(serving: Serving) -> AsyncIterator[CentralSystem]:
    async with serving() as running:
        yield running


@pytest.fixture
async def box(system: CentralSystem) -> AsyncIterator[Wallbox]:
    async with wallbox(system.port) as connected:
        yield connected


@pytest.fixture
async def link(box: Wallbox, listener: Listener) -> Session:
    """Return our end of the box's socket."""
    await box.alive()
    assert listener.link is not None
    return listener.link


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority.root()


@pytest.fixture
def pair(tmp_path: Path, authority: Authority) -> TlsFiles:
    return write_pair(tmp_path, authority)


@pytest.fixture
def trusting(authority: Authority) -> ssl.SSLContext:
    """A client context that trusts the test authority."""
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=authority.pem().decode())
    return context


async def eventually(condition: Callable[[], object]) -> None:
    """Return once `condition` holds; for states that nothing announces."""
    async with asyncio.timeout(DEADLINE_S):
        while not condition():  # noqa: ASYNC110  # what is waited for has no event of its own
            await asyncio.sleep(0.005)
