"""The rig itself: a real Core with a real broker comes up, and again."""

from tests.homeassistant.core_process import CoreProcess


def test_core_runs_with_mqtt(core: CoreProcess) -> None:
    assert core.get("/api/config")["version"] == core.version
    assert "mqtt" in core.get("/api/config")["components"]


def test_core_restarts(core: CoreProcess) -> None:
    core.restart()
    assert "mqtt" in core.get("/api/config")["components"]
