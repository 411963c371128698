from datetime import UTC, datetime

from bmw_wallbox.simulator import SimulatedWallbox
from tests.simulator.conftest import MakeBox
from tests.simulator.csms import Csms
from tests.simulator.payloads import set_default, set_tx


async def charge(box: SimulatedWallbox) -> None:
    await box.plug()
    await box.wait_for(lambda box: box.charging_state == "Charging")


async def test_events_of_an_offline_box_arrive_later_marked_and_in_order(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    await charge(delta)
    await csms.until("TransactionEvent", lambda e: e["seqNo"] == 1)
    await delta.go_offline()
    await delta.unplug()
    await delta.plug()
    await delta.wait_for(lambda box: box.charging_state == "Charging")
    back = datetime.now(UTC)
    await delta.go_online()
    await csms.until("TransactionEvent", lambda e: e["offline"] and e["eventType"] == "Updated")

    late = [event for event in csms.of("TransactionEvent") if event["offline"]]
    assert [(e["eventType"], e["seqNo"]) for e in late] == [("Ended", 2), ("Started", 0), ("Updated", 1)]
    assert all(datetime.fromisoformat(e["timestamp"]) < back for e in late)
    assert [e["timestamp"] for e in late] == sorted(e["timestamp"] for e in late)


async def test_a_status_that_changed_offline_is_reported_on_return(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    await delta.go_offline()
    await delta.plug()
    await delta.go_online()
    await csms.until("StatusNotification", lambda s: s["connectorStatus"] == "Occupied")


async def test_an_event_without_an_answer_is_sent_again_on_the_next_connection(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    csms.silent.add("TransactionEvent")
    await delta.plug()
    await csms.until("TransactionEvent")
    csms.silent.clear()
    await delta.drop_connection()
    await csms.until("TransactionEvent", lambda e: e["eventType"] == "Updated")
    first, second = csms.of("TransactionEvent")[:2]
    assert first == second
    assert not second["offline"]


async def test_a_refused_event_is_tried_again_while_other_messages_pass(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    item = {
        "component": {"name": "OCPPCommCtrlr"},
        "variable": {"name": "MessageAttemptInterval", "instance": "TransactionEvent"},
        "attributeValue": "1",
    }
    await csms.call("SetVariables", {"setVariableData": [item]})
    csms.errors["TransactionEvent"] = 1
    await delta.plug()
    await csms.until("NotifyEVChargingNeeds")
    status = await csms.call("GetTransactionStatus", {"transactionId": delta.transaction_id})
    assert status == {"ongoingIndicator": True, "messagesInQueue": True}
    assert [e["seqNo"] for e in csms.of("TransactionEvent")] == [0]
    await csms.until("TransactionEvent", lambda e: e["seqNo"] == 1)
    assert [e["seqNo"] for e in csms.of("TransactionEvent")] == [0, 0, 1]


async def test_an_immediate_reset_ends_the_transaction_and_charging_restarts_by_itself(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    await charge(delta)
    first = delta.transaction_id
    await csms.call("SetChargingProfile", set_default(16))
    assert (await csms.call("Reset", {"type": "Immediate"}))["status"] == "Accepted"
    ended = await csms.until("TransactionEvent", lambda e: e["eventType"] == "Ended")
    assert ended["transactionInfo"]["stoppedReason"] == "ImmediateReset"
    await csms.until("BootNotification", lambda boot: boot["reason"] == "RemoteReset")
    await delta.wait_for(lambda box: box.charging_state == "Charging")
    assert delta.transaction_id != first
    assert delta.limit_a == 16
    assert csms.of("StatusNotification")[-1]["connectorStatus"] == "Occupied"


async def test_a_reset_on_idle_waits_for_the_end_of_the_transaction(
    csms: Csms, delta: SimulatedWallbox
) -> None:
    await charge(delta)
    assert (await csms.call("Reset", {"type": "OnIdle"}))["status"] == "Scheduled"
    await delta.unplug()
    await csms.until("BootNotification", lambda boot: boot["reason"] == "RemoteReset")
    await delta.wait_connected()
    assert (await csms.call("Reset", {"type": "OnIdle"}))["status"] == "Accepted"


async def test_a_reboot_lifts_the_bar_after_a_remote_stop(csms: Csms, delta: SimulatedWallbox) -> None:
    await charge(delta)
    await csms.call("RequestStopTransaction", {"transactionId": delta.transaction_id})
    await delta.wait_for(lambda box: box.transaction_id is None)
    await delta.reboot()
    await delta.wait_for(lambda box: box.charging_state == "Charging")
    assert [boot["reason"] for boot in csms.of("BootNotification")] == ["PowerUp", "PowerUp"]


async def test_a_rebooting_box_is_gone_for_its_time(csms: Csms, make_box: MakeBox) -> None:
    box = await make_box(reboot_s=30.0)
    await charge(box)
    await csms.call("SetChargingProfile", set_tx(10, box.transaction_id))
    await box.reboot()
    await box.wait_for(lambda box: not box.connected)
    await box.unplug()
    await box.plug()
    assert box.transaction_id is None
    assert box.profiles == ()


async def test_a_status_that_got_lost_with_the_connection_is_sent_again(
    csms: Csms, make_box: MakeBox
) -> None:
    box = await make_box()
    await csms.until("StatusNotification")
    csms.silent.add("StatusNotification")
    await box.plug()
    await csms.until("StatusNotification", lambda s: s["connectorStatus"] == "Occupied")
    csms.silent.clear()
    before = len(csms.calls)
    await box.drop_connection()
    await csms.until("StatusNotification", lambda s: s["connectorStatus"] == "Occupied", skip=before)
