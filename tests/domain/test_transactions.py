"""A transaction follows the station's order, and history moves the ledger only."""

from dataclasses import replace

import pytest

from bmw_wallbox.domain.events import AnyEvent
from bmw_wallbox.domain.reduce import reduce
from bmw_wallbox.domain.sequence import Sequence
from bmw_wallbox.domain.state import StationState, Transaction
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus
from tests.domain.story import (
    CHARGING,
    ZONE,
    at,
    booted,
    charging,
    connected,
    current,
    ended,
    energy,
    fresh,
    meters,
    play,
    power,
    sample,
    started,
    status,
    updated,
    voltage,
)

AVAILABLE, OCCUPIED = ConnectorStatus.AVAILABLE, ConnectorStatus.OCCUPIED
BEGUN = started(1, samples=(energy(1, 1000),))
FLOW = (power(3, 11000), *current(3, 16, 16, 16), *voltage(3, 230, 230, 230))


def running(state: StationState) -> Transaction:
    assert state.transaction is not None
    return state.transaction


def without_stamps(state: StationState) -> StationState:
    """Return the state without what counts every event, late or not."""
    return replace(state, last_message_at=None, device=replace(state.device, sequence=Sequence()))


def test_a_transaction_begins_charges_and_ends() -> None:
    state = charging(*FLOW)
    assert state.charging_state is ChargingState.CHARGING
    assert (state.meter.power_w, state.meter.current_a) == (11000, 16)
    assert running(state).seen_from_start
    state = play(state, ended(60, 3))
    assert state.transaction is None
    assert state.charging_state is ChargingState.IDLE
    assert (state.meter.power_w, state.meter.current_a, state.meter.current_l1_a) == (0, 0, 0)
    assert state.meter.voltage_v == 230
    assert (state.last_event.stopped_reason, state.last_event.sequence_number) == ("EVDisconnected", 3)


def test_before_any_word_nothing_is_known() -> None:
    state = fresh()
    assert (state.charging_state, state.vehicle_connected, state.meter.power_w) == (
        ChargingState.UNKNOWN,
        None,
        None,
    )


def test_without_a_transaction_no_power_flows() -> None:
    state = play(fresh(), connected(), status(0, AVAILABLE))
    assert (state.meter.power_w, state.meter.current_a) == (0, 0)
    state = play(state, meters(5, power(5, 40), *current(5, 0.3)))
    assert (state.meter.power_w, state.meter.current_a, state.meter.current_l1_a) == (0, 0, 0)


@pytest.mark.parametrize(
    ("trigger", "token", "authorized"),
    [
        ("CablePluggedIn", None, False),
        ("Authorized", None, True),
        ("RemoteStart", None, True),
        ("MeterValuePeriodic", "04AA", True),
    ],
)
def test_a_token_or_its_trigger_authorises(trigger: str, token: str | None, *, authorized: bool) -> None:
    state = play(fresh(), connected(), started(0), updated(1, 1, trigger_reason=trigger, id_token=token))
    assert running(state).authorized is authorized
    assert running(play(state, updated(2, 2))).authorized is authorized


def test_what_an_update_leaves_out_stays() -> None:
    state = play(charging(), updated(4, 2, id_token="04AA", phases_used=3, remote_start_id=7))
    state = play(state, updated(5, 3))
    assert (running(state).charging_state, running(state).phases_used) == (ChargingState.CHARGING, 3)
    assert (running(state).remote_start_id, state.last_event.id_token) == (7, "04AA")


def test_the_phases_of_a_ramp_do_not_stick() -> None:
    state = charging(*current(3, 6, 0, 0))
    assert state.meter.phases_used == 1
    assert play(state, meters(13, *current(13, 16, 16, 16))).meter.phases_used == 3


# Order


@pytest.mark.parametrize(
    "event",
    [
        CHARGING,
        updated(2, 1, charging_state=ChargingState.SUSPENDED_EV),
        updated(1.5, 0, charging_state=ChargingState.SUSPENDED_EV),
        started(1),
        started(-50, transaction_id="tx-0"),
        updated(-50, 9, transaction_id="tx-0", charging_state=ChargingState.EV_CONNECTED),
        ended(-40, 10, transaction_id="tx-0"),
        ended(500, 10, transaction_id="tx-0"),
        updated(2, 9, transaction_id="tx-0"),
        updated(90, 0, transaction_id="", charging_state=ChargingState.SUSPENDED_EV),
        updated(90, 9, offline=True, charging_state=ChargingState.SUSPENDED_EV, samples=(power(90, 1),)),
        started(90, 0, transaction_id="tx-9", offline=True),
        ended(90, 9, transaction_id="tx-9", offline=True),
    ],
)
def test_history_and_repetition_never_touch_what_is_live(event: AnyEvent) -> None:
    state = charging()
    assert without_stamps(play(state, event)) == without_stamps(state)


