"""What is kept of a station beyond charging: reports whole or in pieces, lists with an end, nothing lost."""

from dataclasses import replace

import pytest

from bmw_wallbox.domain.device import (
    Attribute,
    CustomerInformation,
    DeviceEvent,
    DisplayMessage,
    ExternalLimit,
    HeldProfile,
    Json,
    Monitor,
    Progress,
    Reservation,
    SecurityEvent,
    Variable,
    VendorMessage,
)
from bmw_wallbox.domain.device_events import (
    DeviceEventsNotified,
    MonitorsChanged,
    Note,
    Noted,
    ProgressReported,
    ReportItem,
    ReportPartReceived,
    ReportRefused,
    ReportRequested,
)
from bmw_wallbox.domain.device_records import Device
from bmw_wallbox.domain.events import AnyEvent, ChargingLimitCleared, ClockTicked, VariablesReported
from bmw_wallbox.domain.reports import Report, ReportKind, ReportStatus
from bmw_wallbox.domain.state import StationState
from tests.domain.story import at, booted, ended, fresh, play, started, updated

FULL: Json = {"reportBase": "FullInventory"}


def asked(kind: ReportKind, scope: Json | None = None, request_id: int = 7) -> ReportRequested:
    return ReportRequested(at=at(0), kind=kind, request_id=request_id, scope=scope or {})


def part(
    kind: ReportKind,
    number: int | None,
    *items: ReportItem,
    more: bool = True,
    seconds: float = 1,
    request_id: int = 7,
) -> ReportPartReceived:
    return ReportPartReceived(
        at=at(seconds), kind=kind, request_id=request_id, number=number, more=more, items=items
    )


def variables(number: int, *, more: bool = True, seconds: float = 1) -> ReportPartReceived:
    told = Variable(component="EVSE", variable=f"V{number}", value="1", data_type="string")
    return part(ReportKind.VARIABLES, number, told, more=more, seconds=seconds)


def monitor(number: int, request_id: int | None = 7) -> Monitor:
    return Monitor(component="EVSE", variable="Power", id=number, type="Delta", request_id=request_id)


def only(state: StationState) -> Report:
    (report,) = state.device.reports
    return report


def after(*events: AnyEvent) -> StationState:
    return play(fresh(), *events)


# Reports


@pytest.mark.parametrize(
    "order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 0, 2, 2, 1)], ids=lambda order: "".join(map(str, order))
)
def test_a_report_is_whole_once_every_part_came_in_whatever_order(order: tuple[int, ...]) -> None:
    state = after(asked(ReportKind.VARIABLES, FULL), *(variables(n, more=n < 2) for n in order[:-1]))
    assert (only(state).status, state.inventory.complete_for_firmware) == (ReportStatus.COLLECTING, None)
    state = play(state, variables(order[-1], more=order[-1] < 2))
    assert (only(state).status, state.inventory.complete_for_firmware) == (ReportStatus.COMPLETE, "")
    assert set(state.inventory.variables) == {"EVSE/V0", "EVSE/V1", "EVSE/V2"}


def test_a_hole_leaves_a_report_partial_after_half_a_minute() -> None:
    state = after(asked(ReportKind.VARIABLES, FULL), variables(0), variables(2, more=False, seconds=5))
    assert only(play(state, ClockTicked(at=at(34)))).status is ReportStatus.COLLECTING
    state = play(state, ClockTicked(at=at(35)))
    assert (only(state).status, only(state).parts) == (ReportStatus.PARTIAL, 2)
    assert state.inventory.complete_for_firmware is None
    assert only(play(state, variables(1, seconds=60))).status is ReportStatus.COMPLETE


def test_a_report_that_counts_from_one_has_a_hole() -> None:
    state = after(asked(ReportKind.VARIABLES, FULL), variables(1), variables(2, more=False))
    assert only(state).status is ReportStatus.COLLECTING


def test_an_empty_last_part_ends_a_report() -> None:
    last = part(ReportKind.VARIABLES, 1, more=False)
    state = after(asked(ReportKind.VARIABLES, FULL), variables(0), last)
    assert state.inventory.complete_for_firmware == ""


def test_a_report_that_nobody_asked_for_is_read_and_completes_nothing() -> None:
    state = after(variables(0, more=False))
    assert (only(state).status, only(state).asked) == (ReportStatus.COMPLETE, False)
    assert (len(state.inventory.variables), state.inventory.complete_for_firmware) == (1, None)


def test_a_report_of_some_variables_is_no_inventory() -> None:
    state = after(asked(ReportKind.VARIABLES, {"componentCriteria": ["Active"]}), variables(0, more=False))
    assert state.inventory.complete_for_firmware is None


def test_a_report_that_never_begins_is_given_up() -> None:
    state = after(asked(ReportKind.MONITORS), ClockTicked(at=at(30)))
    assert (only(state).status, only(state).parts) == (ReportStatus.PARTIAL, 0)


