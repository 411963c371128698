"""Makers differ, and a box is taken for the one this app is made for until it says otherwise."""

from dataclasses import replace

import pytest

from bmw_wallbox.domain.learning import Learned
from bmw_wallbox.domain.quirks import (
    DEFAULT_SLOT,
    QUIRKS,
    TRANSACTION_SLOT,
    Match,
    resolve,
    row_for,
    row_of,
    stack_level,
)
from bmw_wallbox.domain.state import Facts
from bmw_wallbox.domain.versions import VersionRange
from bmw_wallbox.domain.vocabulary import ProfileStrategy, Rung
from tests.domain.story import fresh

TX_DEFAULT, TX, AUTO = ProfileStrategy.TX_DEFAULT, ProfileStrategy.TX, ProfileStrategy.AUTO
PLAIN = Facts(vendor="Example", model="Plain AC 22")
TAUGHT = Learned(stack_level_zero_only=True, tx_profile_ineffective=True)


@pytest.mark.parametrize(
    ("facts", "row", "strategy"),
    [
        (Facts(), "delta", TX_DEFAULT),
        (Facts(vendor="BMW", model="EIAW-E22KTSE6B04"), "delta", TX_DEFAULT),
        (Facts(vendor="MINI", model="EIAW-E22KTSE6B15"), "delta", TX_DEFAULT),
        (Facts(vendor="Delta Electronics", model="AC MAX", firmware="1.2"), "delta", TX_DEFAULT),
        (Facts(vendor="x", model="eiaw-e22ktse6b04"), "delta", TX_DEFAULT),
        (PLAIN, "specification", TX),
    ],
)
def test_the_maker_decides_where_nobody_chose(facts: Facts, row: str, strategy: ProfileStrategy) -> None:
    state = fresh(facts=facts)
    assert row_for(state).name == row
    assert resolve(AUTO, state) is strategy


def test_a_row_may_be_for_some_firmware_only() -> None:
    old = replace(
        QUIRKS[0], name="old", matches=Match(words=("plain",), firmware=VersionRange(first="1.5", below="2"))
    )
    names = {
        firmware: row_of(replace(PLAIN, firmware=firmware), (old, *QUIRKS)).name
        for firmware in (None, "1.4.9", "1.5", "1.99", "2.0")
    }
    assert [firmware for firmware, name in names.items() if name == "old"] == ["1.5", "1.99"]


def test_the_table_ends_with_a_row_for_every_box_and_names_each_once() -> None:
    assert QUIRKS[-1].matches == Match()
    assert len({row.name for row in QUIRKS}) == len(QUIRKS)


def test_a_box_whose_profiles_must_not_be_cleared_has_no_such_rung() -> None:
    for row in QUIRKS:
        assert row.may_clear or not {Rung.OTHER_PURPOSE, Rung.STATION_MAX} & set(row.ladder)


@pytest.mark.parametrize("chosen", [TX_DEFAULT, TX])
@pytest.mark.parametrize("facts", [Facts(), PLAIN])
def test_the_owners_setting_beats_the_row_and_what_was_learned(chosen: ProfileStrategy, facts: Facts) -> None:
    assert resolve(chosen, fresh(facts=facts, learned=TAUGHT, quirk_row="delta")) is chosen


def test_the_owners_row_beats_the_one_that_fits_unless_there_is_none_of_that_name() -> None:
    assert row_for(fresh(facts=PLAIN, quirk_row="delta")).name == "delta"
    assert row_for(fresh(facts=PLAIN, quirk_row="gone")).name == "specification"


def test_what_an_unknown_box_taught_is_used_and_a_delta_keeps_to_its_row() -> None:
    taught = fresh(facts=PLAIN, learned=TAUGHT)
    assert resolve(AUTO, taught) is TX_DEFAULT
    assert stack_level(TRANSACTION_SLOT, taught) == 0
    delta = fresh(learned=Learned(tx_default_ineffective=True))
    assert resolve(AUTO, delta) is TX_DEFAULT


@pytest.mark.parametrize(("learned", "level"), [(Learned(), 1), (TAUGHT, 0)])
def test_a_stack_level_is_no_higher_than_the_box_takes(learned: Learned, level: int) -> None:
    assert stack_level(TRANSACTION_SLOT, fresh(facts=PLAIN, learned=learned)) == level
    assert stack_level(DEFAULT_SLOT, fresh(facts=PLAIN, learned=learned)) == 0
