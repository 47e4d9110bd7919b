"""The sum of a season as it is followed: the newest state wins, and a loss is said."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from redis.asyncio import Redis

from gateway.live.mailbox import MAX_RATE
from gateway.store.rates import RateShelf
from schema.api.readings import SeasonTotalUpdate
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from schema.model.money import Money
from tests.gateway.acme import NOW, OTHER, given
from tests.gateway.autumn import DAY, TEAM, autumn, filled, heard, stated
from tests.gateway.live.feeds import FAST, alone, flipped, nothing
from tests.gateway.world import PATIENCE, Followed, World, following, refused, soon


@pytest.fixture
async def world(client: Redis) -> World:
    made = autumn(client)
    await filled(made)
    return made


@asynccontextmanager
async def sums(followed: Followed, *, max_rate: float = FAST) -> AsyncIterator[AsyncGenerator[SeasonTotalUpdate, None]]:
    """The feed of the season's sum, closed at the end."""
    async with aclosing(alone(followed.hub.season_total("autumn", max_rate=max_rate))) as feed:
        yield feed


async def raised(followed: Followed) -> Money | None:
    """The sum as it is shown."""
    season = followed.reads.season_now("autumn")
    assert season is not None
    return (await followed.reads.season_total(season, None)).raised.money


def yuan(text: str) -> Money:
    """An amount."""
    return Money.of_decimal(text, "CNY")


