"""The power drawn from the grid while cars charge, as an entity of Home Assistant shows it."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from bmw_wallbox.clock import Clock
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.sessions_energy import Growth
from bmw_wallbox.domain.sessions_solar import GridSample, import_w_of, solar_wh
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.errors import InvalidPayloadError
from bmw_wallbox.hass.client import HomeAssistantClient
from bmw_wallbox.hass.entity_watch import AWAY, EntityWatch
from bmw_wallbox.problem_board import ProblemBoard
from bmw_wallbox.storage import figures_query
from bmw_wallbox.storage.codec import Record
from bmw_wallbox.storage.session_table import GridShown
from bmw_wallbox.storage.store import Store

_HELD = timedelta(days=14)
"""How far back a session that still changes may reach."""
_EVERY = timedelta(seconds=10)
"""Samples closer than this are left out."""


class GridSamples:
    """Owns the samples; they are kept for as long as a session may change."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._samples: list[GridSample] = []
        self._idle: GridSample | None = None
        """The newest one while no car charged: it holds still when one begins to."""

    async def load(self) -> None:
        """Bring back what is stored.

        Raises:
            StoreError: it cannot be read.

        """
        since = self._clock.now() - _HELD
        self._samples = await self._store.query(lambda db: figures_query.read_grid(db, since))

    async def prune(self) -> None:
        """Drop what no session needs any more.

        Raises:
            StoreError: nothing was dropped.

        """
        before = self._clock.now() - _HELD
        await self._store.change(lambda db: figures_query.prune_grid(db, before))

    def note(self, import_w: int, *, charging: bool) -> None:
        """Note the power drawn from the grid from now on."""
        now = self._clock.now()
        sample = GridSample(at=now, import_w=import_w)
        if not charging:
            self._idle = sample
            return
        if self._idle is not None:
            self._add(self._idle)
            self._idle = None
        if not self._samples or now - self._samples[-1].at >= _EVERY:
            self._add(sample)

    def solar_wh(self, growths: Iterable[Growth]) -> int | None:
        """Return the energy that cannot have come from the grid; None where that is not known."""
        return solar_wh(growths, [*self._samples, *filter(None, (self._idle,))])

    def _add(self, sample: GridSample) -> None:
        self._samples.append(sample)
        while len(self._samples) > 1 and self._samples[1].at < sample.at - _HELD:
            del self._samples[0]
        shown = GridShown(at=sample.at, import_w=sample.import_w)
        self._store.save_soon(Record.of(sample.at.isoformat(), shown))


class GridPower:
    """Notes what the entity that the settings name shows."""

    def __init__(
        self,
        client: HomeAssistantClient,
        samples: GridSamples,
        board: ProblemBoard,
        *,
        settings: Callable[[], Settings],
        charging: Callable[[], bool],
    ) -> None:
        self._samples = samples
        self._board = board
        self._settings = settings
        self._charging = charging
        self._watch = EntityWatch(client, self._wanted, self._heard)

    def _wanted(self) -> frozenset[str]:
        return frozenset(filter(None, (self._settings().grid_power_entity,)))

    def _heard(self) -> None:
        self._board.post("grid_power", *filter(None, map(self._note, sorted(self._watch.followed))))

    def _note(self, entity_id: str) -> Problem | None:
        shown = self._watch.shown.get(entity_id)
        if shown is None:
            return Problem(
                key="grid_power_missing",
                message=f"The share of solar energy is not known: Home Assistant does not have {entity_id},"
                " which the settings name.",
            )
        if shown["state"] in AWAY:
            return None
        inverted = self._settings().grid_power_inverted
        try:
            import_w = import_w_of(entity_id, shown["state"], shown.get("unit"), inverted=inverted)
        except InvalidPayloadError as err:
            return Problem(
                key="grid_power_unusable", message=f"The share of solar energy is not known. {err}"
            )
        self._samples.note(import_w, charging=self._charging())
        return None
