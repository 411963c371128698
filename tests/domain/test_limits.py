"""The profile that is missing is sent, and an equal one never."""

from typing import Any

import pytest

from bmw_wallbox.domain.calls import SetChargingProfile
from bmw_wallbox.domain.events import AnyEvent, ProfileAccepted, WishChanged
from bmw_wallbox.domain.limits import next_profile
from bmw_wallbox.domain.offline import NO_OFFLINE_LIMIT, OfflineLimit, in_words
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ProfilePurpose, ProfileStrategy
from tests.domain.story import at, booted, connected, fresh, play, started

TX_DEFAULT, TX = ProfilePurpose.TX_DEFAULT, ProfilePurpose.TX


def missing(
    state: StationState, strategy: ProfileStrategy, offline: OfflineLimit = NO_OFFLINE_LIMIT, now: float = 60
) -> SetChargingProfile | None:
    return next_profile(state, strategy, at(now), offline)


def accepted(call: SetChargingProfile | None, seconds: float = 5) -> ProfileAccepted:
    assert call is not None
    return ProfileAccepted(
        at=at(seconds),
        purpose=call.purpose,
        limit_a=call.limit_a,
        transaction_id=call.transaction_id,
        valid_for_s=call.valid_for_s,
    )


def station(*events: AnyEvent) -> StationState:
    return play(fresh(), connected(), *events)


@pytest.mark.parametrize("events", [(), (started(0),)])
def test_a_delta_gets_one_default_profile_whatever_runs(events: tuple[AnyEvent, ...]) -> None:
    assert missing(station(booted(), *events), ProfileStrategy.AUTO) == SetChargingProfile(
        limit_a=16.0, purpose=TX_DEFAULT, profile_id=998, stack_level=0, evse_id=1, transaction_id=None
    )


def test_what_was_accepted_is_not_sent_again() -> None:
    state = station(booted())
    state = play(state, accepted(missing(state, ProfileStrategy.AUTO)))
    assert missing(state, ProfileStrategy.AUTO) is None
    assert missing(play(state, started(6)), ProfileStrategy.AUTO) is None


@pytest.mark.parametrize("begin", [connected(99), booted(99)])
def test_a_new_connection_and_a_late_boot_need_it_again(begin: AnyEvent) -> None:
    state = station(booted())
    state = play(state, accepted(missing(state, ProfileStrategy.AUTO)), begin)
    assert missing(state, ProfileStrategy.AUTO) is not None


def test_a_pause_is_a_limit_of_nothing_and_its_end_the_old_limit() -> None:
    state = station(booted(), WishChanged(at=at(1), charging_allowed=False, asked_by="test"))
    call = missing(state, ProfileStrategy.AUTO)
    assert call is not None
    assert call.limit_a == 0
    state = play(state, accepted(call), WishChanged(at=at(6), charging_allowed=True, asked_by="test"))
    call = missing(state, ProfileStrategy.AUTO)
    assert call is not None
    assert call.limit_a == 16


def test_another_limit_while_paused_needs_nothing() -> None:
    state = station(booted(), WishChanged(at=at(1), charging_allowed=False, asked_by="test"))
    state = play(state, accepted(missing(state, ProfileStrategy.AUTO)))
    state = play(state, WishChanged(at=at(6), limit_a=10.0, asked_by="test"))
    assert missing(state, ProfileStrategy.AUTO) is None


@pytest.mark.parametrize(
    ("strategy", "vendor", "model"),
    [(ProfileStrategy.TX, "BMW", "EIAW-E22KTSE6B04"), (ProfileStrategy.AUTO, "Example", "Plain AC 22")],
)
def test_the_seeds_way_limits_the_running_transaction_by_its_own_profile(
    strategy: ProfileStrategy, vendor: str, model: str
) -> None:
    idle = station(booted(vendor=vendor, model=model))
    call = missing(idle, strategy)
    assert call is not None
    assert (call.purpose, call.transaction_id) == (TX_DEFAULT, None)
    state = play(idle, accepted(call), started(6))
    assert missing(state, strategy) == SetChargingProfile(
        limit_a=16.0, purpose=TX, profile_id=999, stack_level=1, evse_id=1, transaction_id="tx-1"
    )
    state = play(state, accepted(missing(state, strategy)))
    assert missing(state, strategy) is None
    call = missing(play(state, started(60, transaction_id="tx-2")), strategy)
    assert call is not None
    assert call.transaction_id == "tx-2"


def test_a_chosen_default_profile_is_kept_to_on_any_box() -> None:
    state = station(booted(vendor="Example", model="Plain AC 22"), started(1))
    call = missing(state, ProfileStrategy.TX_DEFAULT)
    assert call is not None
    assert call.purpose == TX_DEFAULT


SIX = OfflineLimit(limit_a=6.0, valid_for_s=900.0)
PLAIN: dict[str, Any] = {"vendor": "Example", "model": "Plain AC 22"}


def everything(
    state: StationState, offline: OfflineLimit, now: float
) -> list[tuple[str, float, float | None]]:
    """Return the profiles that are sent until nothing is missing."""
    sent = []
    while (call := missing(state, ProfileStrategy.AUTO, offline, now)) is not None:
        sent.append((str(call.purpose), call.limit_a, call.valid_for_s))
        state = play(state, accepted(call, now))
    return sent


def test_the_offline_limit_lies_below_a_profile_that_expires() -> None:
    state = station(booted(**PLAIN))
    assert everything(state, SIX, 5) == [(TX_DEFAULT, 6, None)]
    assert everything(play(state, started(6)), SIX, 7) == [(TX_DEFAULT, 6, None), (TX, 16, 900)]


@pytest.mark.parametrize(("now", "renewed"), [(449, False), (451, True)])
def test_what_expires_is_renewed_at_half_its_time(now: float, *, renewed: bool) -> None:
    state = station(booted(**PLAIN), started(0))
    for _ in range(2):
        state = play(state, accepted(missing(state, ProfileStrategy.AUTO, SIX, 1), 1))
    assert everything(state, SIX, now) == ([(TX, 16, 900)] if renewed else [])


def test_a_given_up_offline_limit_leaves_nothing_that_expires() -> None:
    state = station(booted(**PLAIN), started(0))
    for _ in range(2):
        state = play(state, accepted(missing(state, ProfileStrategy.AUTO, SIX, 1), 1))
    assert everything(state, NO_OFFLINE_LIMIT, 2) == [(TX, 16, None)]


@pytest.mark.parametrize(
    "wish",
    [
        WishChanged(at=at(1), charging_allowed=False, asked_by="test"),
        WishChanged(at=at(1), limit_a=6.0, asked_by="test"),
    ],
)
def test_an_offline_limit_never_allows_more_than_the_wish(wish: WishChanged) -> None:
    state = station(booted(**PLAIN), started(0), wish)
    assert everything(state, SIX, 2) == [(TX, state.desired.target_a, None)]


def test_a_delta_gets_its_one_profile_whatever_the_offline_limit() -> None:
    assert everything(station(booted(), started(0)), SIX, 2) == [(TX_DEFAULT, 16, None)]


@pytest.mark.parametrize(
    ("facts", "offline", "words"),
    [
        ({}, NO_OFFLINE_LIMIT, "The last limit stays in force"),
        ({}, SIX, "keeps the last limit while the app is away"),
        (PLAIN, SIX, "at most 6 A are allowed"),
    ],
)
def test_it_is_said_what_the_wallbox_does_without_the_app(
    facts: dict[str, Any], offline: OfflineLimit, words: str
) -> None:
    assert words in in_words(station(booted(**facts)), ProfileStrategy.AUTO, offline)
