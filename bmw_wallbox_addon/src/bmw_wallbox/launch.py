"""How the app is started: where its files, ports and neighbours are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SIMULATED_ID = "DE*BMW*ESIMULATED1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """The command line and the environment, checked."""

    options_file: Path
    data: Path
    share: Path | None = None
    """Where monthly reports are written; None: `/share` under a Supervisor, else beside the data."""
    ocpp_host: str = "0.0.0.0"  # noqa: S104  # the wallbox is on the LAN
    ocpp_port: int = 9000
    panel_host: str = "0.0.0.0"  # noqa: S104  # guarded by peer address
    panel_port: int = 8099
    panel_password: str | None = field(default=None, repr=False)
    simulate: bool = False
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def supervised(self) -> bool:
        """Return whether a Supervisor runs this app."""
        return "SUPERVISOR_TOKEN" in self.environment

    @property
    def reports_folder(self) -> Path:
        """Return where monthly reports are written."""
        usual = Path("/share/bmw_wallbox") if self.supervised else self.data / "reports"
        return self.share or usual

    @property
    def strict(self) -> bool:
        """Return whether everything that goes to a wallbox is checked against OCPP's schemas."""
        return self.environment.get("BMW_WALLBOX_STRICT") == "1"
