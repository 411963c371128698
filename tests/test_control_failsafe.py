"""The limit is there before the car is, and comes back whatever took it away."""

import asyncio

import pytest

from bmw_wallbox.domain.commands import SetCurrentLimit, StartCharging, StopCharging
from tests.control_house import House, open_house


async def highest_current_a(house: House, seconds: float) -> float:
    """Return the highest current of the next seconds, looked at every 10 ms."""
    highest_a = 0.0
    until_s = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until_s:
        highest_a = max(highest_a, house.box.current_a)
        await asyncio.sleep(0.01)
    return highest_a


@pytest.mark.parametrize("limit_a", [6.0, 10.0])
async def test_a_car_that_is_plugged_in_never_gets_more_than_the_limit(limit_a: float) -> None:
    async with open_house() as house:
        await house.settled()
        await house.order(SetCurrentLimit(limit_a=limit_a))
        await house.box.plug()
        house.submit(StartCharging())
        assert await highest_current_a(house, 2.0) == limit_a


async def test_a_car_that_is_plugged_in_while_nothing_is_allowed_gets_nothing() -> None:
    async with open_house() as house:
        await house.settled()
        await house.order(StopCharging())
        await house.box.plug()
        assert await highest_current_a(house, 1.0) == 0.0


async def test_the_limit_holds_while_the_app_is_away() -> None:
    async with open_house() as house:
        await house.settled()
        await house.order(SetCurrentLimit(limit_a=8.0))
        await house.box.go_offline()
        await house.box.plug()
        assert await highest_current_a(house, 1.0) <= 8.0
        await house.box.go_online()
        house.submit(StartCharging())
        assert await highest_current_a(house, 2.0) == 8.0


async def test_profiles_cleared_behind_our_back_are_back_after_a_reconnect() -> None:
    async with open_house() as house:
        await house.settled()
        house.box._parts.profiles.clear({})
        assert house.box.limit_a == 32.0
        await house.box.drop_connection()
        await house.reconciled()
