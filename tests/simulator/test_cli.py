import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bmw_wallbox.__main__ import main
from bmw_wallbox.simulator.cli import COMMANDS, run_cli, stdin_lines
from bmw_wallbox.simulator.config import SimulatorConfig
from tests.simulator.csms import Csms


async def test_lines_drive_the_box_until_quit(csms: Csms) -> None:
    written: list[str] = []

    async def lines() -> AsyncIterator[str]:
        await csms.until("StatusNotification")
        yield "plug\n"
        await csms.until("TransactionEvent", lambda e: e["eventType"] == "Updated")
        yield "  car   pause \n"
        yield "\n"
        yield "dance\n"
        yield "card 1234\n"
        yield "status\n"
        yield "quit\n"

    config = SimulatorConfig(url=csms.url, charge_point_id="X", speed=100)
    await run_cli(config, lines(), written.append)
    assert written[0].startswith("connected, Occupied, EVConnected, 0 W, limit 32 A, 0.000 kWh")
    assert written[2].startswith("There is no 'dance'")
    assert len(written) == 5


async def test_every_command_does_what_it_says(csms: Csms) -> None:
    written: list[str] = []

    async def lines() -> AsyncIterator[str]:
        await csms.until("StatusNotification")
        for command in COMMANDS:
            yield command
        yield "quit"

    await run_cli(
        SimulatorConfig(url=csms.url, charge_point_id="X", speed=100, reboot_s=0.01), lines(), written.append
    )
    assert len(written) == len(COMMANDS)


@pytest.mark.parametrize("url", ["nope", "https://wallbox.example:9000", "wss://", "wss://[::1"])
def test_an_address_that_is_none_makes_the_command_line_unusable(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["simulate", "--url", url, "--id", "X"])
    assert end.value.code == 2
    assert "--url" in capsys.readouterr().err


async def test_the_box_outlives_its_input(csms: Csms) -> None:
    async def nothing() -> AsyncIterator[str]:
        for line in list[str]():
            yield line

    running = asyncio.create_task(run_cli(SimulatorConfig(url=csms.url, charge_point_id="X"), nothing()))
    await csms.until("StatusNotification")
    assert not running.done()
    running.cancel()
    await asyncio.wait({running})


@pytest.mark.parametrize("kind", ["pipe", "file", "nothing", "none"])
async def test_lines_come_from_any_standard_input(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "input"
    path.write_text("plug\nquit\n")
    with ExitStack() as stack:
        if kind == "pipe":
            reader, writer = os.pipe()
            os.write(writer, path.read_bytes())
            os.close(writer)
            stdin = stack.enter_context(os.fdopen(reader))
        else:
            stdin = stack.enter_context(open(os.devnull if kind == "nothing" else path))  # noqa: ASYNC230, PTH123 - a device or a tiny file
        monkeypatch.setattr("sys.stdin", None if kind == "none" else stdin)
        lines = [line async for line in stdin_lines()]
    assert lines == ([] if kind in {"nothing", "none"} else ["plug\n", "quit\n"])
