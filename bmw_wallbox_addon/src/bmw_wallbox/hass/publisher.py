"""Makes every approved station a device in Home Assistant and keeps it current.

Nothing here is awaited by a station: changes are taken synchronously and published by tasks of their own, so
a stalled Home Assistant delays no wallbox.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.state import Change, StationState
from bmw_wallbox.entities.discovery import Device
from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.hass.announcement import Memory
from bmw_wallbox.hass.device import StationDevice, Surroundings, Timing
from bmw_wallbox.hass.inbox import Execute
from bmw_wallbox.hass.transport import Transport, TransportStatus

_LOGGER = logging.getLogger(__name__)

_GOODBYE_TIMEOUT_S = 2.0
_NAME, _PREFIX = "BMW Wallbox", "bmw_wallbox"

type Unsubscribe = Callable[[], None]
type Subscribe = Callable[[Callable[[Change], None]], Unsubscribe]


class Publisher:
    """Publishes the stations that were added, while `run` runs and the transport is ready.

    Args:
        transport: Carries the messages.
        subscribe: Has a listener called at every change of any station; returns what ends that.
        execute: Takes a command for a station.
        memory: Remembers which entities Home Assistant was told of.
        clock: Stamps refusals.
        app_version: Shown as the origin of the entities.
        token_names: Returns the names of id tokens, by the token in lower case.
        timing: How fast and how long.

    """

    def __init__(
        self,
        transport: Transport,
        *,
        subscribe: Subscribe,
        execute: Execute,
        memory: Memory,
        clock: Clock,
        app_version: str,
        token_names: Callable[[], Mapping[str, str]] = dict,
        timing: Timing | None = None,
    ) -> None:
        self._app_version = app_version
        self._around = Surroundings(
            transport=transport,
            execute=execute,
            memory=memory,
            token_names=token_names,
            clock=clock,
            timing=timing or Timing(),
        )
        self._devices: dict[str, StationDevice] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._unsubscribe = subscribe(self._changed)
        transport.on_ready(self._announce_all)
        transport.on_status(self._status_changed)

    @property
    def bridge_topics(self) -> tuple[str, ...]:
        """The topics that say whether the app runs; who finds it dead publishes `offline` there."""
        return tuple(device.topics.bridge for device in self._devices.values())

    def add(self, state: StationState) -> None:
        """Make an approved station a device; one that is a device already stays as it is."""
        if state.key in self._devices:
            return
        self._devices[state.key] = StationDevice(state, self._appearance(state), self._around)
        self._start(state.key)

    async def forget(self, station: str) -> None:
        """Take a station out of Home Assistant for good, as far as Home Assistant can be reached."""
        device = self._devices.pop(station, None)
        if device is None:
            return
        task = self._running.pop(station, None)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        try:
            await device.remove()
        except HomeAssistantError as error:
            _LOGGER.warning("%s stays in Home Assistant; delete its device there: %s", station, error)

    async def remove(self) -> None:
        """Take every device out of Home Assistant; they stay away until `register_again`.

        Raises:
            HomeAssistantError: it did not get through.

        """
        for device in self._devices.values():
            await device.remove()

    def happened(self, station: str, key: str, event_type: str, told: Mapping[str, object]) -> None:
        """Have a station's event entity show what happened."""
        device = self._devices.get(station)
        if device is not None:
            device.happened(key, event_type, told)

    def register_again(self) -> None:
        """Announce every device anew, those too that were deleted in Home Assistant."""
        for device in self._devices.values():
            device.register_again()

    async def run(self) -> None:
        """Publish until cancelled; the one task that owns the devices' tasks."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                for station in self._devices:
                    self._start(station)
                await asyncio.Event().wait()
        finally:
            self._tasks = None
            self._running.clear()

    async def stop(self) -> None:
        """Say that the app is going and wait for the acknowledgement, two seconds at most."""
        self._unsubscribe()
        try:
            async with asyncio.timeout(_GOODBYE_TIMEOUT_S), asyncio.TaskGroup() as goodbyes:
                for device in self._devices.values():
                    goodbyes.create_task(_say_goodbye(device))
        except TimeoutError:
            _LOGGER.warning("Home Assistant did not acknowledge that the app is going")

    def _start(self, station: str) -> None:
        if self._tasks is not None:
            self._running[station] = self._tasks.create_task(self._devices[station].run())

    def _appearance(self, state: StationState) -> Device:
        """Return how a station appears; only the first real one takes the plain name."""
        name, prefix = _NAME, _PREFIX
        if state.simulated:
            name, prefix = f"{_NAME} (simulated)", f"{_PREFIX}_simulated"
        elif any(not device.simulated for device in self._devices.values()):
            name, prefix = f"{_NAME} ({state.charge_point_id})", f"{_PREFIX}_{state.key}"
        return Device(name=name, id_prefix=prefix, app_version=self._app_version)

    def _changed(self, change: Change) -> None:
        device = self._devices.get(change.after.key)
        if device is not None:
            device.update(change.after)

    def _status_changed(self, _status: TransportStatus) -> None:
        for device in self._devices.values():
            device.wake()

    async def _announce_all(self) -> None:
        for device in tuple(self._devices.values()):
            await device.announce()


async def _say_goodbye(device: StationDevice) -> None:
    try:
        await device.say_goodbye()
    except HomeAssistantError as error:
        _LOGGER.debug("Home Assistant was not told that the app is going: %s", error)
