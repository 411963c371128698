"""The energy of each local day and of each hour, as the ledgers grew."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bmw_wallbox.domain.events import MetersReported, TransactionReported
from bmw_wallbox.domain.measurands import import_registers
from bmw_wallbox.domain.sessions_days import by_day
from bmw_wallbox.domain.sessions_hours import by_hour
from bmw_wallbox.domain.state import Change
from bmw_wallbox.storage import figures_query
from bmw_wallbox.storage import session_query as query
from bmw_wallbox.storage.codec import Record
from bmw_wallbox.storage.session_table import EnergyDay, EnergyHour
from bmw_wallbox.storage.store import Store


class EnergyDays:
    """Owns the series of every station."""

    def __init__(self, store: Store, zone: Callable[[], ZoneInfo]) -> None:
        self._store = store
        self._zone = zone
        self._energy_wh: dict[tuple[str, date], int] = {}
        self._hours_wh: dict[tuple[str, datetime], int] = {}

    async def load(self) -> None:
        """Bring back what is stored.

        Raises:
            StoreError: it cannot be read.

        """
        self._energy_wh = await self._store.query(query.read_days)
        self._hours_wh = await self._store.query(figures_query.read_hours)

    def count(self, change: Change, event: TransactionReported | MetersReported) -> None:
        """Book a growth of the ledger to the local days on which it flowed; it is stored with the ledger."""
        before, after = change.before.ledger, change.after.ledger
        if before.total_wh is None or after.total_wh is None or after.total_wh <= before.total_wh:
            return
        readings = import_registers(event.samples)
        if not readings:
            return
        until = readings[-1][0].at
        name = event.transaction_id if isinstance(event, TransactionReported) else after.current
        account = before.account_of(name)
        since = min(account.at if account is not None else readings[0][0].at, until)
        growth_wh, station = after.total_wh - before.total_wh, change.after.key
        for day, energy_wh in by_day(growth_wh, since, until, self._zone()).items():
            self._add(station, day, energy_wh)
        for hour, energy_wh in by_hour(growth_wh, since, until).items():
            self._add_hour(station, hour, energy_wh)

    def series(self, station: str, since: date, until: date) -> Mapping[date, int]:
        """Return the energy of each local day from `since` up to and including `until`, Wh."""
        return {
            day: energy_wh
            for (key, day), energy_wh in sorted(self._energy_wh.items())
            if key == station and since <= day <= until
        }

    def hours(self, station: str, since: datetime) -> Mapping[datetime, int]:
        """Return the energy of each hour with any, by its begin, from `since` on, Wh."""
        return {
            hour: energy_wh
            for (key, hour), energy_wh in sorted(self._hours_wh.items())
            if key == station and hour >= since
        }

    def drop_hours(self, before: datetime) -> None:
        """Hold no hours before a time any longer."""
        self._hours_wh = {key: wh for key, wh in self._hours_wh.items() if key[1] >= before}

    def forget(self, station: str) -> None:
        """Forget a station's days."""
        self._energy_wh = {key: wh for key, wh in self._energy_wh.items() if key[0] != station}
        self._hours_wh = {key: wh for key, wh in self._hours_wh.items() if key[0] != station}

    def _add(self, station: str, day: date, energy_wh: int) -> None:
        total_wh = self._energy_wh.get((station, day), 0) + energy_wh
        self._energy_wh[station, day] = total_wh
        record = EnergyDay(station=station, day=day, energy_wh=total_wh)
        self._store.save_along(Record.of(f"{station}/{day}", record))

    def _add_hour(self, station: str, hour: datetime, energy_wh: int) -> None:
        total_wh = self._hours_wh.get((station, hour), 0) + energy_wh
        self._hours_wh[station, hour] = total_wh
        record = EnergyHour(station=station, hour=hour, energy_wh=total_wh)
        self._store.save_along(Record.of(f"{station}/{hour.isoformat()}", record))
