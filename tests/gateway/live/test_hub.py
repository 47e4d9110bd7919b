"""The second door: the feed of a total. The newest state wins, at the pace that was asked for."""

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.live import donations, mailbox
from gateway.live.mailbox import MAX_RATE
from gateway.live.proof import CATCH_UP_SECONDS
from gateway.read import positions
from gateway.store.bus import Change
from schema.api.readings import DonationsUpdate, TotalUpdate
from schema.model.errors import NotFound
from schema.model.total import Basis, Place
from tests.gateway.acme import LUNCH, OTHER, REEF, Listing, given, spec, state, who
from tests.gateway.live.feeds import FAST, SHORTLY, alone, entities, flipped, gifts, nothing, place_of, totals
from tests.gateway.world import UNDECLARED, World, following, soon


@pytest.fixture
async def world(client: Redis) -> World:
    made = World(client)
    await made.open()
    await made.open(OTHER)
    return made


async def test_the_first_message_comes_at_once_and_the_next_when_the_total_moves(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, totals(followed) as feed:
        first = await soon(feed)
        assert first == TotalUpdate(LUNCH, positions.encode(LUNCH, Place(), "", ""), recovered=False)
        await world.put(given(1, 400))
        second = await soon(feed)
        assert followed.raised() == 400
        assert second == TotalUpdate(LUNCH, await place_of(world, 0), recovered=True)
        assert await nothing(feed)


async def test_a_total_of_another_campaign_and_a_newer_as_of_wake_nobody(world: World, redis_url: str) -> None:
    await world.book.heard("lunch")
    async with following(world, redis_url) as followed, totals(followed) as feed:
        await soon(feed)
        await world.put(given(1, 400), OTHER)
        world.clock.turn(timedelta(seconds=30))
        await world.book.heard("lunch")
        assert await nothing(feed)


async def test_a_donation_that_moves_no_total_is_no_message(client: Redis, redis_url: str) -> None:
    world = World(client, spec=spec(Basis.REPORTED, declares=False), values=UNDECLARED)
    await world.ingest.apply(world.account, [state(5_000)])
    async with following(world, redis_url) as followed, totals(followed, REEF) as feed:
        await soon(feed)
        await world.put(given(1, 700, "reef", code="EUR"), REEF)
        assert await nothing(feed)


async def test_a_reader_that_is_slow_gets_the_newest_state_once(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, totals(followed) as feed:
        await soon(feed)
        for number in range(20):
            await world.put(given(number, 1))
        await followed.until(lambda: followed.raised() == 20)
        await soon(feed)
        assert await nothing(feed)


async def test_no_more_messages_come_than_wanted_and_never_more_than_20_a_second(world: World, redis_url: str) -> None:
    loop = asyncio.get_running_loop()
    async with following(world, redis_url, monotonic=loop.time) as followed:
        for rate, pause in ((FAST, 1 / MAX_RATE), (5.0, 0.2)):
            async with totals(followed, max_rate=rate) as feed:
                await soon(feed)
                moments = []
                for number in range(4):
                    await world.put(given(int(rate) + number, 1))
                    await soon(feed)
                    moments.append(loop.time())
            assert moments[-1] - moments[0] > 3 * pause * 0.9


async def test_the_words_of_a_campaign_wake_its_readers_when_goal_or_status_moved(client: Redis, redis_url: str) -> None:
    world = World(client, spec=spec(Basis.REPORTED, declares=False), values=UNDECLARED)
    await world.ingest.apply(world.account, [state(5_000)])
    async with following(world, redis_url) as followed, totals(followed, REEF) as feed:
        await soon(feed)
        await world.ledger.describe(REEF, 2, {"title": "Coral"})
        assert await nothing(feed)
    async with following(world, redis_url) as followed, totals(followed, REEF) as feed:
        await soon(feed)
        await world.ledger.describe(REEF, 3, {"goal": "900 EUR"})
        assert (await soon(feed)).campaign == REEF


async def test_health_that_changes_is_one_message(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, totals(followed) as feed:
        await soon(feed)
        for reason in ("revoked", "revoked", "other_reason"):
            await world.book.feed("lunch", reason)
        await soon(feed)
        assert await nothing(feed)


async def test_what_went_away_and_came_back_before_it_was_due_is_no_message(world: World, redis_url: str) -> None:
    await world.book.heard("lunch")
    loop = asyncio.get_running_loop()
    async with following(world, redis_url, monotonic=loop.time) as followed, totals(followed, max_rate=2) as feed:
        await soon(feed)
        asked = asyncio.ensure_future(anext(feed))
        await flipped(world, followed)
        done, _ = await asyncio.wait({asked}, timeout=0.8)
        assert not done
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)


async def test_time_alone_makes_a_total_stale_with_one_message(client: Redis, redis_url: str) -> None:
    pace = spec(Basis.REPORTED, declares=False, poll=timedelta(minutes=1))
    world = World(client, Listing(), spec=pace, values=UNDECLARED)
    await world.ingest.apply(world.account, [state(5_000)])
    await world.book.polled("lunch")
    async with following(world, redis_url) as followed, totals(followed, REEF) as feed:
        await soon(feed)
        ticking = asyncio.create_task(followed.hub.run())
        world.clock.turn(timedelta(minutes=3))
        await soon(feed)
        assert followed.reads.total(REEF).freshness == "STALE"  # type: ignore[union-attr]
        ticking.cancel()
        assert await nothing(feed)


async def test_a_campaign_that_nobody_knows_is_refused(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed:
        for feed in (
            alone(followed.hub.campaign_total(REEF, max_rate=1)),
            alone(followed.hub.campaign_donations(REEF)),
        ):
            with pytest.raises(NotFound):
                await soon(feed)


@pytest.mark.parametrize("lag", [0, 1])
async def test_a_total_resumed_by_a_position_is_recovered_when_that_is_proven(world: World, redis_url: str, lag: int) -> None:
    for number in range(2):
        await world.put(given(number, 100))
    async with following(world, redis_url) as followed, totals(followed, after=await place_of(world, 1 - lag)) as feed:
        assert await soon(feed) == TotalUpdate(LUNCH, await place_of(world, 1), recovered=True)


@pytest.mark.parametrize("kind", ["nonsense", "forged", "future", "elsewhere", "the same elsewhere", "beginning"])
async def test_a_position_that_proves_nothing_gets_a_snapshot_that_says_so(world: World, redis_url: str, kind: str) -> None:
    await world.put(given(1, 100))
    await world.put(given(2, 99), OTHER)
    [entry], [other] = await world.shelf.entries(LUNCH, "-", 1), await world.shelf.entries(OTHER, "-", 1)
    after = {
        "nonsense": "x",
        "forged": positions.encode(LUNCH, entry.place, "101", entry.count),
        "future": positions.encode(LUNCH, Place(entry.place.milliseconds + 10**7), entry.raised, entry.count),
        "elsewhere": positions.encode(OTHER, other.place, other.raised, other.count),
        "the same elsewhere": positions.encode(OTHER, entry.place, entry.raised, entry.count),
        "beginning": positions.encode(LUNCH, Place(), "", ""),
    }[kind]
    here = await place_of(world, 0)
    async with following(world, redis_url) as followed:
        async with totals(followed, after=after) as feed:
            asked = asyncio.ensure_future(anext(feed))
            await asyncio.wait({asked}, timeout=CATCH_UP_SECONDS / 2)
            assert asked.done()  # nobody waits for a place that no log has
            assert asked.result() == TotalUpdate(LUNCH, here, recovered=False)
        async with gifts(followed, after=after) as feed:
            assert await soon(feed) == DonationsUpdate(LUNCH, (), (), None, here, recovered=False)
            await world.put(given(3, 100))
            news = await soon(feed)
            assert (entities(news), news.recovered, news.missed) == (([who(3)], []), True, 0)


async def test_a_process_that_lags_behind_waits_so_that_no_figure_goes_back(world: World, redis_url: str) -> None:
    await world.put(given(1, 100))
    async with following(world, redis_url) as followed:
        step, held = followed.follower._step, asyncio.Event()

        async def late(changes: list[Change], losses: int) -> None:
            await held.wait()
            await step(changes, losses)

        followed.follower._step = late  # type: ignore[method-assign]
        await world.put(given(2, 50))
        async with totals(followed, after=await place_of(world, 1)) as feed:
            asked = asyncio.ensure_future(anext(feed))
            await asyncio.wait({asked}, timeout=SHORTLY)
            assert not asked.done()
            held.set()
            assert await asked == TotalUpdate(LUNCH, await place_of(world, 1), recovered=True)
            assert followed.raised() == 150


def test_the_servers_limits_are_those_that_are_promised() -> None:
    assert (MAX_RATE, mailbox.FEED_RATE, donations.REPLAYED, mailbox.IN_ONE_MESSAGE) == (20, 10, 300, 100)
