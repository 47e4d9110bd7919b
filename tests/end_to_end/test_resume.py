"""A reader whose connection is cut goes on where it was: every donation once, in order, without a gap."""

import asyncio

import pytest

from tests.end_to_end.returning import WAYS, Way
from tests.end_to_end.viewers import DONATIONS, TOTAL, follow, socket
from tests.end_to_end.visitor import SECONDS
from tests.end_to_end.world import LUNCH, World

DONATED = 120
CUTS = 6


async def give(world: World, first: int, last: int) -> None:
    """Payments one after the other, each of one fen more than the one before, so that their order can be seen."""
    for amount in range(first, last + 1):
        payment = await world.wechat.pay(amount, notify=False)
        assert await world.send(LUNCH, world.wechat.outgoing(payment)) == 200


@pytest.mark.parametrize("way", WAYS)
async def test_a_reader_that_is_cut_again_and_again_sees_every_donation_once_and_in_order(world: World, way: Way) -> None:
    campaign = (await world.campaigns())["school-lunch"]["id"]
    await give(world, 1, 1)  # before the first one there is no entry that a position could name
    await world.agree()
    seen = ["0.01"]
    after: str | None = None
    giving: asyncio.Task[None] | None = None
    async with asyncio.timeout(3 * SECONDS):
        for connection in range(CUTS + 1):
            # the last connection stays until all is there
            enough = world.rng.randrange(1, 6) if connection < CUTS else DONATED
            messages = way(world.url, DONATIONS, campaign, after)
            number = 0
            async for position, message in messages:
                giving = giving or asyncio.create_task(give(world, 2, DONATED))
                assert position == message["position"]
                assert (number, message["recovered"]) == (0, after is not None) or message["recovered"], f"seed {world.seed}"
                assert message["missed"] == 0
                assert not message["changed"]
                seen += [donation["amount"]["amount"] for donation in message["received"]]
                after, number = position, number + 1
                if number >= enough or len(seen) >= DONATED:
                    break
            await messages.aclose()
            await asyncio.sleep(world.rng.uniform(0, 0.15))  # away for a moment
    assert giving is not None
    await giving

    assert seen == [f"{amount / 100:.2f}" for amount in range(1, DONATED + 1)], f"seed {world.seed}"
    await world.agree()


async def test_a_total_seen_before_the_gateway_was_killed_joins_what_comes_after(world: World) -> None:
    campaign = (await world.campaigns())["school-lunch"]["id"]
    await world.wechat.pay(1_000)
    await world.agree()
    async with socket(world.url) as session:
        messages = follow(session, TOTAL, id=campaign)
        seen = await anext(messages)
        await messages.aclose()
    await world.restart()
    await world.wechat.pay(500)
    await world.agree()

    async with socket(world.url) as session:
        messages = follow(session, TOTAL, id=campaign, after=seen["position"])
        resumed = await anext(messages)
        await messages.aclose()

    assert (seen["campaign"]["total"]["raised"], resumed["campaign"]["total"]["raised"]) == (
        {"amount": "10.00"},
        {"amount": "15.00"},
    )
    assert (seen["recovered"], resumed["recovered"]) == (False, True)


async def test_a_position_that_never_was_gives_a_start_and_not_a_partial_replay(world: World) -> None:
    campaign = (await world.campaigns())["school-lunch"]["id"]
    await give(world, 1, 1)
    await world.agree()
    for forged in ("AAAA", "e" * 19, "not a position", "7" * 200):
        async with socket(world.url) as session:
            messages = follow(session, DONATIONS, id=campaign, after=forged)
            first = await anext(messages)
            await messages.aclose()
        assert (first["recovered"], first["received"], first["missed"]) == (False, [], None)


async def test_a_reader_from_before_the_first_donation_is_told_of_it_or_that_there_is_a_hole(world: World) -> None:
    campaign = (await world.campaigns())["school-lunch"]["id"]
    async with socket(world.url) as session:
        messages = follow(session, DONATIONS, id=campaign)
        start = await anext(messages)
        await messages.aclose()
    await give(world, 1, 1)
    await world.agree()

    async with socket(world.url) as session:
        messages = follow(session, DONATIONS, id=campaign, after=start["position"])
        resumed = await anext(messages)
        await messages.aclose()

    assert resumed["recovered"] is bool(resumed["received"])
