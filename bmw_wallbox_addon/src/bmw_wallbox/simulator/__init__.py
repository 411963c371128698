"""A wallbox made of software that speaks OCPP 2.0.1 as the Delta does."""

from .box import SimulatedWallbox
from .config import SimulatorConfig
from .rpc import SimulatorCallError, SimulatorOfflineError

__all__ = ["SimulatedWallbox", "SimulatorCallError", "SimulatorConfig", "SimulatorOfflineError"]
