import pytest

from bmw_wallbox.simulator import SimulatedWallbox
from tests.simulator.conftest import MakeBox
from tests.simulator.csms import Csms, Json
from tests.simulator.payloads import ALL, ENERGY, set_default, set_tx, start, variables


def measurands(event: Json) -> set[str]:
    return {sample["measurand"] for sample in event["meterValue"][0]["sampledValue"]}


async def charge(box: SimulatedWallbox) -> str:
    await box.plug()
    await box.wait_for(lambda box: box.charging_state == "Charging")
    assert box.transaction_id is not None
    return box.transaction_id


async def test_a_delta_charges_at_full_power_as_soon_as_a_car_is_plugged_in(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    await delta.plug()
    await delta.wait_for(lambda box: box.current_a == 32)
    await csms.until("TransactionEvent", lambda e: e["triggerReason"] == "ChargingStateChanged")

    started, updated = csms.of("TransactionEvent")[:2]
    assert csms.of("StatusNotification")[-1]["connectorStatus"] == "Occupied"
    assert (started["eventType"], started["triggerReason"]) == ("Started", "CablePluggedIn")
    assert started["transactionInfo"]["chargingState"] == "EVConnected"
    assert updated["transactionInfo"] == {"transactionId": delta.transaction_id, "chargingState": "Charging"}
    assert [started["seqNo"], updated["seqNo"]] == [0, 1]
    assert delta.power_w == pytest.approx(32 * 230, rel=0.01)


async def test_a_delta_tells_what_the_car_needs(csms: Csms, delta: SimulatedWallbox) -> None:
    await delta.plug()
    needs = await csms.until("NotifyEVChargingNeeds")
    assert needs["chargingNeeds"]["acChargingParameters"]["evMaxCurrent"] == 32


async def test_unplugging_ends_the_transaction_and_frees_the_connector(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    await charge(delta)
    await delta.unplug()
    ended = await csms.until("TransactionEvent", lambda e: e["eventType"] == "Ended")
    await csms.until("StatusNotification", lambda s: s["connectorStatus"] == "Available", skip=5)
    assert ended["transactionInfo"]["stoppedReason"] == "EVDisconnected"
    assert ended["transactionInfo"]["chargingState"] == "Idle"
    assert (delta.transaction_id, delta.charging_state, delta.power_w) == (None, None, 0)


async def test_a_delta_reports_energy_only_and_nothing_in_between_until_configured(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    await charge(delta)
    event = await csms.until("TransactionEvent", lambda e: e["eventType"] == "Updated")
    assert measurands(event) == {ENERGY}
    assert delta.variables["SampledDataCtrlr.TxUpdatedInterval"] == "0"

    answer = await csms.call(
        "SetVariables",
        variables(SampledDataCtrlr__TxUpdatedMeasurands=ALL, SampledDataCtrlr__TxUpdatedInterval="1"),
    )
    assert [result["attributeStatus"] for result in answer["setVariableResult"]] == ["Accepted"] * 2
    sample = await csms.until("TransactionEvent", lambda e: e["triggerReason"] == "MeterValuePeriodic")
    assert measurands(sample) == set(ALL.split(","))
    assert sample["meterValue"][0]["sampledValue"][0]["context"] == "Sample.Periodic"


async def test_plain_samples_every_ten_seconds_with_all_measurands(
    csms: Csms, plain: SimulatedWallbox
) -> None:
    await plain.plug()
    started = await csms.until("TransactionEvent")
    assert plain.variables["SampledDataCtrlr.TxUpdatedInterval"] == "10"
    assert measurands(started) == set(ALL.split(","))


async def test_a_car_that_pauses_is_suspended_ev_and_resumes(csms: Csms, delta: SimulatedWallbox) -> None:
    await charge(delta)
    await delta.car_pause()
    await delta.wait_for(lambda box: box.charging_state == "SuspendedEV")
    assert delta.power_w == 0
    await delta.car_resume()
    await delta.wait_for(lambda box: box.current_a == 32)
    assert delta.charging_state == "Charging"


async def test_energy_grows_with_power_and_simulated_time(make_box: MakeBox) -> None:
    box = await make_box(register_wh=1000, speed=1000)
    await charge(box)
    await box.wait_for(lambda box: box.register_wh > 1500)


async def test_the_register_may_restart_with_each_transaction(csms: Csms, make_box: MakeBox) -> None:
    box = await make_box(register_wh=5000, per_session_register=True)
    await box.plug()
    started = await csms.until("TransactionEvent")
    assert started["meterValue"][0]["sampledValue"][0]["value"] == 0


async def test_three_phases_show_in_currents_and_power(csms: Csms, make_box: MakeBox) -> None:
    box = await make_box(phases=3)
    await charge(box)
    await box.wait_for(lambda box: box.currents_a == (32, 32, 32))
    assert box.power_w == pytest.approx(3 * 32 * 230, rel=0.01)
    await box.set_phases(1)
    assert box.currents_a == (32, 0, 0)
    await csms.call("SetVariables", variables(SampledDataCtrlr__TxUpdatedMeasurands=ALL))
    await csms.call("TriggerMessage", {"requestedMessage": "TransactionEvent"})
    event = await csms.until("TransactionEvent", lambda e: e["triggerReason"] == "Trigger")
    phases = [s.get("phase") for s in event["meterValue"][0]["sampledValue"] if s["measurand"] == "Voltage"]
    assert phases == ["L1-N", "L2-N", "L3-N"]
    assert event["numberOfPhasesUsed"] == 1


async def test_the_delta_freezes_the_total_current_after_a_limit_change(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    await csms.call("SetVariables", variables(SampledDataCtrlr__TxUpdatedMeasurands=ALL))
    await delta.plug()
    await delta.wait_for(lambda box: box.current_a == 32)
    await csms.call("SetChargingProfile", set_default(10))
    await delta.wait_for(lambda box: box.current_a == 10)
    await csms.call("TriggerMessage", {"requestedMessage": "TransactionEvent"})
    event = await csms.until("TransactionEvent", lambda e: e["triggerReason"] == "Trigger")
    currents = {
        sample.get("phase"): sample["value"]
        for sample in event["meterValue"][0]["sampledValue"]
        if sample["measurand"] == "Current.Import"
    }
    assert currents == {None: 32, "L1": 10}


async def test_a_delta_stopped_from_afar_starts_no_more_until_the_car_was_unplugged(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    transaction_id = await charge(delta)
    stopped = await csms.call("RequestStopTransaction", {"transactionId": transaction_id})
    ended = await csms.until("TransactionEvent", lambda e: e["eventType"] == "Ended")
    assert stopped["status"] == "Accepted"
    assert (ended["triggerReason"], ended["transactionInfo"]["stoppedReason"]) == ("RemoteStop", "Remote")
    assert (await csms.call("RequestStartTransaction", start()))["status"] == "Rejected"
    await delta.unplug()
    await charge(delta)


async def test_a_stop_of_an_unknown_transaction_is_rejected(csms: Csms, delta: SimulatedWallbox) -> None:
    await charge(delta)
    assert (await csms.call("RequestStopTransaction", {"transactionId": "x"}))["status"] == "Rejected"


async def test_a_running_authorised_transaction_takes_no_second_start(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    await charge(delta)
    assert (await csms.call("RequestStartTransaction", start()))["status"] == "Rejected"


async def test_a_plain_box_waits_for_a_remote_start_and_names_it(csms: Csms, plain: SimulatedWallbox) -> None:
    await plain.plug()
    assert plain.charging_state == "EVConnected"
    answer = await csms.call("RequestStartTransaction", start(remote_start_id=42))
    event = await csms.until("TransactionEvent", lambda e: e["triggerReason"] == "RemoteStart")
    await plain.wait_for(lambda box: box.charging_state == "Charging")
    assert answer == {"status": "Accepted", "transactionId": plain.transaction_id}
    assert event["transactionInfo"]["remoteStartId"] == 42
    assert event["idToken"] == {"idToken": "CARD", "type": "Local"}


async def test_a_plain_box_starts_by_card_and_the_same_card_stops_it(
    csms: Csms, plain: SimulatedWallbox
) -> None:
    await plain.plug()
    await plain.authorize("CARD")
    await plain.wait_for(lambda box: box.charging_state == "Charging")
    assert csms.of("Authorize") == [{"idToken": {"idToken": "CARD", "type": "ISO14443"}}]
    await plain.authorize("OTHER")
    assert plain.charging_state == "Charging"
    await plain.authorize("CARD")
    ended = await csms.until("TransactionEvent", lambda e: e["eventType"] == "Ended")
    assert ended["triggerReason"] == "StopAuthorized"


async def test_a_card_that_the_csms_does_not_know_starts_nothing(csms: Csms, plain: SimulatedWallbox) -> None:
    csms.answers["Authorize"] = lambda _: {"idTokenInfo": {"status": "Invalid"}}
    await plain.plug()
    await plain.authorize("CARD")
    assert plain.charging_state == "EVConnected"


async def test_a_token_refused_in_the_transaction_ends_it(csms: Csms, plain: SimulatedWallbox) -> None:
    csms.answers["TransactionEvent"] = lambda e: (
        {"idTokenInfo": {"status": "Blocked"}} if "idToken" in e else {}
    )
    await plain.plug()
    await plain.authorize("CARD")
    ended = await csms.until("TransactionEvent", lambda e: e["eventType"] == "Ended")
    assert ended["transactionInfo"]["stoppedReason"] == "DeAuthorized"


async def test_a_plain_box_may_be_started_again_after_a_remote_stop(
    csms: Csms, plain: SimulatedWallbox
) -> None:
    await plain.plug()
    await csms.call("RequestStartTransaction", start())
    await plain.wait_for(lambda box: box.charging_state == "Charging")
    first = plain.transaction_id
    assert first is not None
    await csms.call("RequestStopTransaction", {"transactionId": first})
    await plain.wait_for(lambda box: box.transaction_id is None)
    assert (await csms.call("RequestStartTransaction", start()))["status"] == "Accepted"
    await plain.wait_for(lambda box: box.charging_state == "Charging")
    assert plain.transaction_id != first


async def test_a_remote_start_before_the_car_waits_for_it(csms: Csms, plain: SimulatedWallbox) -> None:
    assert (await csms.call("RequestStartTransaction", start()))["status"] == "Accepted"
    await plain.plug()
    started = await csms.until("TransactionEvent")
    assert (started["eventType"], started["triggerReason"]) == ("Started", "RemoteStart")
    await plain.wait_for(lambda box: box.charging_state == "Charging")


async def test_a_remote_start_may_bring_its_limit(csms: Csms, plain: SimulatedWallbox) -> None:
    await plain.plug()
    limit = set_tx(8, None)["chargingProfile"]
    await csms.call("RequestStartTransaction", start(chargingProfile=limit))
    await plain.wait_for(lambda box: box.current_a == 8)
    assert plain.profiles[0]["transactionId"] == plain.transaction_id


async def test_a_delta_asks_for_authorisation_once_it_is_switched_on(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    await csms.call("SetVariables", variables(AuthCtrlr__Enabled="true"))
    await delta.plug()
    await csms.until("TransactionEvent")
    await csms.call("RequestStartTransaction", start())
    await delta.wait_for(lambda box: box.charging_state == "Charging")


async def test_a_fault_suspends_and_its_end_resumes(csms: Csms, delta: SimulatedWallbox) -> None:
    await charge(delta)
    await delta.fault()
    await delta.wait_for(lambda box: box.charging_state == "SuspendedEVSE")
    await csms.until("StatusNotification", lambda s: s["connectorStatus"] == "Faulted")
    alert = await csms.until("NotifyEvent")
    assert alert["eventData"][0]["variable"]["name"] == "Problem"
    await delta.clear_fault()
    await delta.wait_for(lambda box: box.charging_state == "Charging")
    assert delta.connector_status == "Occupied"


async def test_an_inoperative_box_waits_for_the_end_of_the_transaction(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    await charge(delta)
    assert (await csms.call("ChangeAvailability", {"operationalStatus": "Inoperative"}))[
        "status"
    ] == "Scheduled"
    await delta.unplug()
    await csms.until("StatusNotification", lambda s: s["connectorStatus"] == "Unavailable")
    await delta.plug()
    assert delta.transaction_id is None
    assert (await csms.call("ChangeAvailability", {"operationalStatus": "Operative"}))["status"] == "Accepted"
    await delta.wait_for(lambda box: box.charging_state == "Charging")


async def test_a_connector_in_use_is_not_unlocked(csms: Csms, delta: SimulatedWallbox) -> None:
    first = {"evseId": 1, "connectorId": 1}
    assert (await csms.call("UnlockConnector", first))["status"] == "Unlocked"
    await charge(delta)
    assert (await csms.call("UnlockConnector", first))["status"] == "OngoingAuthorizedTransaction"
    second = {"evseId": 1, "connectorId": 2}
    assert (await csms.call("UnlockConnector", second))["status"] == "UnknownConnector"
