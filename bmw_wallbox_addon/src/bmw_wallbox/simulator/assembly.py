"""How the parts of a box are put together."""

from collections.abc import Callable

from .calls_charging import Parts
from .charger import Charger
from .config import SimulatorConfig
from .inventory import Inventory
from .outbox import Emit, Outbox, RetryRule
from .profiles import ProfileStore
from .quirks import BOX_PROFILES, BoxProfile


def assemble(
    config: SimulatorConfig,
    *,
    emit: Emit,
    is_online: Callable[[], bool],
    on_idle: Callable[[], None],
    reboot: Callable[[str], None],
    boot_again: Callable[[], None],
) -> Parts:
    """Build all parts of the box that `config` describes, in their factory state."""
    quirks = BOX_PROFILES[config.profile]
    inventory = Inventory(quirks.name, _facts(config, quirks))
    profiles = ProfileStore(quirks)
    charger = Charger(
        config=config,
        quirks=quirks,
        inventory=inventory,
        profiles=profiles,
        emit=emit,
        is_online=is_online,
        on_idle=on_idle,
    )
    return Parts(
        config=config,
        quirks=quirks,
        inventory=inventory,
        profiles=profiles,
        charger=charger,
        outbox=Outbox(lambda: _retry_rule(inventory)),
        emit=emit,
        reboot=reboot,
        boot_again=boot_again,
    )


def _facts(config: SimulatorConfig, quirks: BoxProfile) -> dict[str, str]:
    return {
        "ChargingStation.VendorName": quirks.vendor,
        "ChargingStation.Model": quirks.model,
        "ChargingStation.SerialNumber": quirks.serial,
        "ChargingStation.FirmwareVersion": quirks.firmware,
        "ChargingStation.SupplyPhases": str(config.phases),
        "EVSE#1.SupplyPhases": str(config.phases),
        "SecurityCtrlr.Identity": config.charge_point_id,
        "SecurityCtrlr.BasicAuthPassword": config.password or "",
    }


def _retry_rule(inventory: Inventory) -> RetryRule:
    return RetryRule(
        attempts=int(inventory.number("OCPPCommCtrlr.MessageAttempts[TransactionEvent]")),
        interval_s=inventory.number("OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]"),
    )
