"""What a simulated wallbox is told before it starts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorConfig:
    """Where the box connects, who it claims to be and which box it imitates."""

    url: str
    """Base URL, for example `wss://127.0.0.1:9000`; the id is appended to it."""
    charge_point_id: str
    raw_id: bool = False
    """Leave `*` in the id as it is instead of percent-encoding it (OCPP 2.0.1 part 4 §3.1.1)."""
    profile: str = "delta"
    """A key of `quirks.BOX_PROFILES`: `delta` or `plain`."""
    insecure: bool = False
    """Accept any server certificate."""
    ca_file: str | None = None
    password: str | None = None
    """Password for HTTP Basic authentication, whose user is the id; None sends no header."""
    phases: int = 1
    speed: float = 1.0
    """Simulated seconds per real second, for energy and ramps only."""
    heartbeat_interval_s: float | None = None
    """None means what the profile says: the box's own setting, or the answer to BootNotification."""
    reboot_s: float = 60.0
    boot_on_reconnect: bool = False
    register_wh: float = 0.0
    per_session_register: bool = False
    """The energy register restarts at 0 with each transaction."""
    seed: int = 1
    reconnect_s: float = 0.1
    """First wait before another attempt to connect; it doubles up to 15 s."""
    notify_event_interval_s: float | None = None
    """Period of the box's own NotifyEvent monitor; None means the profile's."""