def test_a_later_number_at_the_same_second_counts() -> None:
    state = play(charging(), updated(2, 2, charging_state=ChargingState.SUSPENDED_EV))
    assert state.charging_state is ChargingState.SUSPENDED_EV


def test_the_newest_counts_although_its_number_begins_again() -> None:
    state = play(charging(), updated(60, 0, charging_state=ChargingState.SUSPENDED_EV))
    assert state.charging_state is ChargingState.SUSPENDED_EV


def test_a_gap_in_the_numbers_stops_nothing() -> None:
    state = play(charging(), updated(60, 900, charging_state=ChargingState.SUSPENDED_EV))
    assert (state.charging_state, state.last_event.sequence_number) == (ChargingState.SUSPENDED_EV, 900)


def test_older_samples_of_a_new_event_are_history() -> None:
    state = play(charging(*FLOW), updated(30, 3, samples=(power(1, 5), *current(1, 1, 1, 1))))
    assert (state.meter.power_w, state.meter.current_a) == (11000, 16)
    assert (state.meter.received_at, state.meter.current_received_at) == (at(3), at(3))


def test_an_ended_transaction_stays_ended() -> None:
    state = play(charging(), ended(60, 3))
    late = (updated(59, 2), ended(60, 3), updated(61, 4), started(1), updated(61, 4, offline=True))
    assert without_stamps(play(state, *late)) == without_stamps(state)


def test_an_offline_end_of_the_running_transaction_ends_it() -> None:
    state = play(charging(), ended(60, 9, offline=True))
    assert (state.transaction, state.last_event.stopped_reason) == (None, "EVDisconnected")


def test_an_end_without_a_beginning_is_answered_by_rest() -> None:
    state = play(fresh(), connected(), ended(60, 9, transaction_id="tx-x"))
    assert (state.transaction, state.meter.power_w, state.last_event.transaction_id) == (None, 0, "tx-x")


def test_a_transaction_that_began_unheard_is_adopted() -> None:
    state = play(fresh(), connected(), updated(60, 12, charging_state=ChargingState.CHARGING))
    assert running(state) == Transaction(
        id="tx-1", started_at=at(60), charging_state=ChargingState.CHARGING, seen_from_start=False
    )


def test_a_second_transaction_takes_the_place_of_one_that_never_ended() -> None:
    state = play(charging(energy(3, 5000), *FLOW), started(60, 0, transaction_id="tx-2"))
    assert running(state).id == "tx-2"
    assert (state.meter.power_w, state.charging_state) == (0, ChargingState.EV_CONNECTED)
    assert state.ledger.accounts[-1].ended


def test_a_reboot_in_a_transaction_goes_on_with_it() -> None:
    state = play(charging(*FLOW), connected(20), booted(21), updated(30, 0, trigger_reason="TxResumed"))
    assert (running(state).id, running(state).started_at) == ("tx-1", at(1))
    assert running(state).seen_from_start


def test_a_clock_that_ran_ahead_does_not_freeze_what_is_live() -> None:
    ahead = charging(power(7200, 11000), *current(7200, 16, 16, 16))
    ahead = replace(ahead, last_event=replace(ahead.last_event, station_at=at(7200)))
    ahead = replace(ahead, connector=replace(ahead.connector, reported_at=at(7200)))
    state = play(ahead, updated(10, 1, samples=(power(10, 4000),)))
    assert state.meter.power_w == 4000
    assert play(state, status(20, AVAILABLE)).transaction is None


# The connector


def test_available_closes_a_transaction_whose_end_was_lost() -> None:
    state = play(charging(energy(3, 5000), *FLOW), status(60, AVAILABLE))
    assert (state.transaction, state.vehicle_connected, state.meter.power_w) == (None, False, 0)
    assert state.ledger.accounts[-1].ended


def test_available_from_before_closes_nothing() -> None:
    state = play(fresh(), started(10), status(5, AVAILABLE))
    assert running(state).id == "tx-1"


def test_an_update_from_before_the_car_left_brings_nothing_back() -> None:
    state = play(charging(), status(60, AVAILABLE))
    assert play(state, updated(59, 3)).transaction is None
    assert running(play(state, updated(61, 3))).id == "tx-1"


def test_an_end_after_available_still_tells_its_reason() -> None:
    state = play(charging(), status(60, AVAILABLE), ended(59.9, 3))
    assert (state.transaction, state.last_event.stopped_reason) == (None, "EVDisconnected")


