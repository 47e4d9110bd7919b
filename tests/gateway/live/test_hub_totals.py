"""The totals of several campaigns in one feed: one message for each, then one for each change, as for each campaign alone."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.live.mailbox import MAX_RATE
from gateway.read import positions
from schema.api.ports import Message
from schema.api.readings import TotalUpdate
from schema.model.ids import CampaignId
from schema.model.total import Basis, Place
from tests.gateway.acme import LUNCH, OTHER, REEF, Listing, given, spec, state
from tests.gateway.live.feeds import FAST, alone, flipped, nothing, place_of
from tests.gateway.world import PATIENCE, UNDECLARED, Followed, World, following, refused, soon

BOTH = (LUNCH, OTHER)


@pytest.fixture
async def world(client: Redis) -> World:
    made = World(client)
    await made.open()
    await made.open(OTHER)
    return made


@asynccontextmanager
async def rows(
    followed: Followed, campaigns: Sequence[CampaignId] = BOTH, *, max_rate: float = FAST
) -> AsyncIterator[AsyncGenerator[TotalUpdate, None]]:
    """The feed of several totals, closed at the end."""
    async with aclosing(alone(followed.hub.campaign_totals(campaigns, max_rate=max_rate))) as feed:
        yield feed


async def test_first_comes_one_snapshot_for_each_then_one_message_for_each_change(world: World, redis_url: str) -> None:
    await world.put(given(1, 400))
    async with following(world, redis_url) as followed, rows(followed) as feed:
        begin = positions.encode(OTHER, Place(), "", "")
        assert [await soon(feed), await soon(feed)] == [
            TotalUpdate(LUNCH, await place_of(world, 0), recovered=False),
            TotalUpdate(OTHER, begin, recovered=False),
        ]
        await world.put(given(2, 50), OTHER)
        update = await soon(feed)
        assert (update.campaign, update.recovered) == (OTHER, True)
        await world.put(given(3, 50))
        assert await soon(feed) == TotalUpdate(LUNCH, await place_of(world, 1), recovered=True)
        assert await nothing(feed)


async def test_what_was_not_kept_is_told_with_the_newest_figures_and_proven_only_until_everything_is_read_again(
    world: World, redis_url: str
) -> None:
    def again(message: Message[TotalUpdate]) -> tuple[object, str, bool, bool]:
        assert message.again is not None
        newest = message.again()
        assert newest is not None
        assert (newest.about, newest.position, newest.follows) == (LUNCH, newest.told.position, newest.told.recovered)
        assert newest.again is not None
        another = newest.again()
        assert another is not None
        return newest.state, newest.told.position, newest.told.recovered, another.told.recovered

    async with following(world, redis_url) as followed:
        feed = followed.hub.campaign_totals((LUNCH,), max_rate=FAST)
        with feed:
            async with aclosing(feed.join(None)) as joining, aclosing(feed.live()) as live:
                first = await anext(joining)
                await world.put(given(1, 400))
                moved = await asyncio.wait_for(anext(live), PATIENCE)
                assert moved.told == TotalUpdate(LUNCH, await place_of(world, 0), recovered=True)
                await world.put(given(2, 50))
                await followed.until(lambda: followed.raised() == 450)
                state, place = (await asyncio.wait_for(anext(live), PATIENCE)).state, await place_of(world, 1)
                assert again(first) == (state, place, False, False)
                assert again(moved) == (state, place, True, True)
                readings = followed.follower.readings
                await followed.follower.lost()
                await followed.until(lambda: followed.follower.readings > readings)
                assert [again(message)[1:] for message in (first, moved)] == [(place, False, False)] * 2


async def test_one_that_moves_before_all_were_told_is_told_again_and_no_other(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, rows(followed) as feed:
        await soon(feed)
        await world.put(given(1, 400))
        await followed.until(lambda: followed.raised() == 400)
        assert [(await soon(feed)).campaign, (await soon(feed)).campaign] == [OTHER, LUNCH]
        assert await nothing(feed)


async def test_each_campaign_has_its_own_pace_and_waits_for_no_other(world: World, redis_url: str) -> None:
    loop = asyncio.get_running_loop()
    async with following(world, redis_url, monotonic=loop.time) as followed, rows(followed, max_rate=1) as feed:
        await soon(feed)
        await soon(feed)
        began = loop.time()
        await world.put(given(1, 1))
        assert (await soon(feed)).campaign == LUNCH  # a second after its snapshot
        await world.put(given(2, 1))  # to be told after another one
        await followed.until(lambda: followed.raised() == 2)
        waiting = asyncio.ensure_future(soon(feed))
        await world.put(given(3, 1), OTHER)
        assert (await waiting).campaign == OTHER
        assert loop.time() - began < 1.7
        assert (await soon(feed)).campaign == LUNCH
        assert loop.time() - began > 1.9


async def test_however_fast_a_campaign_moves_it_is_told_at_most_20_times_a_second(world: World, redis_url: str) -> None:
    loop = asyncio.get_running_loop()
    async with following(world, redis_url, monotonic=loop.time) as followed, rows(followed, (LUNCH,)) as feed:
        await soon(feed)
        began = loop.time()
        for number in range(4):
            await world.put(given(number, 1))
            await soon(feed)
        assert loop.time() - began > 3 * 0.9 / MAX_RATE  # from the first of four to the last


async def test_what_went_away_and_came_back_before_it_was_due_is_no_message(world: World, redis_url: str) -> None:
    await world.book.heard("lunch")
    loop = asyncio.get_running_loop()
    async with following(world, redis_url, monotonic=loop.time) as followed, rows(followed, (LUNCH,), max_rate=2) as feed:
        await soon(feed)
        asked = asyncio.ensure_future(anext(feed))
        await flipped(world, followed)
        done, _ = await asyncio.wait({asked}, timeout=0.8)
        assert not done
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)


async def test_time_alone_makes_rows_stale(client: Redis, redis_url: str) -> None:
    pace = spec(Basis.REPORTED, declares=False, poll=timedelta(minutes=1))
    world = World(client, Listing(), spec=pace, values=UNDECLARED)
    await world.ingest.apply(world.account, [state(5_000)])
    await world.book.polled("lunch")
    async with following(world, redis_url) as followed, rows(followed, (REEF,)) as feed:
        await soon(feed)
        ticking = asyncio.create_task(followed.hub.run())
        world.clock.turn(timedelta(minutes=3))
        assert (await soon(feed)).recovered
        ticking.cancel()
        assert await nothing(feed)


async def test_a_broken_connection_over_which_nothing_was_lost_leaves_no_gap(
    world: World, redis_url: str, redis: Redis
) -> None:
    for campaign in BOTH:
        await world.put(given(0, 100), campaign)
    async with following(world, redis_url) as followed, rows(followed) as feed:
        await soon(feed)
        await soon(feed)
        await redis.client_kill_filter(_type="pubsub")
        await world.put(given(1, 10))  # nobody hears this one
        told = dict.fromkeys(BOTH, 0)
        while followed.raised() != 110 or told[LUNCH] == 0:
            update = await soon(feed)
            told[update.campaign] += 1
            assert update.recovered


async def test_after_lost_data_each_row_is_a_snapshot_even_a_lower_one(world: World, redis_url: str, redis: Redis) -> None:
    for campaign in BOTH:
        await world.put(given(0, 100), campaign)
    async with following(world, redis_url) as followed, rows(followed) as feed:
        await soon(feed)
        await soon(feed)
        await redis.flushall()
        await redis.client_kill_filter(_type="pubsub")
        for campaign in BOTH:
            await world.open(campaign)
            await world.put(given(7, 5), campaign)
        await followed.until(lambda: followed.raised() == 5)
        last: dict[CampaignId, TotalUpdate] = {}
        while len(last) < 2 or not all(followed.raised(campaign) == 5 for campaign in BOTH):
            update = await soon(feed)
            last[update.campaign] = update
        assert {campaign: update.recovered for campaign, update in last.items()} == dict.fromkeys(BOTH, False)
        await world.put(given(8, 5), OTHER)
        assert (await soon(feed)).recovered


@pytest.mark.parametrize("several", [False, True])
async def test_a_message_while_everything_is_read_again_does_not_hide_the_loss(
    world: World, redis_url: str, redis: Redis, *, several: bool
) -> None:
    await world.put(given(0, 100))
    async with following(world, redis_url) as followed:
        feed = (
            alone(followed.hub.campaign_totals((LUNCH,), max_rate=FAST))
            if several
            else alone(followed.hub.campaign_total(LUNCH, max_rate=FAST))
        )
        async with aclosing(feed):
            await soon(feed)
            reading, answered = asyncio.Event(), asyncio.Event()
            heads = world.shelf.heads

            async def slow(campaigns: Sequence[CampaignId]) -> object:
                reading.set()
                await answered.wait()
                return await heads(campaigns)

            world.shelf.heads = slow  # type: ignore[method-assign,assignment]
            await redis.flushall()
            await world.open()
            await world.put(given(7, 5))
            again = asyncio.create_task(followed.follower.lost())
            await reading.wait()
            ticking = asyncio.create_task(followed.hub.run())
            stale = await soon(feed)  # what was known, and that it is not known to hold
            assert (stale.recovered, followed.raised()) == (True, 100)
            answered.set()
            await again
            ticking.cancel()
            lower = await soon(feed)
            assert (lower.recovered, followed.raised()) == (False, 5)


async def test_a_campaign_among_them_that_nobody_knows_refuses_all(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed:
        assert await refused(alone(followed.hub.campaign_totals((LUNCH, REEF), max_rate=1)))
