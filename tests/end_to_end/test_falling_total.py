"""A network whose own total falls too far: what was known stays shown, marked, until the network has said it three times."""

from tests.end_to_end.world import World


async def shown(world: World) -> tuple[str, str]:
    """What viewers see of the campaign on Twitch, and how fresh it is said to be."""
    [total] = [each["total"] for each in (await world.campaigns()).values() if each["platform"]["key"] == "twitch"]
    return total["raised"]["amount"], total["freshness"]


async def test_a_total_that_drops_is_held_and_told_until_three_reports_agree(world: World) -> None:
    world.twitch.start_campaign()
    await world.twitch.donate(10_000)
    await world.agree()
    assert (await shown(world))[0] == "100.00"

    world.twitch.move_total(-10_000)
    await world.settle()
    await world.reach("giving_totals_held", 1, platform="twitch")
    assert await shown(world) == ("100.00", "STALE")
    [held] = [line for line in world.gateway.events() if line["event"] == "total.held"]
    assert (held["level"], held["stated"]) == ("error", "0.00 USD")

    world.twitch.move_total(10_000)  # what was said was wrong
    async for _ in world.each_look():
        if await shown(world) == ("100.00", "LIVE"):
            break
    assert await world.count("giving_totals_held", platform="twitch") == 0

    for moved in (-6_000, 0, 0):  # said three times
        world.twitch.move_total(moved)
        await world.settle()
    async for _ in world.each_look():
        if await shown(world) == ("40.00", "LIVE"):
            break
    assert await world.count("giving_totals_held", platform="twitch") == 0
