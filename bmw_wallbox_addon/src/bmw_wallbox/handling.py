"""How a wallbox is handled: what its worker takes from the app's options and the owner's settings."""

from dataclasses import dataclass

from bmw_wallbox.domain.offline import NO_OFFLINE_LIMIT, OfflineLimit
from bmw_wallbox.domain.proof import TOLERANCE_A
from bmw_wallbox.domain.tokens import Token
from bmw_wallbox.domain.vocabulary import ProfileStrategy


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSettings:
    """How a wallbox is handled; `domain.settings.Settings` says what each of the owner's does."""

    strategy: ProfileStrategy = ProfileStrategy.AUTO
    id_token: str = ""
    """Sent in RequestStartTransaction; empty means NoAuthorization."""
    meter_interval_s: int = 10
    master_pass_group_id: str = ""
    settle_s: float = 30.0
    """How long a command may wait for its proof, and a broken limit be suffered."""
    tolerance_a: float = TOLERANCE_A
    dead_band_a: float = 0.5
    raise_interval_s: float = 5.0
    """The least time between a profile and one that raises the limit; a reduction goes at once."""
    retry_s: float = 60.0
    """How long a refused profile rests."""
    gather_s: float = 0.5
    """How long values gather while nobody waits for what they prove; a replay brings a thousand."""
    wake_up_tries: int = 0
    offline: OfflineLimit = NO_OFFLINE_LIMIT
    tokens: tuple[Token, ...] = ()
    """The token table, whose rows may limit the charge that they pay for."""
    allow_stop_transaction: bool = False
    allow_reset: bool = False
