"""Endorsements: what donations that name somebody gave, and counters of posts beside it, never mixed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from gateway.store.history import HistoryShelf
from gateway.store.posts import PostShelf
from schema.model.endorsement import Endorsement, Post, PublicAccount
from schema.model.engagement import Engagement
from schema.model.facts import Clues
from schema.model.freshness import Freshness
from schema.model.history import Interval
from schema.model.ids import CampaignId
from schema.model.money import Money
from tests.gateway.acme import LUNCH, NOW, OTHER, back, given, who
from tests.gateway.autumn import COATS, POSTS, TEAM, VALUES, autumn, filled, heard, published
from tests.gateway.world import World, known

STAR = Clues(attach="lunch;star=1")
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def world(redis: Redis) -> World:
    made = autumn(redis)
    await filled(made)
    return made


def told(found: Sequence[Endorsement]) -> list[tuple[str, str, str | None, int | None]]:
    """Campaign, endorser, raised and count."""
    return [(each.campaign.native, each.endorser, str(each.raised) if each.raised else None, each.count) for each in found]


async def of_campaign(world: World, campaign: CampaignId = LUNCH) -> list[tuple[str, str, str | None, int | None]]:
    """What a new process says of a campaign's endorsers."""
    async with known(world) as followed:
        page = await followed.reads.endorsements(campaign, first=100, after=None)
        return told([row for _, row in page.rows])


async def test_an_endorser_has_what_names_it_and_nobody_has_the_rest(world: World) -> None:
    await heard(world, "lunch", given(7, 4_000, STAR), given(8, 600, STAR))
    assert await of_campaign(world) == [
        ("school-lunch", "star", "46.00 CNY", 2),
        ("school-lunch", "voice", None, None),  # no donation can name it
    ]
    assert await world.raised() == 34_600


async def test_an_endorsers_sum_follows_refunds_to_nothing_and_never_goes_to_another(world: World) -> None:
    await heard(world, "lunch", given(7, 4_000, STAR), back(7, 1_000))
    assert (await of_campaign(world))[0] == ("school-lunch", "star", "30.00 CNY", 1)
    await heard(world, "lunch", back(7, 3_000, refund=2), given(7, 4_000, Clues(attach="lunch")))
    assert (await of_campaign(world))[0] == ("school-lunch", "star", "0.00 CNY", 0)
    assert await world.raised() == 30_000


async def test_where_donations_could_name_somebody_and_none_did_it_is_zero(redis: Redis) -> None:
    world = autumn(redis)
    assert (await of_campaign(world))[0] == ("school-lunch", "star", "0.00 CNY", 0)


async def test_beside_a_total_that_is_stated_nothing_is_said_of_endorsers(world: World) -> None:
    await heard(world, "paper", published("coats", 70_000), given(9, 500, Clues(attach="coats", campaign="coats")))
    assert await of_campaign(world, COATS) == [("coats", "star", None, None)]
    async with known(world) as followed:
        donation = await followed.reads.donation(
            COATS, (await world.shelf.listed(COATS, since=None, until=None, first=1, after=None))[0][0].entity
        )
        assert donation is not None
        assert donation.endorser == "star"


async def test_a_rule_that_is_gone_takes_back_nothing(world: World, redis: Redis) -> None:
    await heard(world, "lunch", given(7, 4_000, STAR))
    campaigns: list[dict[str, Any]] = [dict(row) for row in VALUES["campaigns"]]
    campaigns[0]["match"] = [{"account": "lunch", "attach": "lunch*"}]
    edited = autumn(redis, values={"campaigns": campaigns})
    await heard(edited, "lunch", given(7, 4_000, STAR), given(8, 600, STAR))
    assert await of_campaign(edited) == [("school-lunch", "star", "40.00 CNY", 1), ("school-lunch", "voice", None, None)]
    async with known(edited) as followed:
        old, new = [await followed.reads.donation(LUNCH, who(number)) for number in (7, 8)]
        assert old is not None
        assert new is not None
        assert (old.endorser, new.endorser) == ("star", "")
        found = await followed.reads.endorsement(LUNCH, old.endorser)
        assert found is not None
        assert found.account == PublicAccount("A star", "pond", "1001")


async def test_an_endorser_that_is_declared_no_more_is_not_shown(world: World, redis: Redis) -> None:
    await heard(world, "lunch", given(7, 4_000, STAR))
    campaigns: list[dict[str, Any]] = [
        {**row, "match": [{"account": "lunch", "attach": "x"}]} for row in VALUES["campaigns"][:2]
    ]
    edited = autumn(redis, values={"campaigns": campaigns, "endorsers": [], "seasons": []})
    assert await of_campaign(edited) == []