def test_a_boot_ends_the_wait_for_more_parts() -> None:
    state = after(asked(ReportKind.VARIABLES, FULL), variables(0), booted(2))
    assert only(state).status is ReportStatus.PARTIAL


def test_a_flood_of_reports_and_parts_has_an_end() -> None:
    state = after(*(part(ReportKind.MONITORS, 5, monitor(n), request_id=n) for n in range(2000)))
    assert len(state.device.reports) == 8
    assert len(state.device.records.monitors) == 1000
    state = after(*(part(ReportKind.MONITORS, n) for n in range(2, 2000)))
    assert only(state).parts == 256
    state = after(*(part(ReportKind.CUSTOMER_INFORMATION, n, "x") for n in range(500)))
    held = state.device.customer_information
    assert held is not None
    assert len(held.text) == 128


def test_a_refused_report_says_why_and_keeps_what_is_known() -> None:
    refusal = ReportRefused(at=at(1), kind=ReportKind.MONITORS, request_id=7, status="NotSupported")
    placed = MonitorsChanged(at=at(0), placed=(monitor(1, None),))
    state = after(placed, asked(ReportKind.MONITORS), refusal)
    assert (only(state).status, only(state).note) == (ReportStatus.REFUSED, "NotSupported")
    assert set(state.device.records.monitors) == {"1"}
    assert not after(refusal).device.reports


def test_nothing_to_report_means_that_nothing_is_there() -> None:
    nothing = ReportRefused(
        at=at(1), kind=ReportKind.MONITORS, request_id=7, status="EmptyResultSet", empty=True
    )
    state = after(MonitorsChanged(at=at(0), placed=(monitor(1, None),)), asked(ReportKind.MONITORS), nothing)
    assert only(state).status is ReportStatus.COMPLETE
    assert not state.device.records.monitors


def test_a_whole_report_of_all_monitors_forgets_those_that_are_gone() -> None:
    state = after(
        MonitorsChanged(at=at(0), placed=(monitor(1, None), monitor(2, None))),
        asked(ReportKind.MONITORS),
        part(ReportKind.MONITORS, 0, monitor(2), monitor(3), more=False),
    )
    assert set(state.device.records.monitors) == {"2", "3"}


def test_a_report_of_some_monitors_forgets_none() -> None:
    state = after(
        MonitorsChanged(at=at(0), placed=(monitor(1, None),)),
        asked(ReportKind.MONITORS, {"monitoringCriteria": ["DeltaMonitoring"]}),
        part(ReportKind.MONITORS, 0, monitor(2), more=False),
        MonitorsChanged(at=at(2), removed=(2,)),
    )
    assert set(state.device.records.monitors) == {"1"}


def profile(
    number: int, purpose: str = "TxDefaultProfile", request_id: int = 7, evse_id: int = 1
) -> HeldProfile:
    told = {"id": number, "stackLevel": 0, "chargingProfilePurpose": purpose}
    return HeldProfile(evse_id=evse_id, source="CSO", profile=told, request_id=request_id)


@pytest.mark.parametrize(
    ("scope", "left"),
    [
        ({"chargingProfile": {}}, {3}),
        ({"chargingProfile": {"chargingProfilePurpose": "TxProfile"}}, {1, 3}),
        ({"chargingProfile": {"chargingProfileId": [1]}}, {2, 3}),
        ({"chargingProfile": {"chargingLimitSource": ["EMS"]}}, {1, 2, 3}),
        ({"chargingProfile": {"stackLevel": 4}}, {1, 2, 3}),
        ({"chargingProfile": {}, "evseId": 0}, {1, 2, 3}),
    ],
)
def test_a_report_of_profiles_forgets_those_that_it_asked_for_and_did_not_tell(
    scope: Json, left: set[int]
) -> None:
    kind = ReportKind.CHARGING_PROFILES
    state = after(
        part(kind, None, profile(1, request_id=1), profile(2, "TxProfile", 1), more=False, request_id=1),
        asked(kind, scope),
        part(kind, None, profile(3), more=False),
    )
    told = {held.profile["id"] for held in state.device.records.charging_profiles.values()}
    assert told == left


def test_messages_on_the_display_come_and_go() -> None:
    kind = ReportKind.DISPLAY_MESSAGES
    normal, alert = (
        DisplayMessage(id=n, message={"id": n, "priority": priority}, request_id=1)
        for n, priority in ((1, "NormalCycle"), (2, "AlwaysFront"))
    )
    state = after(part(kind, None, normal, alert, more=False, request_id=1))
    state = play(state, asked(kind, {"priority": "AlwaysFront"}), part(kind, None, more=False))
    assert set(state.device.records.display_messages) == {"1"}


def test_customer_information_is_put_together_in_order_and_never_shown_by_accident() -> None:
    kind = ReportKind.CUSTOMER_INFORMATION
    state = after(part(kind, 1, "of Anna", more=False), part(kind, 0, "The card "))
    held = state.device.customer_information
    assert held is not None
    assert held.text == "The card of Anna"
    assert "Anna" not in repr(state)
    assert "Anna" not in repr(part(kind, 0, "Anna"))
    newer = play(state, part(kind, 0, "Other", request_id=8)).device.customer_information
    assert newer == CustomerInformation(request_id=8, parts={0: "Other"})


