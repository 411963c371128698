"""What the app tells of itself for a bug report."""

from pathlib import Path

from bmw_wallbox.config import Options
from bmw_wallbox.csms.frames import FrameLog
from bmw_wallbox.domain.state import Facts
from bmw_wallbox.expert import Expert
from bmw_wallbox.launch import Launch
from bmw_wallbox.storage.store import Record, Store
from bmw_wallbox.web.wire import to_json
from tests.fakes.clock import HandClock

TOKEN = "04A1B2C3D4"


async def test_a_diagnosis_has_options_the_store_and_versions_without_secrets(tmp_path: Path) -> None:
    clock = HandClock()
    store = await Store.open(tmp_path, clock)
    launch = Launch(options_file=tmp_path, data=tmp_path, environment={"SUPERVISOR_TOKEN": "s3cret-token"})
    expert = Expert(launch, Options(rfid_token=TOKEN), store, FrameLog(), clock)
    await store.save(Record.of("a", Facts(vendor="BMW")))
    text = to_json(facts := await expert.diagnosis())
    await store.close()
    assert facts.keys() == {"options", "store", "system"}
    assert TOKEN not in text
    assert "…C3D4" in text
    assert '"aiohttp"' in text
    assert '"rows"' in text
    assert set(expert.secrets()) == {"s3cret-token", TOKEN}
