"""The reducer is total, forgets nothing that it should keep, and trusts no repetition."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAliasType

from hypothesis import given, settings
from hypothesis import strategies as st

from bmw_wallbox.domain import device as dev
from bmw_wallbox.domain import device_events as dv
from bmw_wallbox.domain import events as ev
from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.event import Event
from bmw_wallbox.domain.reports import ReportKind
from bmw_wallbox.domain.sequence import Sequence
from bmw_wallbox.domain.session_figures import FiguresTold, InitialTotalSet, SessionFigures
from bmw_wallbox.domain.state import Inventory, StationState
from bmw_wallbox.domain.vocabulary import (
    ChargingState,
    ConnectorStatus,
    Metering,
    Outcome,
    ProfilePurpose,
    TransactionEventType,
)
from tests.domain.story import at, booted, charging, connected, fresh, play, status

STAMPS: dict[str, Any] = {
    "last_message_at": None,
    "last_heartbeat_at": None,
    "connection_changed_at": None,
}


def without_stamps(state: StationState) -> StationState:
    """Return the state without the times that every repetition moves, and without what counts or is new."""
    return replace(
        state,
        **STAMPS,
        profile_calls=0,
        device=replace(state.device, sequence=Sequence()),
        facts=replace(state.facts, booted_at=None),
        desired=replace(state.desired, asked_at=None),
        profiles={name: (held.limit_a, held.transaction_id) for name, held in state.profiles.items()},  # type: ignore[misc]  # compared only
        last_command=state.last_command and replace(state.last_command, changed_at=at(0)),
    )


# One event at a time


def test_any_message_is_a_sign_of_life_and_our_own_deeds_are_none() -> None:
    state = play(fresh(), ev.MessageReceived(at=at(5)))
    assert state.last_message_at == at(5)
    state = play(state, ev.WishChanged(at=at(6), limit_a=10.0, asked_by="panel"), ev.ClockTicked(at=at(7)))
    assert state.last_message_at == at(5)
    assert play(state, ev.HeartbeatReceived(at=at(8))).last_heartbeat_at == at(8)


def test_a_lost_connection_keeps_every_value() -> None:
    state = charging()
    lost = play(state, ev.Disconnected(at=at(9)))
    assert lost == replace(state, connected=False, connection_changed_at=at(9))


def test_a_new_connection_knows_no_profile() -> None:
    accepted = ev.ProfileAccepted(at=at(1), purpose=ProfilePurpose.TX_DEFAULT, limit_a=16.0)
    state = play(fresh(), connected(), accepted)
    assert (state.profiles[ProfilePurpose.TX_DEFAULT].limit_a, state.profile_calls) == (16.0, 1)
    assert play(state, connected(9)).profiles == {}
    assert play(state, booted(99)).profiles == {}


def test_a_boot_that_opens_a_connection_leaves_what_was_accepted_on_it() -> None:
    accepted = ev.ProfileAccepted(at=at(1), purpose=ProfilePurpose.TX_DEFAULT, limit_a=16.0)
    state = play(fresh(), connected(), accepted)
    assert play(state, booted(9)).profiles == state.profiles


def test_a_boot_tells_facts_and_one_that_tells_less_takes_none_back() -> None:
    state = play(fresh(), booted(1), booted(9, reason="Watchdog", model="", serial=None, firmware=None))
    assert (state.facts.serial, state.facts.firmware) == ("KG4235WE", "01.20.06.71")
    assert (state.facts.model, state.facts.boot_reason, state.facts.booted_at) == (
        "EIAW-E22KTSE6B04",
        "Watchdog",
        at(9),
    )


def variable(name: str, value: str | None) -> Variable:
    return Variable(component="SampledDataCtrlr", variable=name, value=value)


def test_a_bare_value_keeps_what_the_inventory_told_of_the_variable() -> None:
    bare = variable("TxUpdatedMeasurands", "Energy,Power")
    told = replace(bare, value="Energy", data_type="MemberList", options=("Energy", "Power"))
    state = play(fresh(), *(ev.VariablesReported(at=at(0), variables=(known,)) for known in (told, bare)))
    held = state.inventory.find("txupdatedmeasurands", "sampleddatactrlr")
    assert held == replace(told, value="Energy,Power")


def test_a_flood_of_variables_ends() -> None:
    flood = tuple(variable(f"v{n}", "x") for n in range(5100))
    state = play(fresh(), ev.VariablesReported(at=at(0), variables=flood))
    assert len(state.inventory.variables) == 5000
    again = ev.VariablesReported(at=at(1), variables=(variable("v1", "y"), variable("more", "y")))
    inventory = play(state, again).inventory
    assert inventory.find("v1") == variable("v1", "y")
    assert inventory.find("more") is None


def test_an_inventory_is_known_for_its_firmware() -> None:
    state = play(fresh(), booted(), ev.InventoryCompleted(at=at(1)))
    assert state.inventory == Inventory(complete_for_firmware="01.20.06.71")
    assert play(fresh(), ev.InventoryCompleted(at=at(1), supported=False)).inventory == Inventory(
        complete_for_firmware="", supported=False
    )


def test_an_alert_stays_until_it_is_cleared_or_the_box_boots() -> None:
    alert = ev.MonitorAlerted(at=at(0), component="EVSE", variable="Problem", value="true", cleared=False)
    other = replace(alert, component="Connector")
    state = play(fresh(), alert, other)
    assert state.alerts == {"EVSE/Problem": "true", "Connector/Problem": "true"}
    assert play(state, replace(alert, cleared=True)).alerts == {"Connector/Problem": "true"}
    assert play(state, booted(1)).alerts == {}


def test_limits_of_others_come_and_go() -> None:
    state = play(fresh(), ev.ChargingLimitNotified(at=at(0), source="SO", limit_a=10.0))
    assert state.station_limit is not None
    assert (state.station_limit.source, state.station_limit.limit_a) == ("SO", 10.0)
    assert play(state, ev.ChargingLimitCleared(at=at(1), source="SO")).station_limit is None


def test_the_cars_needs_go_with_the_car() -> None:
    state = play(charging(), ev.ChargingNeedsNotified(at=at(3), energy_wh=20000.0))
    assert state.needs is not None
    assert play(state, status(9, ConnectorStatus.AVAILABLE)).needs is None


def test_a_transactions_own_profile_goes_with_it() -> None:
    accepted = [
        ev.ProfileAccepted(at=at(3), purpose=purpose, limit_a=9.0)
        for purpose in (ProfilePurpose.TX, ProfilePurpose.TX_DEFAULT)
    ]
    state = play(charging(), *accepted, status(9, ConnectorStatus.AVAILABLE))
    assert list(state.profiles) == [ProfilePurpose.TX_DEFAULT]


def test_a_wish_leaves_the_other_half_alone() -> None:
    state = play(fresh(), ev.WishChanged(at=at(1), charging_allowed=False, asked_by="switch"))
    assert (state.desired.charging_allowed, state.desired.limit_a, state.desired.target_a) == (False, 16.0, 0)
    state = play(state, ev.WishChanged(at=at(2), limit_a=10.0, asked_by="number"))
    assert (state.desired.charging_allowed, state.desired.limit_a, state.desired.target_a) == (False, 10.0, 0)
    assert (state.desired.asked_by, state.desired.asked_at) == ("number", at(2))


def test_the_other_facts_are_kept_as_told() -> None:
    state = play(
        fresh(),
        ev.MeteringConfigured(at=at(0), metering=Metering.POLLING, note="refused"),
        ev.SecurityEventReported(at=at(0), type="SettingSystemTime", station_at=at(0)),
        ev.FirmwareStatusReported(at=at(0), status="Downloading"),
    )
    assert (state.metering, state.metering_note) == (Metering.POLLING, "refused")
    assert (state.last_security_event, state.firmware_status) == ("SettingSystemTime", "Downloading")


def test_a_command_is_reported_as_it_goes() -> None:
    told = ev.CommandProgressed(
        at=at(3), command_id="c1", command="refresh", outcome=Outcome.APPLIED, message="Done.", asked_at=at(1)
    )
    report = play(fresh(), told).last_command
    assert report is not None
    assert (report.id, report.outcome, report.asked_at, report.changed_at) == ("c1", "applied", at(1), at(3))


def test_a_day_turns_over_without_any_message() -> None:
    state = play(fresh(), ev.ClockTicked(at=at(0)))
    tomorrow = play(state, ev.ClockTicked(at=at(86400)))
    assert (state.ledger.last_reset_daily, tomorrow.ledger.last_reset_daily) == (
        at(-14 * 3600),
        at(10 * 3600),
    )
    assert play(tomorrow, ev.ClockTicked(at=at(86410))) is tomorrow


# Any event in any order

_moments = st.integers(-200_000, 200_000).map(lambda tenths: at(tenths / 10))
_numbers = st.floats(-1e3, 1e6) | st.sampled_from([0.0, 1e14, float("inf"), float("nan")])
_measurands = st.sampled_from(
    ["Energy.Active.Import.Register", "Power.Active.Import", "Current.Import", "Voltage", "SoC", "Odd"]
)
_samples = st.lists(
    st.builds(
        ev.Sample,
        measurand=_measurands,
        value=_numbers,
        at=_moments,
        phase=st.sampled_from([None, None, "L1", "L2", "L3", "L1-N", "L1-L2", "N"]),
        context=st.sampled_from(["Sample.Periodic", "Transaction.Begin", "Transaction.End"]),
        location=st.sampled_from(["Outlet", "Outlet", "Inlet"]),
    ),
    max_size=6,
).map(tuple)
_ids = st.sampled_from(["tx-1", "tx-2", "tx-3", ""])
_transactions = st.builds(
    ev.TransactionReported,
    at=_moments,
    station_at=_moments,
    event_type=st.sampled_from(TransactionEventType),
    transaction_id=_ids,
    sequence_number=st.integers(0, 20),
    trigger_reason=st.sampled_from(["RemoteStart", "CablePluggedIn", ""]),
    charging_state=st.none() | st.sampled_from(ChargingState),
    offline=st.booleans(),
    phases_used=st.none() | st.integers(1, 3),
    samples=_samples,
)
_texts = st.text(max_size=4)
_small = st.integers(0, 3)
_kinds = st.sampled_from(ReportKind)
_place: dict[str, Any] = {"component": _texts, "variable": _texts}
_monitors = st.builds(dev.Monitor, **_place, id=_small, type=_texts)
_items = st.one_of(
    st.builds(Variable, **_place, value=st.none() | _texts),
    _monitors,
    st.builds(dev.HeldProfile, evse_id=_small, source=_texts, profile=st.fixed_dictionaries({"id": _small})),
    st.builds(dev.DisplayMessage, id=_small, message=st.just({})),
    _texts,
)
_device_events = st.builds(
    dev.DeviceEvent, **_place, id=_small, told_at=_moments, trigger=_texts, value=_texts
)
_notes = st.one_of(
    st.builds(dev.SecurityEvent, type=_texts, told_at=_moments),
    st.builds(dev.VendorMessage, vendor_id=_texts, told_at=_moments),
    st.builds(dev.PresentedCard, id_token=_texts, type=_texts, status=_texts, told_at=_moments),
    st.builds(dev.Reservation, id=_small, status=_texts, told_at=_moments),
    st.builds(dev.SigningRequest, csr=_texts, told_at=_moments),
    st.builds(dev.CertificateQuery, action=_texts, subject=_texts, told_at=_moments),
    st.builds(dev.ExternalLimit, source=_texts, told_at=_moments),
    st.builds(dev.CarNeeds, evse_id=_small, needs=st.just({}), told_at=_moments),
    st.builds(dev.CarSchedule, evse_id=_small, time_base=_moments, schedule=st.just({}), told_at=_moments),
)
_events = st.one_of(
    _transactions,
    _transactions,
    st.builds(ev.MetersReported, at=_moments, samples=_samples, evse_id=st.sampled_from([None, 0, 1, 99])),
    st.builds(
        ev.ConnectorStatusReported,
        at=_moments,
        station_at=_moments,
        status=st.sampled_from(ConnectorStatus),
        evse_id=st.integers(0, 2),
    ),
    st.builds(ev.Connected, at=_moments, remote=_texts),
    st.builds(ev.Disconnected, at=_moments),
    st.builds(ev.MessageReceived, at=_moments),
    st.builds(ev.HeartbeatReceived, at=_moments),
    st.builds(
        ev.Booted, at=_moments, reason=_texts, model=_texts, vendor=_texts, firmware=st.none() | _texts
    ),
    st.builds(
        ev.VariablesReported,
        at=_moments,
        variables=st.lists(
            st.builds(Variable, component=_texts, variable=_texts, value=st.none() | _texts), max_size=3
        ).map(tuple),
    ),
    st.builds(ev.InventoryCompleted, at=_moments, supported=st.booleans()),
    st.builds(ev.MeteringConfigured, at=_moments, metering=st.sampled_from(Metering), note=_texts),
    st.builds(
        ev.MonitorAlerted, at=_moments, component=_texts, variable=_texts, value=_texts, cleared=st.booleans()
    ),
    st.builds(ev.ChargingLimitNotified, at=_moments, source=_texts, limit_a=st.none() | _numbers),
    st.builds(ev.ChargingLimitCleared, at=_moments, source=_texts),
    st.builds(ev.ChargingNeedsNotified, at=_moments, energy_wh=st.none() | _numbers),
    st.builds(ev.SecurityEventReported, at=_moments, type=_texts, station_at=_moments),
    st.builds(ev.FirmwareStatusReported, at=_moments, status=_texts),
    st.builds(
        ev.ProfileAccepted,
        at=_moments,
        purpose=st.sampled_from(ProfilePurpose),
        limit_a=st.floats(0, 32),
        transaction_id=st.none() | _ids,
    ),
    st.builds(
        ev.WishChanged,
        at=_moments,
        charging_allowed=st.none() | st.booleans(),
        limit_a=st.none() | st.floats(6, 32),
        asked_by=_texts,
    ),
    st.builds(
        ev.CommandProgressed,
        at=_moments,
        command_id=_texts,
        command=_texts,
        outcome=st.sampled_from(Outcome),
        message=_texts,
        asked_at=_moments,
    ),
    st.builds(ev.ClockTicked, at=_moments),
    st.builds(ev.TransactionVanished, at=_moments, transaction_id=_ids),
    st.builds(dv.ReportRequested, at=_moments, kind=_kinds, request_id=_small),
    st.builds(
        dv.ReportRefused, at=_moments, kind=_kinds, request_id=_small, status=_texts, empty=st.booleans()
    ),
    st.builds(
        dv.ReportPartReceived,
        at=_moments,
        kind=_kinds,
        request_id=_small,
        number=st.none() | _small,
        more=st.booleans(),
        items=st.lists(_items, max_size=3).map(tuple),
    ),
    st.builds(dv.DeviceEventsNotified, at=_moments, events=st.lists(_device_events, max_size=2).map(tuple)),
    st.builds(dv.Noted, at=_moments, note=_notes),
    st.builds(
        dv.ProgressReported,
        at=_moments,
        of=st.sampled_from(["log", "firmware"]),
        progress=st.builds(dev.Progress, status=_texts, told_at=_moments),
    ),
    st.builds(
        dv.MonitorsChanged,
        at=_moments,
        placed=st.lists(_monitors, max_size=2).map(tuple),
        removed=st.lists(_small, max_size=2).map(tuple),
    ),
    st.builds(dv.CertificatesListed, at=_moments, certificates=st.just(({"a": 1},))),
    st.builds(FiguresTold, at=_moments, figures=st.builds(SessionFigures, currency=st.just("EUR"))),
    st.builds(InitialTotalSet, at=_moments, total_wh=st.integers(-10, 10**16)),
)


def known_types() -> set[str]:
    return {cls.__name__ for cls in Event.__subclasses__()}


def members_of(alias: TypeAliasType) -> Iterator[type]:
    for member in alias.__value__.__args__:
        if isinstance(member, TypeAliasType):
            yield from members_of(member)
        else:
            yield member


def test_every_kind_of_event_is_generated() -> None:
    assert known_types() == {member.__name__ for member in members_of(ev.AnyEvent)}


@given(st.lists(_events, max_size=30))
@settings(max_examples=200, deadline=timedelta(seconds=2))
def test_any_event_in_any_state_gives_a_state(events: list[ev.AnyEvent]) -> None:
    state = fresh()
    for event in events:
        before, state = state, play(state, event)
        assert (state.ledger.total_wh or 0) >= (before.ledger.total_wh or 0)
        assert before.ledger.total_wh is None or state.ledger.total_wh is not None
        assert state.transaction is None or state.transaction.id
        if state.transaction is None and isinstance(event, ev.TransactionReported) and before.transaction:
            assert (state.meter.power_w, state.meter.current_a) == (0, 0)


@given(st.lists(_events, max_size=15), _events)
@settings(max_examples=200, deadline=timedelta(seconds=2))
def test_an_event_that_comes_twice_changes_nothing_but_stamps(
    events: list[ev.AnyEvent], event: ev.AnyEvent
) -> None:
    once = play(fresh(), *events, event)
    assert repr(without_stamps(play(once, event))) == repr(without_stamps(once))


@given(st.lists(_transactions, max_size=12))
@settings(max_examples=200, deadline=timedelta(seconds=2))
def test_a_replay_of_everything_never_touches_what_is_live(told: list[ev.TransactionReported]) -> None:
    state = play(charging(), *told)
    replayed = play(state, *(replace(event, offline=True) for event in told))
    ended = state.transaction is not None and replayed.transaction is None
    assert ended or repr(without_stamps(replace(replayed, ledger=state.ledger))) == repr(
        without_stamps(state)
    )
