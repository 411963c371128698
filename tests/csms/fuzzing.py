"""Broken frames and handshakes made from right ones, thrown at a real listener.

`script/fuzz` runs it for as long as one likes, `test_fuzz.py` for some seconds.
"""

import asyncio
import json
import logging
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bmw_wallbox.clock import SystemClock
from bmw_wallbox.csms.frames import FrameLog
from bmw_wallbox.csms.gate import Verdict
from bmw_wallbox.csms.limits import Limits
from bmw_wallbox.csms.server import CentralSystem
from bmw_wallbox.domain.vocabulary import Admission
from tests.csms.conftest import Doorman, Listener, eventually
from tests.csms.messages import EXAMPLES, transaction_event
from tests.csms.raw_socket import HANDSHAKE, frame
from tests.csms.wallbox import DEADLINE_S, IDENTITY, wallbox

_PATIENCE_S = 0.02
"""How long an attacker waits for a reply: most of what it sends brings none."""
_GROWTH = 8
"""Files that may be open for a moment longer: sockets that are being closed."""

type Attack = tuple[bytes, list[bytes]]
"""The bytes of a handshake, and those sent after it."""

_TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "\x00", "\ud800", "../../etc/passwd", "9" * 5000, "1e999", "2026-01-01T00:00:00Z", "x" * 5000]
    ),
)
_NUMBERS = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([0, -1, 2**63, 2**70, 10**400, 1e308, float("nan"), float("inf")]),
)
_JUNK = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)
_CALLS = st.sampled_from(
    [*EXAMPLES.items(), ("TransactionEvent", transaction_event()), ("Reset", {"type": "OnIdle"})]
)


@st.composite
def mutated(draw: st.DrawFn, node: Any) -> Any:  # noqa: ANN401  # JSON
    """Return JSON with some node of it replaced, left out, or something put beside it."""
    if isinstance(node, dict) and node and draw(st.integers(0, 3)):
        key = draw(st.sampled_from(sorted(node)))
        change = draw(st.sampled_from(["into", "into", "without", "beside"]))
        if change == "without":
            return {name: value for name, value in node.items() if name != key}
        if change == "beside":
            return {**node, draw(_TEXTS): draw(_JUNK)}
        return {**node, key: draw(mutated(node[key]))}
    if isinstance(node, list) and node and draw(st.integers(0, 3)):
        index = draw(st.integers(0, len(node) - 1))
        return [*node[:index], draw(mutated(node[index])), *node[index + 1 :]]
    return draw(_JUNK)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """Return a message: an honest one with a fault in its payload, its envelope or its bytes."""
    action, payload = draw(_CALLS)
    message: Any = [2, draw(st.text(max_size=40)), action, payload]
    for _ in range(draw(st.integers(0, 3))):
        message = draw(mutated(message))
    text = json.dumps(message).encode("utf-8", "surrogatepass")
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.binary(max_size=4)) + text[at + draw(st.integers(0, 8)) :]
    return text


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    """Return a WebSocket frame, most often a whole text frame, at times one that breaks the rules."""
    body = draw(messages() | st.binary(max_size=200))
    if draw(st.integers(0, 3)):
        return frame(1, body)
    broken = frame(
        draw(st.integers(0, 15)),
        body,
        fin=draw(st.booleans()),
        rsv=draw(st.integers(0, 7)),
        masked=draw(st.booleans()),
    )
    if draw(st.booleans()):
        broken = (
            bytes([broken[0], broken[1] | 127]) + struct.pack("!Q", draw(st.integers(0, 2**64 - 1))) + body
        )
    return broken[: draw(st.integers(0, len(broken)))]


@st.composite
def attacks(draw: st.DrawFn) -> Attack:
    """Return a handshake, right or not, and frames."""
    handshake = f"{HANDSHAKE}\r\n".encode()
    if draw(st.integers(0, 3)) == 0:
        for _ in range(draw(st.integers(1, 3))):
            at = draw(st.integers(0, len(handshake)))
            handshake = (
                handshake[:at] + draw(st.binary(max_size=30)) + handshake[at + draw(st.integers(0, 30)) :]
            )
    return handshake, draw(st.lists(frames(), min_size=1, max_size=6))


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


class Target:
    """A listener under attack, on a loop that runs only while something happens."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._listener = Listener()
        self._doorman = Doorman()
        self._doorman.unknown = Verdict(admission=Admission.PENDING)
        plenty = Limits(
            opening=1000,
            opening_per_address=1000,
            failures_per_minute=10**9,
            burst=10**9,
            pending_burst=10**9,
        )
        self._system = CentralSystem(
            host="127.0.0.1",
            port=0,
            tls=None,
            gate=self._doorman,
            sinks=lambda _: self._listener,
            clock=SystemClock(),
            frames=FrameLog(),
            limits=plenty,
            strict=True,
        )
        self._runner.run(self._start())
        self._open_files = _open_files()

    async def _start(self) -> None:
        self._task = asyncio.create_task(self._system.run())
        await eventually(lambda: self._system.listening)
        await self._honest()

    def suffer(self, attack: Attack) -> None:
        """Attack once; then everything is as before, and an honest station is served."""
        self._runner.run(self._suffer(attack))

    def close(self) -> None:
        async def stop() -> None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

        self._runner.run(stop())
        self._runner.close()

    async def _suffer(self, attack: Attack) -> None:
        await self._throw(*attack)
        assert not self._task.done(), "the listener has ended"
        await self._honest()
        await eventually(lambda: not self._system._sessions)
        await eventually(lambda: not self._listener.links)
        await eventually(lambda: len(asyncio.all_tasks()) <= 2)
        await eventually(lambda: _open_files() <= self._open_files + _GROWTH)
        self._listener.events.clear()
        self._doorman.asked.clear()

    async def _throw(self, handshake: bytes, thrown: list[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._system.port)
        with suppress(OSError):
            writer.write(handshake)
            for one in thrown:
                writer.write(one)
                await writer.drain()
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE_S):
                    await reader.read(2**16)
        writer.transport.abort()

    async def _honest(self) -> None:
        async with asyncio.timeout(DEADLINE_S), wallbox(self._system.port, path=f"/{IDENTITY}") as box:
            assert (await box.request("BootNotification", EXAMPLES["BootNotification"]))[2][
                "status"
            ] == "Accepted"
            assert (await box.request("TransactionEvent", transaction_event()))[0] == 3


@contextmanager
def target() -> Iterator[Target]:
    """Run a target while the block lasts."""
    under_attack = Target()
    try:
        yield under_attack
    finally:
        under_attack.close()


def fuzz(under_attack: Target, examples: int) -> None:
    """Attack so often; the smallest attack that does harm is shown."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(attacks())
    def throw(attack: Attack) -> None:
        under_attack.suffer(attack)

    throw()


def main(minutes: str = "60") -> None:
    """Attack for so long."""
    logging.basicConfig(level=logging.ERROR)
    ends, rounds = time.monotonic() + 60 * float(minutes), 0
    with target() as under_attack:
        while time.monotonic() < ends:
            fuzz(under_attack, 200)
            rounds += 1
            sys.stdout.write(f"\r{200 * rounds} attacks survived ")
            sys.stdout.flush()
    sys.stdout.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
