"""What holds for every history of events: order and repetition change no row, and nothing counts twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bmw_wallbox.domain.energy import Register
from bmw_wallbox.domain.events import AnyEvent, TransactionReported
from bmw_wallbox.domain.sessions import ChargingSession, Doubt
from bmw_wallbox.domain.sessions_book import Book, noted, rows
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus
from tests.domain.story import at, ended, energy, fresh, play, started, status, updated

NOW = at(0) + timedelta(days=40)
STATES = st.sampled_from(
    [None, ChargingState.CHARGING, ChargingState.SUSPENDED_EV, ChargingState.SUSPENDED_EVSE]
)
steps = st.tuples(st.integers(5, 4000), st.integers(0, 20), STATES)
"""Seconds since the event before, energy in 50 Wh if there was time for it, charging state."""
charges = st.lists(st.lists(steps, min_size=1, max_size=12), min_size=1, max_size=4)


@st.composite
def histories(draw: st.DrawFn, *, lifetime: bool | None = None) -> tuple[list[AnyEvent], bool]:
    """Return what a station sends over some charges, in order, and whether its register never restarts."""
    runs_on = draw(st.booleans()) if lifetime is None else lifetime
    second, register_wh = 0.0, 70_000 if runs_on else 0
    events: list[AnyEvent] = []
    for number, charge in enumerate(draw(charges)):
        name = {"transaction_id": f"tx-{number}", "id_token": f"token{number}"}
        register_wh = register_wh if runs_on else 0
        second += 30
        begin = energy(second, register_wh, context="Transaction.Begin")
        events.append(started(second, 0, samples=(begin,), **name))
        for sequence, (pause, growth, state) in enumerate(charge, 1):
            second += pause
            register_wh += min(50 * growth, int(20_000 * pause / 3600))
            sample = energy(second, register_wh)
            events.append(updated(second, sequence, charging_state=state, samples=(sample,), **name))
        second += 30
        end = energy(second, register_wh, context="Transaction.End")
        events.append(ended(second, len(charge) + 1, samples=(end,), **name))
        events.append(status(second + 5, ConnectorStatus.AVAILABLE))
    return events, runs_on


def book_of(events: Sequence[AnyEvent]) -> Book:
    book = Book(station="debmw1")
    for event in events:
        book = noted(book, event)
    return book


def rows_of(events: Sequence[AnyEvent], *, lifetime: bool = True) -> list[ChargingSession]:
    register = Register.LIFETIME if lifetime else Register.PER_TRANSACTION
    return [row for row, _ in rows(book_of(events), register, NOW).values()]


def state_after(events: Sequence[AnyEvent]) -> StationState:
    return play(fresh(), *events)


@given(histories(), st.randoms(use_true_random=False), st.data())
def test_order_and_repetition_do_not_matter(
    history: tuple[list[AnyEvent], bool], random: Random, data: st.DataObject
) -> None:
    events, lifetime = history
    again = data.draw(st.lists(st.sampled_from(events), max_size=20))
    shuffled = [*events, *again]
    random.shuffle(shuffled)
    assert rows_of(shuffled, lifetime=lifetime) == rows_of(events, lifetime=lifetime)


@given(histories(), st.randoms(use_true_random=False), st.data())
def test_the_same_losses_leave_the_same_rows_in_any_order(
    history: tuple[list[AnyEvent], bool], random: Random, data: st.DataObject
) -> None:
    events, lifetime = history
    kept = [event for event in events if data.draw(st.booleans())]
    shuffled = [*kept, *kept]
    random.shuffle(shuffled)
    assert rows_of(shuffled, lifetime=lifetime) == rows_of(kept, lifetime=lifetime)


@given(histories())
def test_a_whole_history_agrees_with_the_ledgers_accounts(history: tuple[list[AnyEvent], bool]) -> None:
    events, lifetime = history
    ledger = state_after(events).ledger
    for row in rows_of(events, lifetime=lifetime):
        account = ledger.account_of(row.transaction_id)
        assert account is not None
        assert row.energy_wh == account.energy_wh
        assert row.doubts == ()


@given(histories(), st.data())
def test_the_sessions_never_claim_more_than_the_ledger_grew(
    history: tuple[list[AnyEvent], bool], data: st.DataObject
) -> None:
    events, lifetime = history
    kept = [*known_register(lifetime=lifetime), *(e for e in events if data.draw(st.integers(0, 3)))]
    ledger = state_after(kept).ledger
    first_wh = 65_000 if lifetime else 0
    claimed_wh = sum(row.energy_wh for row, _ in rows(book_of(kept), ledger.register, NOW).values())
    assert claimed_wh <= (ledger.total_wh or 0) - first_wh


def known_register(*, lifetime: bool) -> list[AnyEvent]:
    """Return two charges of the hours before, which tell the ledger how the register runs."""
    first_wh, restart_wh = (65_000, 70_000) if lifetime else (0, 0)
    second, third = {"transaction_id": "tx-a"}, {"transaction_id": "tx-b"}
    return [
        started(-9000, 0, samples=(energy(-9000, first_wh, context="Transaction.Begin"),), **second),
        ended(-5000, 1, samples=(energy(-5000, first_wh + 5000, context="Transaction.End"),), **second),
        started(-4000, 0, samples=(energy(-4000, restart_wh, context="Transaction.Begin"),), **third),
        ended(-3000, 1, samples=(energy(-3000, restart_wh, context="Transaction.End"),), **third),
    ]


@given(histories(), st.data())
def test_a_loss_gives_the_same_row_or_one_that_is_marked(
    history: tuple[list[AnyEvent], bool], data: st.DataObject
) -> None:
    events, lifetime = history
    whole = {row.transaction_id: row for row in rows_of(events, lifetime=lifetime)}
    lost = data.draw(st.sampled_from([e for e in events if isinstance(e, TransactionReported)]))
    for row in rows_of([event for event in events if event is not lost], lifetime=lifetime):
        same = row == whole[row.transaction_id]
        assert same or set(row.doubts) & {Doubt.EVENTS_MISSING, Doubt.END_MISSING}


@given(histories(lifetime=True), st.integers(1, 8))
def test_a_register_that_restarts_inside_gives_the_same_row_in_any_order(
    history: tuple[list[AnyEvent], bool], number: int
) -> None:
    events, _ = history
    own = [e for e in events if isinstance(e, TransactionReported) and e.transaction_id == "tx-0"]
    cut = min(number, len(own) - 1)
    base_wh = own[cut].samples[0].value
    reset = [
        replace(e, samples=tuple(s._replace(value=s.value - base_wh) for s in e.samples)) for e in own[cut:]
    ]
    story = [*own[:cut], *reset]
    assert rows_of(list(reversed(story))) == rows_of(story)
