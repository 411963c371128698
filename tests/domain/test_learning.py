"""An unknown box teaches by what it refuses and by what does not act on it; a known one teaches nothing."""

from dataclasses import fields, replace
from typing import Any

import pytest

from bmw_wallbox.domain.events import AnyEvent, ProfileAccepted
from bmw_wallbox.domain.learning import IN_WORDS, Learned, disproved, is_lesson, strategy_of
from bmw_wallbox.domain.quirk_events import ProfileRefused, PurposeDisproved, QuirksChosen
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ProfileStrategy
from tests.domain.story import at, booted, connected, fresh, play, started

TX, TX_DEFAULT = "TxProfile", "TxDefaultProfile"
ZERO_ONLY = Learned(stack_level_zero_only=True)
PLAIN: dict[str, Any] = {"vendor": "Example", "model": "Plain AC 22", "firmware": "1.0"}


def plain(*events: AnyEvent) -> StationState:
    return play(fresh(), connected(), booted(**PLAIN), started(1), *events)


def refusal(stack_level: int, purpose: str = TX, transaction_id: str | None = "tx-1") -> ProfileRefused:
    return ProfileRefused(at=at(5), purpose=purpose, stack_level=stack_level, transaction_id=transaction_id)


@pytest.mark.parametrize(
    ("event", "learned"),
    [
        (refusal(1), ZERO_ONLY),
        (refusal(0), Learned(tx_profile_refused=True)),
        (refusal(0, TX_DEFAULT, None), Learned()),
        (refusal(1, transaction_id="tx-0"), Learned()),
        (PurposeDisproved(at=at(5), purpose=TX), Learned(tx_profile_ineffective=True)),
        (PurposeDisproved(at=at(5), purpose=TX_DEFAULT), Learned(tx_default_ineffective=True)),
    ],
)
def test_what_an_unknown_box_teaches(event: AnyEvent, learned: Learned) -> None:
    assert plain(event).learned == learned
    assert play(fresh(), connected(), booted(), started(1), event).learned == Learned()


def test_a_refusal_of_what_the_transaction_had_before_teaches_nothing() -> None:
    had = ProfileAccepted(at=at(4), purpose=TX, limit_a=16.0, transaction_id="tx-1")
    assert plain(had, refusal(1)).learned == Learned()


@pytest.mark.parametrize(
    ("status", "reason", "lesson"),
    [
        ("Rejected", "", True),
        ("Rejected", "InvalidStackLevel", True),
        ("Rejected", "InternalError: try later", False),
        ("Rejected", "TxNotFound", False),
        ("timed_out", "", False),
        ("NotSupported", "", False),
    ],
)
def test_only_a_refusal_of_the_profile_itself_is_a_lesson(status: str, reason: str, *, lesson: bool) -> None:
    assert is_lesson(status, reason) is lesson


@pytest.mark.parametrize(
    ("learned", "strategy"),
    [
        (Learned(), ProfileStrategy.TX),
        (ZERO_ONLY, ProfileStrategy.TX),
        (Learned(tx_profile_refused=True), ProfileStrategy.TX_DEFAULT),
        (Learned(tx_profile_ineffective=True), ProfileStrategy.TX_DEFAULT),
        (Learned(tx_default_ineffective=True), ProfileStrategy.TX),
    ],
)
def test_the_purpose_that_is_left_is_used(learned: Learned, strategy: ProfileStrategy) -> None:
    assert strategy_of(learned, ProfileStrategy.TX) is strategy


def test_of_two_purposes_that_do_not_act_the_one_disproved_last_makes_way() -> None:
    learned = replace(ZERO_ONLY, tx_profile_refused=True)
    for _ in range(2):
        learned = disproved(learned, TX_DEFAULT)
        assert strategy_of(learned, ProfileStrategy.TX) is ProfileStrategy.TX
        learned = disproved(learned, TX)
        assert strategy_of(learned, ProfileStrategy.TX) is ProfileStrategy.TX_DEFAULT
    assert learned.stack_level_zero_only


@pytest.mark.parametrize(
    ("boot", "learned"),
    [
        ({}, ZERO_ONLY),
        ({"serial": "another"}, ZERO_ONLY),
        ({"firmware": "1.1"}, Learned()),
        ({"model": "Plain AC 11"}, Learned()),
        ({"vendor": "Other"}, Learned()),
    ],
)
def test_another_vendor_model_or_firmware_begins_anew(boot: dict[str, str], learned: Learned) -> None:
    assert plain(refusal(1), booted(60, **{**PLAIN, **boot})).learned == learned


def test_the_owner_chooses_a_row_and_has_the_rest_forgotten() -> None:
    state = plain(refusal(1), QuirksChosen(at=at(6), row="specification"))
    assert (state.quirk_row, state.learned) == ("specification", ZERO_ONLY)
    state = play(state, QuirksChosen(at=at(7), row=None, forget_learned=True))
    assert (state.quirk_row, state.learned) == (None, Learned())


def test_every_call_is_counted_and_only_what_lasts_is_learned() -> None:
    moment = replace(refusal(1), lasting=False)
    state = plain(moment, ProfileAccepted(at=at(6), purpose=TX, limit_a=16.0))
    assert (state.profile_calls, state.learned) == (2, Learned())


def test_every_lesson_has_its_words() -> None:
    assert set(IN_WORDS) == {field.name for field in fields(Learned)}
