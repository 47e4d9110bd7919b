"""``kill -9`` loses nothing that was acknowledged, and what was not comes again."""

import asyncio
import time

from tests.end_to_end.world import World

CRASHES = 12


async def undisturbed(world: World) -> float:
    """How many seconds a delivery takes here, from its start to its answer."""
    began = time.monotonic()
    await world.wechat.pay(1)
    await world.wechat.sender.settle()
    return time.monotonic() - began


async def test_killed_in_the_middle_of_twelve_deliveries_it_comes_to_the_books(world: World) -> None:
    await undisturbed(world)
    usual = await undisturbed(world)
    world.twitch.start_campaign()
    await world.settle()
    moments = []
    for number in range(CRASHES):
        # one donation of each network is on its way when the gateway dies, now and then a refund as well
        payment = await world.wechat.pay(world.rng.randrange(2, 10_000))
        if number % 3 == 0:
            await world.wechat.refund(payment, 1)
        await world.twitch.donate(world.rng.randrange(1, 10_000))
        moments.append(world.rng.uniform(0, 1.5 * usual))
        await asyncio.sleep(moments[-1])  # the point of the crash is what is drawn here
        await world.restart()

    print(f"a delivery takes {usual:.4f} s; killed after {', '.join(f'{moment:.4f}' for moment in moments)}")  # noqa: T201
    await world.agree()
    for network in (world.wechat, world.twitch):
        assert network.sender.abandoned == 0
