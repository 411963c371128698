"""The simulator on a command line: one command per line, until `quit`."""

import asyncio
import os
import sys
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping

from .box import SimulatedWallbox
from .config import SimulatorConfig
from .rpc import SimulatorCallError

type Command = Callable[[SimulatedWallbox], Awaitable[None]]

COMMANDS: Mapping[str, Command] = {
    "plug": SimulatedWallbox.plug,
    "unplug": SimulatedWallbox.unplug,
    "car pause": SimulatedWallbox.car_pause,
    "car resume": SimulatedWallbox.car_resume,
    "phases 1": lambda box: box.set_phases(1),
    "phases 3": lambda box: box.set_phases(3),
    "drop": SimulatedWallbox.drop_connection,
    "offline": SimulatedWallbox.go_offline,
    "online": SimulatedWallbox.go_online,
    "reboot": SimulatedWallbox.reboot,
    "fault": SimulatedWallbox.fault,
    "clear": SimulatedWallbox.clear_fault,
}
"""What can be typed; `card TOKEN`, `status` and `quit` come on top."""


async def run_cli(
    config: SimulatorConfig,
    lines: AsyncIterable[str],
    write: Callable[[str], object] = sys.stdout.write,
) -> None:
    """Run a box and obey `lines`; at their end the box runs on, only `quit` ends it."""
    box = SimulatedWallbox(config)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(box.run())
        async for line in lines:
            command = " ".join(line.split())
            if command == "quit":
                await box.close()
                return
            if command:
                write(await _obey(box, command) + "\n")
        await running


async def stdin_lines() -> AsyncIterator[str]:
    """Yield the lines of the standard input without blocking the loop; none if there is no input."""
    if sys.stdin is None:
        return
    loop, fd, chunks = asyncio.get_running_loop(), sys.stdin.fileno(), asyncio.StreamReader()
    try:
        loop.add_reader(fd, lambda: _forward(fd, chunks))
    except PermissionError:  # a regular file or /dev/null cannot be polled, but ends by itself
        for line in await asyncio.to_thread(sys.stdin.readlines):
            yield line
        return
    try:
        while read := await chunks.readline():
            yield read.decode(errors="replace")
    finally:
        loop.remove_reader(fd)


def _forward(fd: int, chunks: asyncio.StreamReader) -> None:
    """Pass on what is ready, or the end, after which the file stays readable for ever."""
    if data := os.read(fd, 4096):
        chunks.feed_data(data)
    else:
        asyncio.get_running_loop().remove_reader(fd)
        chunks.feed_eof()


def status_line(box: SimulatedWallbox) -> str:
    """Return one line about the box."""
    return (
        f"{'connected' if box.connected else 'offline'}, {box.connector_status},"
        f" {box.charging_state or 'no transaction'}, {box.power_w:.0f} W,"
        f" limit {box.limit_a:g} A, {box.register_wh / 1000:.3f} kWh"
    )


async def _obey(box: SimulatedWallbox, command: str) -> str:
    word, _, rest = command.partition(" ")
    try:
        if word == "card" and rest:
            await box.authorize(rest)
        elif command in COMMANDS:
            await COMMANDS[command](box)
        elif command != "status":
            return f"There is no {command!r:.40}. Try: {', '.join(COMMANDS)}, card TOKEN, status, quit."
    except (SimulatorCallError, OSError) as err:
        return f"{command}: {err}"
    return status_line(box)
