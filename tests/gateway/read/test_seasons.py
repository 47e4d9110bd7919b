"""Seasons with their phases, as they were declared, and which campaigns are in them."""

from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.read.seasons import Seasons
from schema.model.errors import BadUserInput
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.page import CampaignFilter, CampaignOrder
from schema.model.season import Action, ActionKind, Members
from tests.gateway.acme import LUNCH, NOW, OTHER
from tests.gateway.autumn import COATS, DAY, MEMBER, SHOES, TEAM, WINTER, autumn, filled, heard, stated
from tests.gateway.world import Followed, World, known


@pytest.fixture
async def world(redis: Redis) -> World:
    made = autumn(redis)
    await filled(made)
    return made


async def listed(followed: Followed, where: CampaignFilter) -> list[CampaignId]:
    """The campaigns that a filter leaves, by amount."""
    page = await followed.reads.campaigns(where, CampaignOrder.RAISED_DESC, first=100, after=None)
    assert page.total == len(page.rows)
    return [known.id for _, known in page.rows]


def test_a_season_is_as_declared_its_phases_by_their_start(world: World) -> None:
    found = Seasons(world.settings).get("autumn")
    assert found is not None
    assert [phase.slug for phase in found.phases] == ["one", "many"]
    assert found.phases[0].members == Members(frozenset({LUNCH}))
    assert found.phases[1].members == Members(frozenset({LUNCH, SHOES, WINTER, COATS}), frozenset({"pond"}))
    assert found.members == found.phases[1].members
    assert (found.goal, found.currency, found.ends_at) == (Money.of_minor(1_000_000, "CNY"), "CNY", None)
    assert found.actions == (Action(ActionKind.LEARN, "Why lunch", is_online=True, url="https://lunch.example/why"),)
    assert Seasons(world.settings).get("winter") is None


def test_the_phase_under_way_changes_with_the_time_alone(world: World) -> None:
    season = Seasons(world.settings).get("autumn")
    assert season is not None
    under_way = [season.phase_at(NOW + shift) for shift in (-11 * DAY, -10 * DAY, timedelta(0), DAY)]
    assert [None if phase is None else phase.slug for phase in under_way] == [None, "one", "one", "many"]


async def test_seasons_are_listed_the_latest_first(world: World) -> None:
    async with known(world) as followed:
        first = await followed.reads.seasons(first=1, after=None)
        assert ([row.slug for _, row in first.rows], first.has_next, first.total) == (["autumn"], True, 2)
        second = await followed.reads.seasons(first=1, after=first.rows[0][0])
        assert ([row.slug for _, row in second.rows], second.has_next) == (["spring"], False)
        with pytest.raises(BadUserInput):
            await followed.reads.seasons(first=1, after="x")


async def test_a_campaign_is_in_a_season_by_name_or_by_its_account(world: World) -> None:
    async with known(world) as followed:
        for campaign in (LUNCH, SHOES, TEAM, MEMBER, WINTER):
            assert [season.slug for season in await followed.reads.seasons_of(campaign)] == ["autumn"]
        for campaign in (OTHER, CampaignId("pond", "nowhere")):
            assert list(await followed.reads.seasons_of(campaign)) == []


async def test_a_campaign_that_an_account_tells_later_is_in_the_season(world: World) -> None:
    await heard(world, "pond", stated("new", 1_000_000))
    async with known(world) as followed:
        season = await followed.reads.season("autumn")
        assert season is not None
        new = CampaignId("pond", "new")
        assert list(await followed.reads.seasons_of(new)) == [season]
        found = await listed(followed, CampaignFilter(within=season.members))
        # those without a rate and without a total come last, by id
        assert found == [new, TEAM, MEMBER, LUNCH, SHOES, COATS, WINTER]
        assert await listed(followed, CampaignFilter(within=season.phases[0].members)) == [LUNCH]


async def test_conditions_hold_beside_the_season(world: World) -> None:
    async with known(world) as followed:
        season = await followed.reads.season("autumn")
        assert season is not None
        assert await listed(followed, CampaignFilter(within=season.members, platforms=("pond",))) == [TEAM, MEMBER]
        assert await listed(followed, CampaignFilter(within=season.members, currency="CNY")) == [LUNCH, COATS, WINTER]
        assert await listed(followed, CampaignFilter(within=season.members, charity="meals")) == [LUNCH]
        assert await listed(followed, CampaignFilter(within=Members())) == []


async def test_the_members_of_a_team_are_found_by_it_and_name_it(world: World) -> None:
    async with known(world) as followed:
        assert await listed(followed, CampaignFilter(parent=TEAM)) == [MEMBER]
        assert await listed(followed, CampaignFilter(parent=LUNCH)) == []
        parent = await followed.reads.parent(MEMBER)
        assert parent is not None
        assert parent.id == TEAM
        for campaign in (TEAM, LUNCH, CampaignId("pond", "nowhere")):
            assert await followed.reads.parent(campaign) is None


async def test_a_parent_that_is_not_listed_gives_way_to_the_next_one(world: World) -> None:
    await heard(world, "pond", stated("lonely", 1, part_of=("nowhere",)), stated("far", 1, part_of=("nowhere", "team")))
    async with known(world) as followed:
        assert await followed.reads.parent(CampaignId("pond", "lonely")) is None
        parent = await followed.reads.parent(CampaignId("pond", "far"))
        assert parent is not None
        assert parent.id == TEAM
