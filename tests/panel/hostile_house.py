"""A house whose wallbox tries to write markup into the panel, in everything that it can name."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from types import NoneType
from typing import Any, get_args, get_type_hints

from bmw_wallbox.csms.rpc import write_call, write_error
from bmw_wallbox.domain.deeds import Deed
from bmw_wallbox.domain.device import HeldProfile, PresentedCard
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.sessions import ChargingSession
from bmw_wallbox.domain.state import CommandReport, LastEvent, StationLimit
from bmw_wallbox.domain.tokens import Token
from bmw_wallbox.domain.vocabulary import Admission, Outcome
from tests.panel.expert_house import PROFILE, furnish
from tests.panel.past_charges import charge
from tests.web.memory import KEY, NOW, MemoryBackend, charging_state, key_of

HOSTILE = '<img src=x onerror="console.error(1)">\'"{{7*7}}<script>console.error(2)</script>'
STATION = key_of(HOSTILE)


def invade(backend: MemoryBackend) -> None:
    """Let in a wallbox that fills every text of its state, and another one that asks for it."""
    furnish(backend)
    told = replace(
        charging_state(device=backend.states.pop(KEY).device),
        last_event=LastEvent(),
        station_limit=StationLimit(source="EMS"),
        alerts={"Connector/Problem": "true"},
        notices={"certificate": "expired"},
        metering_note="none",
        control_alert="broken",
    )
    state = replace(spoilt(told), key=STATION, last_command=_report())
    held = HeldProfile(evse_id=1, source=HOSTILE, profile={**_spoilt_values(PROFILE), HOSTILE: HOSTILE})
    records = replace(state.device.records, charging_profiles={HOSTILE: held})
    card = PresentedCard(id_token=f"{HOSTILE}3", type=HOSTILE, status=HOSTILE, told_at=NOW)
    device = replace(state.device, records=records, presented_cards=(card,))
    backend.states[STATION] = replace(state, device=device)
    backend.refused[HOSTILE] = HOSTILE
    backend.more_info = {"home_assistant": dict.fromkeys(("state", "mqtt", "message"), HOSTILE)}
    backend.admissions = {HOSTILE: Admission.APPROVED, f"{HOSTILE}2": Admission.PENDING}
    backend.attempts = [dict.fromkeys(_ATTEMPT, HOSTILE) | {"at": NOW, "count": 1, "verdict": "refused"}]
    backend.problems = [Problem(key=HOSTILE, message=HOSTILE, action=HOSTILE)]
    backend.table = {"1": Token(key="1", id_token=HOSTILE, type=HOSTILE, name=HOSTILE, vehicle=HOSTILE)}
    deed = Deed(id="1", at=NOW, who=HOSTILE, action=HOSTILE, target=HOSTILE, details=HOSTILE, note=HOSTILE)
    backend.expert.audit.rows = {"1": deed}
    request = write_call("1", HOSTILE, {HOSTILE: HOSTILE})
    error = write_error("1", HOSTILE, HOSTILE)
    frames = backend.expert.frames
    for frame in (request, error, HOSTILE):
        frames.record(HOSTILE, frame, at=NOW, direction="in", action=HOSTILE)


def spoilt_session() -> ChargingSession:
    """Return a past charge of that wallbox."""
    row = charge(0)
    spoilt_row: ChargingSession = spoilt(row)
    return replace(spoilt_row, id=row.id, station=STATION, cost=row.cost, edited=(), made_of=())


def spoilt(value: Any) -> Any:  # noqa: ANN401  # whatever a state is made of
    """Return a value whose every text, the names in mappings included, is markup."""
    if type(value) is str:
        return HOSTILE
    if isinstance(value, Mapping):
        return {spoilt(name): spoilt(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return tuple(spoilt(each) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    hints = get_type_hints(type(value))
    return replace(
        value,
        **{
            one.name: _spoilt_field(getattr(value, one.name), hints[one.name])
            for one in fields(value)
            if one.init
        },
    )


def _spoilt_field(value: object, hint: object) -> object:
    may_be_text = {str, NoneType} <= set(get_args(hint))
    return HOSTILE if value is None and may_be_text else spoilt(value)


def _spoilt_values(value: Any) -> Any:  # noqa: ANN401  # JSON
    if isinstance(value, dict):
        return {name: _spoilt_values(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_spoilt_values(each) for each in value]
    return spoilt(value)


_ATTEMPT = ("remote", "charge_point_id", "subprotocol", "tls", "server_name", "cause", "reason")


def _report() -> CommandReport:
    return CommandReport(
        id=HOSTILE,
        command=HOSTILE,
        outcome=Outcome.REFUSED,
        message=HOSTILE,
        value=HOSTILE,
        asked_by=HOSTILE,
        asked_at=NOW,
        changed_at=NOW,
    )
