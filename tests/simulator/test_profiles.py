from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bmw_wallbox.simulator import SimulatedWallbox
from bmw_wallbox.simulator.profiles import ProfileStore, TransactionFacts
from bmw_wallbox.simulator.quirks import PLAIN
from tests.simulator.csms import Csms, Json
from tests.simulator.payloads import profile, set_default, set_tx, start

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TX = TransactionFacts(id="tx", state="Charging", began=NOON)


async def charge(box: SimulatedWallbox) -> str:
    await box.plug()
    await box.wait_for(lambda box: box.current_a == 32)
    assert box.transaction_id is not None
    return box.transaction_id


async def status(csms: Csms, request: Json) -> str:
    return str((await csms.call("SetChargingProfile", request))["status"])


async def composite_a(csms: Csms) -> float:
    answer = await csms.call("GetCompositeSchedule", {"duration": 600, "evseId": 1, "chargingRateUnit": "A"})
    return float(answer["schedule"]["chargingSchedulePeriod"][0]["limit"])


async def test_a_default_profile_is_replaced_in_place_and_live(csms: Csms, delta: SimulatedWallbox) -> None:
    await charge(delta)
    for limit_a in (10, 6, 20):
        assert await status(csms, set_default(limit_a)) == "Accepted"
        await delta.wait_for(lambda box, limit_a=limit_a: box.current_a == limit_a)  # type: ignore[misc] # mypy cannot infer a lambda's default
        assert await composite_a(csms) == limit_a
    assert len(delta.profiles) == 1


async def test_zero_ampere_pauses_and_more_resumes(csms: Csms, delta: SimulatedWallbox) -> None:
    await charge(delta)
    await csms.call("SetChargingProfile", set_default(0))
    event = await csms.until(
        "TransactionEvent", lambda e: e["transactionInfo"].get("chargingState") == "SuspendedEVSE"
    )
    assert event["triggerReason"] == "ChargingStateChanged"
    assert delta.power_w == 0
    await csms.call("SetChargingProfile", set_default(12))
    await delta.wait_for(lambda box: box.current_a == 12)


async def test_a_delta_rejects_any_stack_level_above_zero(csms: Csms, delta: SimulatedWallbox) -> None:
    tx = await charge(delta)
    assert await status(csms, set_default(10, stack=1)) == "Rejected"
    assert await status(csms, set_tx(10, tx, stack=1)) == "Rejected"


