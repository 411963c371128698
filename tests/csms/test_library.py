"""The words and messages that the domain and the edge know are those of the `ocpp` library."""

from enum import StrEnum

import pytest
from ocpp.v201 import call, call_result, enums  # type: ignore[import-untyped]  # the library ships no types

from bmw_wallbox.csms.actions import CSMS_ACTIONS, STATION_ACTIONS
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus, ProfilePurpose, TransactionEventType


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (ChargingState, enums.ChargingStateEnumType),
        (ConnectorStatus, enums.ConnectorStatusEnumType),
        (TransactionEventType, enums.TransactionEventEnumType),
    ],
)
def test_an_enumeration_has_the_librarys_members_and_one_for_the_unheard_of(
    ours: type[StrEnum], theirs: type[StrEnum]
) -> None:
    assert set(ours) == {str(member.value) for member in theirs} | {"Unknown"}


def test_the_purposes_that_we_send_are_the_librarys_but_the_one_reserved_for_others() -> None:
    theirs = {member.value for member in enums.ChargingProfilePurposeEnumType}
    assert theirs - set(ProfilePurpose) == {"ChargingStationExternalConstraints"}


@pytest.mark.parametrize("action", sorted(STATION_ACTIONS | CSMS_ACTIONS))
def test_every_action_has_its_message_types_in_the_library(action: str) -> None:
    assert hasattr(call, action)
    assert hasattr(call_result, action)
