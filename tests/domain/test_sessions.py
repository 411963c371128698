"""From events to session rows: what each story at a wallbox leaves in the list."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.domain.energy import Register
from bmw_wallbox.domain.events import AnyEvent
from bmw_wallbox.domain.sessions import ChargingSession, ClosedBy, Doubt, Source
from bmw_wallbox.domain.sessions_book import Book, noted, rows
from bmw_wallbox.domain.sessions_curve import Point, thinned
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus
from tests.domain.story import (
    at,
    current,
    ended,
    energy,
    meters,
    power,
    started,
    status,
    transaction,
    updated,
    vanished,
)

HOUR = 3600
LATER = at(30 * 24 * HOUR)


def told(*events: AnyEvent, running_id: str | None = "tx-1") -> Book:
    book = Book(station="debmw1")
    for event in events:
        book = noted(book, event, running_id)
    return book


def listed(
    book: Book, register: Register | None = Register.LIFETIME, now: datetime = LATER
) -> list[ChargingSession]:
    return [row for row, _ in rows(book, register, now).values()]


def only(events: Iterable[AnyEvent], register: Register | None = Register.LIFETIME) -> ChargingSession:
    (row,) = listed(told(*events), register)
    return row


CHARGE = (
    started(0, 0, samples=(energy(0, 50_000, context="Transaction.Begin"),), id_token="04A1B2C3"),
    updated(60, 1, charging_state=ChargingState.CHARGING),
    updated(1800, 2, samples=(energy(1800, 54_000), power(1800, 8_200))),
    updated(2000, 3, charging_state=ChargingState.SUSPENDED_EVSE),
    updated(2600, 4, charging_state=ChargingState.CHARGING),
    updated(3600, 5, charging_state=ChargingState.SUSPENDED_EV, samples=(energy(3600, 58_000),)),
    ended(4000, 6, samples=(energy(4000, 58_100, context="Transaction.End"),)),
)


def test_a_charge_is_one_row_with_everything_that_was_told() -> None:
    row = only(CHARGE)
    assert (row.started_at, row.ended_at, row.closed_by) == (at(0), at(4000), ClosedBy.ENDED)
    assert (row.station, row.transaction_id, row.id_token) == ("debmw1", "tx-1", "04A1B2C3")
    assert row.energy_wh == 8_100
    assert row.begin is not None
    assert (row.begin.register_wh, row.begin.context) == (50_000, "Transaction.Begin")
    assert row.end is not None
    assert (row.end.register_wh, row.end.context) == (58_100, "Transaction.End")
    assert (row.charging_s, row.longest_pause_s) == (1940 + 1000, 600)
    assert (row.peak_power_w, row.mean_power_w) == (8_200, round(8_100 * 3600 / 2940))
    assert (row.end_reason, row.source, row.doubts) == ("EVDisconnected", Source.LIVE, ())


def test_a_running_session_has_no_end() -> None:
    (row,) = listed(told(*CHARGE[:3]), now=at(3600))
    assert row.running
    assert row.ended_at is None
    assert row.energy_wh == 4_000


def test_the_meters_signature_is_kept_as_it_came() -> None:
    signed = '{"signedMeterData":"T0NNRg=="}'
    row = only(
        [started(0, 0, samples=(energy(0, 10, context="Transaction.Begin", signed=signed),)), ended(9, 1)]
    )
    assert row.begin is not None
    assert row.begin.signed == signed


def test_values_outside_of_transaction_events_count_to_the_running_session() -> None:
    row = only([*CHARGE[:2], meters(900, energy(900, 52_000), power(900, 11_000))])
    assert (row.energy_wh, row.peak_power_w) == (2_000, 11_000)


def test_a_connector_that_was_available_at_the_instant_of_the_start_closes_nothing() -> None:
    (row,) = listed(told(status(0, ConnectorStatus.AVAILABLE), started(0, 0)), now=at(1))
    assert row.running


def test_an_available_connector_closes_what_never_ended() -> None:
    row = only([*CHARGE[:3], status(5000, ConnectorStatus.AVAILABLE)])
    assert (row.closed_by, row.ended_at) == (ClosedBy.STATUS_AVAILABLE, at(5000))
    assert Doubt.END_MISSING in row.doubts
    assert row.charging_s == 1740


def test_an_end_that_comes_late_replaces_the_makeshift_one() -> None:
    row = only([*CHARGE[:3], status(5000, ConnectorStatus.AVAILABLE), *CHARGE[3:]])
    assert row == only(CHARGE)


def test_the_next_transaction_closes_what_never_ended() -> None:
    first, second = listed(told(*CHARGE[:3], started(9000, 0, transaction_id="tx-2")), now=at(9001))
    assert (first.closed_by, first.ended_at) == (ClosedBy.NEXT_STARTED, at(1800))
    assert second.running


def test_a_transaction_that_the_station_disowns_is_closed_at_its_last_word() -> None:
    row = only([*CHARGE[:3], vanished(9000)])
    assert (row.closed_by, row.ended_at) == (ClosedBy.DISOWNED, at(1800))
    assert Doubt.END_MISSING in row.doubts
    assert row.energy_wh == 4_000
    assert only([*CHARGE[:3], vanished(9000), status(9500, ConnectorStatus.AVAILABLE)]) == row


def test_a_disowned_transaction_that_goes_on_or_ends_was_not_disowned() -> None:
    assert only([*CHARGE[:3], vanished(1900), *CHARGE[3:]]) == only(CHARGE)
    (row,) = listed(told(*CHARGE[:3], vanished(1900), CHARGE[3]), now=at(2100))
    assert row.running


def test_what_nobody_hears_of_for_a_week_is_forgotten_unless_it_runs() -> None:
    book = told(*CHARGE[:3])
    week = at(1800) + timedelta(days=7, seconds=1)
    (row,) = listed(book, now=week)
    assert (row.closed_by, row.ended_at) == (ClosedBy.FORGOTTEN, at(1800))
    ((row, _),) = rows(book, None, week, running_id="tx-1").values()
    assert row.running


def test_a_missing_begin_counts_from_the_first_reading_and_says_so() -> None:
    row = only(CHARGE[2:])
    assert row.energy_wh == 4_100
    assert set(row.doubts) == {Doubt.BEGIN_MISSING, Doubt.EVENTS_MISSING}


def test_a_register_of_its_own_counts_from_zero_even_if_the_begin_is_missing() -> None:
    row = only([updated(1800, 2, samples=(energy(1800, 4_000),)), ended(3600, 3)], Register.PER_TRANSACTION)
    assert row.energy_wh == 4_000
    assert row.begin is not None
    assert (row.begin.register_wh, row.begin.context) == (0, "Inferred")


def test_a_begin_without_a_register_takes_that_of_the_session_before() -> None:
    second = {"transaction_id": "tx-2"}
    book = told(
        *CHARGE,
        started(9000, 0, **second),
        updated(9060, 1, samples=(energy(9060, 58_300),), **second),
        ended(9900, 2, samples=(energy(9900, 60_100),), **second),
    )
    _, row = listed(book)
    assert row.energy_wh == 2_000
    assert Doubt.BEGIN_MISSING in row.doubts


def test_a_register_that_restarts_inside_counts_both_parts() -> None:
    row = only(
        [
            *CHARGE[:3],
            updated(2700, 3, samples=(energy(2700, 0),)),
            updated(3000, 4, samples=(energy(3000, 1_000),)),
            ended(3600, 5, samples=(energy(3600, 2_000),)),
        ]
    )
    assert row.energy_wh == 4_000 + 2_000
    assert Doubt.REGISTER_RESTARTED in row.doubts


def test_a_jump_that_cannot_be_is_not_counted() -> None:
    row = only([*CHARGE[:3], updated(1900, 3, samples=(energy(1900, 10**9),)), *CHARGE[4:]])
    assert row.energy_wh == 8_100


def test_missing_sequence_numbers_are_marked() -> None:
    assert only([*CHARGE[:2], *CHARGE[4:]]).doubts == (Doubt.EVENTS_MISSING,)


def test_offline_events_make_an_offline_session() -> None:
    row = only([started(0, 0, offline=True), ended(60, 1, offline=True)])
    assert row.source is Source.OFFLINE


def test_an_id_used_again_much_later_is_another_session() -> None:
    again = [
        started(90_000, 0, samples=(energy(90_000, 58_100, context="Transaction.Begin"),)),
        ended(93_600, 1, samples=(energy(93_600, 60_100, context="Transaction.End"),)),
    ]
    first, second = listed(told(*CHARGE, *again))
    assert first == only(CHARGE)
    assert (second.started_at, second.energy_wh) == (at(90_000), 2_000)
    assert first.id != second.id


def test_an_end_alone_is_a_session_without_energy() -> None:
    row = only([ended(60, 7, samples=(energy(60, 1_000),))])
    assert (row.energy_wh, row.started_at, row.ended_at) == (0, at(60), at(60))


def test_events_without_a_transaction_id_leave_no_session() -> None:
    assert listed(told(transaction(started().event_type, 0, 0, transaction_id=""))) == []


def test_the_peak_comes_from_currents_where_no_power_is_told() -> None:
    row = only([*CHARGE[:2], updated(120, 2, samples=current(120, 10.0, 10.0, 10.0))])
    assert row.peak_power_w == 6_900


def test_what_is_kept_of_a_long_charge_stays_small() -> None:
    events = [
        updated(10 * n, n, charging_state=ChargingState.CHARGING, samples=(energy(10 * n, 30 * n),))
        for n in range(1, 4000)
    ]
    (evidence,) = told(started(0, 0, samples=(energy(0, 0),)), *events).evidence
    assert len(evidence.runs) <= 2
    assert len(evidence.readings) < 120


@given(
    st.lists(st.integers(0, 22_000) | st.none(), min_size=1, max_size=400),
    st.integers(12, 300),
)
def test_a_thinned_curve_keeps_its_ends_and_extremes(powers: list[int | None], most: int) -> None:
    points = [
        Point(at=at(n), power_w=watts, current_l1_ma=None if watts is None else watts * 4)
        for n, watts in enumerate(powers)
    ]
    kept = thinned(points, most)
    assert len(kept) <= max(most, 1)
    assert kept == tuple(sorted(kept, key=lambda point: point.at))
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    told = [watts for watts in powers if watts is not None]
    shown = [point.power_w for point in kept if point.power_w is not None]
    assert max(shown, default=None) == max(told, default=None)
    assert None in powers or min(shown) == min(told)
    assert thinned(kept, most) == kept
