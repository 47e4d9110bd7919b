"""The feed of donations: in order, once, in bounded messages; and a hole is said with its size."""

import asyncio
import itertools
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.live.donations import REPLAYED
from gateway.live.mailbox import IN_ONE_MESSAGE, MAX_NEWS
from schema.api.readings import DonationsUpdate
from tests.gateway.acme import LUNCH, NOW, OTHER, back, given, who
from tests.gateway.live.feeds import entities, gifts, nothing, place_of
from tests.gateway.world import World, following, soon


@pytest.fixture
async def world(client: Redis) -> World:
    made = World(client)
    await made.open()
    await made.open(OTHER)
    return made


async def test_donations_are_told_in_order_once_and_only_those_after_the_start(world: World, redis_url: str) -> None:
    await world.put(given(0, 100))
    async with following(world, redis_url) as followed, gifts(followed) as feed:
        first = await soon(feed)
        assert first == DonationsUpdate(LUNCH, (), (), 0, await place_of(world, 0), recovered=False)
        await world.put(given(1, 400, name="coral_fan"))
        second = await soon(feed)
        assert (entities(second), second.missed, second.recovered) == (([who(1)], []), 0, True)
        assert (second.received[0].donor_name, second.position) == ("coral_fan", await place_of(world, 1))
        await world.put(back(1, 100))
        third = await soon(feed)
        assert entities(third) == ([], [who(1)])
        assert third.changed[0].refunded.minor == 100  # type: ignore[union-attr]
        await world.put(given(2, 5, at=NOW - timedelta(days=2)))  # late: no news
        assert await nothing(feed)


async def test_many_donations_are_cut_into_messages_of_100(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed:
        await world.put(given(999, 1))
        await followed.until(lambda: followed.raised() == 1)
        for number in range(IN_ONE_MESSAGE + 1):
            await world.put(given(number, 1))
        await followed.until(lambda: followed.raised() == IN_ONE_MESSAGE + 2)
        async with gifts(followed, after=await place_of(world, 0)) as feed:
            one, two = await soon(feed), await soon(feed)
        assert [len(update.received) for update in (one, two)] == [IN_ONE_MESSAGE, 1]
        assert entities(one)[0] + entities(two)[0] == [who(number) for number in range(IN_ONE_MESSAGE + 1)]
        assert (one.recovered, two.recovered, one.missed, two.missed) == (True, True, 0, 0)


@pytest.mark.parametrize("more", [0, 1])
async def test_300_missed_entries_are_told_and_one_more_is_a_hole_with_its_size(
    world: World, redis_url: str, more: int
) -> None:
    for number in range(1 + REPLAYED + more):
        await world.put(given(number, 1, at=NOW - timedelta(days=2) if number == 7 else NOW))
    async with following(world, redis_url) as followed, gifts(followed, after=await place_of(world, 0)) as feed:
        first = await soon(feed)
        if more:
            assert entities(first) == ([], [])
            assert (first.missed, first.recovered) == (REPLAYED, False)  # the late one is in the log and would not be told
            assert first.position == await place_of(world, REPLAYED + 1)
        else:
            updates = [first, await soon(feed), await soon(feed)]
            assert sum(len(update.received) for update in updates) == REPLAYED - 1
            assert all(update.recovered for update in updates)
            assert updates[-1].position == await place_of(world, REPLAYED)
        assert await nothing(feed)


async def test_a_return_without_news_says_so(world: World, redis_url: str) -> None:
    for number in range(2):
        await world.put(given(number, 1, at=NOW - timedelta(days=2)))
    async with following(world, redis_url) as followed:
        for number in range(2):
            async with gifts(followed, after=await place_of(world, number)) as feed:
                expected = DonationsUpdate(LUNCH, (), (), 0, await place_of(world, 1), recovered=True)
                assert await soon(feed) == expected


async def test_a_reader_that_takes_nothing_is_told_how_much_it_missed(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, gifts(followed) as feed:
        await soon(feed)
        for number in range(MAX_NEWS + 5):
            await world.put(given(number, 1))
        await followed.until(lambda: followed.raised() == MAX_NEWS + 5)
        first = await soon(feed)
        assert (first.missed, first.recovered) == (5, False)
        assert entities(first)[0][0] == who(5)
        told = len(first.received)
        while told < MAX_NEWS:
            following_one = await soon(feed)
            assert (following_one.missed, following_one.recovered) == (0, True)
            told += len(following_one.received)
        assert await nothing(feed)


async def test_messages_of_a_feed_come_at_most_ten_times_a_second(world: World, redis_url: str) -> None:
    loop = asyncio.get_running_loop()
    async with following(world, redis_url, monotonic=loop.time) as followed, gifts(followed) as feed:
        moments = []
        for number in range(4):
            await soon(feed)
            moments.append(loop.time())
            await world.put(given(number, 1))
        assert min(later - earlier for earlier, later in itertools.pairwise(moments)) > 0.09
