"""What tests of the whole program share: the program, wallboxes that connect to it, a certificate."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import aiohttp
import pytest
from hypothesis import HealthCheck, settings

from bmw_wallbox.simulator import SimulatedWallbox, SimulatorConfig
from tests.support.app_process import AppProcess
from tests.support.certificate import CertificateFiles, self_signed

# A busy machine draws slowly, and that is no fault of what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

WALLBOX_ID = "DE*BMW*ETEST1234567890AB"
SPEED = 3.0
"""The fastest that keeps a charge of one phase within what the ledger believes, 25 kW."""


class MakeApp(Protocol):
    """Makes an installation of the app, which ends with the test."""

    async def __call__(
        self,
        *arguments: str,
        start: bool = True,
        environment: Mapping[str, str] | None = None,
        **options: object,
    ) -> AppProcess: ...


class MakeBox(Protocol):
    """Makes a wallbox that connects to an app and is gone with the test."""

    async def __call__(self, app: AppProcess, *, wait: bool = True, **config: object) -> SimulatedWallbox: ...


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> CertificateFiles:
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
async def http_session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield session


@pytest.fixture
async def make_app(
    tmp_path: Path, certificate: CertificateFiles, http_session: aiohttp.ClientSession
) -> AsyncIterator[MakeApp]:
    apps: list[AppProcess] = []

    async def make(
        *arguments: str,
        start: bool = True,
        environment: Mapping[str, str] | None = None,
        **options: object,
    ) -> AppProcess:
        app = AppProcess(
            tmp_path / f"app{len(apps)}",
            http_session,
            options={"charge_point_id": WALLBOX_ID, **certificate.options, **options},
            arguments=arguments,
            environment={"BMW_WALLBOX_STRICT": "1", **(environment or {})},
        )
        apps.append(app)
        if start:
            await app.start()
        return app

    yield make
    for app in apps:
        await app.kill()
        # An answer that breaks OCPP's schema ends as this line, since the app checks what it sends here.
        assert "could not be handled" not in app.log()


@pytest.fixture
async def make_wallbox() -> AsyncIterator[MakeBox]:
    tasks: list[asyncio.Task[None]] = []

    async def make(app: AppProcess, *, wait: bool = True, **config: object) -> SimulatedWallbox:
        usual = SimulatorConfig(
            url=app.url, charge_point_id=WALLBOX_ID, insecure=True, speed=SPEED, reboot_s=0.1
        )
        box = SimulatedWallbox(replace(usual, **config))  # type: ignore[arg-type]  # checked when it is made
        tasks.append(asyncio.create_task(box.run()))
        if wait:
            await box.wait_connected()
        return box

    yield make
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
