"""The profile that is missing is sent, and an equal one never."""

import pytest

from bmw_wallbox.domain.calls import SetChargingProfile
from bmw_wallbox.domain.events import AnyEvent, ProfileAccepted, WishChanged
from bmw_wallbox.domain.limits import next_profile
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ProfilePurpose, ProfileStrategy
from tests.domain.story import at, booted, connected, fresh, play, started

TX_DEFAULT, TX = ProfilePurpose.TX_DEFAULT, ProfilePurpose.TX


def accepted(call: SetChargingProfile | None, seconds: float = 5) -> ProfileAccepted:
    assert call is not None
    return ProfileAccepted(
        at=at(seconds), purpose=call.purpose, limit_a=call.limit_a, transaction_id=call.transaction_id
    )


def station(*events: AnyEvent) -> StationState:
    return play(fresh(), connected(), *events)


@pytest.mark.parametrize("events", [(), (started(0),)])
def test_a_delta_gets_one_default_profile_whatever_runs(events: tuple[AnyEvent, ...]) -> None:
    assert next_profile(station(booted(), *events), ProfileStrategy.AUTO) == SetChargingProfile(
        limit_a=16.0, purpose=TX_DEFAULT, profile_id=998, stack_level=0, evse_id=1, transaction_id=None
    )


def test_what_was_accepted_is_not_sent_again() -> None:
    state = station(booted())
    state = play(state, accepted(next_profile(state, ProfileStrategy.AUTO)))
    assert next_profile(state, ProfileStrategy.AUTO) is None
    assert next_profile(play(state, started(6)), ProfileStrategy.AUTO) is None


@pytest.mark.parametrize("begin", [connected(99), booted(99)])
def test_a_new_connection_and_a_late_boot_need_it_again(begin: AnyEvent) -> None:
    state = station(booted())
    state = play(state, accepted(next_profile(state, ProfileStrategy.AUTO)), begin)
    assert next_profile(state, ProfileStrategy.AUTO) is not None


def test_a_pause_is_a_limit_of_nothing_and_its_end_the_old_limit() -> None:
    state = station(booted(), WishChanged(at=at(1), charging_allowed=False, asked_by="test"))
    call = next_profile(state, ProfileStrategy.AUTO)
    assert call is not None
    assert call.limit_a == 0
    state = play(state, accepted(call), WishChanged(at=at(6), charging_allowed=True, asked_by="test"))
    call = next_profile(state, ProfileStrategy.AUTO)
    assert call is not None
    assert call.limit_a == 16


def test_another_limit_while_paused_needs_nothing() -> None:
    state = station(booted(), WishChanged(at=at(1), charging_allowed=False, asked_by="test"))
    state = play(state, accepted(next_profile(state, ProfileStrategy.AUTO)))
    state = play(state, WishChanged(at=at(6), limit_a=10.0, asked_by="test"))
    assert next_profile(state, ProfileStrategy.AUTO) is None


@pytest.mark.parametrize(
    ("strategy", "vendor", "model"),
    [(ProfileStrategy.TX, "BMW", "EIAW-E22KTSE6B04"), (ProfileStrategy.AUTO, "Example", "Plain AC 22")],
)
def test_the_seeds_way_limits_the_running_transaction_by_its_own_profile(
    strategy: ProfileStrategy, vendor: str, model: str
) -> None:
    idle = station(booted(vendor=vendor, model=model))
    call = next_profile(idle, strategy)
    assert call is not None
    assert (call.purpose, call.transaction_id) == (TX_DEFAULT, None)
    state = play(idle, accepted(call), started(6))
    assert next_profile(state, strategy) == SetChargingProfile(
        limit_a=16.0, purpose=TX, profile_id=999, stack_level=1, evse_id=1, transaction_id="tx-1"
    )
    state = play(state, accepted(next_profile(state, strategy)))
    assert next_profile(state, strategy) is None
    call = next_profile(play(state, started(60, transaction_id="tx-2")), strategy)
    assert call is not None
    assert call.transaction_id == "tx-2"


def test_a_chosen_default_profile_is_kept_to_on_any_box() -> None:
    state = station(booted(vendor="Example", model="Plain AC 22"), started(1))
    call = next_profile(state, ProfileStrategy.TX_DEFAULT)
    assert call is not None
    assert call.purpose == TX_DEFAULT