@pytest.mark.parametrize("evse_id", [0, 2, 99])
def test_other_places_are_none_of_our_business(evse_id: int) -> None:
    state = charging(*FLOW)
    told = play(state, status(60, AVAILABLE, evse_id=evse_id), meters(61, power(61, 1), evse_id=evse_id))
    assert without_stamps(told) == without_stamps(state)


def test_an_older_status_is_ignored() -> None:
    state = play(fresh(), connected(), status(10, OCCUPIED), status(5, AVAILABLE))
    assert state.connector.status is OCCUPIED


# What was told before the connection broke is to be confirmed


def test_a_new_connection_confirms_nothing_by_itself() -> None:
    state = play(charging(), connected(60))
    assert not running(state).confirmed
    assert not state.connector.confirmed
    assert state.charging_state is ChargingState.CHARGING
    state = play(state, updated(61, 3))
    assert running(state).confirmed
    assert not state.connector.confirmed
    assert play(state, status(0, OCCUPIED)).connector.confirmed


def test_a_replay_confirms_nothing() -> None:
    state = play(charging(), connected(60), updated(30, 3, offline=True), CHARGING)
    assert not running(state).confirmed


# Values


@pytest.mark.parametrize("suspended", [ChargingState.SUSPENDED_EV, ChargingState.SUSPENDED_EVSE])
def test_a_pause_without_values_means_no_flow(suspended: ChargingState) -> None:
    state = play(charging(*FLOW), updated(9, 3, charging_state=suspended, samples=(energy(9, 5),)))
    assert (state.meter.power_w, state.meter.current_a) == (0, 0)
    state = play(
        state, meters(10, sample(10, "Voltage", 231, "L1")), updated(11, 4, samples=(energy(11, 5),))
    )
    assert (state.meter.power_w, state.meter.voltage_l1_v) == (0, 231)


def test_a_pause_with_values_shows_them() -> None:
    values = (power(9, 30), *current(9, 0.1, 0.1, 0.1))
    state = play(charging(*FLOW), updated(9, 3, charging_state=ChargingState.SUSPENDED_EV, samples=values))
    assert (state.meter.power_w, state.meter.current_a) == (30, 0.1)


def test_after_a_pause_the_flow_is_unknown_until_it_is_told() -> None:
    state = play(charging(*FLOW), updated(9, 3, charging_state=ChargingState.SUSPENDED_EV))
    state = play(state, updated(12, 4, charging_state=ChargingState.CHARGING, samples=(energy(12, 9),)))
    assert state.meter.power_w is None


def test_only_a_current_makes_the_current_fresh() -> None:
    state = play(charging(*FLOW), updated(9, 3, samples=(energy(9, 5000),)))
    assert (state.meter.received_at, state.meter.current_received_at) == (at(9), at(3))


# The ledger


def test_a_replay_moves_the_ledger_and_nothing_else() -> None:
    state = play(charging(energy(3, 1000), *FLOW), updated(3600, 3, samples=(energy(3600, 9000),)))
    before = state
    replays = [
        updated(
            1000 + n, 4 + n, offline=True, samples=(energy(4000 + n, 9000 + n, phase=None), power(4000, 1))
        )
        for n in range(100)
    ]
    state = play(state, *replays)
    assert state.ledger.total_wh == 9099
    assert without_stamps(replace(state, ledger=before.ledger)) == without_stamps(before)


def test_the_end_brings_the_last_register() -> None:
    end = energy(1800, 4000, context="Transaction.End")
    state = play(fresh(), connected(), BEGUN, CHARGING, ended(1800, 3, samples=(end,)))
    assert (state.ledger.total_wh, state.ledger.session_wh) == (4000, 3000)


def test_a_register_that_came_after_the_start_counts_from_the_start() -> None:
    events = (connected(), started(0), CHARGING, updated(600, 2, samples=(energy(600, 1500),)))
    ledger = play(fresh(), *events).ledger
    assert (ledger.total_wh, ledger.session_wh, ledger.daily_wh) == (1500, 1500, 1500)


def test_meter_values_of_a_transaction_count_to_it() -> None:
    state = play(fresh(), connected(), BEGUN, CHARGING, meters(1800, energy(1800, 4000), evse_id=1))
    assert (state.ledger.total_wh, state.ledger.session_wh) == (4000, 3000)


def test_a_repeated_event_changes_stamps_only() -> None:
    events = [
        started(1, samples=(energy(1, 0),)),
        CHARGING,
        updated(900, 2, samples=(energy(900, 2000), *FLOW)),
    ]
    state = play(fresh(), connected(), *events)
    again = state
    for event in events:
        again = reduce(again, replace(event, at=at(1000)), ZONE)
    assert without_stamps(again) == without_stamps(state)
