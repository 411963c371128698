"""What was acknowledged survives the death of the process at any moment."""

import asyncio
import random
import sys
from pathlib import Path

import pytest

from bmw_wallbox.clock import SystemClock
from bmw_wallbox.domain.energy import Ledger
from bmw_wallbox.storage.files import LIVE
from bmw_wallbox.storage.snapshot import write_snapshot
from bmw_wallbox.storage.store import Store

CHILD = Path(__file__).with_name("writing_child.py")


class Child:
    """The writing process, and what it said."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.asked_wh = self.acknowledged_wh = 0

    @classmethod
    async def start(cls, folder: Path) -> "Child":
        process = await asyncio.create_subprocess_exec(
            sys.executable, CHILD, folder, stdout=asyncio.subprocess.PIPE
        )
        child = cls(process)
        await child.hear(1)
        return child

    async def hear(self, lines: int) -> None:
        assert self._process.stdout is not None
        for _ in range(lines):
            async with asyncio.timeout(10):
                self._note(await self._process.stdout.readline())

    async def kill(self) -> None:
        self._process.kill()
        output, _ = await self._process.communicate()
        for line in output.splitlines():
            self._note(line)

    def _note(self, line: bytes) -> None:
        word, number = line.split()
        if word in {b"ack", b"open"}:
            self.acknowledged_wh = int(number)
        self.asked_wh = max(self.asked_wh, int(number))


async def total_in(folder: Path) -> int:
    store = await Store.open(folder, SystemClock())
    try:
        assert store.problems == ()
        return (await store.load(Ledger))["box"].total_wh or 0
    finally:
        await store.close()


@pytest.mark.timeout(60)
async def test_a_process_killed_fifty_times_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(2026)
    total_wh = 0
    for _ in range(50):
        child = await Child.start(tmp_path)
        assert child.acknowledged_wh >= total_wh
        await child.hear(chance.randrange(2, 40))
        await asyncio.sleep(chance.random() / 200)  # the moment of death, not a wait for anything
        await child.kill()
        total_wh = child.acknowledged_wh
        asked_wh = child.asked_wh
        if chance.random() < 0.2:
            assert total_wh <= await total_in(tmp_path) <= asked_wh
    assert total_wh <= await total_in(tmp_path)


async def test_a_snapshot_under_load_is_consistent_and_restores_into_an_empty_folder(tmp_path: Path) -> None:
    live = tmp_path / "live"
    child = await Child.start(live)
    try:
        for number in range(20):
            await child.hear(10)
            before_wh = child.acknowledged_wh
            snapshot = await asyncio.to_thread(write_snapshot, live)
            assert snapshot is not None
            restored = tmp_path / f"restored{number}"
            restored.mkdir()
            snapshot.rename(restored / snapshot.name)
            assert await total_in(restored) >= before_wh
    finally:
        await child.kill()
    assert not [path.name for path in live.iterdir() if not path.name.startswith(LIVE)]


async def test_a_file_whose_companions_were_deleted_after_a_crash_opens(tmp_path: Path) -> None:
    child = await Child.start(tmp_path)
    await child.hear(20)
    await child.kill()
    (tmp_path / f"{LIVE}-shm").unlink()
    assert child.acknowledged_wh <= await total_in(tmp_path) <= child.asked_wh


@pytest.mark.parametrize("cut", range(0, 100, 9))
async def test_a_wal_that_lost_its_end_with_the_power_opens(tmp_path: Path, cut: int) -> None:
    child = await Child.start(tmp_path)
    await child.hear(21)
    await child.kill()
    wal = tmp_path / f"{LIVE}-wal"
    (tmp_path / f"{LIVE}-shm").unlink()
    with wal.open("r+b") as file:
        file.truncate(wal.stat().st_size * cut // 100)
    store = await Store.open(tmp_path, SystemClock())
    try:
        assert store.problems == ()
        ledger = (await store.load(Ledger)).get("box", Ledger())
        assert (ledger.total_wh or 0) <= child.asked_wh
    finally:
        await store.close()
