"""Charities: one across networks only where the configuration says so."""

import pytest
from redis.asyncio import Redis

from schema.model.charity import Charity
from schema.model.page import CampaignFilter, CampaignOrder
from tests.gateway.acme import LUNCH
from tests.gateway.autumn import TEAM, autumn, filled, heard, stated
from tests.gateway.world import World, known

MEALS = Charity("meals", "Free meals")


@pytest.fixture
async def world(redis: Redis) -> World:
    made = autumn(redis)
    await filled(made)
    return made


async def test_a_charity_that_two_networks_call_differently_is_one(world: World) -> None:
    await heard(
        world, "pond", stated("team", 20_000, charity=Charity("pond-7", "FREE MEALS e.V.", website="https://x.example"))
    )
    async with known(world) as followed:
        for campaign in (LUNCH, TEAM):
            listed = await followed.reads.campaign(campaign)
            assert listed is not None
            assert listed.charity == MEALS
        assert await followed.reads.charity("meals") == MEALS
        assert await followed.reads.charity("pond-7") is None
        page = await followed.reads.campaigns(CampaignFilter(charity="meals"), CampaignOrder.RAISED_DESC, first=9, after=None)
        assert [listed.id for _, listed in page.rows] == [TEAM, LUNCH]
        assert [row for _, row in (await followed.reads.charities("", first=9, after=None)).rows] == [MEALS]


async def test_an_equal_name_that_nobody_declared_the_same_is_another_charity(world: World) -> None:
    theirs = Charity("pond-8", "Free meals")
    await heard(world, "pond", stated("team", 20_000, charity=theirs))
    async with known(world) as followed:
        first = await followed.reads.charities("", first=1, after=None)
        second = await followed.reads.charities("", first=1, after=first.rows[0][0])
        assert [row for _, row in (*first.rows, *second.rows)] == [MEALS, theirs]
        assert (first.has_next, second.has_next, first.total) == (True, False, 2)