async def test_a_tx_profile_id_used_twice_poisons_the_transaction(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    tx = await charge(delta)
    assert await status(csms, set_tx(16, tx, id=999)) == "Accepted"
    assert await status(csms, set_tx(10, tx, id=999)) == "Rejected"
    assert await status(csms, set_tx(10, tx, id=1000)) == "Accepted"
    assert delta.limit_a == 16


async def test_a_tx_profile_sent_while_suspended_is_accepted_and_thrown_away(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    tx = await charge(delta)
    await status(csms, set_tx(0, tx, id=1))
    await delta.wait_for(lambda box: box.charging_state == "SuspendedEVSE")
    assert await status(csms, set_tx(32, tx, id=2)) == "Accepted"
    assert delta.limit_a == 0


async def test_after_a_suspension_a_tx_profile_is_out_of_reach_until_a_reboot(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    tx = await charge(delta)
    await status(csms, set_tx(0, tx))
    await delta.wait_for(lambda box: box.charging_state == "SuspendedEVSE")
    cleared = await csms.call(
        "ClearChargingProfile", {"chargingProfileCriteria": {"chargingProfilePurpose": "TxProfile"}}
    )
    assert cleared["status"] == "Unknown"
    assert delta.limit_a == 0
    await delta.reboot()
    await delta.wait_for(lambda box: box.charging_state == "Charging")
    assert delta.limit_a == 32


async def test_clearing_one_profile_wipes_all_of_a_delta(csms: Csms, delta: SimulatedWallbox) -> None:
    tx = await charge(delta)
    await status(csms, set_default(16, id=1))
    await status(csms, set_tx(10, tx, id=2))
    assert (await csms.call("ClearChargingProfile", {"chargingProfileId": 2}))["status"] == "Accepted"
    assert delta.profiles == ()
    assert (await csms.call("ClearChargingProfile", {"chargingProfileId": 2}))["status"] == "Unknown"


async def test_clearing_one_profile_leaves_the_others_of_plain(csms: Csms, plain: SimulatedWallbox) -> None:
    await status(csms, set_default(16, id=1))
    await status(csms, set_default(10, id=2, stack=1))
    assert plain.limit_a == 10
    assert (await csms.call("ClearChargingProfile", {"chargingProfileId": 2}))["status"] == "Accepted"
    assert plain.limit_a == 16


async def test_plain_replaces_a_tx_profile_by_its_id_and_by_its_level(
    csms: Csms, plain: SimulatedWallbox
) -> None:
    await plain.plug()
    await csms.call("RequestStartTransaction", start())
    await plain.wait_for(lambda box: box.current_a == 32)
    tx = plain.transaction_id
    for limit_a, profile_id in ((16, 999), (0, 999), (20, 999), (10, 5)):
        assert await status(csms, set_tx(limit_a, tx, id=profile_id, stack=1)) == "Accepted"
        assert plain.limit_a == limit_a
    assert len(plain.profiles) == 1
    changed = await csms.until("TransactionEvent", lambda e: e["triggerReason"] == "ChargingRateChanged")
    assert changed["transactionInfo"]["chargingState"] == "Charging"


async def test_installed_profiles_are_reported(csms: Csms, plain: SimulatedWallbox) -> None:
    nothing = {"requestId": 1, "chargingProfile": {"chargingProfilePurpose": "TxDefaultProfile"}}
    assert (await csms.call("GetChargingProfiles", nothing))["status"] == "NoProfiles"
    await status(csms, set_default(16))
    assert (await csms.call("GetChargingProfiles", nothing))["status"] == "Accepted"
    report = await csms.until("ReportChargingProfiles")
    assert report["chargingProfile"] == [set_default(16)["chargingProfile"]]


async def test_the_composite_schedule_of_an_unknown_evse_is_rejected(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    assert await composite_a(csms) == 32
    answer = await csms.call("GetCompositeSchedule", {"duration": 60, "evseId": 2})
    assert answer["status"] == "Rejected"


@pytest.mark.parametrize(
    ("reason", "evse_id", "changes"),
    [
        ("UnknownEvse", 2, {}),
        ("UnsupportedPurpose", 1, {"chargingProfilePurpose": "ChargingStationExternalConstraints"}),
        ("InvalidStackLevel", 1, {"stackLevel": 9}),
        ("InvalidProfile", 0, {"chargingProfilePurpose": "TxProfile", "transactionId": "tx"}),
        ("InvalidProfile", 1, {"chargingProfilePurpose": "ChargingStationMaxProfile"}),
        ("TxNotFound", 1, {"chargingProfilePurpose": "TxProfile"}),
        ("TxNotFound", 1, {"chargingProfilePurpose": "TxProfile", "transactionId": "other"}),
        ("InvalidSchedule", 1, {"chargingProfileKind": "Relative"}),
    ],
)
def test_a_profile_against_the_rules_is_refused_with_a_reason(
    reason: str, evse_id: int, changes: dict[str, Any]
) -> None:
    assert ProfileStore(PLAIN).install(evse_id, profile(10) | changes, TX) == reason


def test_two_default_profiles_of_one_level_are_refused() -> None:
    store = ProfileStore(PLAIN)
    assert store.install(0, profile(10, id=1), None) is None
    assert store.install(1, profile(10, id=2), None) == "DuplicateProfile"


def test_the_tx_profile_overrules_the_default_and_the_station_caps_both() -> None:
    store = ProfileStore(PLAIN)
    store.install(1, profile(10, id=1), None)
    store.install(1, profile(20, id=2, purpose="TxProfile", tx="tx"), TX)
    assert store.limit_a(NOON, NOON, 3) == 20
    store.install(0, profile(16, id=3, purpose="ChargingStationMaxProfile"), None)
    assert store.limit_a(NOON, NOON, 3) == 16
    store.end_transaction()
    assert store.limit_a(NOON, NOON, 3) == 10


@pytest.mark.parametrize(("phases", "number_phases", "amps"), [(1, None, 16), (3, None, 5.33), (3, 1, 16)])
def test_watts_are_shared_by_the_phases(phases: int, number_phases: int | None, amps: float) -> None:
    store, watts = ProfileStore(PLAIN), profile(3680, unit="W")
    if number_phases is not None:
        watts["chargingSchedule"][0]["chargingSchedulePeriod"][0]["numberPhases"] = number_phases
    store.install(1, watts, None)
    assert store.limit_a(NOON, NOON, phases) == pytest.approx(amps, abs=0.01)


def test_a_daily_schedule_shows_its_steps_in_the_composite() -> None:
    store, daily = ProfileStore(PLAIN), profile(6)
    daily |= {"chargingProfileKind": "Recurring", "recurrencyKind": "Daily"}
    daily["chargingSchedule"][0] |= {
        "startSchedule": "2026-03-01T08:00:00Z",
        "duration": 12 * 3600,
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}, {"startPeriod": 6 * 3600, "limit": 16}],
    }
    assert store.install(1, daily, None) is None
    periods = store.composite(at=NOON, began=NOON, phases=1, duration_s=86_400, unit="A")
    assert [(period["startPeriod"] // 3600, period["limit"]) for period in periods] == [
        (0, 6),
        (2, 16),
        (8, 32),
        (20, 6),
    ]


def test_a_relative_schedule_counts_from_the_start_of_the_transaction() -> None:
    store, relative = ProfileStore(PLAIN), profile(8)
    relative["chargingProfileKind"] = "Relative"
    del relative["chargingSchedule"][0]["startSchedule"]
    relative["chargingSchedule"][0]["duration"] = 60
    assert store.install(1, relative, None) is None
    assert store.limit_a(NOON + timedelta(seconds=59), NOON, 1) == 8
    assert store.limit_a(NOON + timedelta(seconds=60), NOON, 1) == 32


def test_a_profile_outside_its_validity_says_nothing() -> None:
    store = ProfileStore(PLAIN)
    store.install(1, profile(8) | {"validFrom": "2026-03-02T13:00:00Z", "validTo": "2026-03-02T14:00Z"}, None)
    hours = [store.limit_a(NOON + timedelta(hours=n), NOON, 1) for n in range(3)]
    assert hours == [32, 8, 32]
    periods = store.composite(at=NOON, began=NOON, phases=1, duration_s=3 * 3600, unit="W")
    assert [period["limit"] for period in periods] == [7360, 1840, 7360]
