"""One real Core and one real broker for all tests of a session; whoever stops one starts it again."""

import sys
from collections.abc import Iterator

import pytest

from tests.homeassistant.core_install import choose_version, install
from tests.homeassistant.core_process import CoreProcess
from tests.homeassistant.mosquitto import Mosquitto


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder, and give it the time that a real Core takes."""
    for item in items:
        if "tests/homeassistant/" in item.nodeid:
            item.add_marker(pytest.mark.homeassistant)
            item.add_marker(pytest.mark.timeout(120))


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as running:
        yield running


@pytest.fixture(scope="session")
def bare_core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CoreProcess]:
    """Start a Core that knows no broker yet."""
    version = choose_version()
    sys.stderr.write(f"\nHome Assistant Core {version.number} on Python {version.python}\n")
    with CoreProcess(install(version), tmp_path_factory.mktemp("core")) as running:
        yield running


@pytest.fixture(scope="session")
def _core_with_mqtt(bare_core: CoreProcess, broker: Mosquitto) -> CoreProcess:
    """Return the Core with its MQTT integration set up."""
    bare_core.set_up_mqtt(broker.port)
    return bare_core


@pytest.fixture
def core(_core_with_mqtt: CoreProcess, broker: Mosquitto) -> Iterator[CoreProcess]:
    """Lend the Core to one test, which may stop it or the broker."""
    yield _core_with_mqtt
    broker.start()
    _core_with_mqtt.start()
