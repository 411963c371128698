"""Makers differ, and a box is taken for the one this app is made for until it says otherwise."""

import pytest

from bmw_wallbox.domain.quirks import resolve
from bmw_wallbox.domain.state import Facts
from bmw_wallbox.domain.vocabulary import ProfileStrategy

TX_DEFAULT, TX = ProfileStrategy.TX_DEFAULT, ProfileStrategy.TX


@pytest.mark.parametrize(
    ("facts", "strategy"),
    [
        (Facts(), TX_DEFAULT),
        (Facts(vendor="BMW", model="EIAW-E22KTSE6B04"), TX_DEFAULT),
        (Facts(vendor="MINI", model="EIAW-E22KTSE6B15"), TX_DEFAULT),
        (Facts(vendor="Delta Electronics", model="AC MAX"), TX_DEFAULT),
        (Facts(vendor="x", model="eiaw-e22ktse6b04"), TX_DEFAULT),
        (Facts(vendor="Example", model="Plain AC 22"), TX),
    ],
)
def test_the_maker_decides_where_nobody_chose(facts: Facts, strategy: ProfileStrategy) -> None:
    assert resolve(ProfileStrategy.AUTO, facts) is strategy


@pytest.mark.parametrize("chosen", [TX_DEFAULT, TX])
def test_a_choice_beats_the_maker(chosen: ProfileStrategy) -> None:
    assert resolve(chosen, Facts()) is chosen
    assert resolve(chosen, Facts(vendor="Example", model="Plain AC 22")) is chosen
