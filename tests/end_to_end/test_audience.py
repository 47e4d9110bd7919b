"""What viewers ask and follow is answered from what is known: no network hears of it."""

import asyncio
from contextlib import AsyncExitStack

from tests.end_to_end.viewers import TOTAL, follow, socket
from tests.end_to_end.world import World

AUDIENCE = 50
GIFTS = 5


async def test_fifty_who_follow_a_campaign_and_ask_for_it_cost_its_network_no_call(world: World) -> None:
    world.twitch.start_campaign()
    await world.twitch.donate(1_000)
    await world.agree()
    [reef] = [each["id"] for each in (await world.campaigns()).values() if each["platform"]["key"] == "twitch"]
    jobs, calls = await world.count("giving_jobs_total", account="reef"), await asked(world)
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(socket(world.url)) for _ in range(AUDIENCE)]
        feeds = [follow(session, TOTAL, id=reef) for session in sockets]
        await asyncio.gather(*(anext(feed) for feed in feeds))
        for _ in range(GIFTS):
            await world.twitch.donate(100)
        await world.agree()
        for feed in feeds:
            while (await anext(feed))["campaign"]["total"]["raised"]["amount"] != "15.00":
                pass
            await feed.aclose()
        await asyncio.gather(*(world.campaigns() for _ in range(AUDIENCE)))
    # a cycle may have come meanwhile: the campaign, its donations, the subscriptions
    cycles = await world.count("giving_jobs_total", account="reef") - jobs
    assert await asked(world) - calls <= 3 * cycles < AUDIENCE


async def asked(world: World) -> float:
    return await world.count("giving_upstream_calls_total", platform="twitch")
