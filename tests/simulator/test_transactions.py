from bmw_wallbox.simulator import SimulatedWallbox
from tests.simulator.csms import Csms


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
    assert updated["transactionInfo"] == {
        "transactionId": delta.transaction_id,
        "chargingState": "Charging",
    }
    assert [started["seqNo"], updated["seqNo"]] == [0, 1]
