"""Feeds over broken connections, lost data and a ledger that does not answer: nothing missing, nothing twice, or said so."""

import asyncio
from collections.abc import Sequence

import pytest
from redis.asyncio import Redis

from gateway.read.follower import Step
from gateway.store.bus import TotalMoved
from gateway.store.shelf import Entry, Listed, Shelf
from schema.api.readings import DonationsUpdate, TotalUpdate
from schema.model.errors import LedgerUnavailable
from schema.model.ids import CampaignId
from tests.gateway.acme import LUNCH, NOW, OTHER, given, who
from tests.gateway.live.feeds import entities, gifts, place_of, totals
from tests.gateway.world import World, following, parts, soon


@pytest.fixture
async def world(client: Redis) -> World:
    made = World(client)
    await made.open()
    await made.open(OTHER)
    return made


async def test_after_a_broken_connection_nothing_is_missing_and_nothing_comes_twice(
    world: World, redis_url: str, redis: Redis
) -> None:
    await world.put(given(0, 100))
    async with following(world, redis_url) as followed, totals(followed) as total, gifts(followed) as feed:
        await soon(total)
        await soon(feed)
        await world.put(given(1, 10))
        assert entities(await soon(feed)) == ([who(1)], [])
        await soon(total)
        await redis.client_kill_filter(_type="pubsub")
        await world.put(given(2, 10))  # nobody hears these two
        await world.put(given(3, 10))
        stale = await soon(total)
        assert stale.recovered
        update = await soon(feed)
        assert (entities(update), update.recovered, update.missed) == (([who(2), who(3)], []), True, 0)
        while followed.raised() != 130:
            assert (await soon(total)).recovered
        await world.put(given(4, 10))
        assert entities(await soon(feed)) == ([who(4)], [])


async def test_a_broken_connection_over_which_nothing_was_missed_is_no_message_of_a_total(
    world: World, redis_url: str, redis: Redis
) -> None:
    await world.put(given(0, 100))
    async with following(world, redis_url) as followed, gifts(followed) as feed:
        await soon(feed)
        await redis.client_kill_filter(_type="pubsub")
        update = await soon(feed)
        assert update == DonationsUpdate(LUNCH, (), (), 0, await place_of(world, 0), recovered=True)


async def test_after_lost_data_readers_get_a_snapshot_that_says_so_even_a_lower_one(
    world: World, redis_url: str, redis: Redis
) -> None:
    await world.put(given(0, 100))
    async with following(world, redis_url) as followed, totals(followed) as total, gifts(followed) as feed:
        await soon(total)
        await soon(feed)
        await redis.flushall()
        await redis.client_kill_filter(_type="pubsub")
        await world.open()
        await world.put(given(7, 5))
        while followed.raised() != 5:
            update = await soon(total)
        assert update == TotalUpdate(LUNCH, await place_of(world, 0), recovered=False)
        news = await soon(feed)
        assert (entities(news), news.recovered, news.missed) == (([], []), False, None)
        assert news.position == update.position
        await world.put(given(8, 5))
        assert entities(await soon(feed)) == ([who(8)], [])


async def test_a_lower_figure_is_never_called_recovered_whenever_the_data_were_lost(
    world: World, redis_url: str, redis: Redis
) -> None:
    await world.put(given(0, 100))
    async with following(world, redis_url) as followed, totals(followed) as total:
        await soon(total)  # the reader now stands at its message, and asks for no other one
        await redis.flushall()
        await redis.client_kill_filter(_type="pubsub")
        await world.open()
        await world.put(given(7, 5))
        await followed.until(lambda: followed.raised() == 5)
        assert await soon(total) == TotalUpdate(LUNCH, await place_of(world, 0), recovered=False)


