from dataclasses import replace

import pytest

from bmw_wallbox.domain.reasons import active_limit_a, limit_reason
from bmw_wallbox.domain.state import (
    Connector,
    DesiredState,
    InstalledProfile,
    Meter,
    StationLimit,
    StationState,
    Transaction,
)
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus
from bmw_wallbox.entities.words import (
    STOPPED_REASONS,
    TRIGGER_REASONS,
    is_problem,
    known_word,
    snake_case,
    status,
)
from tests.entities.states import NOW, fresh


def doing(
    connector: str, charging_state: str | None = None, *, current_a: float | None = None
) -> StationState:
    transaction = charging_state and Transaction(
        id="t", started_at=NOW, charging_state=ChargingState(charging_state)
    )
    return replace(
        fresh(),
        connected=True,
        connector=Connector(status=ConnectorStatus(connector), reported_at=NOW),
        transaction=transaction or None,
        meter=Meter(current_a=current_a),
    )


@pytest.mark.parametrize(
    ("connector", "charging_state", "expected"),
    [
        ("Unknown", None, None),
        ("Available", None, "available"),
        ("Occupied", None, "ev_connected"),
        ("Reserved", None, "reserved"),
        ("Unavailable", None, "out_of_service"),
        ("Faulted", None, "faulted"),
        ("Occupied", "EVConnected", "ev_connected"),
        ("Occupied", "Charging", "charging"),
        ("Occupied", "SuspendedEVSE", "paused"),
        ("Occupied", "SuspendedEV", "paused_by_car"),
        ("Available", "Idle", "available"),
        ("Occupied", "Unknown", "ev_connected"),
        ("Unknown", "Charging", "charging"),
        ("Unavailable", "Charging", "charging"),
        ("Faulted", "Charging", "faulted"),
    ],
)
def test_the_status_follows_from_connector_and_transaction(
    connector: str, charging_state: str | None, expected: str | None
) -> None:
    assert status(doing(connector, charging_state)) == expected


@pytest.mark.parametrize(
    ("state", "profile_a", "station_a", "allowed", "limit_a", "reason"),
    [
        (doing("Available"), None, None, True, None, None),
        (doing("Available"), 16, None, True, 16, "user"),
        (doing("Available"), 32, None, True, 32, "maximum"),
        (doing("Available"), 0, None, False, 0, "not_allowed"),
        (doing("Available"), 0, None, True, 0, None),
        (doing("Available"), 16, 10, True, 10, "station"),
        (doing("Available"), 16, 20, True, 16, "user"),
        (doing("Available"), None, 10, True, 10, "station"),
        (doing("Occupied", "Charging", current_a=15.2), 16, None, True, 16, "user"),
        (doing("Occupied", "Charging", current_a=10), 16, None, True, 16, "car"),
        (doing("Occupied", "SuspendedEV"), 16, None, True, 16, "car"),
        (doing("Occupied", "EVConnected", current_a=0), 16, None, True, 16, "user"),
    ],
)
def test_the_active_limit_is_the_lowest_one_proved_and_names_its_author(
    *,
    state: StationState,
    profile_a: float | None,
    station_a: float | None,
    allowed: bool,
    limit_a: float | None,
    reason: str | None,
) -> None:
    wished = 16.0 if profile_a is None or profile_a == 0 else profile_a
    limited = replace(
        state,
        desired=DesiredState(limit_a=wished, charging_allowed=allowed),
        profiles={}
        if profile_a is None
        else {"TxDefaultProfile": InstalledProfile(limit_a=profile_a, accepted_at=NOW)},
        station_limit=None if station_a is None else StationLimit(source="SO", limit_a=station_a),
    )
    assert active_limit_a(limited) == limit_a
    assert limit_reason(limited) == reason


def test_a_fault_or_an_alert_is_a_problem_and_silence_is_neither() -> None:
    assert is_problem(fresh()) is None
    assert is_problem(doing("Available")) is False
    assert is_problem(doing("Faulted")) is True
    assert is_problem(replace(fresh(), alerts={"Connector/Problem": "true"})) is True
    assert is_problem(replace(fresh(), control_alert="32 A flow.")) is True


def test_ocpp_words_become_snake_case_and_foreign_ones_nothing() -> None:
    assert snake_case("EVCommunicationLost") == "ev_communication_lost"
    assert known_word("SOCLimitReached", STOPPED_REASONS) == "soc_limit_reached"
    assert known_word("VendorSpecial", TRIGGER_REASONS) is None
    assert known_word(None, TRIGGER_REASONS) is None
