"""What the box does by the clock: heartbeats, samples, monitors, and letting the charger's time pass."""

from collections.abc import Callable

from . import notices
from .calls_charging import Parts
from .device_model import AGGREGATES
from .timetable import Job
from .transaction import utc_now


def jobs(parts: Parts, is_connected: Callable[[], bool]) -> tuple[Job, ...]:
    """Return the box's clockwork; a message that needs a connection has no interval without one."""
    config, quirks, inventory, charger = parts.config, parts.quirks, parts.inventory, parts.charger

    def online(interval_s: float | None) -> float | None:
        return interval_s if is_connected() and parts.boot_status == "Accepted" else None

    def heartbeat_s() -> float | None:
        own_s = inventory.number("OCPPCommCtrlr.HeartbeatInterval")
        return online(own_s if config.heartbeat_interval_s is None else config.heartbeat_interval_s)

    def sample_s() -> float | None:
        charging = charger.transaction is not None and inventory.is_true("SampledDataCtrlr.Enabled")
        return inventory.number("SampledDataCtrlr.TxUpdatedInterval") if charging else None

    def aligned_s() -> float | None:
        wanted = inventory.is_true("AlignedDataCtrlr.Enabled") and (
            charger.transaction is not None or inventory.is_true("AlignedDataCtrlr.SendDuringIdle")
        )
        return online(inventory.number("AlignedDataCtrlr.Interval")) if wanted else None

    def monitor_s() -> float | None:
        if quirks.notify_event_interval_s is None:
            return None
        return online(config.notify_event_interval_s or quirks.notify_event_interval_s)

    return (
        Job(interval_s=lambda: charger.tick_interval_s, run=charger.tick),
        Job(interval_s=heartbeat_s, run=lambda: parts.emit("Heartbeat", {})),
        Job(interval_s=sample_s, run=lambda: charger.event("Updated", "MeterValuePeriodic")),
        Job(interval_s=aligned_s, run=lambda: charger.meter_values("Sample.Clock")),
        Job(interval_s=monitor_s, run=lambda: _aggregate(parts)),
        Job(
            interval_s=lambda: online(quirks.charging_limit_interval_s),
            run=lambda: parts.emit("NotifyChargingLimit", notices.charging_limit()),
        ),
    )


def _aggregate(parts: Parts) -> None:
    power_w = parts.charger.meter.power_w
    for instance in AGGREGATES:
        parts.inventory.put(f"MeteringCtrlr[Aggregation].ChargerPowerActive[{instance}]", f"{power_w:.6f}")
        parts.emit("NotifyEvent", notices.aggregation(instance, power_w, utc_now()))
