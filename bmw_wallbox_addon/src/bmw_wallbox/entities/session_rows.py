"""What Home Assistant shows of the charging sessions: the running one, the last one, all of them."""

from collections.abc import Callable

from bmw_wallbox.domain.session_figures import Happening
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.entities.description import Availability, EntityRow, Platform, Value
from bmw_wallbox.entities.values import iso, kilo, money

SESSION_EVENT = "session_event"
"""The key of the event entity."""


def _cost(
    key: str, name: str, about: str, micros: Callable[[StationState], int | None], state_class: str | None
) -> EntityRow:
    def value(state: StationState) -> Value:
        return money(micros(state))

    return EntityRow(
        key=key,
        platform=Platform.SENSOR,
        name=name,
        about=about,
        value=value,
        availability=Availability.LEDGER,
        device_class="monetary",
        state_class=state_class,
        monetary=True,
        icon="mdi:cash",
        precision=2,
    )


SESSION_ROWS: tuple[EntityRow, ...] = (
    EntityRow(
        key="session_start",
        platform=Platform.SENSOR,
        name="Session start",
        about="When the charging session that runs, or the last one, began.",
        value=lambda state: iso(state.session.started_at),
        availability=Availability.LEDGER,
        device_class="timestamp",
    ),
    EntityRow(
        key="session_duration",
        platform=Platform.SENSOR,
        name="Session duration",
        about="How long the charging session has been running, or took.",
        value=lambda state: _minutes(state.session.duration_s),
        availability=Availability.LEDGER,
        device_class="duration",
        unit="min",
        precision=0,
    ),
    _cost(
        "session_cost",
        "Session cost",
        "Cost of the charging session that runs, or of the last one.",
        lambda state: state.session.cost_micros,
        None,
    ),
    EntityRow(
        key="completed_session_energy",
        platform=Platform.SENSOR,
        name="Last session energy",
        about="Energy of the last charging session that is over.",
        value=lambda state: kilo(state.session.last_energy_wh),
        availability=Availability.LEDGER,
        device_class="energy",
        unit="kWh",
        icon="mdi:ev-plug-type2",
        precision=2,
    ),
    _cost(
        "completed_session_cost",
        "Last session cost",
        "Cost of the last charging session that is over.",
        lambda state: state.session.last_cost_micros,
        None,
    ),
    _cost(
        "cost_total",
        "Total cost",
        "Cost of all charging sessions in the currency, the running one included.",
        lambda state: state.session.total_cost_micros,
        "total",
    ),
    EntityRow(
        key=SESSION_EVENT,
        platform=Platform.EVENT,
        name="Charging session",
        about="Tells that a charging session started or ended, with its energy, cost, duration, person and"
        " vehicle, or that a report is ready.",
        availability=Availability.LEDGER,
        options=tuple(Happening),
        icon="mdi:ev-station",
    ),
)


def _minutes(seconds: int | None) -> int | None:
    return None if seconds is None else round(seconds / 60)