# Variables


def test_other_attributes_of_a_variable_are_kept_beside_its_value() -> None:
    told = Variable(
        component="EVSE",
        variable="Power",
        evse_id=1,
        connector_id=2,
        value="3",
        data_type="decimal",
        others=(Attribute(type="MaxSet", value="9"),),
    )
    target = replace(told, value=None, data_type=None, others=(Attribute(type="Target", value="5"),))
    bare = replace(told, value="4", data_type=None, others=())
    state = after(*(VariablesReported(at=at(0), variables=(row,)) for row in (told, target, bare)))
    held = state.inventory.variables["EVSE@1.2/Power"]
    assert (held.value, held.data_type) == ("4", "decimal")
    assert {other.type: other.value for other in held.others} == {"MaxSet": "9", "Target": "5"}


# Lists with an end

NOTES: tuple[tuple[str, Note], ...] = (
    ("security_events", SecurityEvent(type="x", told_at=at(0))),
    ("vendor_messages", VendorMessage(vendor_id="x", told_at=at(0))),
)


@pytest.mark.parametrize(("name", "note"), NOTES, ids=lambda value: str(value)[:15])
def test_a_list_keeps_the_newest_and_nothing_twice(name: str, note: SecurityEvent | VendorMessage) -> None:
    told = [replace(note, told_at=at(n)) for n in range(300)]
    device = after(*(Noted(at=at(n), note=one) for n, one in enumerate([*told, told[-1]]))).device
    kept = getattr(device, name, None) or getattr(device.records, name)
    assert kept == tuple(told[-len(kept) :])
    assert len(kept) <= 100


def test_notified_events_are_kept_with_all_that_they_say() -> None:
    told = DeviceEvent(
        component="Connector", variable="Problem", id=1, told_at=at(0), trigger="Alerting", value="true"
    )
    assert after(DeviceEventsNotified(at=at(0), events=(told, told))).device.records.events == (told,)


def test_a_reservation_keeps_its_expiry_and_progress_its_last_word() -> None:
    made = Reservation(id=4, status="Accepted", expires=at(900), evse_id=1, told_at=at(0))
    gone = Reservation(id=4, status="Expired", told_at=at(900))
    progress = Progress(status="Uploaded", told_at=at(5))
    records = after(
        Noted(at=at(0), note=made),
        Noted(at=at(900), note=gone),
        ProgressReported(at=at(4), of="log", progress=replace(progress, status="Uploading")),
        ProgressReported(at=at(5), of="log", progress=progress),
    ).device.records
    assert records.reservations == {"4": replace(gone, expires=at(900))}
    assert records.progress == {"log": progress}


@pytest.mark.parametrize(
    ("source", "evse_id", "left"), [("SO", 1, {"EMS/None", "SO/2"}), ("SO", None, {"EMS/None"})]
)
def test_an_external_limit_is_kept_until_it_is_cleared(
    source: str, evse_id: int | None, left: set[str]
) -> None:
    limits = [
        ExternalLimit(source="SO", evse_id=1, told_at=at(0)),
        ExternalLimit(source="SO", evse_id=2, told_at=at(0)),
        ExternalLimit(source="EMS", told_at=at(0)),
    ]
    state = after(*(Noted(at=at(0), note=limit) for limit in limits))
    state = play(state, ChargingLimitCleared(at=at(1), source=source, evse_id=evse_id))
    assert set(state.device.records.limits) == left


# Event numbers


def test_a_gap_in_the_numbers_is_noted_and_filled_by_late_events() -> None:
    state = after(started(0, 0), updated(10, 1), updated(50, 5))
    assert state.device.sequence.missing == (2, 3, 4)
    state = play(state, updated(20, 2, offline=True), updated(30, 4, offline=True), updated(60, 6))
    assert (state.device.sequence.missing, state.device.sequence.newest) == ((3,), 6)
    assert play(state, ended(70, 8)).device.sequence.missing == (3, 7)


def test_a_replay_of_another_transaction_leaves_the_count_alone() -> None:
    state = after(started(0, 0), updated(10, 1))
    assert play(state, updated(5, 9, transaction_id="old", offline=True)).device == state.device
    begun = play(state, started(20, 40, transaction_id="tx-2", offline=True)).device.sequence
    assert (begun.transaction_id, begun.newest, begun.missing) == ("tx-2", 40, ())


def test_a_long_gap_and_numbers_that_go_backwards_do_no_harm() -> None:
    state = after(started(0, 0), updated(10, 2**62), updated(20, 0), updated(30, -5))
    assert len(state.device.sequence.missing) == 100


def test_an_empty_device_is_small() -> None:
    assert Device() == fresh().device