async def test_endorsements_of_a_season_come_by_their_worth_unknown_ones_last(world: World) -> None:
    await heard(world, "lunch", given(7, 4_000, STAR))
    async with known(world) as followed:
        season = followed.reads.season_now("autumn")
        assert season is not None
        found, after = list[Endorsement](), None
        for _ in range(4):
            page = await followed.reads.season_endorsements(season, first=1, after=after)
            assert page.total == 4
            [(after, row)] = page.rows
            found.append(row)
        assert not page.has_next
    assert told(found) == [
        ("school-lunch", "star", "40.00 CNY", 1),
        ("school-lunch", "voice", None, None),
        ("coats", "star", None, None),
        ("team", "star", None, None),
    ]


async def test_nobody_speaks_for_what_is_not_listed_or_not_declared(world: World) -> None:
    assert await of_campaign(world, OTHER) == []
    assert await of_campaign(world, CampaignId("pond", "nowhere")) == []
    async with known(world) as followed:
        assert await followed.reads.endorsement(LUNCH, "nobody") is None
        assert await followed.reads.endorsement(TEAM, "voice") is None


# posts, counters and followers


async def test_a_post_that_was_never_read_is_there_without_words(world: World) -> None:
    async with known(world) as followed:
        speaking = await followed.reads.endorsement(TEAM, "star")
        assert speaking is not None
        [reading] = await followed.reads.posts(speaking)
        assert reading.post == Post("p1")
        assert await followed.reads.engagement(TEAM) is None
        assert await followed.reads.followers(speaking.account) is None


async def test_posts_come_newest_first_at_most_twenty_each_as_fresh_as_its_counters(redis: Redis) -> None:
    posts = [{"id": f"p{number:02}", "campaign": "pond:team", "url": f"https://pond.example/{number}"} for number in range(25)]
    star = {"id": "star", "name": "A star", "platform": "pond", "account": "1001", "posts": posts}
    world = autumn(redis, values={"endorsers": [star, VALUES["endorsers"][1]]})
    await filled(world)
    shelf = PostShelf(redis)
    old, new = (Engagement(NOW - age, reposts=1, comments=None, likes=5) for age in (2 * POSTS + 2 * MINUTE, POSTS))
    await shelf.keep(
        "pond",
        {
            "p03": Post("p03", text="Give!", published_at=NOW - MINUTE, engagement=old),
            "p07": Post("p07", text="Now!", published_at=NOW, engagement=new),
        },
        {"1001": 2_000_000},
    )
    async with known(world) as followed:
        speaking = await followed.reads.endorsement(TEAM, "star")
        assert speaking is not None
        read = await followed.reads.posts(speaking)
        assert len(read) == 20
        assert [(each.post.native_id, each.post.text, each.freshness) for each in read[:3]] == [
            ("p07", "Now!", Freshness.CACHED),
            ("p03", "Give!", Freshness.STALE),
            ("p00", None, Freshness.STALE),
        ]
        assert read[2].post.url == "https://pond.example/0"
        assert await followed.reads.followers(speaking.account) == 2_000_000
        assert await followed.reads.followers(PublicAccount("A voice")) is None
        whole = await followed.reads.engagement(TEAM)
        assert whole is not None
        assert whole.engagement == Engagement(old.as_of, reposts=2, comments=None, likes=10)
        assert whole.freshness is Freshness.STALE
        assert await followed.reads.engagement(LUNCH) is None


async def test_counters_are_told_over_time(world: World) -> None:
    shelf = HistoryShelf(world.redis)
    for hours, likes in ((30, 3), (26, 9), (1, 7)):
        await shelf.keep_engagement(TEAM, Engagement(NOW - timedelta(hours=hours), likes=likes))
    async with known(world) as followed:
        days = await followed.reads.engagement_history(TEAM, Interval.DAY, None, None)
        assert [sample.likes for sample in days] == [9, 7]
        since = NOW - timedelta(hours=27)
        assert [sample.likes for sample in await followed.reads.engagement_history(TEAM, Interval.HOUR, since, NOW)] == [9, 7]
        assert list(await followed.reads.engagement_history(LUNCH, Interval.DAY, None, None)) == []


def test_money_is_no_counter(world: World) -> None:
    speaking = world.directory.endorsers.of(TEAM, Money.of_minor(0, "CNY").currency, {})
    assert [(each.posts, each.raised, each.count) for each in speaking] == [(("p1",), None, None)]
