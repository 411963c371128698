"""With an offline limit a wallbox that can falls to it by itself while the app is away, and comes back."""

from dataclasses import replace

from bmw_wallbox.domain.calls import SetChargingProfile
from bmw_wallbox.domain.commands import StartCharging
from bmw_wallbox.domain.decide import Situation, situation
from bmw_wallbox.domain.offline import OfflineLimit
from bmw_wallbox.domain.vocabulary import ProfilePurpose
from bmw_wallbox.handling import ControlSettings
from tests.control_house import QUICK, House, open_house
from tests.control_rig import Rig, working
from tests.domain.story import booted

SIX = replace(QUICK, offline=OfflineLimit(limit_a=6.0, valid_for_s=1.0))


async def charge(house: House) -> None:
    await house.until(lambda: house.box.limit_a == 6.0)
    await house.box.plug()
    await house.until(lambda: situation(house.state) is Situation.UNAUTHORIZED)
    assert (await house.order(StartCharging())).outcome == "applied"
    await house.until(lambda: house.box.current_a == 16.0)


async def test_a_charging_car_falls_to_the_offline_limit_and_gets_the_wish_once_the_app_is_back() -> None:
    async with open_house("plain", SIX) as house:
        await charge(house)
        await house.box.go_offline()
        await house.until(lambda: house.box.current_a == 6.0)
        await house.box.go_online()
        await house.until(lambda: house.box.current_a == 16.0)


async def test_while_the_app_is_there_the_wish_stays_in_force_over_many_renewals() -> None:
    async with open_house("plain", SIX) as house:
        await charge(house)
        before = house.state.profile_calls
        lowest_a = 32.0

        def renewed() -> bool:
            nonlocal lowest_a
            lowest_a = min(lowest_a, house.box.limit_a)
            return house.state.profile_calls >= before + 4

        await house.until(renewed)
        assert lowest_a == 16.0


async def test_a_car_that_comes_while_the_app_is_away_gets_the_offline_limit() -> None:
    async with open_house("plain", SIX) as house:
        await house.until(lambda: house.box.limit_a == 6.0)
        await house.box.go_offline()
        await house.box.plug()
        assert (house.box.charging_state, house.box.limit_a) == ("EVConnected", 6.0)
        await house.box.go_online()
        await house.until(lambda: house.box.limit_a == 16.0)


async def test_a_delta_keeps_its_one_profile_and_its_last_limit() -> None:
    async with open_house("delta", SIX) as house:
        await house.settled()
        await house.box.plug()
        await house.until(lambda: situation(house.state) is Situation.CHARGING)
        assert house.state.profile_calls == 1
        await house.box.go_offline()
        assert house.box.limit_a == 16.0


async def test_the_flash_is_written_eight_times_an_hour_while_a_car_charges_and_never_else() -> None:
    settings = ControlSettings(offline=OfflineLimit(limit_a=6.0))
    async with working(Rig(settings)) as rig:
        link = await rig.connect()
        await rig.tell(booted(vendor="Example", model="Plain AC 22"))
        await rig.pass_time(60)
        idle = len(link.limits)
        for _ in range(120):
            await rig.pass_time(30)
        assert len(link.limits) == idle
        await rig.plug_in("Charging")
        await rig.pass_time(60)
        charging = len(link.limits)
        for _ in range(120):
            await rig.pass_time(30)
        assert len(link.limits) - charging == 8
        assert {call.purpose for call in link.of(SetChargingProfile)[charging:]} == {ProfilePurpose.TX}
