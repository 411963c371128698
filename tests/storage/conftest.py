"""What the store's tests share: a clock that stands still, and a quick second try."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bmw_wallbox.storage import files, writer
from bmw_wallbox.storage.store import Store

NOW = datetime(2026, 6, 10, 10, 0, tzinfo=UTC)

type OpenStore = Callable[[], Awaitable[Store]]


class StandingClock:
    def now(self) -> datetime:
        return NOW

    def monotonic_s(self) -> float:
        return 0.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def made_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.fixture
async def open_store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> OpenStore:
    monkeypatch.setattr(writer, "RETRY_S", 0.02)
    monkeypatch.setattr(files, "BUSY_S", 0.05)

    async def open_store() -> Store:
        return await Store.open(folder, StandingClock())

    return open_store
