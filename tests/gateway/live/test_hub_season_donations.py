"""The donations of all campaigns of a season: in order for each, once, in bounded messages; and a hole is said."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

import pytest
from redis.asyncio import Redis

from gateway.live.mailbox import IN_ONE_MESSAGE, MAX_NEWS
from gateway.store.shelf import Listed, Shelf
from schema.api.readings import SeasonDonationsUpdate
from schema.model.errors import LedgerUnavailable
from schema.model.ids import CampaignId, entity
from schema.model.money import Money
from tests.gateway.acme import LUNCH, NOW, OTHER, back, given, who
from tests.gateway.autumn import DAY, SHOES, TEAM, WINTER, autumn, filled, heard
from tests.gateway.live.feeds import alone, nothing
from tests.gateway.world import Followed, World, following, soon

START = SeasonDonationsUpdate((), (), 0, recovered=False)
HOLE = SeasonDonationsUpdate((), (), None, recovered=False)


@pytest.fixture
async def world(client: Redis) -> World:
    made = autumn(client)
    await filled(made)
    return made


@asynccontextmanager
async def gifts(followed: Followed) -> AsyncIterator[AsyncGenerator[SeasonDonationsUpdate, None]]:
    """The feed of the season's donations, closed at the end."""
    async with aclosing(alone(followed.hub.season_donations("autumn"))) as feed:
        yield feed


def told(update: SeasonDonationsUpdate) -> tuple[list[tuple[CampaignId, bytes]], list[tuple[CampaignId, bytes]]]:
    """Whom it tells as received and as changed."""
    received, changed = ([(gift.campaign, gift.entity) for gift in gifts] for gifts in (update.received, update.changed))
    return received, changed


async def test_who_fell_behind_is_told_that_nobody_knows_what_it_missed(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, aclosing(alone(followed.hub.season_donations("autumn"), "")) as feed:
        assert await soon(feed) == HOLE


async def test_donations_of_all_campaigns_are_told_once_each_in_the_order_of_its_campaign(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, gifts(followed) as feed:
        assert await soon(feed) == START
        for number in (10, 12):
            await heard(world, "lunch", given(number, 100), given(number + 1, 100, "shoes", code="USD"))
        await heard(world, "pond", given(14, 100, "team", code="EUR"))
        received: list[tuple[CampaignId, bytes]] = []
        while len(received) < 5:
            update = await soon(feed)
            assert (update.changed, update.missed, update.recovered) == ((), 0, True)
            received += told(update)[0]
        assert [gift for campaign, gift in received if campaign == LUNCH] == [who(10), who(12)]
        assert [gift for campaign, gift in received if campaign == SHOES] == [who(11), who(13)]
        assert sum(campaign == TEAM for campaign, _ in received) == 1
        await heard(world, "lunch", back(10, 40))
        update = await soon(feed)
        assert told(update) == ([], [(LUNCH, who(10))])
        assert update.changed[0].refunded == Money.of_minor(40, "CNY")
        assert await nothing(feed)


async def test_gifts_outside_of_the_season_and_late_ones_are_not_told(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, gifts(followed) as feed:
        await soon(feed)
        await heard(world, "lunch", given(10, 400, "other-gifts"), given(11, 5, at=NOW - DAY))
        await followed.until(lambda: followed.raised(OTHER) == 400 and followed.raised() == 30_005)
        assert await nothing(feed)


async def test_a_gift_that_is_refunded_before_it_was_told_is_told_once(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, gifts(followed) as feed:
        await soon(feed)
        await heard(world, "lunch", given(10, 400), back(10, 400))
        await followed.until(lambda: followed.follower.totals[LUNCH].refunded == 400)  # type: ignore[union-attr]
        update = await soon(feed)
        assert told(update) == ([(LUNCH, who(10))], [])
        assert update.received[0].status == "REFUNDED"
        assert await nothing(feed)


async def test_many_donations_are_cut_into_messages_of_100(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, gifts(followed) as feed:
        await soon(feed)
        for number in range(10, 10 + IN_ONE_MESSAGE + 1):
            await world.put(given(number, 1))
        await followed.until(lambda: followed.raised() == 30_000 + IN_ONE_MESSAGE + 1)
        one, two = await soon(feed), await soon(feed)
        assert [len(update.received) for update in (one, two)] == [IN_ONE_MESSAGE, 1]
        assert [gift for _, gift in told(one)[0] + told(two)[0]] == [who(10 + n) for n in range(IN_ONE_MESSAGE + 1)]
        assert await nothing(feed)


async def test_a_reader_that_was_too_slow_is_told_for_how_many(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, gifts(followed) as feed:
        await soon(feed)
        for number in range(10, 10 + MAX_NEWS + 37):
            await world.put(given(number, 1))
        await followed.until(lambda: followed.raised() == 30_000 + MAX_NEWS + 37)
        first = await soon(feed)
        assert (first.missed, first.recovered, len(first.received)) == (37, False, IN_ONE_MESSAGE)
        assert told(first)[0][0] == (LUNCH, who(47))
        for _ in range(MAX_NEWS // IN_ONE_MESSAGE - 1):
            update = await soon(feed)
            assert (update.missed, update.recovered, len(update.received)) == (0, True, IN_ONE_MESSAGE)
        assert await nothing(feed)


async def test_after_a_lost_connection_there_is_a_hole_of_unknown_size_and_then_it_goes_on(
    world: World, redis_url: str, redis: Redis
) -> None:
    async with following(world, redis_url) as followed, gifts(followed) as feed:
        await soon(feed)
        await redis.client_kill_filter(_type="pubsub")
        await heard(world, "lunch", given(10, 100))  # nobody hears this one
        assert await soon(feed) == HOLE
        await heard(world, "lunch", given(11, 100))
        update = await soon(feed)
        assert (told(update), update.missed, update.recovered) == (([(LUNCH, who(11))], []), 0, True)


async def test_while_the_ledger_does_not_answer_there_is_a_hole_and_the_feed_stays(client: Redis, redis_url: str) -> None:
    class Failing(Shelf):
        """Answers no question about donations for a while."""

        failures = 0

        async def donations(self, campaign: CampaignId, entities: Sequence[bytes]) -> list[Listed]:
            if self.failures:
                self.failures -= 1
                raise LedgerUnavailable("not now")
            return await super().donations(campaign, entities)

    world = autumn(client)
    shelf = world.shelf = Failing(client)
    async with following(world, redis_url) as followed, gifts(followed) as feed:
        await soon(feed)
        shelf.failures = 1
        await heard(world, "lunch", given(10, 100))
        assert await soon(feed) == HOLE
        await heard(world, "paper", given(11, 100, "winter"))
        assert told(await soon(feed)) == ([(WINTER, entity("paper", "d11"))], [])


async def test_messages_come_at_most_ten_times_a_second_the_first_among_them(
    world: World, redis_url: str, redis: Redis
) -> None:
    loop = asyncio.get_running_loop()
    async with following(world, redis_url, monotonic=loop.time) as followed, gifts(followed) as feed:
        moments = []
        for number in range(10, 14):
            await soon(feed)
            moments.append(loop.time())
            if number == 12:
                await redis.client_kill_filter(_type="pubsub")
            else:
                await heard(world, "lunch", given(number, 1))
        assert min(later - earlier for earlier, later in itertools.pairwise(moments)) > 0.09
