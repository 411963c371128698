"""The sensors that people look at: what the wallbox does, what flows, what was counted."""

from collections.abc import Callable, Mapping

from bmw_wallbox.domain.state import StationState
from bmw_wallbox.entities.description import Availability, EntityRow, Platform, Value
from bmw_wallbox.entities.values import current_a, kilo, power_w, transaction_id
from bmw_wallbox.entities.words import STATUSES, status


def _status_attributes(state: StationState) -> Mapping[str, Value]:
    return {
        "charging_state": state.charging_state.value,
        "power_w": power_w(state),
        "transaction_id": transaction_id(state),
        "wallbox_connected": state.connected,
    }


def _counted(key: str, name: str, about: str, value: Callable[[StationState], Value], icon: str) -> EntityRow:
    return EntityRow(
        key=key,
        platform=Platform.SENSOR,
        name=name,
        about=about,
        value=value,
        availability=Availability.LEDGER,
        device_class="energy",
        state_class="total_increasing",
        unit="kWh",
        icon=icon,
        precision=2,
    )


MAIN_SENSORS: tuple[EntityRow, ...] = (
    EntityRow(
        key="status",
        platform=Platform.SENSOR,
        name="Status",
        about="What the wallbox does.",
        value=status,
        device_class="enum",
        options=STATUSES,
        attributes=_status_attributes,
        icon="mdi:ev-station",
    ),
    EntityRow(
        key="power",
        platform=Platform.SENSOR,
        name="Power",
        about="Charging power, all phases together; 0 while nothing is charging.",
        value=power_w,
        device_class="power",
        state_class="measurement",
        unit="W",
        precision=0,
    ),
    _counted(
        "energy_total",
        "Total energy",
        "All energy ever charged; the one for the Energy dashboard.",
        lambda state: kilo(state.ledger.total_wh),
        "mdi:meter-electric",
    ),
    _counted(
        "energy_session",
        "Session energy",
        "Energy of the charging session that runs, or of the last one.",
        lambda state: kilo(state.ledger.session_wh),
        "mdi:ev-plug-type2",
    ),
    _counted(
        "energy_daily",
        "Energy today",
        "Energy since midnight.",
        lambda state: kilo(state.ledger.daily_wh),
        "mdi:calendar-today",
    ),
    _counted(
        "energy_weekly",
        "Energy this week",
        "Energy since Monday.",
        lambda state: kilo(state.ledger.weekly_wh),
        "mdi:calendar-week",
    ),
    _counted(
        "energy_monthly",
        "Energy this month",
        "Energy since the first of the month.",
        lambda state: kilo(state.ledger.monthly_wh),
        "mdi:calendar-month",
    ),
    _counted(
        "energy_yearly",
        "Energy this year",
        "Energy since the first of January.",
        lambda state: kilo(state.ledger.yearly_wh),
        "mdi:calendar",
    ),
    EntityRow(
        key="current",
        platform=Platform.SENSOR,
        name="Current",
        about="Charging current of the phase that carries most; 0 while nothing is charging.",
        value=current_a,
        device_class="current",
        state_class="measurement",
        unit="A",
        precision=1,
    ),
    EntityRow(
        key="voltage",
        platform=Platform.SENSOR,
        name="Voltage",
        about="Voltage against neutral, the mean of the phases.",
        value=lambda state: state.meter.voltage_v,
        device_class="voltage",
        state_class="measurement",
        unit="V",
        precision=0,
    ),
)
