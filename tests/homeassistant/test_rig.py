"""The rig itself: a real Core with a real broker comes up."""

from tests.homeassistant.core_process import CoreProcess


def test_core_runs_with_mqtt(core: CoreProcess) -> None:
    assert core.get("/api/config")["version"] == core.version
    assert "mqtt" in core.get("/api/config")["components"]