async def test_a_snapshot_comes_at_once_and_the_next_when_any_campaign_moves(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, sums(followed) as feed:
        first = await soon(feed)
        assert (first.season.slug, first.recovered, await raised(followed)) == ("autumn", False, yuan("1860.00"))
        await heard(world, "lunch", given(10, 1_250))
        assert (await soon(feed)).recovered
        assert await raised(followed) == yuan("1872.50")
        await heard(world, "pond", stated("team", 21_000, at=NOW + timedelta(seconds=1), count=8))
        assert (await soon(feed)).recovered
        assert await raised(followed) == yuan("1950.50")
        assert await nothing(feed)


async def test_what_was_not_kept_is_told_with_the_newest_sum_and_no_loss_is_hidden(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed:
        feed = followed.hub.season_total("autumn", max_rate=FAST)
        with feed:
            async with aclosing(feed.join(None)) as joining, aclosing(feed.live()) as live:
                first = await anext(joining)
                await heard(world, "lunch", given(10, 1_250))
                moved = await asyncio.wait_for(anext(live), PATIENCE)
                await heard(world, "lunch", given(11, 1_250))
                newest = await asyncio.wait_for(anext(live), PATIENCE)
                again = [each for message in (first, moved) if message.again and (each := message.again())]
                assert [(each.state, each.follows) for each in again] == [(newest.state, False), (newest.state, True)]
                readings = followed.follower.readings
                await followed.follower.lost()
                await followed.until(lambda: followed.follower.readings > readings)
                again = [each for message in (first, moved, *again) if message.again and (each := message.again())]
                assert [(each.follows, each.told.recovered) for each in again] == [(False, False)] * 4


async def test_nothing_outside_and_no_newer_as_of_is_a_message(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, sums(followed) as feed:
        await soon(feed)
        await heard(world, "lunch", given(10, 400, "other-gifts"))
        world.clock.turn(timedelta(seconds=30))
        await world.book.polled("pond")
        await world.book.heard("lunch")
        await followed.until(lambda: followed.raised(OTHER) == 400)
        assert await nothing(feed)


async def test_what_a_member_raises_within_its_team_is_no_message(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, sums(followed) as feed:
        await soon(feed)
        await heard(world, "pond", stated("member", 6_000, at=NOW + timedelta(seconds=1), part_of=("team",)))
        await followed.until(lambda: followed.raised(CampaignId("pond", "member")) == 6_000)
        assert await nothing(feed)


async def test_a_slow_reader_gets_the_newest_sum_once(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, sums(followed) as feed:
        await soon(feed)
        for number in range(10, 30):
            await heard(world, "lunch", given(number, 100))
        await followed.until(lambda: followed.raised() == 32_000)
        await soon(feed)
        assert await nothing(feed)


async def test_the_pace_is_the_readers_and_never_over_20_a_second(world: World, redis_url: str) -> None:
    loop = asyncio.get_running_loop()
    async with following(world, redis_url, monotonic=loop.time) as followed:
        for rate, pause in ((FAST, 1 / MAX_RATE), (4.0, 0.25)):
            async with sums(followed, max_rate=rate) as feed:
                await soon(feed)
                moments = []
                for number in range(4):
                    await heard(world, "lunch", given(int(rate) + 10 + number, 100))
                    await soon(feed)
                    moments.append(loop.time())
                assert moments[-1] - moments[0] > 3 * pause * 0.9


async def test_what_went_away_and_came_back_before_it_was_due_is_no_message(world: World, redis_url: str) -> None:
    loop = asyncio.get_running_loop()
    async with following(world, redis_url, monotonic=loop.time) as followed, sums(followed, max_rate=2) as feed:
        await soon(feed)
        asked = asyncio.ensure_future(anext(feed))
        await flipped(world, followed)
        done, _ = await asyncio.wait({asked}, timeout=0.8)
        assert not done
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)


async def test_the_phase_changes_by_time_alone_with_one_message(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, sums(followed) as feed:
        season = (await soon(feed)).season
        ticking = asyncio.create_task(followed.hub.run())
        world.clock.turn(DAY)
        await world.book.polled("pond")
        while (phase := season.phase_at(followed.reads.now())) is None or phase.slug != "many":
            await soon(feed)
        assert (await soon(feed)).recovered
        ticking.cancel()


async def test_a_feed_that_stops_makes_the_sum_stale_with_one_message(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, sums(followed) as feed:
        season = (await soon(feed)).season
        for reason in ("revoked", "revoked", "another"):
            await world.book.feed("lunch", reason)
        assert (await soon(feed)).recovered
        assert (await followed.reads.season_total(season, None)).freshness is Freshness.STALE
        assert await nothing(feed)


async def test_another_rate_is_a_message_with_the_next_tick_and_the_same_one_again_is_none(
    world: World, redis_url: str
) -> None:
    async with following(world, redis_url) as followed, sums(followed) as feed:
        await soon(feed)
        ticking = asyncio.create_task(followed.hub.run())
        shelf = RateShelf(world.redis)
        assert await shelf.keep(NOW.date(), {"USD": Decimal("1.25"), "CNY": Decimal("8")})
        assert (await soon(feed)).recovered
        assert await raised(followed) == yuan("1924.00")
        assert not await shelf.keep(NOW.date(), {"USD": Decimal("1.25")})
        ticking.cancel()
        assert await nothing(feed)


async def test_a_broken_connection_over_which_nothing_changed_is_no_message_of_its_own(
    world: World, redis_url: str, redis: Redis
) -> None:
    async with following(world, redis_url) as followed, sums(followed) as feed:
        await soon(feed)
        readings = followed.follower.readings
        await redis.client_kill_filter(_type="pubsub")
        await followed.until(lambda: followed.follower.readings > readings)
        assert await nothing(feed)


async def test_after_a_loss_the_next_sum_says_that_it_may_have_gone_back(world: World, redis_url: str, redis: Redis) -> None:
    async with following(world, redis_url) as followed, sums(followed) as feed:
        await soon(feed)
        await redis.flushall()
        await redis.client_kill_filter(_type="pubsub")
        await heard(world, "lunch", given(10, 500))
        await followed.until(lambda: followed.raised() == 500 and followed.raised(TEAM) is None)
        update = await soon(feed)
        while await raised(followed) != yuan("5.00"):
            update = await soon(feed)
        assert not update.recovered
        await heard(world, "lunch", given(11, 500))
        assert (await soon(feed)).recovered


async def test_a_message_while_everything_is_read_again_does_not_hide_the_loss(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, sums(followed) as feed:
        await soon(feed)
        reading, answered = asyncio.Event(), asyncio.Event()
        heads = world.shelf.heads

        async def slow(campaigns: Sequence[CampaignId]) -> object:
            reading.set()
            await answered.wait()
            return await heads(campaigns)

        world.shelf.heads = slow  # type: ignore[method-assign,assignment]
        again = asyncio.create_task(followed.follower.lost())
        await reading.wait()
        ticking = asyncio.create_task(followed.hub.run())
        assert (await soon(feed)).recovered  # the same figures, and that they are not known to hold
        answered.set()
        await again
        assert not (await soon(feed)).recovered
        ticking.cancel()


async def test_a_season_that_nobody_declared_is_refused(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed:
        assert await refused(alone(followed.hub.season_total("winter", max_rate=1)))
        assert await refused(alone(followed.hub.season_donations("winter")))
