"""The MQTT topics of one station."""

from dataclasses import dataclass

BASE = "bmw_wallbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """Where the messages of one station go."""

    station: str
    """The station's key: letters and digits, so it needs no escaping."""

    @property
    def state(self) -> str:
        """The state document, retained."""
        return f"{BASE}/{self.station}/state"

    @property
    def bridge(self) -> str:
        """`online` while the app runs, retained."""
        return f"{BASE}/{self.station}/bridge"

    @property
    def wallbox(self) -> str:
        """`online` while the wallbox can be reached, retained."""
        return f"{BASE}/{self.station}/wallbox"

    @property
    def commands(self) -> str:
        """A filter for all commands to the station."""
        return self.command("+")

    def event(self, key: str) -> str:
        """Where what happened is told to the entity `key`; never retained."""
        return f"{BASE}/{self.station}/event/{key}"

    def command(self, key: str) -> str:
        """Where Home Assistant sends what the entity `key` is asked to do."""
        return f"{BASE}/{self.station}/cmd/{key}"

    def config(self, prefix: str, part: str = "") -> str:
        """Where the device, or a part of it, is announced; `prefix` is Home Assistant's for discovery."""
        suffix = f"_{part}" if part else ""
        return f"{prefix}/device/{BASE}_{self.station}{suffix}/config"
