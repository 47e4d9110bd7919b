"""Feeds while the configuration changes: what changed is told, what is gone ends, and all others notice nothing."""

import asyncio
import copy
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from typing import Any

import pytest
from redis.asyncio import Redis

from schema.model.errors import NotFound
from schema.model.money import Money
from tests.gateway.acme import LUNCH, NOW, OTHER, given
from tests.gateway.autumn import DAY, SHOES, VALUES, autumn, filled, heard
from tests.gateway.live.feeds import FAST, SHORTLY, alone, gifts, nothing, totals
from tests.gateway.world import Followed, World, following, soon

GIFTS = "acme:other-gifts"


@pytest.fixture
async def world(client: Redis) -> World:
    made = autumn(client)
    await filled(made)
    await heard(made, "lunch", given(20, 5_000, "other-gifts"))
    return made


def seasons(**changed: Any) -> list[dict[str, Any]]:
    """Autumn, changed, and spring."""
    found: list[dict[str, Any]] = copy.deepcopy(VALUES["seasons"])
    found[0].update(changed)
    return found


def wider() -> list[dict[str, Any]]:
    """Autumn with other gifts in its second phase."""
    found = seasons()
    found[0]["phases"][0]["campaigns"].append(GIFTS)
    return found


async def sum_of(followed: Followed) -> Money | None:
    """Autumn's, as it is shown."""
    season = followed.reads.season_now("autumn")
    assert season is not None
    return (await followed.reads.season_total(season, None)).raised.money


async def ends(feed: AsyncGenerator[Any, None]) -> bool:
    """Whether a feed ends by saying that there is no such thing any more."""
    try:
        await soon(feed)
    except NotFound:
        return True
    return False


async def test_a_campaign_more_is_in_the_next_frame_of_the_season(world: World, redis_url: str) -> None:
    async with (
        following(world, redis_url) as followed,
        aclosing(alone(followed.hub.season_total("autumn", max_rate=FAST))) as feed,
    ):
        await soon(feed)
        await followed.follower.adopt(world.reading(seasons=wider()))
        update = await soon(feed)
        assert (update.recovered, len(update.season.members.campaigns)) == (True, 5)
        assert await sum_of(followed) == Money.of_decimal("1910.00", "CNY")


@pytest.mark.parametrize("changed", [{"name": "Autumn"}, {"goal": "20000"}, {"ends_at": NOW + 30 * DAY}, {"currency": "EUR"}])
async def test_other_words_of_a_season_are_a_frame(world: World, redis_url: str, changed: dict[str, Any]) -> None:
    async with (
        following(world, redis_url) as followed,
        aclosing(alone(followed.hub.season_total("autumn", max_rate=FAST))) as feed,
    ):
        before = (await soon(feed)).season
        await followed.follower.adopt(world.reading(seasons=seasons(**changed)))
        assert (await soon(feed)).season != before


async def test_other_words_of_a_season_without_campaigns_are_a_frame_too(world: World, redis_url: str) -> None:
    async with (
        following(world, redis_url) as followed,
        aclosing(alone(followed.hub.season_total("spring", max_rate=FAST))) as feed,
    ):
        await soon(feed)
        waiting = asyncio.ensure_future(soon(feed))
        done, _ = await asyncio.wait({waiting}, timeout=SHORTLY)
        assert not done
        this, spring = seasons()
        await followed.follower.adopt(world.reading(seasons=[this, {**spring, "name": "Last spring"}]))
        assert (await waiting).season.name == "Last spring"


async def test_who_is_not_concerned_is_told_nothing(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, AsyncExitStack() as stack:
        feeds: list[AsyncGenerator[Any, None]] = [
            await stack.enter_async_context(aclosing(alone(followed.hub.season_total("autumn", max_rate=FAST)))),
            await stack.enter_async_context(aclosing(alone(followed.hub.season_donations("autumn")))),
            await stack.enter_async_context(aclosing(alone(followed.hub.campaign_totals([SHOES], max_rate=FAST)))),
            await stack.enter_async_context(totals(followed)),
            await stack.enter_async_context(gifts(followed)),
        ]
        for feed in feeds:
            await soon(feed)
        more = {"platform": "acme", "id": "soup", "title": "Soup", "currency": "CNY"}
        await followed.follower.adopt(world.reading(campaigns=[*world.values["campaigns"], more]))
        assert [await nothing(feed) for feed in feeds] == [True] * len(feeds)


async def test_donations_to_a_campaign_more_are_in_the_seasons_feed_without_a_hole(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, aclosing(alone(followed.hub.season_donations("autumn"))) as feed:
        await soon(feed)
        await followed.follower.adopt(world.reading(seasons=wider()))
        await heard(world, "lunch", given(21, 700, "other-gifts"))
        update = await soon(feed)
        assert ([gift.campaign for gift in update.received], update.missed, update.recovered) == ([OTHER], 0, True)


async def test_feeds_of_what_is_there_no_more_end(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, AsyncExitStack() as stack:
        feeds: list[AsyncGenerator[Any, None]] = [
            await stack.enter_async_context(aclosing(alone(followed.hub.season_total("autumn", max_rate=FAST)))),
            await stack.enter_async_context(aclosing(alone(followed.hub.season_donations("autumn")))),
            await stack.enter_async_context(totals(followed)),
            await stack.enter_async_context(gifts(followed)),
        ]
        for feed in feeds:
            await soon(feed)
        left = [row for row in world.values["campaigns"] if row["id"] != LUNCH.native]
        voice = {"id": "voice", "name": "A voice"}
        endorsers = [world.values["endorsers"][0], voice]
        await followed.follower.adopt(world.reading(campaigns=left, endorsers=endorsers, seasons=[]))
        assert [await ends(feed) for feed in feeds] == [True] * len(feeds)


async def test_of_several_totals_the_others_are_told_on(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed:
        async with aclosing(alone(followed.hub.campaign_totals([OTHER, SHOES], max_rate=FAST))) as feed:
            assert {(await soon(feed)).campaign for _ in range(2)} == {OTHER, SHOES}
            left = [row for row in world.values["campaigns"] if row["id"] != OTHER.native]
            accounts = {**world.values["accounts"], "lunch": {"connector": "acme"}}  # without ``general``, which is that one
            await followed.follower.adopt(world.reading(accounts=accounts, campaigns=left))
            await heard(world, "lunch", given(22, 700, "shoes", code="USD"))
            assert (await soon(feed)).campaign == SHOES
            await followed.follower.adopt(world.reading())
            assert (await soon(feed)).campaign == OTHER
            assert await nothing(feed)
