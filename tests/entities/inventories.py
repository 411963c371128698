"""Inventories: a simulated wallbox's own, and what a hostile one could make up."""

from bmw_wallbox.csms.device_model import report_events
from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.device_events import ReportPartReceived
from bmw_wallbox.domain.state import Inventory
from bmw_wallbox.simulator.inventory import Inventory as SimulatedInventory
from tests.entities.states import NOW, inventory

LOCAL = "LocalSmartChargingCtrlr"


def simulated(profile: str = "delta") -> Inventory:
    """Return the inventory as the simulated wallbox reports it and the OCPP edge reads it."""
    payload = {"requestId": 1, "seqNo": 0, "reportData": SimulatedInventory(profile, {}).report()}
    (part,) = report_events(payload, NOW)
    assert isinstance(part, ReportPartReceived)
    return inventory(*(item for item in part.items if isinstance(item, Variable)))


def many(count: int) -> Inventory:
    """Return an inventory of long names, each variable a choice among long words."""
    return inventory(
        *(
            Variable(
                component=LOCAL,
                component_instance=f"Group{number}",
                variable="V" * 40,
                data_type="OptionList",
                value="Word0" + "o" * 45,
                options=tuple(f"Word{word}" + "o" * 45 for word in range(40)),
            )
            for number in range(count)
        )
    )