async def test_while_the_ledger_does_not_answer_feeds_stay_and_go_on_without_a_gap(client: Redis, redis_url: str) -> None:
    class Failing(Shelf):
        """Answers no question about donations for a while."""

        failures = 0

        async def donations(self, campaign: CampaignId, entities: Sequence[bytes]) -> list[Listed]:
            if self.failures:
                self.failures -= 1
                raise LedgerUnavailable("not now")
            return await super().donations(campaign, entities)

    world = World(client)
    shelf = world.shelf = Failing(client)
    await world.open()
    await world.put(given(0, 1))
    async with following(world, redis_url) as followed, gifts(followed) as feed:
        await soon(feed)
        shelf.failures = 3
        await world.put(given(1, 10))
        await world.put(given(2, 10))
        received: list[bytes] = []
        while len(received) < 2:
            update = await soon(feed)
            assert update.recovered
            received += entities(update)[0]
        assert received == [who(1), who(2)]


@pytest.mark.parametrize("lag", [0, 2])
async def test_whoever_comes_back_while_the_ledger_does_not_answer_goes_on_or_is_told_of_a_hole(
    client: Redis, redis_url: str, lag: int
) -> None:
    world = World(client)
    await world.open()
    for number in range(3):
        await world.put(given(number, 1))
    after, here = await place_of(world, 2 - lag), await place_of(world, 2)
    async with following(world, redis_url) as followed:
        answering, world.shelf.redis = world.shelf.redis, Redis.from_url("redis://127.0.0.1:1")
        async with gifts(followed, after=after) as feed:
            # after the newest one nothing can have come
            assert await soon(feed) == DonationsUpdate(LUNCH, (), (), None if lag else 0, here, recovered=not lag)
            world.shelf.redis = answering
            await world.put(given(3, 1))
            news = await soon(feed)
            assert (entities(news), news.recovered, news.missed) == (([who(3)], []), True, 0)


async def test_an_answer_that_came_too_late_once_makes_no_hole_while_the_ledger_is_heard(client: Redis, redis_url: str) -> None:
    class Slow(Shelf):
        """Does not answer in time, once."""

        late = 0

        async def entries(self, campaign: CampaignId, since: str, most: int, *, until: str = "+") -> list[Entry]:
            if self.late:
                self.late -= 1
                raise LedgerUnavailable("too late")
            return await super().entries(campaign, since, most, until=until)

    world = World(client)
    shelf = world.shelf = Slow(client)
    await world.open()
    for number in range(2):
        await world.put(given(number, 1))
    after = await place_of(world, 0)
    async with following(world, redis_url) as followed:
        shelf.late = 1
        async with totals(followed, after=after) as feed:
            assert (await soon(feed)).recovered
        shelf.late = 1
        async with gifts(followed, after=after) as told:
            update = await soon(told)
        assert (entities(update), update.recovered) == (([who(1)], []), True)


async def test_what_was_read_again_while_a_message_waits_for_its_turn_is_not_jumped_over(world: World) -> None:
    followed = parts(world, monotonic=asyncio.get_running_loop().time)
    follower = followed.follower
    await world.put(given(0, 1))
    await follower.lost()

    async def hear(number: int) -> None:
        """One more gift, of which this process hears."""
        await world.put(given(number, 1))
        [entry] = (await world.shelf.entries(LUNCH, "-", 9))[number:]
        change = TotalMoved(LUNCH, entry.place, int(entry.raised), 0, int(entry.count), NOW, 1, None, "received", who(number))
        follower.totals.move(change)
        follower._tell(Step(frozenset({LUNCH}), (change,)))

    async with gifts(followed) as feed:
        await soon(feed)
        asked = asyncio.ensure_future(anext(feed))
        await hear(1)
        await asyncio.sleep(0)
        await world.put(given(2, 1))  # of this it does not
        await follower.lost()
        await hear(3)
        first = await asked
    assert (entities(first), first.recovered) == (([who(1), who(2), who(3)], []), True)
    follower.catalog.close()


async def test_a_proof_that_cannot_be_had_is_none_and_the_total_is_told(client: Redis, redis_url: str) -> None:
    world = World(client)
    await world.open()
    for number in range(2):
        await world.put(given(number, 1))
    after = await place_of(world, 0)
    async with following(world, redis_url) as followed:
        world.shelf.redis = Redis.from_url("redis://127.0.0.1:1")
        async with totals(followed, after=after) as feed:
            assert (await soon(feed)).recovered is False
            assert followed.raised() == 2
