"""The set-up guide's side of the app: when it is finished, which address to type, and whether it works."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol

from bmw_wallbox.clock import Clock
from bmw_wallbox.csms.certificate_checks import covers
from bmw_wallbox.csms.probe import look_up
from bmw_wallbox.csms.server import CentralSystem
from bmw_wallbox.domain.guide import GuideRecord, has_charged
from bmw_wallbox.domain.state import Change, StationState
from bmw_wallbox.hass.addresses import ShownPort
from bmw_wallbox.signals import Signal
from bmw_wallbox.storage.codec import Record
from bmw_wallbox.storage.store import Store

_LOGGER = logging.getLogger(__name__)
_KEY = "app"


class Home(Protocol):
    """What Home Assistant knows of this house's addresses."""

    async def host_names(self) -> tuple[str, ...]:
        """Return the host names in its own addresses."""

    async def published_port(self, port: int) -> ShownPort:
        """Return where the host shows a port of ours."""


class Guide:
    """Remembers whether the house is set up, and works out what the owner has to type.

    `changes` tells that `finished_at` is another.
    """

    def __init__(self, store: Store, clock: Clock, system: CentralSystem, *, port: int, tls: bool) -> None:
        self._store = store
        self._clock = clock
        self._system = system
        self._port = port
        self._tls = tls
        self._record = GuideRecord()
        self.home: Home | None = None
        self.changes = Signal[()]()

    @property
    def finished_at(self) -> datetime | None:
        """Return when the first charge succeeded, or somebody had the guide put away."""
        return self._record.finished_at

    async def load(self, states: Iterable[StationState]) -> None:
        """Bring back what is stored; a house that charged before needs no guide."""
        self._record = (await self._store.load(GuideRecord)).get(_KEY, GuideRecord())
        for state in states:
            self._look(state)

    def on_change(self, change: Change) -> None:
        """Finish the guide with the first charge."""
        if change.after.ledger is not change.before.ledger:
            self._look(change.after)

    async def finish(self, *, finished: bool) -> None:
        """Put the guide away, or have it shown again.

        Raises:
            StoreError: it is so, but only in memory yet.

        """
        self._record = GuideRecord(finished_at=self._clock.now() if finished else None)
        self.changes.emit()
        await self._store.save(Record.of(_KEY, self._record))

    async def address(self) -> Mapping[str, Any]:
        """Return what the wallbox's server address can be made of; see `GuideBackend`."""
        names, published = await self._asked()
        known = dict.fromkeys(names, "home_assistant")
        certificate = self._system.certificate
        for name in certificate.names if certificate else ():
            known.setdefault(name, "certificate")
        hosts = [
            {"name": name, "source": source, "covered": self._covered(name)}
            for name, source in known.items()
            if not name.startswith("*.")
        ]
        return {
            "hosts": sorted(hosts, key=lambda host: not host["covered"]),
            "port": published.port if published.known else self._system.port,
            "port_known": published.known,
            "tls": self._tls,
        }

    async def check(self, host: str) -> Mapping[str, Any]:
        """Return what a strict client meets that is told to go to `host`; see `GuideBackend`."""
        if not self._tls:
            return {"host": host, "covered": None, "tls": None, "lookup": asdict(await look_up(host))}
        probe, lookup = await asyncio.gather(self._system.probe(host), look_up(host))
        return {
            "host": host,
            "covered": self._covered(host),
            "tls": asdict(probe),
            "lookup": asdict(lookup),
        }

    async def _asked(self) -> tuple[tuple[str, ...], ShownPort]:
        if self.home is None:
            return (), ShownPort(known=False)
        return await asyncio.gather(self.home.host_names(), self.home.published_port(self._port))

    def _covered(self, host: str) -> bool:
        certificate = self._system.certificate
        return certificate is not None and covers(certificate, host)

    def _look(self, state: StationState) -> None:
        if self._record.finished_at is None and has_charged(state):
            _LOGGER.info("%s charged for the first time: the set-up is finished", state.key)
            self._record = GuideRecord(finished_at=self._clock.now())
            self._store.save_soon(Record.of(_KEY, self._record))
            self.changes.emit()
