"""The card that pays for a charge may hold it to a limit of its own, for as long as that charge runs."""

from dataclasses import replace

from bmw_wallbox.domain.calls import SetChargingProfile
from bmw_wallbox.domain.reasons import LimitReason, limit_reason
from bmw_wallbox.domain.tokens import Token
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus
from bmw_wallbox.handling import ControlSettings
from tests.control_rig import SETTLE_S, Rig, working
from tests.domain.story import ended, started, status, updated

SETTINGS = ControlSettings(settle_s=SETTLE_S, raise_interval_s=5.0)
CARD = Token(key="a", id_token="04A1B2C3D4", limit_a=10.0)


def limits(rig: Rig) -> list[float]:
    return [call.limit_a for call in rig.link.of(SetChargingProfile)]


async def charge_with(rig: Rig, id_token: str) -> None:
    """Let a car charge that is paid for by a card."""
    now = rig.seconds
    await rig.tell(
        status(now, ConnectorStatus.OCCUPIED),
        started(now, 0),
        updated(
            now + 1, 1, charging_state=ChargingState.CHARGING, id_token=id_token, id_token_type="ISO14443"
        ),
    )


async def test_its_limit_holds_while_it_pays_and_no_longer() -> None:
    async with working(Rig(replace(SETTINGS, tokens=(CARD,)))) as rig:
        await rig.connect()
        await charge_with(rig, "04a1b2c3d4")
        assert limits(rig) == [16.0, 10.0]
        await rig.measure(10, 10, 10)
        assert limit_reason(rig.station.state) is LimitReason.CARD
        assert rig.station.state.desired.limit_a == 16.0
        await rig.tell(ended(rig.seconds + 60, 2))
        await rig.pass_time(10)
        assert limits(rig) == [16.0, 10.0, 16.0]


async def test_another_card_and_a_lower_wish_are_left_alone() -> None:
    async with working(
        Rig(replace(SETTINGS, tokens=(CARD, replace(CARD, key="b", id_token="05", limit_a=20.0))))
    ) as rig:
        await rig.connect()
        await charge_with(rig, "05")
        await rig.measure(16, 16, 16)
        assert limits(rig) == [16.0]
        assert limit_reason(rig.station.state) is LimitReason.USER


async def test_a_limit_that_the_owner_changes_acts_at_once() -> None:
    async with working(Rig(replace(SETTINGS, tokens=(CARD,)))) as rig:
        await rig.connect()
        await charge_with(rig, CARD.id_token)
        await rig.pass_time(2)
        await rig.control.reconfigure(replace(SETTINGS, tokens=(replace(CARD, limit_a=6.0),)))
        await rig.quiet()
        assert limits(rig) == [16.0, 10.0, 6.0]
        await rig.control.reconfigure(SETTINGS)
        await rig.pass_time(10)
        assert limits(rig) == [16.0, 10.0, 6.0, 16.0]
